/** With GATEHOUSE_NAB naming the folder of the Numenta Anomaly Benchmark; otherwise these skip, and say so. */
import { describe, expect, test } from 'vitest';
import { runBenchmark } from './benchmark.ts';
import { hasBenchmark, readBenchmark } from './nab-data.ts';
import { bestThreshold, scoredSeries, standardProfile } from './nab-score.ts';

const folder = process.env.GATEHOUSE_NAB ?? '';
const isThere = folder !== '' && hasBenchmark(folder);

describe.skipIf(!isThere)('on the Numenta Anomaly Benchmark (GATEHOUSE_NAB)', () => {
  test('the plainest detector scores what is known of it', () => {
    const judged = readBenchmark(folder).map(({ values, windows }) => {
      let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      const scores = values.map((value, row) => {
        const beyond = row >= 60 && high > low ? Math.max(value - high, low - value) / (high - low) : 0;
        low = Math.min(low, value);
        high = Math.max(high, value);
        return Math.max(0, beyond);
      });
      return { series: scoredSeries(values.length, windows), scores };
    });
    expect(bestThreshold(judged, standardProfile).score).toBeCloseTo(57, 0);
  });

  test('the ensemble reaches its goals', { timeout: 120_000 }, () => {
    const result = runBenchmark(folder);
    expect(result).toMatchObject({ files: 58, windows: 116 });
    expect(result.profiles[0]?.score).toBeGreaterThanOrEqual(75);
    expect(result.halves.count).toBe(80);
    expect(result.halves.mean).toBeGreaterThanOrEqual(72);
    expect(result.stateBytes).toBeLessThanOrEqual(32 * 1_024);
  });
});

test.runIf(!isThere)('without GATEHOUSE_NAB the benchmark is skipped', () => {
  expect(hasBenchmark(folder)).toBe(false);
});
