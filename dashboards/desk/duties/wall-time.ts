/** Dates and times as people type them, on the clocks of a site's wall. Pure. */

/** `2026-11-23 14:05` in a time zone. */
export function wallText(at: number, timeZone: string): string {
  const parts = new Map(
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? '';
  return `${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}`;
}

/** The moment at which the wall first showed it; undefined: it is no such text, or was left out in spring. */
export function momentAt(text: string, timeZone: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)$/.exec(text.trim());
  if (match === null) return undefined;
  const [, date = '', time = ''] = match;
  const wall = Date.parse(`${date}T${time}:00Z`);
  if (!Number.isFinite(wall)) return undefined;
  const wanted = `${date} ${time}`;
  // Offsets of zones are between -12 and +14 hours, in steps of a quarter of an hour.
  for (let minutes = 14 * 60; minutes >= -12 * 60; minutes -= 15) {
    const at = wall - minutes * 60_000;
    if (wallText(at, timeZone) === wanted) return at;
  }
  return undefined;
}
