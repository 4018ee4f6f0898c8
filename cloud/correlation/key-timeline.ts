import { Crowd } from './crowd.ts';
import type { Judge, Run, Slot, Timeline } from './memory.ts';
import { withOneMore } from './run.ts';
import { allOn, countOn, dropFrom, joinShelf, putOn } from './shelf.ts';

/*
 * The runs that share one key (an asset, an address, a zone), by slots of the key's window: whatever can
 * still matter to a moment is in its own slot or in one of the two beside it.
 */

/** From so many runs on a slot keeps them in groups of alike ones, so that most need not be looked at one by one. */
export const CROWDED = 64;

export const newTimeline = (windowMs: number): Timeline => ({
  windowMs,
  last: undefined,
  earlier: undefined,
});

export const slotNumber = ({ windowMs }: Timeline, atMs: number): number => Math.floor(atMs / windowMs);

const newSlot = (number: number, only: Run): Slot => ({
  number,
  only,
  joined: undefined,
  rest: undefined,
  crowd: undefined,
});

/** Puts a run into a slot. The caller sees to it that it is not there yet. */
export function noteIn(timeline: Timeline, run: Run, number: number): void {
  const { last, earlier } = timeline;
  if (last === undefined) {
    timeline.last = newSlot(number, run);
  } else if (last.number === number) {
    putIn(last, run);
  } else if (last.number < number) {
    timeline.earlier = earlier === undefined ? [last] : withOneMore(earlier, last);
    timeline.last = newSlot(number, run);
  } else if (earlier === undefined) {
    timeline.earlier = [newSlot(number, run)];
  } else {
    const index = indexOf(earlier, number);
    const slot = earlier[index];
    if (slot?.number === number) putIn(slot, run);
    else earlier.splice(index, 0, newSlot(number, run));
  }
}

/** Drops the slots before that number. */
export function forgetSlots(timeline: Timeline, before: number): void {
  const { last, earlier } = timeline;
  if (earlier !== undefined && (earlier[0]?.number ?? before) < before)
    setEarlier(
      timeline,
      earlier.filter(({ number }) => number >= before),
    );
  if (last !== undefined && last.number < before) timeline.last = undefined;
}

/** Takes runs out, wherever they are noted; whole components only. */
export function dropRuns(timeline: Timeline, runs: ReadonlySet<Run>): void {
  const { last, earlier = [] } = timeline;
  if (last === undefined) return;
  const kept = [...earlier, last].filter((slot) => {
    const isShelfEmpty = dropFrom(slot, runs);
    if (slot.crowd?.drop(runs) === true) slot.crowd = undefined;
    return !isShelfEmpty || slot.crowd !== undefined;
  });
  timeline.last = kept.pop();
  setEarlier(timeline, kept);
}

export function forgetAll(timeline: Timeline): void {
  timeline.last = undefined;
  timeline.earlier = undefined;
}

function setEarlier(timeline: Timeline, slots: Slot[]): void {
  timeline.earlier = slots.length === 0 ? undefined : slots;
}

/** Whether so many runs stand around that time that they are kept in groups. */
export function isCrowded(timeline: Timeline, fromMs: number, toMs: number): boolean {
  const { last, earlier } = timeline;
  const first = slotNumber(timeline, fromMs) - 1;
  const final = slotNumber(timeline, toMs) + 1;
  if (last !== undefined && last.number >= first && last.number <= final && last.crowd !== undefined)
    return true;
  if (earlier === undefined) return false;
  for (let index = indexOf(earlier, first); index < earlier.length; index++) {
    const slot = earlier[index];
    if (slot === undefined || slot.number > final) return false;
    if (slot.crowd !== undefined) return true;
  }
  return false;
}

/** Unites a run with every component that it belongs to by what stands here, comparing as few as are needed. */
export function joinOn(timeline: Timeline, run: Run, fromMs: number, toMs: number, judge: Judge): void {
  const { last, earlier } = timeline;
  if (last === undefined) return;
  const first = slotNumber(timeline, fromMs) - 1;
  // Those before lie further back still.
  if (last.number < first) return;
  const final = slotNumber(timeline, toMs) + 1;
  if (earlier !== undefined)
    for (let index = indexOf(earlier, first); index < earlier.length; index++) {
      const slot = earlier[index];
      if (slot === undefined || slot.number > final) return;
      joinIn(slot, run, judge);
    }
  if (last.number <= final) joinIn(last, run, judge);
}

function joinIn(slot: Slot, run: Run, judge: Judge): void {
  if (slot.crowd === undefined) joinShelf(slot, run, judge);
  else slot.crowd.join(run, judge);
}

/** So many slots are looked at from the end before the list is halved. */
const NEAR_END = 3;

/** Where the slot is, or where it would have to go in. */
function indexOf(slots: readonly Slot[], number: number): number {
  let low = 0;
  let high = slots.length;
  // Detections mostly come in order: look at the end first.
  for (let step = 0; step < NEAR_END; step++) {
    if (high === 0 || (slots[high - 1]?.number ?? 0) < number) return high;
    high--;
  }
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((slots[middle]?.number ?? 0) < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

function putIn(slot: Slot, run: Run): void {
  if (slot.crowd !== undefined) {
    slot.crowd.note(run);
    return;
  }
  putOn(slot, run);
  if (countOn(slot) < CROWDED) return;
  const crowd = new Crowd();
  for (const noted of allOn(slot)) crowd.note(noted);
  slot.crowd = crowd;
  slot.joined = undefined;
  slot.rest = undefined;
}
