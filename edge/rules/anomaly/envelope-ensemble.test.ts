import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numbers } from './benchmark/benchmark.ts';
import { ALERT_SCORE } from './detector.ts';
import { EnvelopeEnsemble } from './envelope-ensemble.ts';
import { SnapshotError } from './state-block.ts';

const FIVE_MINUTES = 300_000;
/** A day's swing with noise, `days` of it. */
function days(count: number, seed = 1): number[] {
  const random = numbers(seed);
  return Array.from(
    { length: count * 288 },
    (_, index) => 20 + 2 * Math.sin((index / 288) * 2 * Math.PI) + random() + random() - 1,
  );
}
const scored = (values: readonly number[], ensemble = new EnvelopeEnsemble()) =>
  values.map((value, index) => ensemble.sample(index * FIVE_MINUTES, value));
const alerts = (scores: readonly number[]) =>
  scores.flatMap((score, index) => (score >= ALERT_SCORE ? [index] : []));

describe('the ensemble', () => {
  test('says nothing of what has always been so, and gives every score from 0 to 1', () => {
    const scores = scored(days(14));
    expect(scores.every((score) => score >= 0 && score <= 1)).toBe(true);
    // Noise breaks records too: a false alarm now and then in two weeks, and none that is clear.
    expect(alerts(scores).length).toBeLessThanOrEqual(8);
    expect(Math.max(...scores)).toBeLessThan(0.65);
  });

  test.each<[string, (values: number[], from: number) => void]>([
    ['a value outside all that was seen', (values, from) => values.fill(40, from, from + 1)],
    [
      'a level that moved',
      (values, from) => values.splice(from, 288, ...days(1, 3).map((value) => value + 6)),
    ],
    [
      'a morning as warm as noon',
      (values, from) => {
        const night = from - (from % 288) + 216;
        values.fill(22, night - 10, night + 10);
      },
    ],
    [
      'jumps among the values it always has',
      (values, from) => {
        for (let index = from; index < from + 48; index++) values[index] = index % 2 === 0 ? 18 : 22.5;
      },
    ],
  ])('finds %s', (_name, change) => {
    const values = days(14);
    const from = 10 * 288 + 100;
    change(values, from);
    const found = alerts(scored(values)).filter((index) => index >= from - 100 && index < from + 400);
    expect(found.length).toBeGreaterThan(0);
  });

  test('says a thing once while it lasts, and again when it gets clearly worse', () => {
    const values = [
      ...days(7),
      ...Array.from({ length: 60 }, () => 30),
      300,
      ...Array.from({ length: 20 }, () => 30),
    ];
    const from = 7 * 288;
    const found = alerts(scored(values)).filter((index) => index >= from);
    expect(found[0]).toBe(from);
    expect(found).toContain(from + 60);
    expect(found.length).toBeLessThan(12);
  });

  test('does more for the next alert of a stream that alerts often', () => {
    const spike = (every: number) =>
      days(14).map((value, index) => (index > 2_000 && index % every === 0 ? 30 + index / 100 : value));
    const often = scored(spike(150)).at(-(4_032 % 150) || -1) ?? 0;
    const last = (every: number) => Math.max(...scored(spike(every)).slice(-400));
    expect(often).toBeLessThanOrEqual(1);
    expect(last(150)).toBeLessThan(last(2_000));
  });

  test('does not care for unit or offset', () => {
    const values = days(4).concat(35, 36, 10);
    const scores = scored(values);
    const scaled = scored(values.map((value) => value * 1_024 + 4_096));
    scaled.forEach((score, index) => expect(score).toBeCloseTo(scores[index] ?? Number.NaN, 3));
  });

  test('keeps its digits far from zero, and forgets a value beyond all measure', () => {
    const values = days(4).map((value) => 1e9 + value);
    const scores = scored([...values, 1e9 + 60]);
    expect(scores.at(-1)).toBeGreaterThan(ALERT_SCORE);
    const wild = scored([...days(3), 1e30, ...days(3)]);
    expect(wild.every((score) => Number.isFinite(score))).toBe(true);
  });

  test.each([-127, 65_535, 1e30])('is not blinded by a false reading of %d', (wild) => {
    const values = [...days(5), wild, ...days(5, 2)];
    values.splice(9 * 288, 20, ...Array.from({ length: 20 }, () => 28));
    const found = alerts(scored(values));
    expect(found).toContain(5 * 288);
    expect(found.filter((index) => index >= 9 * 288 && index < 9 * 288 + 20).length).toBeGreaterThan(0);
  });

  test('gives finite scores whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: 4e12 }), fc.double({ noNaN: true, noDefaultInfinity: true })),
          {
            maxLength: 400,
          },
        ),
        (samples) => {
          const ensemble = new EnvelopeEnsemble();
          for (const [time, value] of samples) {
            const score = ensemble.sample(time, value);
            expect(score >= 0 && score <= 1).toBe(true);
            ensemble.explanation();
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('its memory', () => {
  test('is bounded, however long the stream', () => {
    const ensemble = new EnvelopeEnsemble();
    expect(ensemble.stateBytes).toBeLessThanOrEqual(32 * 1_024);
    const before = ensemble.snapshot().length;
    scored(days(30), ensemble);
    expect(ensemble.snapshot().length).toBe(before);
    expect(before).toBeLessThanOrEqual(32 * 1_024);
  });

  test('goes on from a snapshot as if nothing had been', () => {
    const values = days(6).concat(40, 41, 19);
    const whole = scored(values);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: values.length - 1 }), (cut) => {
        const first = new EnvelopeEnsemble();
        const head = values.slice(0, cut).map((value, index) => first.sample(index * FIVE_MINUTES, value));
        const second = EnvelopeEnsemble.restored(JSON.parse(JSON.stringify(first.snapshot())));
        const tail = values
          .slice(cut)
          .map((value, index) => second.sample((cut + index) * FIVE_MINUTES, value));
        expect([...head, ...tail]).toEqual(whole);
      }),
      { numRuns: 15 },
    );
  });

  test('of another kind is refused', () => {
    expect(() => EnvelopeEnsemble.restored('stuck-value-1:AAAA')).toThrow(SnapshotError);
    expect(() => EnvelopeEnsemble.restored('envelope-ensemble-1:AAAA')).toThrow(SnapshotError);
  });
});

describe('what it says', () => {
  test.each<[string, (values: number[]) => void, RegExp]>([
    [
      'a value',
      (values) => values.push(40),
      /^40 °C is 1\d.* °C above anything seen in 14 days$|in 2 weeks$/,
    ],
    [
      'an hour of the day',
      (values) => values.push(...days(1, 2).slice(0, 216), ...Array.from({ length: 6 }, () => 22.2)),
      /usual at this (hour|time of day)|anything seen|moved|mean/,
    ],
  ])('is in words about %s', (_name, change, words) => {
    const values = days(14);
    change(values);
    const ensemble = new EnvelopeEnsemble();
    let text = '';
    values.forEach((value, index) => {
      if (ensemble.sample(index * FIVE_MINUTES, value) >= ALERT_SCORE)
        text = ensemble.explanation('°C')?.text ?? '';
    });
    expect(text).toMatch(words);
  });

  test('is nothing where nothing is unusual', () => {
    const ensemble = new EnvelopeEnsemble();
    ensemble.sample(0, 1);
    expect(ensemble.explanation()).toBeUndefined();
  });
});
