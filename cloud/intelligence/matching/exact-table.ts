/** Texts to row numbers, in 12 bytes an entry or two: the texts themselves stay on disk. */
import { randomInt } from 'node:crypto';

const EMPTY = -1;
const GONE = -2;
const FIRST_SIZE = 1_024;
/** Of the places, filled at most: beyond it the search for a free one grows long. */
const MAX_FILLED = 0.6;
/** Entries under one text that are told: a list that says the same thing a thousand times says it once. */
export const MAX_ENTRIES_OF_ONE = 64;

/**
 * An open table of 62-bit hashes. What it finds is the text for all practical purposes, and whoever asks looks at
 * the row anyway. The hash begins with a number of the process: nobody outside can choose texts that fall together.
 */
export class ExactTable {
  readonly #seed = randomInt(2 ** 31);
  #high = new Int32Array(FIRST_SIZE);
  #low = new Int32Array(FIRST_SIZE);
  #rows = new Int32Array(FIRST_SIZE).fill(EMPTY);
  #size = 0;
  #used = 0;
  #highHash = 0;
  #lowHash = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#rows.length * 12;
  }

  /** @param row 0 or more */
  add(text: string, row: number): void {
    if (this.#used >= this.#rows.length * MAX_FILLED) this.#grow();
    this.#hash(text);
    this.#put(this.#highHash, this.#lowHash, row);
    this.#size++;
  }

  remove(text: string, row: number): void {
    this.#hash(text);
    const mask = this.#rows.length - 1;
    for (let at = this.#lowHash & mask; this.#rows[at] !== EMPTY; at = (at + 1) & mask)
      if (this.#rows[at] === row && this.#low[at] === this.#lowHash && this.#high[at] === this.#highHash) {
        this.#rows[at] = GONE;
        this.#size--;
        return;
      }
  }

  /** Calls `found` with each row under a text. */
  find(text: string, found: (row: number) => void): void {
    this.#hash(text);
    const [high, low, mask] = [this.#highHash, this.#lowHash, this.#rows.length - 1];
    let told = 0;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const row = this.#rows[at] ?? EMPTY;
      if (row === EMPTY || told >= MAX_ENTRIES_OF_ONE) return;
      if (row >= 0 && this.#low[at] === low && this.#high[at] === high) {
        found(row);
        told++;
      }
    }
  }

  #put(high: number, low: number, row: number): void {
    const mask = this.#rows.length - 1;
    let at = low & mask;
    while ((this.#rows[at] ?? EMPTY) >= 0) at = (at + 1) & mask;
    if (this.#rows[at] === EMPTY) this.#used++;
    this.#high[at] = high;
    this.#low[at] = low;
    this.#rows[at] = row;
  }

  #grow(): void {
    const { length } = this.#rows;
    const [high, low, rows] = [this.#high, this.#low, this.#rows];
    // Places that were given up may be all that fills it.
    const size = this.#size >= (length * MAX_FILLED) / 2 ? length * 2 : length;
    this.#high = new Int32Array(size);
    this.#low = new Int32Array(size);
    this.#rows = new Int32Array(size).fill(EMPTY);
    this.#used = 0;
    for (let at = 0; at < length; at++) {
      const row = rows[at] ?? EMPTY;
      if (row >= 0) this.#put(high[at] ?? 0, low[at] ?? 0, row);
    }
  }

  /** Two 32-bit hashes with different multipliers, mixed at the end so that any bits may choose the place. */
  #hash(text: string): void {
    let one = this.#seed;
    let two = ~this.#seed;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      one = Math.imul(one ^ code, 0x01000193);
      two = Math.imul(two ^ code, 0x5bd1e995);
      two ^= two >>> 15;
    }
    one = Math.imul(one ^ (one >>> 16), 0x85ebca6b);
    two = Math.imul(two ^ (two >>> 13), 0xc2b2ae35);
    this.#highHash = one ^ (one >>> 15) ^ two;
    this.#lowHash = two ^ (two >>> 16) ^ Math.imul(one, 0x27d4eb2f);
  }
}
