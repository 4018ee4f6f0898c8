import { expect, test } from 'vitest';
import { isOpen } from './opening.ts';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri'] as const;
const at = (text: string) => Date.parse(text);

test('a shop is open from its first to before its last minute, on its own clock', () => {
  const site = { timeZone: 'Europe/Berlin', opening: [{ days: [...weekdays], from: '08:00', to: '20:00' }] };
  // A Monday in winter: Berlin is an hour ahead of UTC.
  expect(isOpen(site, at('2026-11-23T06:59:59Z'))).toBe(false);
  expect(isOpen(site, at('2026-11-23T07:00:00Z'))).toBe(true);
  expect(isOpen(site, at('2026-11-23T18:59:59Z'))).toBe(true);
  expect(isOpen(site, at('2026-11-23T19:00:00Z'))).toBe(false);
  expect(isOpen(site, at('2026-11-22T12:00:00Z'))).toBe(false);
  // In summer it is two.
  expect(isOpen(site, at('2026-07-06T06:00:00Z'))).toBe(true);
});

test('hours that run past midnight belong to the day they begin on', () => {
  const site = { timeZone: 'UTC', opening: [{ days: ['fri' as const], from: '22:00', to: '04:00' }] };
  expect(isOpen(site, at('2026-11-27T23:00:00Z'))).toBe(true);
  expect(isOpen(site, at('2026-11-28T03:59:00Z'))).toBe(true);
  expect(isOpen(site, at('2026-11-28T04:00:00Z'))).toBe(false);
  expect(isOpen(site, at('2026-11-27T03:00:00Z'))).toBe(false);
});

test('hours that end when they begin are round the clock, and no hours are never', () => {
  const always = { timeZone: 'UTC', opening: [{ days: ['mon' as const], from: '00:00', to: '00:00' }] };
  expect(isOpen(always, at('2026-11-23T00:00:00Z'))).toBe(true);
  expect(isOpen(always, at('2026-11-23T23:59:59Z'))).toBe(true);
  expect(isOpen(always, at('2026-11-24T00:00:00Z'))).toBe(false);
  expect(isOpen({ timeZone: 'UTC', opening: [] }, 0)).toBe(false);
});
