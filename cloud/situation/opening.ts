import type { Site } from '../../devices/model/site.ts';

/** Time zones whose formats are kept; there are some 600 names. */
const MAX_TIME_ZONES = 1_000;
/** As `weekday: 'short'` writes them, in small letters. */
const DAYS: readonly string[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError when there is no such time zone */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  if (formats.size < MAX_TIME_ZONES) formats.set(timeZone, made);
  return made;
}

/** What a clock on the site's wall shows: the day of the week (0: Sunday) and `HH:MM`. */
function wallClock(timeZone: string, at: number): { day: number; time: string } {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const day = DAYS.indexOf(parts.get('weekday')?.toLowerCase() ?? '');
  return { day, time: `${parts.get('hour')}:${parts.get('minute')}` };
}

/** Whether the site's opening hours cover a moment. A site without opening hours is never open. */
export function isOpen({ opening, timeZone }: Pick<Site, 'opening' | 'timeZone'>, at: number): boolean {
  if (opening.length === 0) return false;
  const { day, time } = wallClock(timeZone, at);
  const today = DAYS[day];
  const yesterday = DAYS[(day + 6) % 7];
  return opening.some(({ days, from, to }) => {
    const opensOn = (name: string | undefined) => days.some((one) => one === name);
    if (from < to) return opensOn(today) && time >= from && time < to;
    // Past midnight, or round the clock where it ends when it begins.
    return (opensOn(today) && time >= from) || (opensOn(yesterday) && time < to);
  });
}
