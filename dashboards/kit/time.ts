/** Times for people: in the site's time zone, never the viewer's. All arguments are milliseconds since 1970 UTC. */
import { locale } from './i18n.ts';
import { kitText } from './text.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const formats = new Map<string, Intl.DateTimeFormat>();

function format(timeZone: string, style: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone} ${style}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  let made: Intl.DateTimeFormat;
  try {
    made = new Intl.DateTimeFormat(locale(), { ...options, timeZone });
  } catch {
    // A zone that this browser does not know: UTC is at least the same for everybody.
    made = new Intl.DateTimeFormat(locale(), { ...options, timeZone: 'UTC' });
  }
  formats.set(key, made);
  return made;
}

/** `14:05` */
export const timeOfDay = (at: number, timeZone: string): string =>
  format(timeZone, 'time', { hour: '2-digit', minute: '2-digit' }).format(at);

/** `14:05:09` */
export const preciseTime = (at: number, timeZone: string): string =>
  format(timeZone, 'precise', { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(at);

/** Days by zone and quarter of an hour, within which no zone changes its day: a list asks for few, again and again. */
const days = new Map<string, string>();
const MAX_DAYS = 2_000;

/** `Tue 10 Nov` */
export function day(at: number, timeZone: string): string {
  const key = `${timeZone} ${Math.floor(at / (15 * MINUTE))}`;
  const known = days.get(key);
  if (known !== undefined) return known;
  const said = format(timeZone, 'day', { weekday: 'short', day: 'numeric', month: 'short' })
    .format(at)
    .replaceAll(',', '');
  if (days.size >= MAX_DAYS) days.clear();
  days.set(key, said);
  return said;
}

/** `10 Nov 2026, 14:05:09 CET`: for tooltips and records. */
export const fullTime = (at: number, timeZone: string): string =>
  format(timeZone, 'full', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(at);

/** The time of day, with the day in front unless it is today's. */
export const timeOrDay = (at: number, now: number, timeZone: string): string =>
  day(at, timeZone) === day(now, timeZone) && Math.abs(now - at) < 2 * DAY
    ? timeOfDay(at, timeZone)
    : `${day(at, timeZone)}, ${timeOfDay(at, timeZone)}`;

/** `02:14 – 02:31`, with days where they differ from today or from one another. */
export function timeSpan(first: number, last: number, now: number, timeZone: string): string {
  const start = timeOrDay(first, now, timeZone);
  if (timeOrDay(last, now, timeZone) === start) return start;
  const sameDay = day(first, timeZone) === day(last, timeZone);
  return `${start} – ${sameDay ? timeOfDay(last, timeZone) : timeOrDay(last, now, timeZone)}`;
}

/** The largest unit that fits, and the next where it matters: `45 s`, `12 min`, `1 h 5 min`, `3 days`. */
export function duration(ms: number): string {
  const length = Math.max(0, Math.abs(ms));
  const count = (unit: number) => Math.floor(length / unit);
  if (length < MINUTE) return kitText('kit.time.seconds', { count: count(SECOND) });
  if (length < HOUR) return kitText('kit.time.minutes', { count: count(MINUTE) });
  if (length < DAY) {
    const rest = Math.floor((length % HOUR) / MINUTE);
    const hours = kitText('kit.time.hours', { count: count(HOUR) });
    return rest === 0 ? hours : `${hours} ${kitText('kit.time.minutes', { count: rest })}`;
  }
  return kitText('kit.time.days', { count: count(DAY) });
}

/** `just now`, `12 min ago`, `in 2 h`. */
export function relative(at: number, now: number): string {
  const past = now - at;
  if (Math.abs(past) < 5 * SECOND) return kitText('kit.time.now');
  // Minutes are as fine as a reader needs once an hour has passed.
  const length = Math.abs(past) >= HOUR ? Math.floor(Math.abs(past) / HOUR) * HOUR : past;
  const words = duration(Math.abs(past) < DAY ? length : past);
  return past > 0
    ? kitText('kit.time.ago', { duration: words })
    : kitText('kit.time.in', { duration: words });
}
