/**
 * Scoring of the Numenta Anomaly Benchmark: Lavin and Ahmad, "Evaluating Real-time Anomaly Detection Algorithms",
 * ICMLA 2015, section II, and the whitepaper's "scoring". Our own implementation.
 *
 * A labelled window earns what its earliest alert is worth (1 at the left edge, 0 at the right); an alert outside
 * costs more the further it is behind the last window; a window without alert costs a miss. One threshold holds for all
 * series of a corpus. 0 is a detector that never says anything, 100 one that meets every window at its left edge.
 */

/** What hits, false alarms and misses count. */
export interface ScoringProfile {
  readonly name: string;
  readonly hit: number;
  readonly falseAlarm: number;
  readonly miss: number;
}

export const standardProfile: ScoringProfile = { name: 'standard', hit: 1, falseAlarm: 0.11, miss: 1 };
export const fewFalseAlarmsProfile: ScoringProfile = {
  name: 'reward low FP rate',
  hit: 1,
  falseAlarm: 0.22,
  miss: 1,
};
export const fewMissesProfile: ScoringProfile = {
  name: 'reward low FN rate',
  hit: 1,
  falseAlarm: 0.11,
  miss: 2,
};
export const scoringProfiles = [standardProfile, fewFalseAlarmsProfile, fewMissesProfile] as const;

/** The first and the last row of a labelled window, both included. */
export interface LabelledWindow {
  readonly first: number;
  readonly last: number;
}

/** Rows at the beginning that count for nothing: 15 % of the series, at most 15 % of 5,000 rows. */
export function probationRows(rows: number): number {
  return Math.min(Math.floor(0.15 * rows), Math.floor(0.15 * 5_000));
}

/** 1 far before, 0 at, and −1 far behind the right edge; `position` in window widths from it. */
export function scaledSigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}

const AT_LEFT_EDGE = scaledSigmoid(-1);

/** A series with its labels, prepared for any number of detectors. */
export interface ScoredSeries {
  readonly probation: number;
  /** Windows that can be met: those that do not lie within the probation. */
  readonly windows: number;
  /** For each row the window it lies in; −1: none. */
  readonly windowOf: Int32Array;
  /** For each row, in parts of a hit or of a false alarm: what an alert there is worth. */
  readonly worth: Float64Array;
}

/** @throws RangeError when windows do not lie in order within the series */
export function scoredSeries(rows: number, windows: readonly LabelledWindow[]): ScoredSeries {
  const probation = probationRows(rows);
  const windowOf = new Int32Array(rows).fill(-1);
  const worth = new Float64Array(rows).fill(-1);
  let behind = -1;
  let met = 0;
  windows.forEach(({ first, last }, index) => {
    if (!(first > behind && last >= first && last < rows))
      throw new RangeError(`window ${index + 1} (rows ${first} to ${last}) is out of order or of the series`);
    const width = last - first + 1;
    for (let row = first; row <= last; row++) {
      windowOf[row] = index;
      worth[row] = scaledSigmoid(-(last - row + 1) / width) / AT_LEFT_EDGE;
    }
    // A window of one row has no width to count in: whatever follows it is far behind.
    for (let row = last + 1; row < rows; row++) worth[row] = scaledSigmoid((row - last) / (width - 1));
    behind = last;
    if (last >= probation) met++;
  });
  return { probation, windows: met, windowOf, worth };
}

/** One series as a detector saw it. */
export interface JudgedSeries {
  readonly series: ScoredSeries;
  /** One anomaly score for each row; an alert is a score that reaches the threshold. */
  readonly scores: ArrayLike<number>;
}

/** Hits, misses and false alarms at a threshold, in the profile's points. */
export function pointsAt(
  threshold: number,
  judged: readonly JudgedSeries[],
  profile: ScoringProfile,
): number {
  let points = 0;
  for (const { series, scores } of judged) {
    const { probation, windowOf, worth } = series;
    let hits = 0;
    let reached = -1;
    for (let row = probation; row < worth.length; row++) {
      if (!((scores[row] ?? 0) >= threshold)) continue;
      const window = windowOf[row] ?? -1;
      const value = worth[row] ?? 0;
      if (window < 0) points += value * profile.falseAlarm;
      else if (window > reached) {
        reached = window;
        hits++;
        points += value * profile.hit;
      }
    }
    points -= (series.windows - hits) * profile.miss;
  }
  return points;
}

/** From the detector that never says anything (0) to the one that is always right at once (100). */
export function normalised(points: number, judged: readonly JudgedSeries[], profile: ScoringProfile): number {
  const windows = judged.reduce((sum, { series }) => sum + series.windows, 0);
  if (windows === 0) return 0;
  const silent = -windows * profile.miss;
  const perfect = windows * profile.hit;
  return (100 * (points - silent)) / (perfect - silent);
}

export interface BestThreshold {
  /** Infinite where silence scores best. */
  readonly threshold: number;
  readonly score: number;
}

/** The threshold at which all series together score best: the benchmark's own rule. */
export function bestThreshold(judged: readonly JudgedSeries[], profile: ScoringProfile): BestThreshold {
  const rows: { score: number; of: number; row: number }[] = [];
  const earliest = judged.map(({ series, scores }, of) => {
    for (let row = series.probation; row < series.worth.length; row++) {
      const score = scores[row] ?? 0;
      if (score > 0) rows.push({ score, of, row });
    }
    return new Map<number, number>();
  });
  rows.sort((one, other) => other.score - one.score);
  const silent = normalised(pointsAt(Number.POSITIVE_INFINITY, judged, profile), judged, profile);
  let points = pointsAt(Number.POSITIVE_INFINITY, judged, profile);
  let best: BestThreshold = { threshold: Number.POSITIVE_INFINITY, score: silent };
  let bestPoints = points;
  // Downwards: each row that joins brings its false alarm, or makes its window's alert earlier.
  rows.forEach(({ score, of, row }, index) => {
    const series = judged[of]?.series;
    const met = earliest[of];
    if (series === undefined || met === undefined) return;
    const value = series.worth[row] ?? 0;
    const window = series.windowOf[row] ?? -1;
    if (window < 0) points += value * profile.falseAlarm;
    else {
      const before = met.get(window);
      if (before === undefined) points += profile.miss + value * profile.hit;
      else if (value > before) points += (value - before) * profile.hit;
      if (before === undefined || value > before) met.set(window, value);
    }
    if (rows[index + 1]?.score === score || points <= bestPoints) return;
    bestPoints = points;
    best = { threshold: score, score: normalised(points, judged, profile) };
  });
  return best;
}

/** Where the best threshold of one half of the series leads on the other half. */
export interface HalfSplits {
  readonly mean: number;
  readonly lowest: number;
  readonly highest: number;
  readonly count: number;
}

/**
 * The threshold from one random half of the series, the score on the other half, again and again.
 * @param random from 0 to below 1; the same numbers give the same splits
 */
export function halfSplits(
  judged: readonly JudgedSeries[],
  profile: ScoringProfile,
  count: number,
  random: () => number,
): HalfSplits {
  const results = Array.from({ length: count }, () => {
    const order = [...judged];
    for (let at = order.length - 1; at > 0; at--) {
      const other = Math.floor(random() * (at + 1));
      const [one, two] = [order[at], order[other]];
      if (one === undefined || two === undefined) continue;
      order[at] = two;
      order[other] = one;
    }
    const half = Math.ceil(order.length / 2);
    const { threshold } = bestThreshold(order.slice(0, half), profile);
    const rest = order.slice(half);
    return normalised(pointsAt(threshold, rest, profile), rest, profile);
  });
  return {
    mean: results.reduce((sum, result) => sum + result, 0) / Math.max(1, count),
    lowest: Math.min(...results),
    highest: Math.max(...results),
    count,
  };
}
