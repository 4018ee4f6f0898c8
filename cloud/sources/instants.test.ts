import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantIn, isoInstant, isTimeZone, offsetMs, yearIn } from './instants.ts';

test('ISO times are read with zone, with a zone without colon, and with fractions finer than a millisecond', () => {
  expect(isoInstant('2026-11-23T07:00:01Z')).toBe(Date.UTC(2026, 10, 23, 7, 0, 1));
  expect(isoInstant('2026-11-23T08:00:01.123456+0100')).toBe(Date.UTC(2026, 10, 23, 7, 0, 1, 123));
  expect(isoInstant('2026-11-22 20:00:01.5-11')).toBe(Date.UTC(2026, 10, 23, 7, 0, 1, 500));
});

test('a time that does not exist is no time, and one without zone none unless a zone is known', () => {
  for (const text of [
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:00:00+19:00',
    '2026-01-01',
    '2026-01-01T00:00:00',
  ]) {
    expect(isoInstant(text), text).toBeUndefined();
  }
  expect(isoInstant('2026-01-01T00:00:00', 'Europe/Berlin')).toBe(Date.UTC(2025, 11, 31, 23));
});

test('every ISO time that a Date writes is read back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (at) => {
      expect(isoInstant(new Date(at).toISOString())).toBe(at);
    }),
  );
});

test('a clock in Berlin is an hour ahead in winter and two in summer', () => {
  const wall = { year: 2026, month: 1, day: 15, hour: 12, minute: 0, second: 0, millisecond: 7 };
  expect(instantIn('Europe/Berlin', wall)).toBe(Date.UTC(2026, 0, 15, 11, 0, 0, 7));
  expect(instantIn('Europe/Berlin', { ...wall, month: 7 })).toBe(Date.UTC(2026, 6, 15, 10, 0, 0, 7));
});

test('of the hour that the end of summer time repeats the later is meant, the one left out is carried on', () => {
  const wall = { year: 2026, month: 10, day: 25, hour: 2, minute: 30, second: 0, millisecond: 0 };
  expect(instantIn('Europe/Berlin', wall)).toBe(Date.UTC(2026, 9, 25, 1, 30));
  expect(instantIn('Europe/Berlin', { ...wall, month: 3, day: 29 })).toBe(Date.UTC(2026, 2, 29, 1, 30));
});

test('offsets, years and names of zones', () => {
  expect([offsetMs('+0530'), offsetMs('-08:00'), offsetMs('Z'), offsetMs('CET')]).toEqual([
    19_800_000,
    -28_800_000,
    0,
    undefined,
  ]);
  expect(yearIn('Europe/Berlin', Date.UTC(2026, 11, 31, 23, 30))).toBe(2027);
  expect(isTimeZone('Europe/Berlin')).toBe(true);
  expect(isTimeZone('Europe/Atlantis')).toBe(false);
});
