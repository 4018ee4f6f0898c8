/** What the envelope ensemble looks at: twelve small numbers about the newest sample, each kept up in a few steps. */
import { CalendarProfile } from './calendar-profile.ts';
import type { StateBlock } from './state-block.ts';

/** The features, in the order of `StreamFeatures.values`. `onlyHigh`: a low value says nothing. */
export const features = [
  { name: 'value', onlyHigh: false },
  { name: 'lowest', onlyHigh: false },
  { name: 'highest', onlyHigh: false },
  { name: 'mean3', onlyHigh: false },
  { name: 'mean12', onlyHigh: false },
  { name: 'shift', onlyHigh: false },
  { name: 'quarter', onlyHigh: false },
  { name: 'hour', onlyHigh: false },
  { name: 'oneSided', onlyHigh: true },
  { name: 'highs', onlyHigh: true },
  { name: 'jumps24', onlyHigh: true },
  { name: 'jumps96', onlyHigh: true },
] as const;
export type FeatureName = (typeof features)[number]['name'];
export const FEATURES = features.length;

/** Windows in samples: an hour, two hours, eight hours and a day of a sensor that reports every five minutes. */
const SHORT = 12;
const RECENT = 6;
const LONG = 288;
const JUMPS = 24;
const COUNTED = 96;
const RING = RECENT + LONG;
/** Farther from the first value is as far as this: a float of 32 bits must hold it, and the sum of a window. */
const MOST = 1e36;

/** A value counts as high above this share of all values, a step as a jump above this share of all steps. */
const HIGH_SHARE = 0.95;
const JUMP_SHARE = 0.97;
/** Running means and scales remember at least about this many samples: 1 / 0.002. */
const SLOWEST = 0.002;
/** The smallest step of a running quantile, in mean distances. */
const QUANTILE_STEP = 0.02;

const QUARTER_MS = 900_000;
const QUARTERS = 96;
const HOUR_MS = 3_600_000;
const HOURS = 24;
const WEEK_HOURS = 168;
/** Visits after which an hour of the week is believed more than the hour of the day. */
const WEEKS_KNOWN = 2;

const scalarNames = [
  'count',
  'base',
  'previous',
  'sum3',
  'sum6',
  'sum12',
  'sumLong',
  'center',
  'aboveRun',
  'belowRun',
  'highLevel',
  'highScale',
  'jumpLevel',
  'jumpScale',
  'highCount',
  'jumps24',
  'jumps96',
] as const;
const at = Object.fromEntries(scalarNames.map((name, index) => [name, index])) as Record<
  (typeof scalarNames)[number],
  number
>;

const HIGH_FLAG = 1;
const JUMP_FLAG = 2;

export class StreamFeatures {
  /** The features of the newest sample; levels are relative to the stream's first value. NaN: not known yet. */
  readonly values = new Float64Array(FEATURES);
  readonly #scalars: Float64Array;
  readonly #ring: Float32Array;
  readonly #flags: Uint8Array;
  readonly #quarter: CalendarProfile;
  readonly #hour: CalendarProfile;
  readonly #week: CalendarProfile;

  constructor(block: StateBlock) {
    this.#scalars = block.float64(scalarNames.length);
    this.#ring = block.float32(RING);
    this.#flags = block.uint8(COUNTED);
    this.#quarter = new CalendarProfile(block, QUARTER_MS, QUARTERS, 0.3);
    this.#hour = new CalendarProfile(block, HOUR_MS, HOURS, 0.1);
    this.#week = new CalendarProfile(block, HOUR_MS, WEEK_HOURS, 0.3);
  }

  static readonly bytes =
    scalarNames.length * 8 +
    RING * 4 +
    COUNTED +
    8 +
    CalendarProfile.bytes(QUARTERS) +
    CalendarProfile.bytes(HOURS) +
    CalendarProfile.bytes(WEEK_HOURS);

  /** Samples taken so far. */
  get count(): number {
    return this.#scalars[at.count] ?? 0;
  }

  /** The value that levels are relative to. */
  get base(): number {
    return this.#scalars[at.base] ?? 0;
  }

  /** What was usual at this time of the day, or of the week once that is known; relative to `base`. */
  get usualNow(): number {
    return this.#week.visits >= WEEKS_KNOWN ? this.#week.usual : this.#hour.usual;
  }

  /**
   * @param least between this and `most`, relative to `base`, a value is learned from as it is, beyond as if it were
   * there: one false reading must not spoil means, quantiles and the calendar for weeks
   */
  take(time: number, value: number, least: number, most: number): void {
    const s = this.#scalars;
    // An integer: the remainders below are then cheap.
    const index = (s[at.count] ?? 0) >>> 0;
    if (index === 0) s[at.base] = value;
    // Small numbers keep their digits in the ring, however far the stream lies from zero.
    const seen = Math.fround(Math.max(-MOST, Math.min(MOST, value - (s[at.base] ?? 0))));
    const x = Math.fround(Math.max(least, Math.min(most, seen)));
    s[at.count] = index + 1;
    this.#takeMeans(x, index);
    this.#takeExtremes(x, index);
    this.#takeSide(x, index);
    this.#takeCounts(x, index);
    this.#takeCalendar(time, x);
    this.values[0] = seen;
    s[at.previous] = x;
  }

  /** The value `back` samples ago; the newest is 0. */
  #past(index: number, back: number): number {
    return this.#ring[(index - back + RING) % RING] ?? 0;
  }

  /** What drops out of a window of that length. */
  #leaving(index: number, length: number): number {
    return index >= length ? this.#past(index, length) : 0;
  }

  #takeMeans(x: number, index: number): void {
    const s = this.#scalars;
    const left = this.#leaving(index, RECENT);
    const gone = this.#leaving(index, RING);
    s[at.sum3] = (s[at.sum3] ?? 0) + x - this.#leaving(index, 3);
    s[at.sum6] = (s[at.sum6] ?? 0) + x - left;
    s[at.sum12] = (s[at.sum12] ?? 0) + x - this.#leaving(index, SHORT);
    s[at.sumLong] = (s[at.sumLong] ?? 0) + left - gone;
    this.#ring[index % RING] = x;
    if (index % RING === RING - 1) this.#sumAnew(index);
    const count = index + 1;
    const before = Math.min(LONG, Math.max(0, count - RECENT));
    this.values[3] = (s[at.sum3] ?? 0) / Math.min(3, count);
    this.values[4] = (s[at.sum12] ?? 0) / Math.min(SHORT, count);
    this.values[5] =
      (s[at.sum6] ?? 0) / Math.min(RECENT, count) - (before === 0 ? 0 : (s[at.sumLong] ?? 0) / before);
  }

  /** Once a round: adding and taking away would drift, and one huge value would leave its rounding for ever. */
  #sumAnew(index: number): void {
    const sum = (from: number, count: number) => {
      let total = 0;
      for (let back = from; back < from + count; back++) total += this.#past(index, back);
      return total;
    };
    const s = this.#scalars;
    s[at.sum3] = sum(0, 3);
    s[at.sum6] = sum(0, RECENT);
    s[at.sum12] = sum(0, SHORT);
    s[at.sumLong] = sum(RECENT, LONG);
  }

  #takeExtremes(x: number, index: number): void {
    let lowest = x;
    let highest = x;
    for (let back = 1; back < SHORT && back <= index; back++) {
      const past = this.#past(index, back);
      if (past < lowest) lowest = past;
      else if (past > highest) highest = past;
    }
    this.values[1] = lowest;
    this.values[2] = highest;
  }

  /** For how many samples it has been on one side of its running mean. */
  #takeSide(x: number, index: number): void {
    const s = this.#scalars;
    const center = (s[at.center] ?? 0) + (x - (s[at.center] ?? 0)) * Math.max(SLOWEST, 1 / (index + 1));
    s[at.center] = center;
    const above = x > center ? (s[at.aboveRun] ?? 0) + 1 : 0;
    const below = x < center ? (s[at.belowRun] ?? 0) + 1 : 0;
    s[at.aboveRun] = above;
    s[at.belowRun] = below;
    this.values[8] = Math.max(above, below);
  }

  /** How many of the newest samples were high, and how many came with a jump: a density, not a level. */
  #takeCounts(x: number, index: number): void {
    const s = this.#scalars;
    const jump = index === 0 ? 0 : Math.abs(x - (s[at.previous] ?? 0));
    const isHigh = this.#exceeds(x, index, at.highLevel, at.highScale, HIGH_SHARE);
    const isJump = this.#exceeds(jump, index, at.jumpLevel, at.jumpScale, JUMP_SHARE);
    const slot = index % COUNTED;
    const oldest = this.#flags[slot] ?? 0;
    const leaving = index >= JUMPS ? (this.#flags[(index - JUMPS) % COUNTED] ?? 0) : 0;
    const one = isJump ? 1 : 0;
    s[at.highCount] = (s[at.highCount] ?? 0) + (isHigh ? 1 : 0) - (oldest & HIGH_FLAG);
    s[at.jumps24] = (s[at.jumps24] ?? 0) + one - ((leaving & JUMP_FLAG) >> 1);
    s[at.jumps96] = (s[at.jumps96] ?? 0) + one - ((oldest & JUMP_FLAG) >> 1);
    this.#flags[slot] = (isHigh ? HIGH_FLAG : 0) | (isJump ? JUMP_FLAG : 0);
    // While a window fills, its count only rises.
    this.values[9] = index >= COUNTED ? (s[at.highCount] ?? 0) : Number.NaN;
    this.values[10] = index >= JUMPS ? (s[at.jumps24] ?? 0) : Number.NaN;
    this.values[11] = index >= COUNTED ? (s[at.jumps96] ?? 0) : Number.NaN;
  }

  /** Whether it lies above a running quantile, which then follows it: up by a little often, down by much seldom. */
  #exceeds(x: number, index: number, level: number, scale: number, share: number): boolean {
    const s = this.#scalars;
    const before = index === 0 ? x : (s[level] ?? 0);
    const distance =
      (s[scale] ?? 0) + (Math.abs(x - before) - (s[scale] ?? 0)) * Math.max(SLOWEST, 1 / (index + 1));
    const isAbove = x > before;
    const step = distance * Math.max(QUANTILE_STEP, 1 / Math.sqrt(index + 1));
    s[scale] = distance;
    s[level] = before + step * (isAbove ? share : share - 1);
    return isAbove;
  }

  /** Against this quarter of an hour of the day, and against this hour of the week, or of the day until that is known. */
  #takeCalendar(time: number, x: number): void {
    this.#quarter.take(time, x);
    this.#hour.take(time, x);
    this.#week.take(time, x);
    this.values[6] = this.#quarter.visits > 0 ? x - this.#quarter.usual : Number.NaN;
    this.values[7] =
      this.#week.visits >= WEEKS_KNOWN || this.#hour.visits > 0 ? x - this.usualNow : Number.NaN;
  }
}
