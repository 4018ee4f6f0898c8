import type { Head, Mark, Place, Traits } from './memory.ts';
import type { Via } from './via.ts';

const FIRST_SIZE = 1_024;

/** One more number in a hash: multiplied and folded, so that neighbouring numbers lie far apart. */
export function mixed(hash: number, number: number): number {
  const product = Math.imul(hash ^ number, 0x9e37_79b1);
  return product ^ (product >>> 15);
}

/**
 * Traits by what they are made of, without writing a name for them: in open addressing, with the hashes in a list of
 * numbers, so that what is not meant is passed over without being looked at. The hash leaves the bits out, so that what
 * was judged otherwise lies beside.
 */
export class TraitsTable {
  #hashes = new Int32Array(FIRST_SIZE);
  #traits: (Traits | undefined)[] = new Array<Traits | undefined>(FIRST_SIZE).fill(undefined);
  #size = 0;

  find(
    hash: number,
    head: Head,
    places: readonly Place[],
    marks: readonly Mark[],
    via: readonly Via[],
    bits: number | undefined,
  ): Traits | undefined {
    const hashes = this.#hashes;
    const last = hashes.length - 1;
    for (let index = hash & last; ; index = (index + 1) & last) {
      // No hash is zero: that stands for a free place.
      if (hashes[index] === 0) return undefined;
      if (hashes[index] !== hash) continue;
      const traits = this.#traits[index];
      if (
        traits !== undefined &&
        traits.head === head &&
        traits.bits === bits &&
        isSame(traits.places, places) &&
        isSame(traits.marks, marks) &&
        isSame(traits.via, via)
      )
        return traits;
    }
  }

  /** Takes traits that are not there yet. */
  put(hash: number, traits: Traits): Traits {
    if (this.#size * 2 >= this.#hashes.length) this.#grow();
    traits.hash = hash;
    this.#place(traits);
    this.#size++;
    return traits;
  }

  clear(): void {
    this.#hashes = new Int32Array(FIRST_SIZE);
    this.#traits = new Array<Traits | undefined>(FIRST_SIZE).fill(undefined);
    this.#size = 0;
  }

  #place(traits: Traits): void {
    const hashes = this.#hashes;
    const last = hashes.length - 1;
    let index = traits.hash & last;
    while (hashes[index] !== 0) index = (index + 1) & last;
    hashes[index] = traits.hash;
    this.#traits[index] = traits;
  }

  #grow(): void {
    const former = this.#traits;
    this.#hashes = new Int32Array(former.length * 4);
    this.#traits = new Array<Traits | undefined>(former.length * 4).fill(undefined);
    for (const traits of former) if (traits !== undefined) this.#place(traits);
  }
}

function isSame<Thing>(a: readonly Thing[], b: readonly Thing[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
