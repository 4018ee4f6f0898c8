/** Places in the table to begin with; a power of two. */
const FIRST_PLACES = 64;
/** A place is the hash of a text and, from 1 on, its number. */
const WIDTH = 2;
const HASH = 0;
const NUMBER = 1;
/** Multiplies once for each character, as FNV-1a does. */
const PRIME = 0x0100_0193;
/** Another one in every process, so that nobody can choose texts that meet in one place. */
const SEED = Math.floor(Math.random() * 2 ** 32);

function hashOf(text: string): number {
  let hash = SEED;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return hash ^ (hash >>> 13);
}

/**
 * Gives each text a number, so that all else is looked up by numbers. The hashes stand in a list of their own: a text
 * that is not meant is passed over without being read, which a million times is a million reads of far memory.
 */
export class Texts {
  /** In open addressing, at most half of it taken. */
  #places = new Int32Array(FIRST_PLACES * WIDTH);
  /** By number; undefined where the number is free. */
  readonly #texts: (string | undefined)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#texts.length - this.#free.length;
  }

  /** Undefined for a number that nobody has. */
  textOf(number: number): string | undefined {
    return this.#texts[number];
  }

  /** NONE (see numbers.ts) where it has no number. */
  find(text: string): number {
    return this.#at(this.#placeOf(text, hashOf(text)), NUMBER) - 1;
  }

  /** The number of a text, which may be new: then it is `size` or one that became free. */
  put(text: string): number {
    const hash = hashOf(text);
    const place = this.#placeOf(text, hash);
    const known = this.#at(place, NUMBER);
    if (known > 0) return known - 1;
    const number = this.#free.pop() ?? this.#texts.length;
    this.#texts[number] = text;
    this.#places[place + HASH] = hash;
    this.#places[place + NUMBER] = number + 1;
    if (this.size * 2 * WIDTH > this.#places.length) this.#widen();
    return number;
  }

  /** Frees a number. */
  remove(number: number): void {
    const text = this.#texts[number];
    if (text === undefined) return;
    const last = this.#places.length - 1;
    let free = this.#placeOf(text, hashOf(text));
    // Those behind it, up to the next free place, move up where that brings them nearer to where they belong.
    for (let place = free; ; ) {
      place = (place + WIDTH) & last;
      if (this.#at(place, NUMBER) === 0) break;
      const wanted = (this.#at(place, HASH) * WIDTH) & last;
      if (((place - wanted) & last) < ((place - free) & last)) continue;
      this.#places.copyWithin(free, place, place + WIDTH);
      free = place;
    }
    this.#places[free + NUMBER] = 0;
    this.#texts[number] = undefined;
    this.#free.push(number);
  }

  /** All numbers that somebody has, ascending. */
  *numbers(): Generator<number> {
    for (let number = 0; number < this.#texts.length; number++)
      if (this.#texts[number] !== undefined) yield number;
  }

  clear(): void {
    this.#places = new Int32Array(FIRST_PLACES * WIDTH);
    this.#texts.length = 0;
    this.#free.length = 0;
  }

  #at(place: number, field: number): number {
    return this.#places[place + field] ?? 0;
  }

  /** Where a text stands, or the free place where it would. */
  #placeOf(text: string, hash: number): number {
    const places = this.#places;
    const last = places.length - 1;
    for (let place = (hash * WIDTH) & last; ; place = (place + WIDTH) & last) {
      const number = places[place + NUMBER] ?? 0;
      if (number === 0) return place;
      if (places[place + HASH] === hash && this.#texts[number - 1] === text) return place;
    }
  }

  #widen(): void {
    const former = this.#places;
    this.#places = new Int32Array(former.length * 2);
    const last = this.#places.length - 1;
    for (let from = 0; from < former.length; from += WIDTH) {
      if (former[from + NUMBER] === 0) continue;
      let place = ((former[from + HASH] ?? 0) * WIDTH) & last;
      while (this.#at(place, NUMBER) !== 0) place = (place + WIDTH) & last;
      this.#places[place + HASH] = former[from + HASH] ?? 0;
      this.#places[place + NUMBER] = former[from + NUMBER] ?? 0;
    }
  }
}
