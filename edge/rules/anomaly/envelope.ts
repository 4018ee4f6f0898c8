/** Between which bounds each feature has been, and by how much the newest sample leaves them. */

import type { StateBlock } from './state-block.ts';
import { FEATURES, features } from './stream-features.ts';

/** Samples of a feature that only make its bounds. */
export const WARM_UP = 60;
/**
 * Bounds are those of the last one to two times so many samples: what has not been so for a month or two of five
 * minutes is news again, and a false reading blinds nobody for ever.
 */
export const BOUND_MEMORY = 10_000;
/** A value far outside moves its bound by at most this many ranges: one false reading is not the new measure of things. */
const MOST_RANGES = 3;
/** Leaving a bound is rarer the longer the stream was watched, and the longer this bound has held. */
const BY_WATCHED = 0.5;
const BY_HELD = 0.2;
/** Leaving a bound by less than this share of the range is rounding. */
const LEAST_BEYOND = 1e-6;
/** Excess of what leaves a range of nothing: it has never changed before. */
const FIRST_CHANGE = 10;

export class Envelope {
  /** For each feature how far outside the newest sample lies, weighed; 0: inside. */
  readonly excess = new Float64Array(FEATURES);
  /** Bounds as they were before the newest sample. */
  readonly lowBefore = new Float64Array(FEATURES);
  readonly highBefore = new Float64Array(FEATURES);
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #lowAt: Float64Array;
  readonly #highAt: Float64Array;
  /** What was reached since the last turn: the bounds in force from the next turn on. */
  readonly #lowNext: Float64Array;
  readonly #highNext: Float64Array;
  /** Index + 1 of the sample that first brought the feature; 0: none yet. */
  readonly #since: Float64Array;

  constructor(block: StateBlock) {
    this.#low = block.float64(FEATURES);
    this.#high = block.float64(FEATURES);
    this.#lowAt = block.float64(FEATURES);
    this.#highAt = block.float64(FEATURES);
    this.#lowNext = block.float64(FEATURES);
    this.#highNext = block.float64(FEATURES);
    this.#since = block.float64(FEATURES);
  }

  static readonly bytes = 7 * FEATURES * 8;

  /** So far and no farther a value is learned from; endless while nothing is known. */
  leastLearned(feature: number, index: number): number {
    const low = this.#low[feature] ?? 0;
    const high = this.#high[feature] ?? 0;
    return index >= WARM_UP && high > low ? low - (high - low) * MOST_RANGES : Number.NEGATIVE_INFINITY;
  }

  mostLearned(feature: number, index: number): number {
    const low = this.#low[feature] ?? 0;
    const high = this.#high[feature] ?? 0;
    return index >= WARM_UP && high > low ? high + (high - low) * MOST_RANGES : Number.POSITIVE_INFINITY;
  }

  /**
   * @param values NaN: the feature is not known yet
   * @param index of the sample, from 0
   * @returns whether any feature left its bounds
   */
  take(values: Float64Array, index: number): boolean {
    let left = false;
    const turns = index > 0 && index % BOUND_MEMORY === 0;
    for (let feature = 0; feature < FEATURES; feature++) {
      const value = values[feature] ?? Number.NaN;
      this.excess[feature] = 0;
      if (Number.isNaN(value)) continue;
      if (this.#since[feature] === 0) {
        this.#since[feature] = index + 1;
        this.#low[feature] = value;
        this.#high[feature] = value;
        this.#lowAt[feature] = index;
        this.#highAt[feature] = index;
        this.#lowNext[feature] = value;
        this.#highNext[feature] = value;
      }
      if (this.#one(feature, value, index)) left = true;
      if (turns) this.#turn(feature);
    }
    return left;
  }

  #one(feature: number, value: number, index: number): boolean {
    const low = this.#low[feature] ?? 0;
    const high = this.#high[feature] ?? 0;
    const range = high - low;
    this.lowBefore[feature] = low;
    this.highBefore[feature] = high;
    const isAbove = value > high;
    const isBelow = value < low;
    const known = index + 1 - (this.#since[feature] ?? 0);
    if (known >= WARM_UP && (isAbove || (isBelow && features[feature]?.onlyHigh === false))) {
      const beyond = range > 0 ? (isAbove ? value - high : low - value) / range : FIRST_CHANGE;
      const held = index - (isAbove ? (this.#highAt[feature] ?? 0) : (this.#lowAt[feature] ?? 0));
      this.excess[feature] =
        (beyond < LEAST_BEYOND ? 0 : beyond) *
        (Math.min(known + 1, BOUND_MEMORY) / 1_000) ** BY_WATCHED *
        ((held + 1) / 1_000) ** BY_HELD;
    }
    const most = range > 0 ? range * MOST_RANGES : Number.POSITIVE_INFINITY;
    if (isAbove) {
      this.#high[feature] = Math.min(value, high + most);
      this.#highAt[feature] = index;
    }
    if (isBelow) {
      this.#low[feature] = Math.max(value, low - most);
      this.#lowAt[feature] = index;
    }
    const within = Math.max(this.#low[feature] ?? 0, Math.min(this.#high[feature] ?? 0, value));
    this.#lowNext[feature] = Math.min(this.#lowNext[feature] ?? 0, within);
    this.#highNext[feature] = Math.max(this.#highNext[feature] ?? 0, within);
    return (this.excess[feature] ?? 0) > 0;
  }

  #turn(feature: number): void {
    const [low, high] = [this.#lowNext[feature] ?? 0, this.#highNext[feature] ?? 0];
    this.#low[feature] = low;
    this.#high[feature] = high;
    // What the newest sample is, whatever it was before: an empty time has no bounds.
    this.#lowNext[feature] = high;
    this.#highNext[feature] = low;
  }
}
