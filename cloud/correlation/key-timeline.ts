import { Crowd } from './crowd.ts';
import type { Judge, Run, Timeline } from './memory.ts';
import { withOneMore } from './run.ts';
import { dropFrom, joinShelf, type Shelf } from './shelf.ts';

/** From so many runs on a slot keeps them in groups of alike ones, so that most need not be looked at one by one. */
export const CROWDED = 64;

/** What stands on a key within one window of it. */
interface Slot extends Shelf {
  readonly number: number;
  /** Takes the place of the shelf once there are many. */
  crowd: Crowd | undefined;
}

const newSlot = (number: number, run: Run): Slot => ({
  number,
  joined: undefined,
  rest: [run],
  crowd: undefined,
});

/**
 * The runs that share one key (an asset, an address, a zone), by slots of the key's window: whatever can
 * still matter to a moment is in its own slot or in one of the two beside it.
 */
export class KeyTimeline implements Timeline {
  readonly windowMs: number;
  /** By number. */
  #slots: Slot[] = [];

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  slotNumber(atMs: number): number {
    return Math.floor(atMs / this.windowMs);
  }

  note(run: Run, atMs: number): void {
    const number = this.slotNumber(atMs);
    const index = this.#indexOf(number);
    const slot = this.#slots[index];
    if (slot?.number === number) noteIn(slot, run);
    else if (index === this.#slots.length) this.#slots = withOneMore(this.#slots, newSlot(number, run));
    else this.#slots.splice(index, 0, newSlot(number, run));
  }

  forgetBefore(number: number): void {
    const first = this.#slots[0];
    if (first !== undefined && first.number < number)
      this.#slots = this.#slots.filter((slot) => slot.number >= number);
  }

  drop(runs: ReadonlySet<Run>): void {
    this.#slots = this.#slots.filter((slot) => {
      const isShelfEmpty = dropFrom(slot, runs);
      if (slot.crowd?.drop(runs) === true) slot.crowd = undefined;
      return !isShelfEmpty || slot.crowd !== undefined;
    });
  }

  isCrowded(fromMs: number, toMs: number): boolean {
    const last = this.slotNumber(toMs) + 1;
    for (let index = this.#indexOf(this.slotNumber(fromMs) - 1); index < this.#slots.length; index++) {
      const slot = this.#slots[index];
      if (slot === undefined || slot.number > last) return false;
      if (slot.crowd !== undefined) return true;
    }
    return false;
  }

  join(run: Run, fromMs: number, toMs: number, judge: Judge): void {
    const last = this.slotNumber(toMs) + 1;
    for (let index = this.#indexOf(this.slotNumber(fromMs) - 1); index < this.#slots.length; index++) {
      const slot = this.#slots[index];
      if (slot === undefined || slot.number > last) return;
      if (slot.crowd === undefined) joinShelf(slot, run, judge);
      else slot.crowd.join(run, judge);
    }
  }

  /** Where the slot is, or where it would have to go in. */
  #indexOf(number: number): number {
    let low = 0;
    let high = this.#slots.length;
    // Detections mostly come in order: look at the end first.
    if (high === 0 || (this.#slots[high - 1]?.number ?? 0) < number) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#slots[middle]?.number ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function noteIn(slot: Slot, run: Run): void {
  if (slot.crowd !== undefined) {
    slot.crowd.note(run);
    return;
  }
  slot.rest = withOneMore(slot.rest, run);
  if (slot.rest.length + (slot.joined?.length ?? 0) < CROWDED) return;
  slot.crowd = new Crowd();
  for (const noted of [...(slot.joined ?? []), ...slot.rest]) slot.crowd.note(noted);
  slot.joined = undefined;
  slot.rest = [];
}
