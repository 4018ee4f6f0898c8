import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Episode } from './episodes.ts';
import { episodesFromLines, episodesOf } from './episodes.ts';
import { suggestionsFrom } from './suggestions.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = 1_700_000_000_000;

/** Every day at the same time A, and B some minutes after it, on the days that are named. */
const daily = (days: number, followed: (day: number) => boolean, afterMs = 5 * MINUTE): Episode[] =>
  Array.from({ length: days }, (_, day) => START + day * DAY).flatMap((startedAt, day) => [
    { asset: 'a', startedAt },
    ...(followed(day) ? [{ asset: 'b', startedAt: startedAt + afterMs }] : []),
  ]);

test('what fails after another again and again is suggested, with counts, delay and confidence', () => {
  const [found, ...more] = suggestionsFrom(
    daily(20, (day) => day % 5 !== 0),
    [],
  );
  expect(more).toEqual([]);
  expect(found).toMatchObject({
    id: 'a>b',
    failures: 20,
    followed: 16,
    probability: 0.8,
    reversed: 0,
    delayMs: { p50: 5 * MINUTE },
    entry: { of: 'b', on: ['a'], probability: 0.8, delay: '300 s' },
  });
  // Wilson's interval of 16 in 20.
  expect(found?.confidence.from).toBeCloseTo(0.584, 3);
  expect(found?.confidence.to).toBeCloseTo(0.919, 3);
});

test('nothing is suggested of few cases, of late ones, of what is known, or of what fails all the time', () => {
  expect(
    suggestionsFrom(
      daily(2, () => true),
      [],
    ),
  ).toEqual([]);
  expect(
    suggestionsFrom(
      daily(20, () => true, 90 * MINUTE),
      [],
    ),
  ).toEqual([]);
  const known = [{ of: 'b', on: [{ asset: 'a', effect: 'down', probability: undefined, delay: undefined }] }];
  expect(
    suggestionsFrom(
      daily(20, () => true),
      known,
    ),
  ).toEqual([]);
  const restless = Array.from({ length: 2_000 }, (_, index) => ({
    asset: 'b',
    startedAt: START + index * 15 * MINUTE,
  }));
  expect(suggestionsFrom([...daily(20, () => false), ...restless], []).map(({ id }) => id)).toEqual([]);
});

test('what lies between two is named', () => {
  const chain = daily(20, () => true).concat(
    daily(20, () => true)
      .filter(({ asset }) => asset === 'b')
      .map(({ startedAt }) => ({ asset: 'c', startedAt: startedAt + MINUTE })),
  );
  const found = suggestionsFrom(chain, []);
  expect(found.map(({ id }) => id)).toEqual(['a>b', 'b>c', 'a>c']);
  expect(found[2]?.perhapsThrough).toEqual(['b']);
});

test('the order of what was recorded does not matter', () => {
  const recorded = daily(8, () => true).map(({ asset, startedAt }, index) => ({
    id: String(index),
    kind: 'device.offline' as const,
    asset,
    observedAt: startedAt,
  }));
  const back = recorded.map((one) => ({
    ...one,
    id: `${one.id}b`,
    kind: 'device.online' as const,
    observedAt: one.observedAt + 20 * MINUTE,
  }));
  const all = [...recorded, ...back];
  const expected = suggestionsFrom(episodesOf(all), []);
  expect(expected).toHaveLength(1);
  fc.assert(
    fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
      expect(suggestionsFrom(episodesOf(shuffled), [])).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

test('a failure lasts until the last of its signs is gone, and a repeat is no second one', () => {
  const seen = (kind: 'device.offline' | 'device.online' | 'power.failed' | 'power.restored', at: number) =>
    JSON.stringify({ id: `${kind}${at}`, kind, asset: 'a', observedAt: START + at });
  const { episodes, skipped } = episodesFromLines([
    seen('power.failed', 0),
    seen('device.offline', 1),
    seen('device.offline', 2),
    seen('device.online', 3),
    'no observation',
    '',
    seen('power.restored', 4),
  ]);
  expect(episodes).toEqual([{ asset: 'a', startedAt: START, endedAt: START + 4 }]);
  expect(skipped).toBe(1);
});
