/** Times as logs write them. All pure; undefined where the text is no time. */

const iso =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(Z|z|[+-]\d{2}(?::?\d{2})?)?$/;

export interface WallTime {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  millisecond: number;
}

/** Milliseconds since 1970 of a wall time in UTC; undefined for a day or a time that does not exist. */
export function utcOf(wall: WallTime): number | undefined {
  const { year, month, day, hour, minute, millisecond } = wall;
  // A leap second has no number of its own: it shares that of the second before.
  const second = wall.second === 60 ? 59 : wall.second;
  if (month < 1 || month > 12 || day < 1 || hour > 23 || minute > 59 || second > 59) return undefined;
  if (day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return undefined;
  const at = Date.UTC(year, month - 1, day, hour, minute, second, millisecond);
  return at >= 0 ? at : undefined;
}

/** `+0100`, `+01:00`, `-05`, `Z` in milliseconds. */
export function offsetMs(text: string): number | undefined {
  if (text === 'Z' || text === 'z') return 0;
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (match === null) return undefined;
  const minutes = Number(match[2]) * 60 + Number(match[3] ?? 0);
  if (minutes > 18 * 60) return undefined;
  return (match[1] === '-' ? -minutes : minutes) * 60_000;
}

export const millisecondsOf = (fraction: string | undefined): number =>
  fraction === undefined ? 0 : Number(fraction.slice(0, 3).padEnd(3, '0'));

/** ISO 8601 / RFC 3339; a time without a zone is one of `timeZone`, or no time where none is given. */
export function isoInstant(text: string, timeZone?: string): number | undefined {
  const match = iso.exec(text);
  if (match === null) return undefined;
  const wall: WallTime = {
    year: Number(match[1]),
    month: Number(match[2]),
    day: Number(match[3]),
    hour: Number(match[4]),
    minute: Number(match[5]),
    second: Number(match[6]),
    millisecond: millisecondsOf(match[7]),
  };
  const zone = match[8];
  if (zone === undefined) return timeZone === undefined ? undefined : instantIn(timeZone, wall);
  const offset = offsetMs(zone);
  const utc = utcOf(wall);
  return offset === undefined || utc === undefined || utc < offset ? undefined : utc - offset;
}

/** ISO 8601, or a number of seconds, milliseconds or microseconds since 1970: told apart by its size. */
export function anyInstant(value: unknown, timeZone?: string): number | undefined {
  if (typeof value === 'string' && !/^\d{9,17}(?:\.\d{1,12})?$/.test(value))
    return isoInstant(value, timeZone);
  const number = typeof value === 'string' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number < 0) return undefined;
  const ms = number < 1e11 ? number * 1_000 : number < 1e14 ? number : number / 1_000;
  return ms <= 8.64e15 ? Math.round(ms) : undefined;
}

/** English month names are what every log writes, whatever its locale. */
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** 1 to 12 for `Jan` to `Dec`. */
export function monthOf(name: string): number | undefined {
  const index = months.indexOf(name.toLowerCase());
  return index < 0 ? undefined : index + 1;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Zones change their clocks on quarter hours; asking Intl for every line would cost more than the line. */
const QUARTER_HOUR_MS = 900_000;
const MAX_KNOWN_OFFSETS = 1_000;
const offsets = new Map<string, number>();

/** How far the zone's clock is ahead of UTC at a moment. @throws RangeError for no such zone */
function zoneOffsetMs(timeZone: string, at: number): number {
  const key = `${timeZone} ${Math.floor(at / QUARTER_HOUR_MS)}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const offset = askOffsetMs(timeZone, at);
  if (offsets.size >= MAX_KNOWN_OFFSETS) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

function askOffsetMs(timeZone: string, at: number): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    // As many as the world has zones: the names come from configurations, not from logs.
    formats.set(timeZone, format);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const shown = Date.UTC(
    part.year ?? 1970,
    (part.month ?? 1) - 1,
    part.day ?? 1,
    part.hour ?? 0,
    part.minute ?? 0,
    part.second ?? 0,
  );
  return shown - Math.floor(at / 1_000) * 1_000;
}

/**
 * The moment at which a clock in `timeZone` shows this time. In the hour that the end of summer time repeats,
 * the later one; in the hour that its start leaves out, as if the clock had not yet been put forward.
 */
export function instantIn(timeZone: string, wall: WallTime): number | undefined {
  const asUtc = utcOf(wall);
  if (asUtc === undefined) return undefined;
  if (timeZone === 'UTC') return asUtc;
  const day = 24 * 3_600_000;
  const before = zoneOffsetMs(timeZone, asUtc - day);
  const after = zoneOffsetMs(timeZone, asUtc + day);
  const fits = [after, before].find((offset) => zoneOffsetMs(timeZone, asUtc - offset) === offset);
  const at = asUtc - (fits ?? before);
  return at >= 0 ? at : undefined;
}

/** The year that a clock in `timeZone` shows. */
export const yearIn = (timeZone: string, at: number): number =>
  new Date(at + (timeZone === 'UTC' ? 0 : zoneOffsetMs(timeZone, at))).getUTCFullYear();

/** Whether Intl knows the name of a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    zoneOffsetMs(name, 0);
    return true;
  } catch {
    return false;
  }
}
