import type { Site } from '../../devices/model/site.ts';
import { DAY_MS, instantOf, timeOfDayMs, wallDay, weekdayOf } from './zone-time.ts';

/** Opening hours repeat every week; what has not changed in eight days does not change. */
const LOOK_AHEAD_DAYS = 8;

interface Interval {
  from: number;
  to: number;
}

/** Times during which the site is open, around an instant, oldest first and joined where they touch. */
function openIntervals(site: Pick<Site, 'opening' | 'timeZone'>, at: number): Interval[] {
  const today = wallDay(site.timeZone, at);
  const intervals: Interval[] = [];
  for (let day = -2; day <= LOOK_AHEAD_DAYS; day++) {
    const wall = today + day * DAY_MS;
    for (const hours of site.opening) {
      if (!hours.days.includes(weekdayOf(wall))) continue;
      const from = timeOfDayMs(hours.from);
      const to = timeOfDayMs(hours.to);
      intervals.push({
        from: instantOf(site.timeZone, wall + from),
        // Ends before it starts: past midnight. Ends when it starts: round the clock.
        to: instantOf(site.timeZone, wall + to + (to <= from ? DAY_MS : 0)),
      });
    }
  }
  const joined: Interval[] = [];
  for (const interval of intervals.sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last && interval.from <= last.to) last.to = Math.max(last.to, interval.to);
    else joined.push({ ...interval });
  }
  return joined;
}

/** Whether the site's opening hours cover an instant. A site without opening hours is never open. */
export const isOpen = (site: Pick<Site, 'opening' | 'timeZone'>, at: number): boolean =>
  openIntervals(site, at).some(({ from, to }) => at >= from && at < to);

/** When the site next opens or closes; undefined: not within a week. */
export function nextBoundary(
  site: Pick<Site, 'opening' | 'timeZone'>,
  at: number,
): { at: number; isOpen: boolean } | undefined {
  const intervals = openIntervals(site, at);
  const now = intervals.find(({ from, to }) => at >= from && at < to);
  const horizon = at + (LOOK_AHEAD_DAYS - 1) * DAY_MS;
  if (now) return now.to <= horizon ? { at: now.to, isOpen: false } : undefined;
  const next = intervals.find(({ from }) => from > at);
  return next && next.from <= horizon ? { at: next.from, isOpen: true } : undefined;
}

export interface OpeningClock {
  isOpen(at: number): boolean;
}

/** Answers at the price of two comparisons until the next boundary: for every observation. */
export function openingClock(site: Pick<Site, 'opening' | 'timeZone'>): OpeningClock {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  let open = false;
  return {
    isOpen(at) {
      if (at >= from && at < to) return open;
      open = isOpen(site, at);
      from = at;
      to = nextBoundary(site, at)?.at ?? at + DAY_MS;
      return open;
    },
  };
}
