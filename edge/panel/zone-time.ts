/** Wall-clock time in an IANA time zone, with its summer time, from what Intl knows. */

export const DAY_MS = 24 * 3_600_000;

/** Time zones that are remembered; there are about 600 names. */
const MAX_TIME_ZONES = 1_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError when there is no such time zone. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size < MAX_TIME_ZONES) formats.set(timeZone, format);
  return format;
}

/**
 * What the wall clock shows at an instant, as the milliseconds of the same reading in UTC: a number to reckon
 * with days and hours, not an instant.
 */
export function wallMs(timeZone: string, at: number): number {
  const fields = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const field = (name: Intl.DateTimeFormatPartTypes) => fields.get(name) ?? 0;
  const whole = Date.UTC(
    field('year'),
    field('month') - 1,
    field('day'),
    field('hour'),
    field('minute'),
    field('second'),
  );
  return whole + (((at % 1_000) + 1_000) % 1_000);
}

/**
 * When the wall clock shows this. What it shows twice (the clock is put back) is its first time; what it never
 * shows (the clock is put forward) is as much later as the clock was put forward.
 */
export function instantOf(timeZone: string, wall: number): number {
  const before = wallMs(timeZone, wall - DAY_MS) - (wall - DAY_MS);
  const after = wallMs(timeZone, wall + DAY_MS) - (wall + DAY_MS);
  const candidates = [wall - before, wall - after].sort((a, b) => a - b);
  return candidates.find((at) => wallMs(timeZone, at) === wall) ?? wall - before;
}

/** Midnight, on the wall clock, of the day that an instant lies in. */
export const wallDay = (timeZone: string, at: number): number =>
  Math.floor(wallMs(timeZone, at) / DAY_MS) * DAY_MS;

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** The weekday of a wall-clock midnight. 1970-01-01 was a Thursday. */
export const weekdayOf = (wall: number): Weekday =>
  weekdays[(((Math.floor(wall / DAY_MS) + 3) % 7) + 7) % 7] ?? 'mon';

/** `HH:MM` as milliseconds of the day. */
export function timeOfDayMs(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * 60_000;
}
