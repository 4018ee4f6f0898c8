/** Between which bounds each feature has been, and by how much the newest sample leaves them. */

import type { StateBlock } from './state-block.ts';
import { FEATURES, features } from './stream-features.ts';

/** Samples of a feature that only make its bounds. */
export const WARM_UP = 60;
/**
 * A bound that nothing has reached for this many samples gives way slowly, by its range in as many again: what has
 * not been so for a month of five minutes is news again.
 */
export const BOUND_MEMORY = 10_000;
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
  /** Index + 1 of the sample that first brought the feature; 0: none yet. */
  readonly #since: Float64Array;

  constructor(block: StateBlock) {
    this.#low = block.float64(FEATURES);
    this.#high = block.float64(FEATURES);
    this.#lowAt = block.float64(FEATURES);
    this.#highAt = block.float64(FEATURES);
    this.#since = block.float64(FEATURES);
  }

  static readonly bytes = 5 * FEATURES * 8;

  /**
   * @param values NaN: the feature is not known yet
   * @param index of the sample, from 0
   * @returns whether any feature left its bounds
   */
  take(values: Float64Array, index: number): boolean {
    let left = false;
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
      }
      if (this.#one(feature, value, index)) left = true;
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
    if (isAbove) {
      this.#high[feature] = value;
      this.#highAt[feature] = index;
    } else if (index - (this.#highAt[feature] ?? 0) > BOUND_MEMORY)
      this.#high[feature] = high - range / BOUND_MEMORY;
    if (isBelow) {
      this.#low[feature] = value;
      this.#lowAt[feature] = index;
    } else if (index - (this.#lowAt[feature] ?? 0) > BOUND_MEMORY)
      this.#low[feature] = low + range / BOUND_MEMORY;
    return (this.excess[feature] ?? 0) > 0;
  }
}
