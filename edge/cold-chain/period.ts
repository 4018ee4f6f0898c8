/** A calendar day or month at a site, by its own wall clock: a day of 23, 24 or 25 hours. */
import { DAY_MS, instantOf, wallMs } from '../panel/zone-time.ts';

export interface Period {
  kind: 'day' | 'month';
  /** `2026-11-22` or `2026-11`. */
  name: string;
  from: number;
  /** Its first moment that does not belong to it any more. */
  to: number;
}

/** @returns undefined where there is no such day or month */
export function periodOf(name: string, timeZone: string): Period | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(name) ?? [];
  if (year === undefined || month === undefined) return undefined;
  const first = Date.UTC(Number(year), Number(month) - 1, day === undefined ? 1 : Number(day));
  // A thirtieth of February would silently be a day in March.
  if (!new Date(first).toISOString().startsWith(name)) return undefined;
  const next = day === undefined ? Date.UTC(Number(year), Number(month), 1) : first + DAY_MS;
  return {
    kind: day === undefined ? 'month' : 'day',
    name,
    from: instantOf(timeZone, first),
    to: instantOf(timeZone, next),
  };
}

/** The site's date at a moment, `YYYY-MM-DD`. */
export const dayAt = (timeZone: string, at: number): string =>
  new Date(wallMs(timeZone, at)).toISOString().slice(0, 10);

/** `2026-11-22 14:05:00`, as the site's clocks show it. */
export const localText = (timeZone: string, at: number): string =>
  new Date(wallMs(timeZone, at)).toISOString().slice(0, 19).replace('T', ' ');

/** `2026-11-22T13:05:00Z`. */
export const utcText = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

/** How far the site's clocks are ahead of UTC at a moment: `+01:00`. */
export function offsetText(timeZone: string, at: number): string {
  const minutes = Math.round((wallMs(timeZone, at) - at) / 60_000);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}:${String(rest).padStart(2, '0')}`;
}
