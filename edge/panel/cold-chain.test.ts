import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  beginExcursion,
  conditionOf,
  continueExcursion,
  defaultLimits,
  isOutside,
  isRecovered,
  meanKineticCelsius,
  meanKineticOf,
  stageOf,
} from './cold-chain.ts';

const band = { minCelsius: 2, maxCelsius: 8 };
const minute = 60_000;

describe('mean kinetic temperature', () => {
  test('23 hours at 5 °C and one at 15 °C give 5.76 °C', () => {
    expect(meanKineticCelsius([...Array.from({ length: 23 }, () => 5), 15])).toBeCloseTo(5.76, 2);
  });

  test('lies between the coldest and the warmest reading, above their mean', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 40, noNaN: true }), { minLength: 1, maxLength: 50 }),
        (readings) => {
          const kinetic = meanKineticCelsius(readings) ?? Number.NaN;
          const mean = readings.reduce((sum, celsius) => sum + celsius, 0) / readings.length;
          expect(kinetic).toBeGreaterThanOrEqual(mean - 1e-6);
          expect(kinetic).toBeLessThanOrEqual(Math.max(...readings) + 1e-6);
        },
      ),
    );
  });

  test('of an excursion agrees with the plain one for evenly spaced readings', () => {
    let running = beginExcursion(9, 0, band);
    for (let index = 1; index <= 600; index++)
      running = continueExcursion(running, 9 + index / 100, index * 1_000, defaultLimits);
    const plain = meanKineticCelsius(Array.from({ length: 601 }, (_, index) => 9 + index / 100));
    expect(meanKineticOf(running, band)).toBeCloseTo(plain ?? Number.NaN, 2);
  });

  test('is not given for frozen goods', () => {
    const frozen = { minCelsius: -25, maxCelsius: -15 };
    const running = continueExcursion(beginExcursion(-10, 0, frozen), -9, 1_000, defaultLimits);
    expect(meanKineticOf(running, frozen)).toBeUndefined();
  });
});

describe('an excursion', () => {
  test('rises from a remark to critical with time alone', () => {
    const running = beginExcursion(9, 0, band);
    expect([0, 2, 15, 60].map((at) => stageOf(running, at * minute, band, defaultLimits))).toEqual([
      0, 1, 2, 3,
    ]);
  });

  test('far out of band is critical as soon as it is a warning, not at a single wrong reading', () => {
    const running = beginExcursion(85, 0, band);
    expect(stageOf(running, 0, band, defaultLimits)).toBe(0);
    expect(stageOf(running, 2 * minute, band, defaultLimits)).toBe(3);
  });

  test('keeps time without readings as a gap, outside the mean', () => {
    const before = continueExcursion(beginExcursion(9, 0, band), 9, minute, defaultLimits);
    const after = continueExcursion(before, 12, 61 * minute, defaultLimits);
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

test('a fridge not heard of is unknown, never in band', () => {
  expect(conditionOf(undefined, undefined, 0, band)).toBe('unknown');
  expect(conditionOf({ celsius: 5, at: 0 }, undefined, 16 * minute, band)).toBe('unknown');
  expect(conditionOf({ celsius: 5, at: 0 }, undefined, minute, band)).toBe('in-band');
  expect(conditionOf({ celsius: 9, at: 0 }, undefined, minute, band)).toBe('warning');
  expect(conditionOf({ celsius: 9, at: 0 }, beginExcursion(9, 0, band), 20 * minute, band)).toBe('excursion');
});
