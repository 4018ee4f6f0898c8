/** How a rule sees an event: any JSON object, nested or flat. */
import { fold } from './fold.ts';

/** An event as its source wrote it. */
export type EventFields = Readonly<Record<string, unknown>>;

/** Values of one event that are looked at, and how deep; more is a source gone wrong. */
export const MAX_LEAVES = 4_096;
export const MAX_DEPTH = 24;

const isObject = (value: unknown): value is EventFields => typeof value === 'object' && value !== null;

/**
 * The value of a field. `a.b` is a key of that name, else `b` within `a`; within a list, what its members have.
 * Undefined: there is no such field.
 */
export function fieldOf(event: EventFields, name: string, depth = 0): unknown {
  if (Object.hasOwn(event, name)) return event[name];
  if (depth >= MAX_DEPTH) return undefined;
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const head = name.slice(0, dot);
    if (!Object.hasOwn(event, head)) continue;
    const inner = event[head];
    const rest = name.slice(dot + 1);
    if (Array.isArray(inner)) {
      const found = inner.flatMap((one: unknown) => (isObject(one) ? [fieldOf(one, rest, depth + 1)] : []));
      if (found.some((one) => one !== undefined)) return found.filter((one) => one !== undefined).flat();
    } else if (isObject(inner)) {
      const found = fieldOf(inner, rest, depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** A value as texts: one, several (a list), or none (null, an object, nothing). */
export type Texts = string | readonly string[] | undefined;

export function textsOf(value: unknown): Texts {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  if (!Array.isArray(value)) return undefined;
  const texts: string[] = [];
  for (const one of value.slice(0, MAX_LEAVES)) {
    const inner = Array.isArray(one) ? undefined : textsOf(one);
    if (typeof inner === 'string') texts.push(inner);
  }
  return texts;
}

/** Every single value of an event, as text. */
export function leavesOf(event: EventFields): string[] {
  const texts: string[] = [];
  const walk = (value: unknown, depth: number) => {
    if (texts.length >= MAX_LEAVES || depth > MAX_DEPTH) return;
    if (isObject(value)) for (const key in value) walk(value[key], depth + 1);
    else {
      const text = textsOf(value);
      if (typeof text === 'string') texts.push(text);
    }
  };
  walk(event, 0);
  return texts;
}

/** Names of fields as small numbers, so that what is known of an event's fields lies in arrays. */
export class FieldNames {
  readonly #numbers = new Map<string, number>();
  readonly names: string[] = [];

  numberOf(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.names.length;
      this.names.push(name);
      this.#numbers.set(name, number);
    }
    return number;
  }
}

/** The event that rules are asked about; what several of them want to know is found out once. */
export class Subject {
  readonly #names: FieldNames;
  #event: EventFields = {};
  #turn = 0;
  readonly #rawTurn: number[] = [];
  readonly #raw: unknown[] = [];
  readonly #foldedTurn: number[] = [];
  readonly #folded: Texts[] = [];
  #leaves: readonly string[] | undefined;
  #foldedLeaves: readonly string[] | undefined;

  constructor(names: FieldNames) {
    this.#names = names;
  }

  /** All names must be known by now. */
  load(event: EventFields): void {
    this.#event = event;
    this.#turn++;
    this.#leaves = undefined;
    this.#foldedLeaves = undefined;
    while (this.#raw.length < this.#names.names.length) {
      this.#raw.push(undefined);
      this.#rawTurn.push(0);
      this.#folded.push(undefined);
      this.#foldedTurn.push(0);
    }
  }

  get event(): EventFields {
    return this.#event;
  }

  raw(field: number): unknown {
    if (this.#rawTurn[field] === this.#turn) return this.#raw[field];
    const value = fieldOf(this.#event, this.#names.names[field] ?? '');
    this.#raw[field] = value;
    this.#rawTurn[field] = this.#turn;
    return value;
  }

  texts(field: number): Texts {
    return textsOf(this.raw(field));
  }

  folded(field: number): Texts {
    if (this.#foldedTurn[field] === this.#turn) return this.#folded[field];
    const texts = this.texts(field);
    const folded = typeof texts === 'string' ? fold(texts) : texts?.map(fold);
    this.setFolded(field, folded);
    return folded;
  }

  /** Found out already by whoever walked over the event. */
  setFolded(field: number, folded: Texts): void {
    this.#folded[field] = folded;
    this.#foldedTurn[field] = this.#turn;
  }

  get leaves(): readonly string[] {
    this.#leaves ??= leavesOf(this.#event);
    return this.#leaves;
  }

  get foldedLeaves(): readonly string[] {
    this.#foldedLeaves ??= this.leaves.map(fold);
    return this.#foldedLeaves;
  }
}
