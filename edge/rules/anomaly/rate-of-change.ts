/** A value that rises or falls faster than it ever did: a door that stands open, a probe that was pulled out. */
import { type Detector, type Explanation, quantity, scoreOfBits, spanText } from './detector.ts';
import { StateBlock } from './state-block.ts';

/** Steps that only teach. */
export const LEARNED_STEPS = 60;
/** As many times as fast as ever before: ALERT_SCORE. */
const ALERT_TIMES = 2;
/** The fastest step is forgotten slowly: by this share with each step. */
const FORGET = 1 / 10_000;
/** Weight of an interval in the usual one. */
const INTERVAL_WEIGHT = 0.02;
const HOUR_MS = 3_600_000;

const scalarNames = ['first', 'previous', 'previousAt', 'steps', 'interval', 'rise', 'fall'] as const;
const at = Object.fromEntries(scalarNames.map((name, index) => [name, index])) as Record<
  (typeof scalarNames)[number],
  number
>;

export class RateOfChange implements Detector {
  readonly #block = new StateBlock('rate-of-change-1', scalarNames.length * 8);
  readonly #s = this.#block.float64(scalarNames.length);
  /** Units an hour, up and down alike. */
  #rate = 0;
  #fastest = 0;
  #step = 0;
  #stepMs = 0;
  #now = 0;

  constructor() {
    this.#s[at.previousAt] = Number.NaN;
  }

  /** @throws SnapshotError when it is not a snapshot of this detector */
  static restored(snapshot: string): RateOfChange {
    const rate = new RateOfChange();
    rate.#block.restore(snapshot);
    return rate;
  }

  get stateBytes(): number {
    return this.#block.byteLength;
  }

  snapshot(): string {
    return this.#block.snapshot();
  }

  sample(time: number, value: number): number {
    const s = this.#s;
    const previousAt = s[at.previousAt] ?? 0;
    this.#now = time;
    this.#rate = 0;
    if (Number.isNaN(previousAt)) {
      s[at.first] = time;
      s[at.previous] = value;
      s[at.previousAt] = time;
      return 0;
    }
    this.#step = value - (s[at.previous] ?? 0);
    this.#stepMs = Math.max(1, time - previousAt);
    s[at.previous] = value;
    s[at.previousAt] = Math.max(time, previousAt);
    const steps = s[at.steps] ?? 0;
    s[at.steps] = steps + 1;
    const interval = s[at.interval] ?? 0;
    s[at.interval] = interval + (this.#stepMs - interval) * Math.max(INTERVAL_WEIGHT, 1 / (steps + 1));
    // Two readings in quick succession differ by noise: only over the usual interval is a difference a rate.
    this.#rate = (Math.abs(this.#step) * HOUR_MS) / Math.max(this.#stepMs, s[at.interval] ?? 0);
    const side = this.#step > 0 ? at.rise : at.fall;
    this.#fastest = s[side] ?? 0;
    s[at.rise] = (s[at.rise] ?? 0) * (1 - FORGET);
    s[at.fall] = (s[at.fall] ?? 0) * (1 - FORGET);
    s[side] = Math.max(s[side] ?? 0, this.#rate);
    if (steps < LEARNED_STEPS || this.#rate <= this.#fastest || this.#fastest === 0) return 0;
    return scoreOfBits(Math.log2(this.#rate / this.#fastest), Math.log2(ALERT_TIMES));
  }

  explanation(unit = ''): Explanation | undefined {
    if (this.#rate <= this.#fastest || this.#rate === 0) return undefined;
    const watchedMs = this.#now - (this.#s[at.first] ?? 0);
    const way = this.#step > 0 ? 'rose' : 'fell';
    return {
      measure: 'rate',
      side: this.#step > 0 ? 'above' : 'below',
      seen: this.#rate,
      usual: this.#fastest,
      watchedMs,
      text: `it ${way} by ${quantity(Math.abs(this.#step), unit)} in ${spanText(this.#stepMs)}, ${quantity(this.#rate / this.#fastest)} times as fast as ever in ${spanText(watchedMs)}`,
    };
  }
}
