import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOpen, nextBoundary, openingClock } from './opening.ts';
import { compareSchedules, nextScheduled, scheduledBetween, scheduleText } from './schedule.ts';
import { DAY_MS, instantOf, wallMs, weekdayOf, weekdays } from './zone-time.ts';

const berlin = 'Europe/Berlin';
const at = (text: string) => Date.parse(text);
const weekly = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;

describe('the wall clock', () => {
  test('goes back and forth, but for the hours that summer time skips or repeats', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2020-01-01T00:00Z'), max: at('2035-01-01T00:00Z') }),
        fc.constantFrom(
          berlin,
          'America/New_York',
          'Asia/Kolkata',
          'Australia/Lord_Howe',
          'UTC',
          'Pacific/Apia',
        ),
        (instant, zone) => {
          const back = instantOf(zone, wallMs(zone, instant));
          // The second time of a repeated hour goes back to the first.
          expect([0, 30 * 60_000, 3_600_000]).toContain(instant - back);
          expect(wallMs(zone, back)).toBe(wallMs(zone, instant));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('what is skipped in spring comes as much later, what is repeated in autumn comes once, first', () => {
    expect(instantOf(berlin, Date.UTC(2026, 2, 29, 2, 30))).toBe(at('2026-03-29T03:30+02:00'));
    expect(instantOf(berlin, Date.UTC(2026, 9, 25, 2, 30))).toBe(at('2026-10-25T02:30+02:00'));
  });

  test('knows its weekdays', () => {
    expect(weekdayOf(Date.UTC(2026, 10, 23))).toBe('mon');
    expect(weekdayOf(Date.UTC(1970, 0, 1))).toBe('thu');
    expect(weekdayOf(Date.UTC(1969, 11, 31))).toBe('wed');
  });

  test('a time zone that does not exist is an error', () => {
    expect(() => wallMs('Europe/Nowhere', 0)).toThrow(RangeError);
  });
});

describe('opening hours', () => {
  const shop = {
    timeZone: berlin,
    opening: [
      { days: [...weekly], from: '08:00', to: '18:30' },
      { days: ['sat' as const], from: '20:00', to: '02:00' },
    ],
  };

  test.each([
    ['2026-11-23T07:59:59+01:00', false],
    ['2026-11-23T08:00:00+01:00', true],
    ['2026-11-23T18:29:59+01:00', true],
    ['2026-11-23T18:30:00+01:00', false],
    ['2026-11-28T19:59:00+01:00', false],
    ['2026-11-28T23:00:00+01:00', true],
    ['2026-11-29T01:59:00+01:00', true],
    ['2026-11-29T02:00:00+01:00', false],
    // The same wall-clock time in summer.
    ['2026-07-01T08:00:00+02:00', true],
    ['2026-07-01T07:59:00+02:00', false],
    // The night in which the clock is put back: open until 02:00 comes the first time.
    ['2026-10-25T01:59:00+02:00', true],
    ['2026-10-25T02:00:00+02:00', false],
    ['2026-10-25T02:00:00+01:00', false],
  ])('%s: %s', (text, expected) => {
    expect(isOpen(shop, at(text))).toBe(expected);
  });

  test('the next boundary, over the weekend and past midnight', () => {
    expect(nextBoundary(shop, at('2026-11-27T19:00+01:00'))).toEqual({
      at: at('2026-11-28T20:00+01:00'),
      isOpen: true,
    });
    expect(nextBoundary(shop, at('2026-11-28T23:00+01:00'))).toEqual({
      at: at('2026-11-29T02:00+01:00'),
      isOpen: false,
    });
  });

  test('a site without hours is never open; one open round the clock never closes', () => {
    expect(isOpen({ timeZone: berlin, opening: [] }, 0)).toBe(false);
    expect(nextBoundary({ timeZone: berlin, opening: [] }, 0)).toBeUndefined();
    const always = { timeZone: berlin, opening: [{ days: [...weekdays], from: '00:00', to: '00:00' }] };
    expect(isOpen(always, at('2026-03-29T02:30Z'))).toBe(true);
    expect(nextBoundary(always, at('2026-03-29T02:30Z'))).toBeUndefined();
  });

  test('at a boundary it changes, and nowhere before', () => {
    fc.assert(
      fc.property(fc.integer({ min: at('2026-01-01T00:00Z'), max: at('2027-01-01T00:00Z') }), (instant) => {
        const before = isOpen(shop, instant);
        const boundary = nextBoundary(shop, instant);
        expect(boundary?.isOpen).toBe(!before);
        if (boundary === undefined) return;
        expect(isOpen(shop, boundary.at)).toBe(!before);
        for (const share of [0.25, 0.5, 0.999])
          expect(isOpen(shop, Math.floor(instant + (boundary.at - instant) * share))).toBe(before);
      }),
      { numRuns: 100 },
    );
  });

  test('the quick clock says the same as the slow one, whichever way time goes', () => {
    const clock = openingClock(shop);
    fc.assert(
      fc.property(fc.integer({ min: at('2026-10-20T00:00Z'), max: at('2026-11-05T00:00Z') }), (instant) => {
        expect(clock.isOpen(instant)).toBe(isOpen(shop, instant));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a schedule', () => {
  const entries = [
    { days: [...weekly], at: '20:00', mode: 'away' as const },
    { days: [...weekly], at: '07:30', mode: 'disarmed' as const },
  ];

  test('is read in the time zone of the site, in summer and in winter', () => {
    expect(nextScheduled(entries, berlin, at('2026-07-01T12:00Z'))).toEqual({
      at: at('2026-07-01T18:00Z'),
      mode: 'away',
    });
    expect(nextScheduled(entries, berlin, at('2026-11-23T12:00Z'))).toEqual({
      at: at('2026-11-23T19:00Z'),
      mode: 'away',
    });
    expect(nextScheduled(entries, berlin, at('2026-11-27T19:00Z'))?.at).toBe(at('2026-11-30T06:30Z'));
  });

  test('says the same next change whichever way it was asked before', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 14 * DAY_MS }), { maxLength: 5 }), (times) => {
        for (const ms of times) {
          const instant = at('2026-10-20T00:00Z') + ms;
          // A schedule not seen before has no answer to remember.
          expect(nextScheduled(entries, berlin, instant)).toEqual(
            nextScheduled(structuredClone(entries), berlin, instant),
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  test('says each change once over a week, whatever the clocks do', () => {
    const week = scheduledBetween(
      entries,
      berlin,
      at('2026-10-19T00:00+02:00'),
      at('2026-10-26T00:00+01:00'),
    );
    expect(week).toHaveLength(10);
    const night = [{ days: [...weekdays], at: '02:30', mode: 'night' as const }];
    for (const day of ['2026-03-29', '2026-10-25'])
      expect(
        scheduledBetween(night, berlin, at(`${day}T00:00Z`) - 2 * 3_600_000, at(`${day}T22:00Z`)),
      ).toHaveLength(1);
  });

  test('cut at any instant says the same changes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 * DAY_MS }), (cut) => {
        const [from, to] = [at('2026-10-20T00:00Z'), at('2026-10-26T00:00Z')];
        const middle = Math.min(from + cut, to);
        expect([
          ...scheduledBetween(entries, berlin, from, middle),
          ...scheduledBetween(entries, berlin, middle, to),
        ]).toEqual(scheduledBetween(entries, berlin, from, to));
      }),
      { numRuns: 50 },
    );
  });

  test('an empty one says nothing', () => {
    expect(nextScheduled([], berlin, 0)).toBeUndefined();
    expect(scheduleText([])).toBe('none');
  });

  test('that arms later or not at all is known to protect less', () => {
    const later = [{ days: [...weekly], at: '22:00', mode: 'away' as const }, ...entries.slice(1)];
    expect(compareSchedules(entries, later)).toEqual({ lost: 5 * 120, gained: 0 });
    expect(compareSchedules(later, entries)).toEqual({ lost: 0, gained: 5 * 120 });
    expect(compareSchedules(entries, []).lost).toBeGreaterThan(5 * 11 * 60);
    expect(compareSchedules(entries, entries)).toEqual({ lost: 0, gained: 0 });
    const weaker = [{ days: [...weekly], at: '20:00', mode: 'night' as const }, ...entries.slice(1)];
    expect(compareSchedules(entries, weaker).lost).toBeGreaterThan(0);
    expect(scheduleText(later)).toBe('mon,tue,wed,thu,fri 22:00 away; mon,tue,wed,thu,fri 07:30 disarmed');
  });
});
