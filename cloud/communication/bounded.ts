/** Bounded memories that hold the same whatever the order in which they were filled. */

/** Ids that are kept of the earliest instants. */
const MAX_IDS = 8;

const before = (at: number, id: string, otherAt: number, otherId: string): boolean =>
  at < otherAt || (at === otherAt && id < otherId);

/** When something was seen first, and by which observation. */
export interface First {
  at: number;
  id: string;
}

/** True: this one is earlier, and has been put in its place. */
export function putFirst(first: First, at: number, id: string): boolean {
  if (!before(at, id, first.at, first.id)) return false;
  first.at = at;
  first.id = id;
  return true;
}

/** The earliest instants of a time, in order. */
export class EarliestInstants {
  readonly limit: number;
  readonly at: number[] = [];
  /** Of the first ones. */
  readonly ids: string[] = [];
  /** All that were given. */
  count = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** True: what is kept has changed. */
  add(at: number, id: string): boolean {
    this.count++;
    const full = this.at.length >= this.limit;
    const last = this.at.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (full && at >= last) return false;
    let index = this.at.length;
    while (index > 0 && (this.at[index - 1] ?? 0) > at) index--;
    // Of one moment, the smaller id stands first.
    while (index > 0 && this.at[index - 1] === at && index - 1 < MAX_IDS && (this.ids[index - 1] ?? '') > id)
      index--;
    this.at.splice(index, 0, at);
    if (index < MAX_IDS) {
      this.ids.splice(index, 0, id);
      if (this.ids.length > MAX_IDS) this.ids.pop();
    }
    if (full) this.at.pop();
    return true;
  }
}

/** A hash of 32 bits (FNV-1a, then mixed as MurmurHash3 ends). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * Different things, each with when it was seen first. All of them up to the limit; beyond it those of the smallest
 * hashes, which is a fair sample and the same one in every order.
 */
export class DistinctSample<Thing> {
  readonly limit: number;
  readonly #things = new Map<string, { hash: number; first: First; thing: Thing }>();
  #largest = Number.POSITIVE_INFINITY;

  constructor(limit: number) {
    this.limit = limit;
  }

  get size(): number {
    return this.#things.size;
  }

  /** Exact up to the limit, an estimate beyond. */
  get distinct(): number {
    const { size, limit } = this;
    return size < limit ? size : Math.round(((limit - 1) * 2 ** 32) / Math.max(1, this.#largest));
  }

  /** True: what is kept has changed. */
  add(name: string, at: number, id: string, thing: () => Thing): boolean {
    const known = this.#things.get(name);
    if (known !== undefined) return putFirst(known.first, at, id);
    const hash = hashOf(name);
    if (this.size >= this.limit && hash >= this.#largest) return false;
    this.#things.set(name, { hash, first: { at, id }, thing: thing() });
    if (this.size > this.limit) {
      const [gone] = [...this.#things].reduce((most, entry) =>
        entry[1].hash > most[1].hash || (entry[1].hash === most[1].hash && entry[0] > most[0]) ? entry : most,
      );
      this.#things.delete(gone);
    }
    if (this.size >= this.limit) {
      this.#largest = 0;
      for (const one of this.#things.values()) this.#largest = Math.max(this.#largest, one.hash);
    }
    return true;
  }

  *entries(): Iterable<{ name: string; at: number; id: string; thing: Thing }> {
    for (const [name, { first, thing }] of this.#things) yield { name, at: first.at, id: first.id, thing };
  }
}

/** Drops what is older than `from` from a map by number. */
export function dropBefore(map: Map<number, unknown>, from: number): void {
  for (const key of map.keys()) if (key < from) map.delete(key);
}

/** Two significant digits: what is told of a count that grows does not change with each one. */
export function rounded(count: number): number {
  if (count < 100) return Math.round(count);
  const step = 10 ** (Math.floor(Math.log10(count)) - 1);
  return Math.floor(count / step) * step;
}
