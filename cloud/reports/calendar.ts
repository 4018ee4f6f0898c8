/** Days, weeks and months as the clocks of a site's wall show them, summer time included. Pure. */

export type PeriodKind = 'day' | 'week' | 'month';

/** Time zones whose formats are kept; there are some 600 names. */
const MAX_TIME_ZONES = 1_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const DAY_MS = 24 * 3_600_000;

/** @throws RangeError when there is no such time zone */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  });
  if (formats.size < MAX_TIME_ZONES) formats.set(timeZone, made);
  return made;
}

/** What the wall clock shows, as if it were UTC, ms. */
export function wallOf(timeZone: string, at: number): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return (
    Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) +
    (((at % 1_000) + 1_000) % 1_000)
  );
}

/**
 * The moment at which a wall clock first shows a time. One that is left out in spring is the moment at which the
 * clocks jump over it; one that comes twice in autumn is the first of the two.
 */
export function momentOf(timeZone: string, wall: number): number {
  const offsets = [...new Set([wall - DAY_MS, wall + DAY_MS].map((at) => wallOf(timeZone, at) - at))];
  const fitting = offsets
    .map((offset) => wall - offset)
    .filter((at) => wallOf(timeZone, at) === wall)
    .sort((a, b) => a - b);
  const [first] = fitting;
  if (first !== undefined) return first;
  // Left out: the first moment whose wall time is later, found to the millisecond.
  let [before, after] = [wall - 2 * DAY_MS, wall + 2 * DAY_MS];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (wallOf(timeZone, middle) < wall) before = middle;
    else after = middle;
  }
  return after;
}

/** Midnight, Monday or first of the month of a wall time, moved by so many whole periods. */
function startWall(kind: PeriodKind, wall: number, move: number): number {
  const date = new Date(wall);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  if (kind === 'month') return Date.UTC(year, month + move, 1);
  if (kind === 'day') return Date.UTC(year, month, day + move);
  const sinceMonday = (date.getUTCDay() + 6) % 7;
  return Date.UTC(year, month, day - sinceMonday + 7 * move);
}

/** The period that a moment lies in, or one so many before or after it: from inclusive, to exclusive. */
export function periodAround(
  kind: PeriodKind,
  at: number,
  timeZone: string,
  move = 0,
): { from: number; to: number } {
  const wall = wallOf(timeZone, at);
  return {
    from: momentOf(timeZone, startWall(kind, wall, move)),
    to: momentOf(timeZone, startWall(kind, wall, move + 1)),
  };
}

/** The same time of day a month later, or the last day of that month where there is no such day. */
export function aMonthAfter(at: number, timeZone: string): number {
  const wall = wallOf(timeZone, at);
  const date = new Date(wall);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 2, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), last);
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, day);
  return momentOf(timeZone, midnight + (((wall % DAY_MS) + DAY_MS) % DAY_MS));
}

/** `2026-11-23` as the wall shows it. */
export const dateText = (at: number, timeZone: string): string =>
  new Date(wallOf(timeZone, at)).toISOString().slice(0, 10);

/** `2026-11-23 14:05` as the wall shows it. */
export const localText = (at: number, timeZone: string): string =>
  new Date(wallOf(timeZone, at)).toISOString().slice(0, 16).replace('T', ' ');

export const utcText = (at: number): string => new Date(at).toISOString();

/** How a period is called: `23 November 2026`, `16 to 22 November 2026`, `November 2026`, or from – to. */
export function periodName({ from, to }: { from: number; to: number }, timeZone: string): string {
  const format = (at: number, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { timeZone, ...options }).format(at);
  const whole = (kind: PeriodKind) => {
    const period = periodAround(kind, from, timeZone);
    return period.from === from && period.to === to;
  };
  const date: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'long', year: 'numeric' };
  if (whole('day')) return format(from, { weekday: 'long', ...date }).replace(',', '');
  if (whole('month')) return format(from, { month: 'long', year: 'numeric' });
  return `${format(from, date)} to ${format(to - 1, date)}`;
}

/** `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}
