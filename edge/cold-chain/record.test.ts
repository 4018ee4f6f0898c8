import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { meanKineticCelsius } from './mean-kinetic-temperature.ts';
import { dayAt, localText, offsetText, periodOf } from './period.ts';
import { gapsIn, spansOf } from './record.ts';
import {
  at,
  dayStart,
  sampleHappenings,
  sampleReadings,
  sampleRecord,
  storedOf,
  terms,
  timeZone,
} from './sample-record.ts';

const minute = 60_000;
const hour = 60 * minute;

describe('a period', () => {
  test('is a day or a month of the site’s own clock, also when that is put forward or back', () => {
    const hours = (name: string) => {
      const period = periodOf(name, timeZone);
      return period && (period.to - period.from) / hour;
    };
    expect(hours('2026-11-22')).toBe(24);
    expect(hours('2026-03-29')).toBe(23);
    expect(hours('2026-10-25')).toBe(25);
    expect(hours('2026-02')).toBe(28 * 24);
    expect(periodOf('2026-11-22', timeZone)?.from).toBe(dayStart);
    for (const none of ['2026-02-30', '2026-13', '2026', '2026-1-1', 'today', ''])
      expect(periodOf(none, timeZone)).toBeUndefined();
  });

  test('times are told as the site’s clocks show them', () => {
    expect(localText(timeZone, dayStart)).toBe('2026-11-22 00:00:00');
    expect(offsetText(timeZone, dayStart)).toBe('+01:00');
    expect(offsetText('America/St_Johns', dayStart)).toBe('-03:30');
    expect(dayAt(timeZone, dayStart - 1)).toBe('2026-11-21');
  });
});

describe('the record of a day', () => {
  const record = sampleRecord();
  const [excursion] = record.excursions;

  test('tells the excursion whole: beginning, peak, end, causes, and what was decided by whom and why', () => {
    expect(record.excursions).toHaveLength(1);
    expect(excursion).toMatchObject({ side: 'above', stage: 'excursion', peakCelsius: 13.4 });
    expect(excursion?.startedAt).toBe(at(10, 8));
    expect(excursion?.recoveredAt).toBe(at(11, 6));
    expect(excursion?.doors).toEqual([{ from: at(9, 58), to: at(10, 46) }]);
    expect(excursion?.power).toEqual([]);
    expect(excursion?.quarantine?.decisions).toMatchObject([
      { decision: 'release', by: 'Erika Müller', identity: 'erika', record: 'g/e/6' },
    ]);
  });

  test('its mean kinetic temperature is that of the readings within', () => {
    const within = record.readings.filter((reading) => reading.at >= at(10, 8) && reading.at <= at(11, 6));
    const plain = meanKineticCelsius(within.map(({ celsius }) => celsius)) ?? Number.NaN;
    expect(Math.abs((excursion?.meanKineticCelsius ?? 0) - plain)).toBeLessThan(0.15);
  });

  test('a gap is a gap: no values, and its length is told', () => {
    expect(record.gaps).toEqual([{ from: at(14, 58), to: at(16, 40) }]);
    const within = record.intervals.find(({ from }) => from === at(15, 30));
    expect(within).toEqual({
      from: at(15, 30),
      to: at(15, 45),
      readings: 0,
      gapMs: 15 * minute,
      outOfBandMs: 0,
    });
    expect(record.whole.gapMs).toBe(102 * minute);
  });

  test('has an interval for each quarter of an hour, whose extremes are those of its readings', () => {
    expect(record.intervals).toHaveLength(96);
    for (const interval of record.intervals) {
      const own = record.readings.filter((one) => one.at >= interval.from && one.at < interval.to);
      expect(interval.readings).toBe(own.length);
      if (own.length === 0) continue;
      expect(interval.minCelsius).toBe(Math.min(...own.map(({ celsius }) => celsius)));
      expect(interval.maxCelsius).toBe(Math.max(...own.map(({ celsius }) => celsius)));
      expect(interval.meanCelsius).toBeGreaterThanOrEqual(interval.minCelsius ?? 0);
      expect(interval.meanCelsius).toBeLessThanOrEqual(interval.maxCelsius ?? 0);
    }
    expect(record.intervals.reduce((sum, { outOfBandMs }) => sum + outOfBandMs, 0)).toBe(58 * minute);
  });

  test('power that failed within the hour before is told with the excursion', () => {
    const failed = { at: at(9, 30), kind: 'power.failed' as const, asset: 'ups-1', id: 'g/e/9' };
    const with_ = sampleRecord('2026-11-22', at(40), storedOf(undefined, [...sampleHappenings, failed]));
    expect(with_.excursions[0]?.power).toEqual([{ asset: 'ups-1', from: at(9, 30), to: at(16, 35) }]);
  });

  test('while the day goes on it ends where knowledge ends, and says so', () => {
    const running = sampleRecord('2026-11-22', at(10, 30));
    expect(running.until).toBe(at(10, 30));
    expect(running.intervals).toHaveLength(42);
    expect(running.excursions[0]).not.toHaveProperty('recoveredAt');
    expect(running.excursions[0]?.quarantine?.decisions).toEqual([]);
    expect(running.gaps).toEqual([]);
  });

  test('an excursion over midnight is in both days, whole', () => {
    const warm = sampleReadings(2).map((one) =>
      one.at >= at(23) && one.at < at(25) ? { ...one, celsius: 12 } : one,
    );
    const stored = storedOf(warm, []);
    for (const day of ['2026-11-22', '2026-11-23'])
      expect(sampleRecord(day, at(60), stored).excursions.at(day === '2026-11-22' ? -1 : 0)).toMatchObject({
        startedAt: at(23),
        recoveredAt: at(25),
      });
  });

  test('is judged by the band that was in force then, not by today’s', () => {
    const wide = { ...terms, band: { minCelsius: 2, maxCelsius: 25 } };
    const stored = {
      ...storedOf(),
      terms: [
        { at: dayStart - hour, terms: wide },
        { at: at(23), terms },
      ],
    };
    const judged = sampleRecord('2026-11-22', at(40), stored);
    expect(judged.excursions).toEqual([]);
    expect(judged.changes).toEqual([{ at: at(23), terms }]);
  });

  test('without any reading it is one gap', () => {
    const empty = sampleRecord('2026-11-22', at(40), storedOf([], []));
    expect(empty.gaps).toEqual([{ from: at(0), to: at(24) }]);
    expect(empty.whole).toMatchObject({ readings: 0, gapMs: 24 * hour });
    expect(empty.whole).not.toHaveProperty('meanCelsius');
  });
});

test('the mean is by time: a probe that speaks more often while it is warm does not make it warmer', () => {
  const readings = [
    ...Array.from({ length: 8 }, (_, index) => ({ at: at(0, index), celsius: 4, probe: 'p' })),
    ...Array.from({ length: 48 }, (_, index) => ({ at: at(0, 8) + index * 10_000, celsius: 6, probe: 'p' })),
  ];
  const [first] = sampleRecord('2026-11-22', at(40), storedOf(readings, [])).intervals;
  expect(first?.meanCelsius).toBeCloseTo(5, 0);
});

test('gaps and what is covered make up the whole time, for any readings', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -60, max: 240 }), { maxLength: 30 }), (minutes) => {
      const readings = [...minutes]
        .sort((a, b) => a - b)
        .map((one) => ({ at: at(0, one), celsius: 5, probe: 'p' }));
      const gaps = gapsIn(readings, at(0), at(3), 15 * minute);
      let end = at(0);
      for (const gap of gaps) {
        expect(gap.from).toBeGreaterThanOrEqual(end);
        expect(gap.to).toBeGreaterThan(gap.from);
        end = gap.to;
        for (const { at: time } of readings) expect(time > gap.from && time < gap.to).toBe(false);
      }
      expect(end).toBeLessThanOrEqual(at(3));
    }),
  );
});

test('a door that is told open twice was opened once', () => {
  const told = (kind: 'door.opened' | 'door.closed', minutes: number) => ({
    kind,
    at: minutes,
    asset: 'fridge-1',
    id: `${kind}${minutes}`,
  });
  const happened = [
    told('door.closed', 1),
    told('door.opened', 2),
    told('door.opened', 3),
    told('door.closed', 5),
    told('door.opened', 8),
  ];
  expect(spansOf(happened, 'door.opened', 'door.closed')).toEqual([{ from: 2, to: 5 }, { from: 8 }]);
});
