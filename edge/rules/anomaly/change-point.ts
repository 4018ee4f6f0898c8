/**
 * A level that has moved and stays: two-sided CUSUM (Page, 1954) of standardised values. One wild value is no
 * change; many that are a little off are.
 */
import { type Detector, type Explanation, quantity, scoreOfBits, spanText } from './detector.ts';
import { StateBlock } from './state-block.ts';

/** Samples from which the first level and its spread are learned. */
export const LEARNED_SAMPLES = 60;
/** The level follows slowly: what creeps within thousands of samples is drift, not a change. */
const SLOWEST = 1 / 2_000;
/** In standard deviations: so far off adds nothing to the sum … */
const ALLOWANCE = 1;
/** … and more than this counts as this, so that one wild value is not enough. */
const MOST = 4;
/** The sum that is a change: five values far off, or thirty that are one and a half deviations away. */
const CHANGE = 15;
/** The sum must be so many times the largest before: a stream that swings by itself makes large sums every day. */
const WORSE_TIMES = 1.5;
/** The largest sum is forgotten by this share with each sample. */
const FORGET = 1 / 10_000;
/** Least spread, as a share of the level: a stream that has stood still moves by more than its last digit. */
const LEAST_SPREAD = 1e-6;

const scalarNames = [
  'count',
  'mean',
  'spread',
  'worst',
  'up',
  'down',
  'upMost',
  'upSum',
  'upCount',
  'upSince',
  'downMost',
  'downSum',
  'downCount',
  'downSince',
] as const;
const at = Object.fromEntries(scalarNames.map((name, index) => [name, index])) as Record<
  (typeof scalarNames)[number],
  number
>;

export class ChangePoint implements Detector {
  readonly #block = new StateBlock('change-point-1', scalarNames.length * 8);
  readonly #s = this.#block.float64(scalarNames.length);
  #from = 0;
  #to = 0;
  #sinceMs = 0;

  /** @throws SnapshotError when it is not a snapshot of this detector */
  static restored(snapshot: string): ChangePoint {
    const change = new ChangePoint();
    change.#block.restore(snapshot);
    return change;
  }

  get stateBytes(): number {
    return this.#block.byteLength;
  }

  snapshot(): string {
    return this.#block.snapshot();
  }

  sample(time: number, value: number): number {
    const s = this.#s;
    const count = s[at.count] ?? 0;
    const mean = count === 0 ? value : (s[at.mean] ?? 0);
    const spread = s[at.spread] ?? 0;
    s[at.count] = count + 1;
    this.#from = mean;
    this.#to = mean;
    const weight = Math.max(SLOWEST, 1 / (count + 1));
    const isLearning = count < LEARNED_SAMPLES;
    const deviation = Math.max(Math.sqrt(spread), Math.abs(mean) * LEAST_SPREAD, Number.MIN_VALUE);
    const off = isLearning ? 0 : Math.max(-MOST, Math.min(MOST, (value - mean) / deviation));
    const up = this.#side(time, value, off, at.up, at.upMost, at.upSum, at.upCount, at.upSince);
    const down = this.#side(time, value, -off, at.down, at.downMost, at.downSum, at.downCount, at.downSince);
    // A wild value moves and widens the level no more than one of MOST deviations does.
    const step = isLearning ? value - mean : off * deviation;
    s[at.mean] = mean + step * weight;
    s[at.spread] = spread + (step * step * (isLearning ? 1 - weight : 1) - spread) * weight;
    const sum = Math.max(up, down);
    const worst = (s[at.worst] ?? 0) * (1 - FORGET);
    const enough = Math.max(CHANGE, worst * WORSE_TIMES);
    s[at.worst] = worst;
    if (sum > 0) this.#describe(time, up > down);
    if (sum >= enough) this.#settle();
    return scoreOfBits(sum, enough);
  }

  #side(
    time: number,
    value: number,
    off: number,
    sum: number,
    largest: number,
    total: number,
    count: number,
    since: number,
  ): number {
    const s = this.#s;
    const before = s[sum] ?? 0;
    const after = Math.max(0, before + off - ALLOWANCE);
    // An excursion is over: so much this stream does by itself.
    if (after === 0 && before > 0) s[at.worst] = Math.max(s[at.worst] ?? 0, s[largest] ?? 0);
    s[largest] = after === 0 ? 0 : Math.max(after, s[largest] ?? 0);
    s[sum] = after;
    if (before === 0) {
      s[since] = time;
      s[total] = 0;
      s[count] = 0;
    }
    s[total] = (s[total] ?? 0) + value;
    s[count] = (s[count] ?? 0) + 1;
    return after;
  }

  #describe(time: number, isUp: boolean): void {
    const s = this.#s;
    const total = s[isUp ? at.upSum : at.downSum] ?? 0;
    this.#to = total / Math.max(1, s[isUp ? at.upCount : at.downCount] ?? 0);
    this.#sinceMs = time - (s[isUp ? at.upSince : at.downSince] ?? 0);
  }

  /** The new level is the level from now on; its spread is believed to be the old one's. */
  #settle(): void {
    const s = this.#s;
    s[at.mean] = this.#to;
    s[at.worst] = Math.max(s[at.worst] ?? 0, s[at.up] ?? 0, s[at.down] ?? 0);
    for (const sum of [at.up, at.upMost, at.down, at.downMost]) s[sum] = 0;
  }

  explanation(unit = ''): Explanation | undefined {
    if (this.#from === this.#to) return undefined;
    return {
      measure: 'level',
      side: this.#to > this.#from ? 'above' : 'below',
      seen: this.#to,
      usual: this.#from,
      watchedMs: this.#sinceMs,
      text: `it moved from about ${quantity(this.#from, unit)} to about ${quantity(this.#to, unit)} and has stayed there for ${spanText(this.#sinceMs)}`,
    };
  }
}
