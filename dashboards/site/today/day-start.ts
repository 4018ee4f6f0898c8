/** Where a site's day begins. Pure. */

const HOUR_MS = 3_600_000;

/** @returns how far into its day a moment is at the site, ms */
function intoDay(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return of('hour') * HOUR_MS + of('minute') * 60_000 + of('second') * 1_000 + (at % 1_000);
}

/** Midnight before this moment at the site, also on the two days of a year on which the clock is changed. */
export function dayStart(at: number, timeZone: string): number {
  const start = at - intoDay(at, timeZone);
  const off = intoDay(start, timeZone);
  if (off === 0) return start;
  return off < 12 * HOUR_MS ? start - off : start + (24 * HOUR_MS - off);
}
