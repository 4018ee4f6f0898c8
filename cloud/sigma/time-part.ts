/** Dates of events, as their text states them: Sigma converts no zones. */
import type { TimePart } from './rule.ts';

const iso =
  /^\s*(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?\s*$/i;
/** Greater numbers are milliseconds, smaller ones seconds since 1970. */
const LEAST_MILLISECONDS = 100_000_000_000;

const fromNumber = (value: number) => (Math.abs(value) < LEAST_MILLISECONDS ? value * 1_000 : value);

/** ISO week of a day. */
function weekOf(date: Date): number {
  const thursday = new Date(date.getTime());
  thursday.setUTCDate(date.getUTCDate() + 4 - (date.getUTCDay() || 7));
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.ceil(((thursday.getTime() - first) / 86_400_000 + 1) / 7);
}

/** A part of a date; undefined where it is none. Numbers are taken as UTC. */
export function timePart(value: string | number, part: TimePart): number | undefined {
  const wall = wallTime(value);
  if (wall === undefined) return undefined;
  const date = new Date(wall);
  if (Number.isNaN(date.getTime())) return undefined;
  const read: Record<TimePart, () => number> = {
    minute: () => date.getUTCMinutes(),
    hour: () => date.getUTCHours(),
    day: () => date.getUTCDate(),
    week: () => weekOf(date),
    month: () => date.getUTCMonth() + 1,
    year: () => date.getUTCFullYear(),
  };
  return read[part]();
}

/** What the clock on the wall showed, as if it were in UTC. */
function wallTime(value: string | number): number | undefined {
  if (typeof value === 'number') return fromNumber(value);
  const match = iso.exec(value);
  if (match === null) return /^\d{9,14}(?:\.\d+)?$/.test(value) ? fromNumber(Number(value)) : undefined;
  const [, year, month, day, hour = 0, minute = 0, second = 0, fraction = ''] = match;
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  return Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    milliseconds,
  );
}

/** When it was, ms; without a zone UTC. Undefined: no date. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.round(fromNumber(value)) : undefined;
  if (typeof value !== 'string') return undefined;
  const wall = wallTime(value);
  if (wall === undefined || !Number.isFinite(wall)) return undefined;
  const zone = iso.exec(value)?.[8];
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '');
  if (offset === null) return Math.round(wall);
  const minutes = Number(offset[2]) * 60 + Number(offset[3]);
  return Math.round(wall - (offset[1] === '-' ? -minutes : minutes) * 60_000);
}
