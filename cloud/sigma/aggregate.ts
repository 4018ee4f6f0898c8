/** What a correlation reads from the events in its window, kept up to date as they come and leave. */
import { ExactSum } from './exact-sum.ts';
import type { Bound, CorrelationRule } from './rule.ts';

/** What an event brings: which of the rules matched it, and the value of the field. */
export type Value = string | number;

export interface Aggregate {
  clear(): void;
  add(at: number, rule: number, value: Value): void;
  remove(rule: number, value: Value): void;
  /** Of the window (at − span, at]; undefined where there is nothing to read. */
  read(at: number): number | undefined;
}

/** @param references how many rules it refers to */
export function aggregateOf(rule: CorrelationRule, references: number): Aggregate {
  switch (rule.type) {
    case 'event_count':
      return new Count();
    case 'value_count':
      return new Distinct();
    case 'value_sum':
      return new Total(false);
    case 'value_avg':
      return new Total(true);
    case 'value_min':
      return new Ranked(0);
    case 'value_max':
      return new Ranked(100);
    case 'value_median':
      return new Ranked(50);
    case 'value_percentile':
      return new Ranked(rule.percentile);
    case 'temporal':
      return new Kinds(references);
    case 'temporal_ordered':
      return new InOrder(references, rule.timespanMs);
  }
}

export function holds(bounds: readonly Bound[], value: number | undefined): boolean {
  if (value === undefined) return false;
  for (const { by, value: limit } of bounds) {
    if (by === 'gte' ? value < limit : by === 'gt' ? value <= limit : false) return false;
    if (by === 'lte' ? value > limit : by === 'lt' ? value >= limit : false) return false;
    if (by === 'eq' ? value !== limit : by === 'neq' ? value === limit : false) return false;
  }
  return true;
}

/** Nothing at all fulfils it: whether it holds is known only when the window is over. */
export function isAbsence({ bounds, type }: CorrelationRule): boolean {
  const counts = type === 'event_count' || type === 'value_count' || type.startsWith('temporal');
  return counts && bounds.some(({ by }) => by === 'lt' || by === 'lte' || by === 'eq') && holds(bounds, 0);
}

class Count implements Aggregate {
  #count = 0;
  clear(): void {
    this.#count = 0;
  }
  add(): void {
    this.#count++;
  }
  remove(): void {
    this.#count--;
  }
  read(): number {
    return this.#count;
  }
}

class Distinct implements Aggregate {
  readonly #counts = new Map<Value, { count: number }>();
  clear(): void {
    this.#counts.clear();
  }
  add(_at: number, _rule: number, value: Value): void {
    const known = this.#counts.get(value);
    if (known === undefined) this.#counts.set(value, { count: 1 });
    else known.count++;
  }
  remove(_rule: number, value: Value): void {
    const known = this.#counts.get(value);
    if (known !== undefined && --known.count === 0) this.#counts.delete(value);
  }
  read(): number {
    return this.#counts.size;
  }
}

class Total implements Aggregate {
  readonly #isAverage: boolean;
  readonly #sum = new ExactSum();
  #count = 0;
  constructor(isAverage: boolean) {
    this.#isAverage = isAverage;
  }
  clear(): void {
    this.#sum.clear();
    this.#count = 0;
  }
  add(_at: number, _rule: number, value: Value): void {
    this.#sum.add(Number(value));
    this.#count++;
  }
  remove(_rule: number, value: Value): void {
    this.#sum.add(-Number(value));
    this.#count--;
  }
  read(): number | undefined {
    if (this.#count === 0) return undefined;
    return this.#isAverage ? this.#sum.value / this.#count : this.#sum.value;
  }
}

/** Percentiles, between two values in proportion: the median of an even number is the middle of two. */
class Ranked implements Aggregate {
  readonly #part: number;
  readonly #sorted: number[] = [];
  constructor(percentile: number) {
    this.#part = percentile / 100;
  }
  clear(): void {
    this.#sorted.length = 0;
  }
  add(_at: number, _rule: number, value: Value): void {
    this.#sorted.splice(this.#placeOf(Number(value)), 0, Number(value));
  }
  remove(_rule: number, value: Value): void {
    const place = this.#placeOf(Number(value));
    if (this.#sorted[place] === Number(value)) this.#sorted.splice(place, 1);
  }
  read(): number | undefined {
    if (this.#sorted.length === 0) return undefined;
    const rank = this.#part * (this.#sorted.length - 1);
    const low = this.#sorted[Math.floor(rank)] ?? 0;
    const high = this.#sorted[Math.ceil(rank)] ?? low;
    return low + (high - low) * (rank - Math.floor(rank));
  }
  #placeOf(value: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sorted[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** How many different rules. */
class Kinds implements Aggregate {
  readonly #counts: Int32Array;
  #kinds = 0;
  constructor(references: number) {
    this.#counts = new Int32Array(references);
  }
  clear(): void {
    this.#counts.fill(0);
    this.#kinds = 0;
  }
  add(_at: number, rule: number): void {
    const count = (this.#counts[rule] ?? 0) + 1;
    this.#counts[rule] = count;
    if (count === 1) this.#kinds++;
  }
  remove(rule: number): void {
    const count = (this.#counts[rule] ?? 0) - 1;
    this.#counts[rule] = count;
    if (count === 0) this.#kinds--;
  }
  read(): number {
    return this.#kinds;
  }
}

/**
 * How many different rules in their order. For each rule and each length it keeps when the youngest chain of that
 * length began that ends with it; chains that began before the window fall out by themselves.
 */
class InOrder implements Aggregate {
  readonly #references: number;
  readonly #timespanMs: number;
  /** Beginning, by last rule and length − 1. */
  readonly #begun: Float64Array;
  constructor(references: number, timespanMs: number) {
    this.#references = references;
    this.#timespanMs = timespanMs;
    this.#begun = new Float64Array(references * references).fill(Number.NEGATIVE_INFINITY);
  }
  clear(): void {
    this.#begun.fill(Number.NEGATIVE_INFINITY);
  }
  add(at: number, rule: number): void {
    const size = this.#references;
    const begun = this.#begun;
    begun[rule * size] = at;
    for (let length = 1; length <= rule; length++) {
      let youngest = begun[rule * size + length] ?? 0;
      for (let before = length - 1; before < rule; before++)
        youngest = Math.max(youngest, begun[before * size + length - 1] ?? 0);
      begun[rule * size + length] = youngest;
    }
  }
  remove(): void {}
  read(at: number): number {
    const size = this.#references;
    for (let length = size; length > 0; length--)
      for (let rule = length - 1; rule < size; rule++)
        if ((this.#begun[rule * size + length - 1] ?? 0) > at - this.#timespanMs) return length;
    return 0;
  }
}
