/** Readings that stay away longer than they ever did, although nobody said that the device is gone. */
import { type Detector, type Explanation, scoreOfBits, spanText } from './detector.ts';
import { StateBlock } from './state-block.ts';

/** Intervals that only teach. */
export const LEARNED_INTERVALS = 20;
/** As many times as long as the longest silence before … */
const LONGEST_TIMES = 2;
/** … and as the usual interval: a device that is on time to the second may be late by a few. */
const USUAL_TIMES = 4;
/** Weight of an interval in the usual one. */
const WEIGHT = 0.02;
/** The longest silence is forgotten by this share with each interval. */
const FORGET = 1 / 5_000;

const scalarNames = ['first', 'newest', 'intervals', 'usual', 'longest'] as const;
const at = Object.fromEntries(scalarNames.map((name, index) => [name, index])) as Record<
  (typeof scalarNames)[number],
  number
>;

export class DropOut implements Detector {
  readonly #block = new StateBlock('drop-out-1', scalarNames.length * 8);
  readonly #s = this.#block.float64(scalarNames.length);
  #silentMs = 0;
  #limitMs = Number.POSITIVE_INFINITY;

  constructor() {
    this.#s[at.newest] = Number.NaN;
  }

  /** @throws SnapshotError when it is not a snapshot of this detector */
  static restored(snapshot: string): DropOut {
    const dropOut = new DropOut();
    dropOut.#block.restore(snapshot);
    return dropOut;
  }

  get stateBytes(): number {
    return this.#block.byteLength;
  }

  snapshot(): string {
    return this.#block.snapshot();
  }

  /** When silence becomes an alert, if nothing comes before; infinite while the usual interval is not known. */
  get dueAt(): number {
    return (this.#s[at.newest] ?? 0) + this.#limit();
  }

  /** A reading came: how unusual was the silence that it ended. What it says does not matter. */
  sample(time: number): number {
    const s = this.#s;
    const newest = s[at.newest] ?? 0;
    if (Number.isNaN(newest)) {
      s[at.first] = time;
      s[at.newest] = time;
      return 0;
    }
    const score = this.scoreAt(time);
    const interval = Math.max(0, time - newest);
    const intervals = s[at.intervals] ?? 0;
    const usual = s[at.usual] ?? 0;
    s[at.newest] = Math.max(time, newest);
    s[at.intervals] = intervals + 1;
    s[at.usual] = usual + (interval - usual) * Math.max(WEIGHT, 1 / (intervals + 1));
    s[at.longest] = Math.max(interval, (s[at.longest] ?? 0) * (1 - FORGET));
    return score;
  }

  /** How unusual it is that nothing has come until now. */
  scoreAt(now: number): number {
    this.#silentMs = now - (this.#s[at.newest] ?? 0);
    this.#limitMs = this.#limit();
    return this.#limitMs === Number.POSITIVE_INFINITY ? 0 : scoreOfBits(this.#silentMs / this.#limitMs, 1);
  }

  #limit(): number {
    const s = this.#s;
    if ((s[at.intervals] ?? 0) < LEARNED_INTERVALS) return Number.POSITIVE_INFINITY;
    return Math.max((s[at.longest] ?? 0) * LONGEST_TIMES, (s[at.usual] ?? 0) * USUAL_TIMES);
  }

  explanation(): Explanation | undefined {
    if (this.#silentMs < this.#limitMs) return undefined;
    const s = this.#s;
    const usual = s[at.usual] ?? 0;
    return {
      measure: 'interval',
      side: 'above',
      seen: this.#silentMs,
      usual,
      watchedMs: (s[at.newest] ?? 0) - (s[at.first] ?? 0),
      text: `no reading for ${spanText(this.#silentMs)}; one comes about every ${spanText(usual)}`,
    };
  }
}
