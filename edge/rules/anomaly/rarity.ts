/** From how far a feature leaves its bounds to how rare that is. */
import type { FeatureName } from './stream-features.ts';

/** A feature that says less than this stands for nothing. */
export const LEAST_BITS = 6;
/** Beyond this the table would be a guess: not as many samples were ever counted. */
export const MOST_BITS = 18;
/** The rarities for which the table has a row, besides the first one: that the feature leaves its bounds at all. */
export const TABLE_BITS = [6, 8, 10, 12, 14, 16] as const;

/**
 * [log2 of the weighed excess (see envelope.ts), bits]: `2 ** -bits` of all samples go at least that far. Counted
 * over the unlabelled series of the Numenta Anomaly Benchmark, behind their probation, by `benchmark/calibrate.ts`;
 * labels were not read.
 */
export const excessTable: Readonly<Record<FeatureName, readonly (readonly [number, number])[]>> = {
  value: [
    [-17.18, 9.59],
    [-9.19, 10.0],
    [-2.74, 12.0],
    [0.62, 14.02],
    [2.17, 16.02],
  ],
  lowest: [
    [-16.65, 9.72],
    [-8.85, 10.0],
    [-3.03, 12.0],
    [0.78, 14.02],
    [4.15, 16.02],
  ],
  highest: [
    [-17.92, 9.54],
    [-8.3, 10.0],
    [-2.84, 12.0],
    [0.43, 14.02],
    [1.72, 16.02],
  ],
  mean3: [
    [-17.76, 9.11],
    [-7.23, 10.0],
    [-2.74, 12.0],
    [-0.22, 14.02],
    [1.52, 16.02],
  ],
  mean12: [
    [-21.01, 8.07],
    [-5.42, 10.0],
    [-3.3, 12.0],
    [-1.24, 14.02],
    [0.21, 16.02],
  ],
  shift: [
    [-21.12, 8.24],
    [-6.16, 10.0],
    [-3.0, 12.0],
    [-0.85, 14.02],
    [0.86, 16.02],
  ],
  quarter: [
    [-20.13, 9.14],
    [-6.53, 10.0],
    [-2.3, 12.0],
    [0.38, 14.02],
    [1.57, 16.02],
  ],
  hour: [
    [-20.47, 9.0],
    [-6.7, 10.0],
    [-2.06, 12.0],
    [0.61, 14.02],
    [2.01, 16.02],
  ],
  oneSided: [
    [-11.31, 5.04],
    [-9.45, 6.0],
    [-7.74, 8.0],
    [-6.32, 10.0],
    [-4.99, 12.0],
    [-3.8, 14.02],
    [-1.95, 16.02],
  ],
  highs: [
    [-8.08, 8.45],
    [-5.69, 10.0],
    [-4.48, 12.0],
    [-3.07, 14.02],
    [-2.13, 16.02],
  ],
  jumps24: [
    [-6.31, 11.64],
    [-5.03, 12.0],
    [-2.29, 14.02],
    [-1.35, 16.02],
  ],
  jumps96: [
    [-7.16, 10.6],
    [-4.99, 12.0],
    [-3.35, 14.02],
    [-1.97, 16.02],
  ],
};

/** Bits of rarity of a weighed excess above 0: between the rows of the table, and beyond the last, on a straight line. */
export function bitsOf(excess: number, rows: readonly (readonly [number, number])[]): number {
  const size = Math.log2(excess);
  let [lower, upper] = [rows[0], rows[1]];
  if (lower === undefined || upper === undefined) return 0;
  if (size <= lower[0]) return lower[1];
  for (let row = 2; row < rows.length && size > upper[0]; row++) {
    lower = upper;
    upper = rows[row] ?? upper;
  }
  const bits = lower[1] + ((size - lower[0]) * (upper[1] - lower[1])) / (upper[0] - lower[0]);
  return Math.min(MOST_BITS, bits);
}
