import { describe, expect, test } from 'vitest';
import {
  bestThreshold,
  fewFalseAlarmsProfile,
  fewMissesProfile,
  halfSplits,
  type JudgedSeries,
  normalised,
  pointsAt,
  probationRows,
  scaledSigmoid,
  scoredSeries,
  standardProfile,
} from './nab-score.ts';

/** 1,000 rows with a window of 100 in the middle; alerts at these rows. */
const series = scoredSeries(1_000, [{ first: 500, last: 599 }]);
const judgedWith = (alerts: Record<number, number>): JudgedSeries[] => {
  const scores = new Float64Array(1_000);
  for (const [row, score] of Object.entries(alerts)) scores[Number(row)] = score;
  return [{ series, scores }];
};
const scoreOf = (alerts: Record<number, number>, profile = standardProfile) => {
  const judged = judgedWith(alerts);
  return normalised(pointsAt(0.5, judged, profile), judged, profile);
};

describe('the sigmoid', () => {
  test('is 1 at the left edge of a window, 0 at the right edge, and -1 far behind', () => {
    expect(scaledSigmoid(-1)).toBeCloseTo(0.98661, 5);
    expect(scaledSigmoid(0)).toBe(0);
    expect(scaledSigmoid(1)).toBeCloseTo(-0.98661, 5);
    expect(scaledSigmoid(3.01)).toBe(-1);
  });
});

describe('the probation', () => {
  test('is 15 % of the rows, and 750 at most', () => {
    expect(probationRows(1_000)).toBe(150);
    expect(probationRows(1_127)).toBe(169);
    expect(probationRows(22_695)).toBe(750);
  });

  test('counts for nothing', () => {
    expect(scoreOf({ 149: 1 })).toBe(0);
    expect(scoreOf({ 150: 1 })).toBeCloseTo(-5.5, 10);
  });

  test('hides a window that lies within it', () => {
    expect(scoredSeries(1_000, [{ first: 20, last: 90 }]).windows).toBe(0);
  });
});

describe('an alert', () => {
  test('at the left edge is worth all, in the middle six sevenths', () => {
    expect(scoreOf({ 500: 1 })).toBeCloseTo(100, 10);
    // 2 / (1 + e^-2.5) - 1 = 0.84828, of 0.98661: with the miss that it spares 100 * (1 + 0.85980) / 2.
    expect(scoreOf({ 550: 1 })).toBeCloseTo(92.99, 2);
  });

  test('counts once a window, the earliest', () => {
    expect(scoreOf({ 550: 1, 560: 1, 599: 1 })).toBe(scoreOf({ 550: 1 }));
  });

  test('before the first window costs a whole false alarm, just behind a window almost nothing', () => {
    expect(scoreOf({ 300: 1, 500: 1 })).toBeCloseTo(100 - (100 * 0.11) / 2, 10);
    // One row behind: position 1 / 99, sigmoid -0.02525.
    expect(scoreOf({ 500: 1, 600: 1 })).toBeCloseTo(100 - (100 * 0.11 * 0.02525) / 2, 3);
    expect(scoreOf({ 500: 1, 999: 1 })).toBeCloseTo(100 - (100 * 0.11) / 2, 10);
  });

  test('counts by the profile', () => {
    expect(scoreOf({ 300: 1, 500: 1 }, fewFalseAlarmsProfile)).toBeCloseTo(100 - (100 * 0.22) / 2, 10);
    expect(scoreOf({ 300: 1, 500: 1 }, fewMissesProfile)).toBeCloseTo(100 - (100 * 0.11) / 3, 10);
  });
});

describe('the threshold', () => {
  test('is the one at which all series together score best', () => {
    const judged = [...judgedWith({ 500: 0.7, 300: 0.6 }), ...judgedWith({ 500: 0.9, 200: 0.8 })];
    // At 0.7: two windows met, one false alarm.
    expect(bestThreshold(judged, standardProfile)).toEqual({
      threshold: 0.7,
      score: expect.closeTo(100 - (100 * 0.11) / 4, 10),
    });
  });

  test('is infinite where silence is best, and silence scores 0', () => {
    expect(bestThreshold(judgedWith({ 300: 1 }), standardProfile)).toEqual({
      threshold: Number.POSITIVE_INFINITY,
      score: 0,
    });
    expect(bestThreshold(judgedWith({}), standardProfile).score).toBe(0);
  });

  test('takes rows of the same score together', () => {
    const judged = judgedWith({ 500: 0.5, 200: 0.5, 300: 0.5, 400: 0.5 });
    const { threshold, score } = bestThreshold(judged, standardProfile);
    expect(threshold).toBe(0.5);
    expect(score).toBeCloseTo(100 - (3 * 100 * 0.11) / 2, 10);
  });

  test('agrees with counting at that threshold', () => {
    const judged = [...judgedWith({ 510: 0.4, 210: 0.7, 580: 0.9 }), ...judgedWith({ 200: 0.3, 555: 0.35 })];
    for (const profile of [standardProfile, fewFalseAlarmsProfile, fewMissesProfile]) {
      const { threshold, score } = bestThreshold(judged, profile);
      expect(score).toBeCloseTo(normalised(pointsAt(threshold, judged, profile), judged, profile), 10);
    }
  });
});

describe('half-splits', () => {
  test('score each half with the threshold of the other', () => {
    const judged = [judgedWith({ 500: 0.9 }), judgedWith({ 500: 0.4 })].flat();
    const halves = halfSplits(judged, standardProfile, 20, () => 0.99);
    // The order stays as it is: threshold 0.9 from the first, which the second never reaches.
    expect(halves).toEqual({ mean: 0, lowest: 0, highest: 0, count: 20 });
  });
});

test('windows out of order are refused', () => {
  expect(() => scoredSeries(100, [{ first: 50, last: 100 }])).toThrow(RangeError);
  expect(() =>
    scoredSeries(100, [
      { first: 50, last: 60 },
      { first: 60, last: 70 },
    ]),
  ).toThrow(RangeError);
});
