import { MAX_DEVICES_PER_PROFILE } from './profile.ts';

/** A map that never grows beyond its bound: what is new has to wait outside, what is known stays. */
export class BoundedMap<Value> {
  readonly #entries = new Map<string, Value>();
  readonly #most: number;

  constructor(most: number = MAX_DEVICES_PER_PROFILE) {
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  /** False: the map is full and `key` is new. */
  set(key: string, value: Value): boolean {
    if (this.#entries.size >= this.#most && !this.#entries.has(key)) return false;
    this.#entries.set(key, value);
    return true;
  }

  delete(key: string): boolean {
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  values(): IterableIterator<Value> {
    return this.#entries.values();
  }

  entries(): IterableIterator<[string, Value]> {
    return this.#entries.entries();
  }
}

/** The reason given when a device is one too many. */
export const tooMany = (what: string): string => `more than ${MAX_DEVICES_PER_PROFILE} ${what}`;
