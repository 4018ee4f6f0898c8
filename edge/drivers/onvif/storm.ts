import type { MomentReading, Reading, StateReading } from '../../../devices/profiles/profile.ts';

/** Readings taken from one camera at once, and how many a second after that: a quarrel of leaves is no news. */
export const BURST = 60;
export const READINGS_PER_SECOND = 2;
/** Different things that may wait; what comes beyond is counted and left out. */
export const MAX_WAITING = 256;

interface Waiting {
  reading: StateReading | MomentReading;
  count: number;
}

/**
 * Holds back a camera that tells too much. Of a state the newest word waits, so that none is wrong for long; of
 * moments the newest waits with the count of those it stands for.
 */
export class StormLimit {
  readonly #waiting = new Map<string, Waiting>();
  #tokens = BURST;
  #filledAtMs: number;
  /** Readings that were folded into another, and those that were left out, since the start. */
  folded = 0;
  leftOut = 0;

  /** @param nowMs on a clock that never jumps */
  constructor(nowMs: number) {
    this.#filledAtMs = nowMs;
  }

  /** What may be said now, the waiting first. */
  take(readings: readonly Reading[], nowMs: number): Reading[] {
    const said = this.due(nowMs);
    for (const reading of readings) {
      if (reading.type !== 'state' && reading.type !== 'moment') said.push(reading);
      else if (this.#waiting.size === 0 && this.#spend()) said.push(reading);
      else this.#wait(reading);
    }
    return said;
  }

  /** What waited and may be said by now. */
  due(nowMs: number): Reading[] {
    const passedMs = Math.max(0, nowMs - this.#filledAtMs);
    this.#tokens = Math.min(BURST, this.#tokens + (passedMs / 1_000) * READINGS_PER_SECOND);
    this.#filledAtMs = nowMs;
    const said: Reading[] = [];
    for (const [key, { reading, count }] of this.#waiting) {
      if (!this.#spend()) break;
      this.#waiting.delete(key);
      const counts = reading.type === 'moment' && count > 1;
      said.push(counts ? { ...reading, facts: { ...reading.facts, count } } : reading);
    }
    return said;
  }

  get isWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  #spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }

  #wait(reading: StateReading | MomentReading): void {
    const key = `${reading.type} ${reading.part}`;
    const before = this.#waiting.get(key);
    if (before !== undefined) this.folded++;
    else if (this.#waiting.size >= MAX_WAITING) {
      this.leftOut++;
      return;
    }
    this.#waiting.set(key, { reading, count: (before?.count ?? 0) + 1 });
  }
}
