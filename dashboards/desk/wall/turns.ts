/** Whose turn it is on the wall. Pure. */
import type { PictureSite } from '../../../cloud/api/contract.ts';
import { standingOf } from '../map/site-standing.ts';

/** A site is shown for so long, ms of the wall's own clock. */
export const TURN_MS = 12_000;

/** Sites that need somebody, the gravest first; of equals by name, so that the order stays. */
export function needy(sites: readonly PictureSite[]): PictureSite[] {
  return sites
    .map((site) => ({ site, weight: standingOf(site).weight }))
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight || (a.site.id < b.site.id ? -1 : 1))
    .map(({ site }) => site);
}

/**
 * The site to show next: the one behind the one shown, or the first; one that has just become critical takes the
 * next turn, whosever it was.
 */
export function nextOf(
  queue: readonly PictureSite[],
  shown: string | undefined,
  seen: ReadonlySet<string>,
): PictureSite | undefined {
  const urgent = queue.find((site) => site.worst === 'critical' && !seen.has(site.id) && site.id !== shown);
  if (urgent !== undefined) return urgent;
  const at = queue.findIndex(({ id }) => id === shown);
  return queue[(at + 1) % Math.max(1, queue.length)];
}

/** From nine in the evening to six the wall is dark: it must not light the room. */
export function isNight(at: number, timeZone: string): boolean {
  const hour = Number(
    new Intl.DateTimeFormat('en-GB', { hour: '2-digit', hourCycle: 'h23', timeZone }).format(at),
  );
  return hour >= 21 || hour < 6;
}
