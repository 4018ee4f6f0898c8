import type { Head, Mark, Place, Traits } from './memory.ts';
import type { Via } from './via.ts';

const FIRST_PLACES = 1_024;
/** A place is a hash and, from 1 on, the number of the traits. */
const WIDTH = 2;
const HASH = 0;
const NUMBER = 1;

/** One more number in a hash: multiplied and folded, so that neighbouring numbers lie far apart. */
export function mixed(hash: number, number: number): number {
  const product = Math.imul(hash ^ number, 0x9e37_79b1);
  return product ^ (product >>> 15);
}

/** The marks that traits are found by, of which only the first `count` are meant. */
export interface Wanted {
  readonly marks: readonly Mark[];
  /** The same list for the same names. */
  readonly via: readonly Via[];
  readonly count: number;
}

/**
 * Traits by what they are made of, without writing a name for them: in open addressing, with the hashes in a list of
 * numbers, so that what is not meant is passed over without being looked at. The hash leaves the bits out, so that what
 * was judged otherwise lies beside.
 */
export class TraitsTable {
  #places = new Int32Array(FIRST_PLACES * WIDTH);
  readonly #traits: Traits[] = [];

  find(
    hash: number,
    head: Head,
    places: readonly Place[],
    wanted: Wanted,
    bits: number | undefined,
  ): Traits | undefined {
    const table = this.#places;
    const last = table.length - 1;
    for (let place = (hash * WIDTH) & last; ; place = (place + WIDTH) & last) {
      const number = table[place + NUMBER] ?? 0;
      if (number === 0) return undefined;
      if (table[place + HASH] !== hash) continue;
      const traits = this.#traits[number - 1];
      if (
        traits !== undefined &&
        traits.head === head &&
        traits.bits === bits &&
        isSame(traits.places, places, places.length) &&
        isSame(traits.marks, wanted.marks, wanted.count) &&
        traits.via === wanted.via
      )
        return traits;
    }
  }

  /** Takes traits that are not there yet. */
  put(hash: number, traits: Traits): Traits {
    if (this.#traits.length * 2 * WIDTH >= this.#places.length) this.#widen();
    traits.hash = hash;
    this.#traits.push(traits);
    placeIn(this.#places, hash, this.#traits.length);
    return traits;
  }

  clear(): void {
    this.#places = new Int32Array(FIRST_PLACES * WIDTH);
    this.#traits.length = 0;
  }

  #widen(): void {
    const former = this.#places;
    this.#places = new Int32Array(former.length * 2);
    for (let from = 0; from < former.length; from += WIDTH) {
      const number = former[from + NUMBER] ?? 0;
      if (number > 0) placeIn(this.#places, former[from + HASH] ?? 0, number);
    }
  }
}

function placeIn(table: Int32Array, hash: number, number: number): void {
  const last = table.length - 1;
  let place = (hash * WIDTH) & last;
  while (table[place + NUMBER] !== 0) place = (place + WIDTH) & last;
  table[place + HASH] = hash;
  table[place + NUMBER] = number;
}

function isSame<Thing>(a: readonly Thing[], b: readonly Thing[], count: number): boolean {
  if (a === b) return true;
  if (a.length !== count) return false;
  for (let index = 0; index < count; index++) if (a[index] !== b[index]) return false;
  return true;
}
