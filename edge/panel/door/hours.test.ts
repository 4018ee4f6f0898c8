import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OpeningHours } from '../../../devices/model/site.ts';
import { isOpen } from '../opening.ts';
import { calendarDay, holidays, isWithin, schedules } from './hours.ts';

const berlin = 'Europe/Berlin';
const at = (text: string) => Date.parse(text);
const week = [{ days: ['mon', 'tue', 'wed', 'thu', 'fri'] as const, from: '08:00', to: '18:30' }].map(
  (entry) => ({
    ...entry,
    days: [...entry.days],
  }),
);
const nights = [{ days: ['thu' as const, 'fri' as const], from: '22:00', to: '06:00' }];
const christmas = holidays.parse([
  { on: '2026-12-24', name: 'Christmas Eve', hours: [{ from: '08:00', to: '12:00' }] },
  { on: '2026-12-25', name: 'Christmas' },
]);

describe('hours', () => {
  test.each([
    ['a working day', '2026-12-23T10:00+01:00', true],
    ['before it begins', '2026-12-23T07:59+01:00', false],
    ['at its end', '2026-12-23T18:30+01:00', false],
    ['a holiday', '2026-12-25T10:00+01:00', false],
    ['the morning of a half holiday', '2026-12-24T11:59+01:00', true],
    ['its afternoon', '2026-12-24T12:00+01:00', false],
    ['a Sunday', '2026-12-27T10:00+01:00', false],
  ])('%s', (_name, when, expected) => {
    expect(isWithin(week, berlin, at(when), christmas)).toBe(expected);
  });

  test('a night shift that began before the holiday goes on, one that begins on it does not', () => {
    const onFriday = holidays.parse([{ on: '2026-12-25', name: 'Christmas' }]);
    expect(isWithin(nights, berlin, at('2026-12-25T05:00+01:00'), onFriday)).toBe(true);
    expect(isWithin(nights, berlin, at('2026-12-25T23:00+01:00'), onFriday)).toBe(false);
    expect(isWithin(nights, berlin, at('2026-12-18T23:00+01:00'), onFriday)).toBe(true);
  });

  test('on the days that summer time makes shorter or longer they are those of the wall clock', () => {
    const sunday = [{ days: ['sun' as const], from: '01:00', to: '04:00' }];
    // 2026-03-29: 02:00 becomes 03:00; 2026-10-25: 03:00 becomes 02:00.
    expect(isWithin(sunday, berlin, at('2026-03-29T03:30+02:00'))).toBe(true);
    expect(isWithin(sunday, berlin, at('2026-03-29T04:00+02:00'))).toBe(false);
    expect(isWithin(sunday, berlin, at('2026-10-25T03:30+01:00'))).toBe(true);
  });

  test('without holidays they are what opening hours are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-01-01T00:00Z') }),
        fc.constantFrom<OpeningHours[]>(week, nights, [...week, ...nights]),
        (when, hours) => {
          expect(isWithin(hours, berlin, when)).toBe(isOpen({ timeZone: berlin, opening: hours }, when));
        },
      ),
    );
  });

  test('a day that is none, and a name that stands twice, are refused', () => {
    expect(calendarDay.safeParse('2026-02-30').success).toBe(false);
    expect(calendarDay.safeParse('2028-02-29').success).toBe(true);
    expect(
      holidays.safeParse([
        { on: '2026-12-25', name: 'a' },
        { on: '2026-12-25', name: 'b' },
      ]).success,
    ).toBe(false);
    expect(
      schedules.safeParse([
        { id: 'a', hours: [] },
        { id: 'a', hours: [] },
      ]).success,
    ).toBe(false);
  });
});
