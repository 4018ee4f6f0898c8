import type { Head, Mark, Place, Traits } from './memory.ts';
import type { Via } from './via.ts';

const FIRST_SIZE = 1_024;

/** One more number in a hash: multiplied and folded, so that neighbouring numbers lie far apart. */
export function mixed(hash: number, number: number): number {
  const product = Math.imul(hash ^ number, 0x9e37_79b1);
  return product ^ (product >>> 15);
}

/**
 * Traits by what they are made of, without writing a name for them: the chains run through the traits themselves, so
 * that a million cost one list. The hash leaves the bits out, so that what was judged otherwise lies beside.
 */
export class TraitsTable {
  #chains: (Traits | undefined)[] = new Array<Traits | undefined>(FIRST_SIZE).fill(undefined);
  #size = 0;

  find(
    hash: number,
    head: Head,
    places: readonly Place[],
    marks: readonly Mark[],
    via: readonly Via[],
    bits: number | undefined,
  ): Traits | undefined {
    let traits = this.#chains[hash & (this.#chains.length - 1)];
    for (; traits !== undefined; traits = traits.next)
      if (
        traits.hash === hash &&
        traits.head === head &&
        traits.bits === bits &&
        isSame(traits.places, places) &&
        isSame(traits.marks, marks) &&
        isSame(traits.via, via)
      )
        return traits;
    return undefined;
  }

  /** Takes traits that are not there yet. */
  put(hash: number, traits: Traits): Traits {
    if (this.#size >= this.#chains.length) this.#grow();
    traits.hash = hash;
    this.#chain(traits);
    this.#size++;
    return traits;
  }

  clear(): void {
    this.#chains = new Array<Traits | undefined>(FIRST_SIZE).fill(undefined);
    this.#size = 0;
  }

  #chain(traits: Traits): void {
    const index = traits.hash & (this.#chains.length - 1);
    traits.next = this.#chains[index];
    this.#chains[index] = traits;
  }

  #grow(): void {
    const former = this.#chains;
    this.#chains = new Array<Traits | undefined>(former.length * 4).fill(undefined);
    for (const first of former)
      for (let traits = first; traits !== undefined; ) {
        const { next } = traits;
        this.#chain(traits);
        traits = next;
      }
  }
}

function isSame<Thing>(a: readonly Thing[], b: readonly Thing[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false;
  return true;
}
