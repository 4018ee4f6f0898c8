import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aMonthAfter, momentOf, periodAround, periodName, wallOf } from './calendar.ts';
import { duePeriods, nextMoment } from './schedule.ts';

const at = (text: string): number => Date.parse(text);
const HOUR = 3_600_000;

describe('days on the wall', () => {
  test('the days at which the clocks are changed have 23 and 25 hours', () => {
    const spring = periodAround('day', at('2026-03-29T12:00:00Z'), 'Europe/Berlin');
    const autumn = periodAround('day', at('2026-10-25T12:00:00Z'), 'Europe/Berlin');
    expect(spring).toEqual({ from: at('2026-03-28T23:00:00Z'), to: at('2026-03-29T22:00:00Z') });
    expect((spring.to - spring.from) / HOUR).toBe(23);
    expect((autumn.to - autumn.from) / HOUR).toBe(25);
  });
  test('a time that is left out is the moment of the jump; one that comes twice is the first', () => {
    const wall = (text: string) => at(`${text}Z`);
    expect(momentOf('Europe/Berlin', wall('2026-03-29T02:30:00'))).toBe(at('2026-03-29T01:00:00Z'));
    expect(momentOf('Europe/Berlin', wall('2026-10-25T02:30:00'))).toBe(at('2026-10-25T00:30:00Z'));
  });
  test('periods follow each other without a gap, in any zone', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(
          'Europe/Berlin',
          'UTC',
          'America/New_York',
          'Asia/Kathmandu',
          'Australia/Lord_Howe',
          'Africa/Cairo',
        ),
        fc.constantFrom('day' as const, 'week' as const, 'month' as const),
        fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') }),
        (zone, kind, moment) => {
          const now = periodAround(kind, moment, zone);
          expect(now.from).toBeLessThanOrEqual(moment);
          expect(now.to).toBeGreaterThan(moment);
          expect(periodAround(kind, moment, zone, -1).to).toBe(now.from);
          expect(periodAround(kind, now.to, zone).from).toBe(now.to);
          expect(momentOf(zone, wallOf(zone, now.from))).toBe(now.from);
        },
      ),
      { numRuns: 60 },
    );
  });
  test('a month after the 31st is the last day of the next', () => {
    expect(aMonthAfter(at('2026-01-31T09:00:00Z'), 'UTC')).toBe(at('2026-02-28T09:00:00Z'));
    expect(aMonthAfter(at('2026-12-15T09:00:00Z'), 'UTC')).toBe(at('2027-01-15T09:00:00Z'));
  });
  test('names of periods', () => {
    const name = (kind: 'day' | 'week' | 'month') =>
      periodName(periodAround(kind, at('2026-11-23T12:00:00Z'), 'UTC'), 'UTC');
    expect(name('day')).toBe('Monday 23 November 2026');
    expect(name('week')).toBe('23 November 2026 to 29 November 2026');
    expect(name('month')).toBe('November 2026');
  });
});

describe('schedules', () => {
  const timing = {
    every: 'day',
    timeZone: 'Europe/Berlin',
    atMinutes: 6 * 60,
    createdAt: at('2026-03-20T00:00:00Z'),
  } as const;
  test('yesterday is made at six on the wall, before and after the clocks are changed', () => {
    expect(
      duePeriods({ ...timing, madeFrom: at('2026-03-26T23:00:00Z') }, at('2026-03-29T03:59:59Z')),
    ).toEqual([]);
    expect(
      duePeriods({ ...timing, madeFrom: at('2026-03-26T23:00:00Z') }, at('2026-03-29T04:00:00Z')),
    ).toEqual([{ from: at('2026-03-27T23:00:00Z'), to: at('2026-03-28T23:00:00Z') }]);
    expect(nextMoment(timing, at('2026-03-28T12:00:00Z'))).toBe(at('2026-03-29T04:00:00Z'));
    expect(nextMoment(timing, at('2026-03-27T12:00:00Z'))).toBe(at('2026-03-28T05:00:00Z'));
  });
  test('what was missed is made up for, a bounded number, and nothing from before it was asked for', () => {
    const late = duePeriods(timing, at('2026-04-20T12:00:00Z'));
    expect(late).toHaveLength(7);
    expect(late.at(-1)?.to).toBe(at('2026-04-19T22:00:00Z'));
    expect(late.every((one, index) => index === 0 || one.from === late[index - 1]?.to)).toBe(true);
    expect(duePeriods(timing, timing.createdAt + HOUR)).toEqual([]);
  });
});
