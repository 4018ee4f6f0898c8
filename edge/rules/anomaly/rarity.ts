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
    [-17.18, 9.34],
    [-8.3, 10.0],
    [-2.95, 12.0],
    [0.28, 14.02],
    [2.17, 16.02],
  ],
  lowest: [
    [-16.65, 9.47],
    [-7.9, 10.0],
    [-3.27, 12.0],
    [0.33, 14.02],
    [4.15, 16.02],
  ],
  highest: [
    [-18.13, 9.25],
    [-7.57, 10.0],
    [-2.91, 12.0],
    [0.49, 14.02],
    [2.17, 16.02],
  ],
  mean3: [
    [-24.67, 8.75],
    [-6.97, 10.0],
    [-2.74, 12.0],
    [-0.3, 14.02],
    [2.68, 16.02],
  ],
  mean12: [
    [-21.01, 7.72],
    [-10.48, 8.0],
    [-5.46, 10.0],
    [-3.33, 12.0],
    [-1.22, 14.02],
    [0.97, 16.02],
  ],
  shift: [
    [-22.38, 8.11],
    [-6.09, 10.0],
    [-3.0, 12.0],
    [-0.85, 14.02],
    [1.56, 16.02],
  ],
  quarter: [
    [-20.13, 8.96],
    [-6.27, 10.0],
    [-2.3, 12.0],
    [0.48, 14.02],
    [2.1, 16.02],
  ],
  hour: [
    [-20.47, 8.83],
    [-6.51, 10.0],
    [-2.28, 12.0],
    [0.66, 14.02],
    [2.33, 16.02],
  ],
  oneSided: [
    [-11.31, 5.05],
    [-9.47, 6.0],
    [-7.73, 8.0],
    [-6.32, 10.0],
    [-4.99, 12.0],
    [-3.8, 14.02],
    [-1.95, 16.02],
  ],
  highs: [
    [-8.39, 8.41],
    [-5.64, 10.0],
    [-4.47, 12.0],
    [-3.05, 14.02],
    [-2.2, 16.02],
  ],
  jumps24: [
    [-6.31, 11.55],
    [-4.74, 12.0],
    [-2.18, 14.02],
    [-1.21, 16.02],
  ],
  jumps96: [
    [-7.15, 10.6],
    [-4.72, 12.0],
    [-3.16, 14.02],
    [-1.8, 16.02],
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
