import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanKineticOf } from './mean-kinetic-temperature.ts';
import { beginStretch, continueStretch, defaultLimits, isOutside, isRecovered, stageOf } from './stretch.ts';

const band = { minCelsius: 2, maxCelsius: 8 };
const minute = 60_000;

describe('an excursion', () => {
  test('rises from a remark to critical with time alone', () => {
    const running = beginStretch(9, 0, band);
    expect([0, 2, 15, 60].map((at) => stageOf(running, at * minute, band, defaultLimits))).toEqual([
      0, 1, 2, 3,
    ]);
  });

  test('far out of band is critical as soon as it is a warning, not at a single wrong reading', () => {
    const running = beginStretch(85, 0, band);
    expect(stageOf(running, 0, band, defaultLimits)).toBe(0);
    expect(stageOf(running, 2 * minute, band, defaultLimits)).toBe(3);
  });

  test('keeps time without readings as a gap, outside the mean', () => {
    const before = continueStretch(beginStretch(9, 0, band), 9, minute, defaultLimits);
    const after = continueStretch(before, 12, 61 * minute, defaultLimits);
    expect(after.gapMs).toBe(60 * minute);
    expect(meanKineticOf(after, band)).toBeCloseTo(9, 6);
  });

  test('ends only well inside the band', () => {
    expect(isRecovered(7.9, band, 0.3)).toBe(false);
    expect(isRecovered(7.7, band, 0.3)).toBe(true);
    expect(isRecovered(5, { minCelsius: 5, maxCelsius: 5 }, 0.3)).toBe(true);
  });

  test('recovered is always inside', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -40, max: 40, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (celsius, hysteresis) => {
          if (isRecovered(celsius, band, hysteresis)) expect(isOutside(celsius, band)).toBe(false);
        },
      ),
    );
  });
});
