/** The envelope ensemble on the benchmark: three profiles, random half-splits, speed and memory. */
import { EnvelopeEnsemble } from '../envelope-ensemble.ts';
import { type LabelledFile, readBenchmark } from './nab-data.ts';
import {
  bestThreshold,
  type HalfSplits,
  halfSplits,
  type JudgedSeries,
  scoredSeries,
  scoringProfiles,
  standardProfile,
} from './nab-score.ts';

/** How often the series are parted in halves at random. */
export const SPLITS = 80;
const SEED = 7;

export interface ProfileResult {
  readonly profile: string;
  readonly score: number;
  readonly threshold: number;
}

export interface BenchmarkResult {
  readonly files: number;
  readonly rows: number;
  readonly windows: number;
  readonly profiles: readonly ProfileResult[];
  /** Standard profile: the threshold from one half, the score on the other. */
  readonly halves: HalfSplits;
  /** Of processor time: what else the machine does makes no difference. */
  readonly microsecondsPerSample: number;
  /** The largest state of any series. */
  readonly stateBytes: number;
}

/** The same numbers in every run (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Scores of a series, one sample after the other. */
export function scoresOf({ times, values }: LabelledFile): { scores: Float64Array; stateBytes: number } {
  const ensemble = new EnvelopeEnsemble();
  const scores = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++)
    scores[row] = ensemble.sample(times[row] ?? 0, values[row] ?? 0);
  return { scores, stateBytes: ensemble.stateBytes };
}

/** @throws Error when the folder does not hold the benchmark; see nab-data.ts */
export function runBenchmark(folder: string): BenchmarkResult {
  const files = readBenchmark(folder);
  const before = process.cpuUsage();
  const scored = files.map(scoresOf);
  const { user, system } = process.cpuUsage(before);
  const rows = files.reduce((sum, { values }) => sum + values.length, 0);
  const judged = files.map(
    ({ values, windows }, index): JudgedSeries => ({
      series: scoredSeries(values.length, windows),
      scores: scored[index]?.scores ?? [],
    }),
  );
  return {
    files: files.length,
    rows,
    windows: judged.reduce((sum, { series }) => sum + series.windows, 0),
    profiles: scoringProfiles.map((profile) => ({
      profile: profile.name,
      ...bestThreshold(judged, profile),
    })),
    halves: halfSplits(judged, standardProfile, SPLITS, numbers(SEED)),
    microsecondsPerSample: (user + system) / rows,
    stateBytes: Math.max(...scored.map(({ stateBytes }) => stateBytes)),
  };
}
