import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanKineticCelsius, meanKineticOf } from './mean-kinetic-temperature.ts';
import { beginStretch, continueStretch, defaultLimits } from './stretch.ts';

const band = { minCelsius: 2, maxCelsius: 8 };

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
    let running = beginStretch(9, 0, band);
    for (let index = 1; index <= 600; index++)
      running = continueStretch(running, 9 + index / 100, index * 1_000, defaultLimits);
    const plain = meanKineticCelsius(Array.from({ length: 601 }, (_, index) => 9 + index / 100));
    expect(meanKineticOf(running, band)).toBeCloseTo(plain ?? Number.NaN, 2);
  });

  test('is not given for frozen goods', () => {
    const frozen = { minCelsius: -25, maxCelsius: -15 };
    const running = continueStretch(beginStretch(-10, 0, frozen), -9, 1_000, defaultLimits);
    expect(meanKineticOf(running, frozen)).toBeUndefined();
    expect(meanKineticOf({ arrhenius: 1e-15, coveredMs: 1_000 }, band, true)).toBeUndefined();
  });
});
