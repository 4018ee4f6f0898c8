import { Crowd } from './crowd.ts';
import type { Judge, Key, Shelf, Traits } from './memory.ts';
import { FIRST_ROOM, NONE, widened } from './numbers.ts';
import { allOn, countOn, dropFrom, joinShelf, putOn, shelfOf } from './shelf.ts';

/** From so many runs on a slot keeps them in groups of alike ones, so that most need not be looked at one by one. */
export const CROWDED = 64;

/** What is known of a slot: its number in time, who stands in it, and the slot of its key before it. */
const WIDTH = 3;
const NUMBER = 0;
/** The one run in it, or, from FIRST_SHELF down, the shelf that several stand on. */
const HOLDS = 1;
const BEFORE = 2;
const FIRST_SHELF = -2;

/** Slots beyond the ends of what a table holds count as one: they are compared with more than they need be. */
const MOST_SLOTS = 2 ** 31 - 2;

/** Which slot of a key a moment is in. */
export const slotNumber = ({ windowMs }: Key, atMs: number): number =>
  Math.max(-MOST_SLOTS, Math.min(MOST_SLOTS, Math.floor(atMs / windowMs)));

/**
 * The runs that share one key (an asset, an address, a zone), by slots of the key's window: whatever can
 * still matter to a moment is in its own slot or in one of the two beside it.
 *
 * A key holds its latest slot, and each slot the one before it. There may be millions, most with one run.
 */
export class Timelines {
  #rows = new Int32Array(FIRST_ROOM * WIDTH);
  #used = 0;
  readonly #free: number[] = [];
  readonly #shelves: (Shelf | Crowd | undefined)[] = [];
  readonly #freeShelves: number[] = [];
  readonly #traitsOf: (run: number) => Traits;

  /** @param traitsOf of a run that stands in a crowd */
  constructor(traitsOf: (run: number) => Traits) {
    this.#traitsOf = traitsOf;
  }

  #get(slot: number, field: number): number {
    return this.#rows[slot * WIDTH + field] ?? NONE;
  }

  #set(slot: number, field: number, value: number): void {
    this.#rows[slot * WIDTH + field] = value;
  }

  /** Puts a run into a slot. The caller sees to it that it is not there yet. */
  note(key: Key, run: number, number: number): void {
    const last = key.slot;
    if (last === NONE || this.#get(last, NUMBER) < number) {
      key.slot = this.#newSlot(number, run, last);
      return;
    }
    let behind = NONE;
    let slot = last;
    while (slot !== NONE && this.#get(slot, NUMBER) > number) {
      behind = slot;
      slot = this.#get(slot, BEFORE);
    }
    if (slot !== NONE && this.#get(slot, NUMBER) === number) this.#putIn(slot, run);
    else this.#set(behind, BEFORE, this.#newSlot(number, run, slot));
  }

  #newSlot(number: number, run: number, before: number): number {
    const slot = this.#free.pop() ?? this.#used++;
    const row = slot * WIDTH;
    if (row + WIDTH > this.#rows.length) this.#rows = widened(this.#rows, row + WIDTH);
    this.#rows[row + NUMBER] = number;
    this.#rows[row + HOLDS] = run;
    this.#rows[row + BEFORE] = before;
    return slot;
  }

  #putIn(slot: number, run: number): void {
    const holds = this.#get(slot, HOLDS);
    if (holds >= 0) {
      const index = this.#freeShelves.pop() ?? this.#shelves.length;
      this.#shelves[index] = shelfOf(holds, run);
      this.#set(slot, HOLDS, FIRST_SHELF - index);
      return;
    }
    const shelf = this.#shelves[FIRST_SHELF - holds];
    if (shelf === undefined) return;
    if (shelf instanceof Crowd) {
      shelf.note(run);
      return;
    }
    putOn(shelf, run);
    if (countOn(shelf) < CROWDED) return;
    const crowd = new Crowd(this.#traitsOf);
    for (const noted of allOn(shelf)) crowd.note(noted);
    this.#shelves[FIRST_SHELF - holds] = crowd;
  }

  /** Drops the slots before that number. */
  forgetBefore(key: Key, number: number): void {
    let kept = NONE;
    let slot = key.slot;
    while (slot !== NONE && this.#get(slot, NUMBER) >= number) {
      kept = slot;
      slot = this.#get(slot, BEFORE);
    }
    if (slot === NONE) return;
    if (kept === NONE) key.slot = NONE;
    else this.#set(kept, BEFORE, NONE);
    this.#release(slot);
  }

  /** Drops all that stands on a key. */
  forget(key: Key): void {
    this.#release(key.slot);
    key.slot = NONE;
  }

  /** Of a slot and those before it. */
  #release(latest: number): void {
    for (let slot = latest; slot !== NONE; slot = this.#get(slot, BEFORE)) {
      this.#takeShelf(slot);
      this.#free.push(slot);
    }
  }

  #takeShelf(slot: number): void {
    const holds = this.#get(slot, HOLDS);
    if (holds > FIRST_SHELF) return;
    this.#shelves[FIRST_SHELF - holds] = undefined;
    this.#freeShelves.push(FIRST_SHELF - holds);
  }

  /** Takes runs out, wherever they are noted on a key; whole components only. */
  drop(key: Key, runs: ReadonlySet<number>): void {
    let behind = NONE;
    for (let slot = key.slot; slot !== NONE; ) {
      const before = this.#get(slot, BEFORE);
      if (!this.#dropIn(slot, runs)) behind = slot;
      else {
        if (behind === NONE) key.slot = before;
        else this.#set(behind, BEFORE, before);
        this.#takeShelf(slot);
        this.#free.push(slot);
      }
      slot = before;
    }
  }

  /** The answer: nobody is left. */
  #dropIn(slot: number, runs: ReadonlySet<number>): boolean {
    const holds = this.#get(slot, HOLDS);
    if (holds >= 0) return runs.has(holds);
    const shelf = this.#shelves[FIRST_SHELF - holds];
    if (shelf === undefined) return true;
    return shelf instanceof Crowd ? shelf.drop(runs) : dropFrom(shelf, runs);
  }

  /** Whether so many runs stand around that time that they are kept in groups. */
  isCrowded(key: Key, fromMs: number, toMs: number): boolean {
    const first = slotNumber(key, fromMs) - 1;
    const final = slotNumber(key, toMs) + 1;
    for (let slot = key.slot; slot !== NONE; slot = this.#get(slot, BEFORE)) {
      const number = this.#get(slot, NUMBER);
      if (number < first) return false;
      const holds = this.#get(slot, HOLDS);
      if (number <= final && holds < 0 && this.#shelves[FIRST_SHELF - holds] instanceof Crowd) return true;
    }
    return false;
  }

  /** Unites a run with every component that it belongs to by what stands here, comparing as few as are needed. */
  join(key: Key, fromMs: number, toMs: number, judge: Judge): void {
    const last = key.slot;
    if (last === NONE) return;
    const first = slotNumber(key, fromMs) - 1;
    // Those before lie further back still.
    if (this.#get(last, NUMBER) < first) return;
    const final = slotNumber(key, toMs) + 1;
    let slot = last;
    while (slot !== NONE && this.#get(slot, NUMBER) > final) slot = this.#get(slot, BEFORE);
    if (slot !== NONE && this.#get(slot, NUMBER) >= first) this.#joinFrom(slot, first, judge);
  }

  /** With those of a slot and of the ones before it, the earliest first. */
  #joinFrom(slot: number, first: number, judge: Judge): void {
    const before = this.#get(slot, BEFORE);
    if (before !== NONE && this.#get(before, NUMBER) >= first) this.#joinFrom(before, first, judge);
    const holds = this.#get(slot, HOLDS);
    if (holds >= 0) {
      judge.join(judge.living(holds));
      return;
    }
    const shelf = this.#shelves[FIRST_SHELF - holds];
    if (shelf instanceof Crowd) shelf.join(judge);
    else if (shelf !== undefined) joinShelf(shelf, judge);
  }

  /** Forgets every slot there is. No key may be asked for before it holds none. */
  clear(): void {
    this.#rows = new Int32Array(FIRST_ROOM * WIDTH);
    this.#used = 0;
    this.#free.length = 0;
    this.#shelves.length = 0;
    this.#freeShelves.length = 0;
  }
}
