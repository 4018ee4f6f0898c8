import type { Clock } from '../../devices/model/clock.ts';

/**
 * A duration of the site's world, but never shorter than `realMs` outside it: where a day is run faster,
 * programs and cables are not.
 */
export const atLeastReal = (clock: Clock, siteMs: number, realMs: number): number =>
  Math.max(siteMs, realMs * clock.rate);
