import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coldFridge, type Fridge, stepFridge } from '../../simulators/devices/fridge.ts';
import { type Forecast, forecast, minutesUntil, usualWarming } from './forecast.ts';
import type { TemperaturePoint } from './mean-kinetic-temperature.ts';

const band = { minCelsius: 2, maxCelsius: 8 };
const minute = 60_000;
const gapMs = 15 * minute;

/** Numbers between -1 and 1 that are the same each time. */
function noiseFrom(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

const tenths = (celsius: number) => Math.round(celsius * 10) / 10;

/** Readings of a thermal model, and what is forecast after each of them. */
function watched(
  celsiusAt: (minutes: number) => number,
  upToMinutes: number,
  askEvery = 1,
  everyMs = 30_000,
) {
  const readings: TemperaturePoint[] = [];
  const told: { at: number; forecast: Forecast | undefined }[] = [];
  for (let at = 0; at <= upToMinutes * minute; at += everyMs) {
    readings.push({ at, celsius: celsiusAt(at / minute) });
    if (readings.length % askEvery === 0)
      told.push({ at, forecast: forecast(readings, band, at, { gapMs }) });
  }
  return told;
}

const warming = (from: number, room: number, constant: number) => (minutes: number) =>
  room + (from - room) * Math.exp(-minutes / constant);
const crossingOf = (from: number, room: number, constant: number) =>
  constant * Math.log((room - from) / (room - band.maxCelsius));

describe('a fridge that warms up', () => {
  test.each([
    { name: 'its door open', from: 4.5, room: 22, constant: 18 },
    { name: 'without power', from: 5, room: 22, constant: 240 },
    { name: 'in a hot room', from: 3, room: 34, constant: 90 },
  ])('$name: by the time half is gone, the end is known to a fifth', ({ from, room, constant }) => {
    const crossing = crossingOf(from, room, constant);
    const told = watched((minutes) => tenths(warming(from, room, constant)(minutes)), crossing * 0.95);
    const half = told.find(({ at, forecast: known }) => at >= (crossing / 2) * minute && known !== undefined);
    expect(half).toBeDefined();
    const ahead = crossing - (half?.at ?? 0) / minute;
    const said = ((half?.forecast?.leavesAt ?? 0) - (half?.at ?? 0)) / minute;
    expect(Math.abs(said - ahead)).toBeLessThan(Math.max(1, ahead * 0.2));
    expect(half?.forecast?.confidence).not.toBe('unsure');
  });

  test('the span it gives holds the true moment, for any room and any insulation, with noise', () => {
    let asked = 0;
    let held = 0;
    fc.assert(
      fc.property(
        fc.double({ min: 15, max: 35, noNaN: true }),
        fc.double({ min: 10, max: 300, noNaN: true }),
        fc.double({ min: 3, max: 6, noNaN: true }),
        fc.integer(),
        (room, constant, from, seed) => {
          const noise = noiseFrom(seed);
          const crossing = crossingOf(from, room, constant);
          const curve = warming(from, room, constant);
          for (const { at, forecast: said } of watched(
            (time) => tenths(curve(time) + 0.08 * noise()),
            Math.min(crossing * 0.9, 150),
            7,
          )) {
            if (said === undefined || at < 3 * minute) continue;
            asked++;
            const truly = crossing * minute;
            const slack = minute + 0.1 * (truly - at);
            if (said.earliestAt - slack <= truly && truly <= said.latestAt + slack) held++;
            expect(said.earliestAt).toBeLessThanOrEqual(said.leavesAt);
            expect(said.latestAt).toBeGreaterThanOrEqual(said.leavesAt);
          }
        },
      ),
      { numRuns: 40, seed: 7 },
    );
    expect(asked).toBeGreaterThan(100);
    expect(held / asked).toBeGreaterThan(0.85);
  });

  test('one wrong reading changes little', () => {
    const curve = warming(4.5, 22, 60);
    const readings = Array.from({ length: 24 }, (_, index) => ({
      at: index * 30_000,
      celsius: tenths(curve(index / 2)),
    }));
    const now = readings.at(-1)?.at ?? 0;
    const right = forecast(readings, band, now, { gapMs });
    readings[15] = { at: 15 * 30_000, celsius: 1 };
    const strayed = forecast(readings, band, now, { gapMs });
    expect(right).toBeDefined();
    expect(Math.abs((strayed?.leavesAt ?? 0) - (right?.leavesAt ?? 0))).toBeLessThan(minute);
  });
});

describe('there is no forecast', () => {
  test.each<{ name: string; celsiusAt: (minutes: number) => number }>([
    { name: 'while it cools', celsiusAt: (time) => 7.5 - time / 10 },
    { name: 'of a steady fridge', celsiusAt: () => 5 },
    {
      name: 'where the curve levels off inside the band',
      celsiusAt: (time) => tenths(warming(4, 6.5, 12)(time)),
    },
    { name: 'out of band', celsiusAt: (time) => 9 + time / 10 },
    { name: 'below it', celsiusAt: (time) => -10 + time / 10 },
  ])('$name', ({ celsiusAt }) => {
    expect(
      watched(celsiusAt, 40)
        .slice(40)
        .map(({ forecast: said }) => said),
    ).toEqual(Array.from({ length: 41 }, () => undefined));
  });

  test('from noise alone, but for one time in a hundred', () => {
    let said = 0;
    let asked = 0;
    for (let seed = 1; seed <= 12; seed++) {
      const noise = noiseFrom(seed * 7_919);
      for (const { forecast: told } of watched(() => tenths(5 + 0.2 * noise()), 45)) {
        asked++;
        if (told !== undefined) said++;
      }
    }
    expect(said / asked).toBeLessThan(0.01);
  });

  test('of too few readings, or of readings from before a gap', () => {
    const early = [0, 1, 2, 3].map((index) => ({ at: index * minute, celsius: 5 + index / 2 }));
    expect(forecast(early, band, 3 * minute, { gapMs })).toBeUndefined();
    const rise = Array.from({ length: 10 }, (_, index) => ({ at: index * minute, celsius: 5 + index / 10 }));
    expect(forecast(rise, band, 9 * minute, { gapMs })).toBeDefined();
    expect(forecast(rise, band, 30 * minute, { gapMs })).toBeUndefined();
    expect(forecast([], band, 0, { gapMs })).toBeUndefined();
  });
});

describe('the simulated fridge', () => {
  const stepMs = 15_000;
  /** A day of its compressor, then what happens to it. */
  function run(after: (fridge: Fridge) => Fridge, minutes: number) {
    let fridge = coldFridge();
    const readings: TemperaturePoint[] = [];
    const step = (at: number) => {
      fridge = stepFridge(fridge, stepMs);
      readings.push({ at, celsius: tenths(fridge.celsius) });
    };
    let at = 0;
    const told: (Forecast | undefined)[] = [];
    for (; at < 24 * 60 * minute; at += stepMs) step(at);
    const usual = usualWarming(readings);
    const quiet: (Forecast | undefined)[] = [];
    for (const end = at + 6 * 60 * minute; at < end; at += stepMs) {
      step(at);
      if (readings.length % 5 === 0) quiet.push(forecast(readings.slice(-400), band, at, { gapMs, usual }));
    }
    const since = at;
    fridge = after(fridge);
    let left: number | undefined;
    for (; at < since + minutes * minute && left === undefined; at += stepMs) {
      step(at);
      told.push(forecast(readings.slice(-400), band, at, { gapMs, usual, since }));
      if (fridge.celsius > band.maxCelsius) left = at;
    }
    return { quiet, told, since, left };
  }

  test('its ordinary cycles are nobody’s business; an open door is told, minutes ahead', () => {
    const { quiet, told, since, left } = run((fridge) => ({ ...fridge, doorOpen: true }), 30);
    expect(quiet.filter((said) => said !== undefined)).toEqual([]);
    expect(left).toBeDefined();
    const first = told.findIndex((said) => said !== undefined);
    expect(first).toBeGreaterThan(0);
    const firstAt = since + first * stepMs;
    expect(firstAt).toBeLessThan((left ?? 0) - minute);
    const said = told[first];
    expect(Math.abs((said?.leavesAt ?? 0) - (left ?? 0))).toBeLessThan(2 * minute);
    expect(said && minutesUntil(said, firstAt)).toBeGreaterThan(0);
  });
});
