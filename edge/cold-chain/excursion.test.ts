import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  becomesExcursionAt,
  conditionOf,
  type FridgeReading,
  follow,
  initialWatch,
  inOrder,
  runningAt,
} from './excursion.ts';
import { meanKineticCelsius } from './mean-kinetic-temperature.ts';
import { defaultLimits } from './stretch.ts';
import type { FridgeTerms } from './terms.ts';

const minute = 60_000;
const terms: FridgeTerms = {
  band: { minCelsius: 2, maxCelsius: 8 },
  limits: defaultLimits,
  warnMarginCelsius: 0.5,
  frozen: false,
};
const always = () => terms;
const readingsOf = (pairs: [minutes: number, celsius: number, probe?: string][]): FridgeReading[] =>
  pairs.map(([minutes, celsius, probe = 'p1']) => ({ at: minutes * minute, celsius, probe }));

describe('the state machine, a case a line', () => {
  test.each<{
    name: string;
    readings: [number, number, string?][];
    now: number;
    condition: string;
    ended?: object[];
    running?: object;
    gaps?: object[];
  }>([
    { name: 'nothing heard', readings: [], now: 0, condition: 'unknown' },
    { name: 'in band', readings: [[0, 5]], now: 10, condition: 'in-band' },
    {
      name: 'the edge belongs to the band, and is near it',
      readings: [[0, 8]],
      now: 1,
      condition: 'warning',
    },
    { name: 'near the lower edge', readings: [[0, 2.4]], now: 1, condition: 'warning' },
    { name: 'silent for longer than a gap', readings: [[0, 5]], now: 16, condition: 'unknown' },
    {
      name: 'out for a moment',
      readings: [
        [0, 5],
        [1, 9],
        [2, 6],
      ],
      now: 3,
      condition: 'in-band',
      ended: [{ stage: 'brief', startedAt: minute, recoveredAt: 2 * minute, peakCelsius: 9, side: 'above' }],
    },
    {
      name: 'out for long enough to be a warning',
      readings: [
        [0, 9],
        [3, 9.5],
      ],
      now: 4,
      condition: 'warning',
      running: { stage: 'warning', peakCelsius: 9.5, peakAt: 3 * minute },
    },
    {
      name: 'excursion by time alone, though the probe fell silent',
      readings: [[0, 9]],
      now: 20,
      condition: 'excursion',
      running: { stage: 'excursion', excursionAt: 15 * minute, gapMs: 20 * minute, readings: 1 },
    },
    {
      name: 'far out is an excursion as soon as it is a warning',
      readings: [
        [0, 9],
        [1, 17],
        [3, 17],
      ],
      now: 3,
      condition: 'excursion',
      running: { stage: 'critical', excursionAt: 2 * minute },
    },
    {
      name: 'too cold, and recovered only beyond the hysteresis',
      readings: [
        [0, 1],
        [10, 0.5],
        [20, 2.1],
        [25, 2.4],
      ],
      now: 25,
      condition: 'warning',
      ended: [{ side: 'below', stage: 'excursion', peakCelsius: 0.5, recoveredAt: 25 * minute }],
    },
    {
      name: 'another probe in band ends nothing',
      readings: [
        [0, 9, 'p1'],
        [5, 5, 'p2'],
        [16, 9, 'p1'],
      ],
      now: 16,
      condition: 'excursion',
      running: { readings: 2 },
    },
    {
      name: 'a gap is a gap',
      readings: [
        [0, 5],
        [30, 5],
      ],
      now: 30,
      condition: 'in-band',
      gaps: [{ from: 0, to: 30 * minute }],
    },
    {
      name: 'silence within an excursion counts as out of band and not in its mean',
      readings: [
        [0, 9],
        [10, 9],
        [60, 20],
        [61, 5],
      ],
      now: 61,
      condition: 'in-band',
      ended: [{ stage: 'critical', gapMs: 50 * minute, startedAt: 0, recoveredAt: 61 * minute }],
      gaps: [{ from: 10 * minute, to: 60 * minute }],
    },
  ])('$name', ({ readings, now, condition, ended = [], running, gaps = [] }) => {
    const story = follow(readingsOf(readings), always);
    expect(conditionOf(story.watch, now * minute, terms)).toBe(condition);
    expect(story.ended).toMatchObject(ended);
    expect(story.ended).toHaveLength(ended.length);
    expect(story.gaps).toEqual(gaps);
    if (running !== undefined) expect(runningAt(story.watch, now * minute, terms)).toMatchObject(running);
  });

  test('says when time alone will make it an excursion', () => {
    const { watch } = follow(readingsOf([[0, 9]]), always);
    expect(becomesExcursionAt(watch, minute, terms)).toBe(15 * minute);
    expect(becomesExcursionAt(watch, 15 * minute, terms)).toBeUndefined();
    expect(becomesExcursionAt(initialWatch, 0, terms)).toBeUndefined();
  });

  test('a mean kinetic temperature goes with an excursion, and never with frozen goods', () => {
    const readings = readingsOf([
      [0, 9],
      [1, 9],
      [2, 9],
      [3, 7],
    ]);
    const [warm] = follow(readings, always).ended;
    const even = Array.from({ length: 3_000 }, (_, index) => (index < 2_000 ? 9 : 9 - (index - 2_000) / 500));
    expect(warm?.meanKineticCelsius).toBeCloseTo(meanKineticCelsius(even) ?? Number.NaN, 1);
    const [frozen] = follow(readings, () => ({ ...terms, frozen: true })).ended;
    expect(frozen).not.toHaveProperty('meanKineticCelsius');
  });
});

describe('any readings', () => {
  const anyReadings = fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 200 }).map((minutes) => minutes * minute),
      // Around both edges and their hysteresis, and far out.
      celsius: fc
        .oneof(
          fc.integer({ min: 15, max: 26 }),
          fc.integer({ min: 74, max: 84 }),
          fc.integer({ min: -50, max: 200 }),
        )
        .map((tenths) => tenths / 10),
      probe: fc.constantFrom('p1', 'p2'),
    }),
    { maxLength: 40 },
  );

  /** Said in words: a stretch begins at each reading outside that no open stretch covers, and ends at its probe's first recovered one. */
  function oracle(readings: readonly FridgeReading[]) {
    const { band, limits } = terms;
    const outside = ({ celsius }: FridgeReading) => celsius < band.minCelsius || celsius > band.maxCelsius;
    const stretches: { startedAt: number; recoveredAt?: number; peakCelsius: number; stage: number }[] = [];
    for (let from = 0; from < readings.length; ) {
      const begin = readings.findIndex((reading, index) => index >= from && outside(reading));
      const first = readings[begin];
      if (first === undefined) break;
      const end = readings.findIndex(
        ({ celsius, probe }, index) =>
          index > begin &&
          probe === first.probe &&
          celsius >= band.minCelsius + 0.3 &&
          celsius <= band.maxCelsius - 0.3,
      );
      const within = readings.slice(begin, end === -1 ? undefined : end);
      const counted = within.filter((reading) => reading.probe === first.probe || outside(reading));
      const above = first.celsius > band.maxCelsius;
      const values = counted.map(({ celsius }) => celsius);
      const peakCelsius = above ? Math.max(...values) : Math.min(...values);
      const last = end === -1 ? (readings.at(-1)?.at ?? 0) : (readings[end]?.at ?? 0);
      const lasted = last - first.at;
      const deviation = above ? peakCelsius - band.maxCelsius : band.minCelsius - peakCelsius;
      const isCritical =
        lasted >= limits.criticalMs ||
        (lasted >= limits.warningMs && deviation >= limits.criticalDeviationCelsius);
      const stage = isCritical ? 3 : lasted >= limits.sustainedMs ? 2 : lasted >= limits.warningMs ? 1 : 0;
      stretches.push({ startedAt: first.at, peakCelsius, stage, ...(end !== -1 && { recoveredAt: last }) });
      if (end === -1) break;
      from = end + 1;
    }
    return stretches;
  }

  test('in any order, with any gaps, tell what the definition says', () => {
    fc.assert(
      fc.property(anyReadings, fc.integer(), (readings, seed) => {
        const sorted = [...readings].sort(inOrder);
        const shuffled = [...readings].sort((a, b) => ((a.at * 31 + seed) % 17) - ((b.at * 31 + seed) % 17));
        const story = follow(sorted, always);
        expect(follow([...shuffled].sort(inOrder), always)).toEqual(story);
        const now = sorted.at(-1)?.at ?? 0;
        const running = runningAt(story.watch, now, terms);
        const told = [...story.ended, ...(running ? [running] : [])].map((one) => ({
          startedAt: one.startedAt,
          peakCelsius: one.peakCelsius,
          stage: ['brief', 'warning', 'excursion', 'critical'].indexOf(one.stage),
          ...(one.recoveredAt !== undefined && { recoveredAt: one.recoveredAt }),
        }));
        expect(told).toEqual(oracle(sorted));
        const gaps = sorted.flatMap(({ at }, index) => {
          const before = sorted[index - 1];
          return before && at - before.at > terms.limits.gapMs ? [{ from: before.at, to: at }] : [];
        });
        expect(story.gaps).toEqual(gaps);
      }),
      { numRuns: 500 },
    );
  });
});
