import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';

const HOUR_MS = 3_600_000;

/**
 * How long what is shown may go unconfirmed before it is called stale, by property, ms. What is measured is told
 * again and again; a contact speaks when it changes and confirms itself about once a day.
 */
export const usualSupervisionMs: Readonly<Record<string, number>> = {
  temperature: HOUR_MS / 2,
  humidity: HOUR_MS,
  power: HOUR_MS / 4,
  voltage: HOUR_MS / 4,
  current: HOUR_MS / 4,
  load: HOUR_MS / 4,
  energy: HOUR_MS,
  weight: HOUR_MS,
};
/** Of everything else that lasts. */
export const USUAL_SUPERVISION_MS = 25 * HOUR_MS;

/** Pictures of the past reach back so far at most: what is older is for the hunt. */
const MAX_HELD_MS = 31 * 24 * HOUR_MS;

/** What the situational picture shows of people, how fresh it wants to be, and how far back it can be replayed. */
export const pictureSettings = z.strictObject({
  /**
   * Who is where, by badge: `off`, `counts` (how many in each zone), `names` (and who, for those with the right
   * `people.read`).
   */
  people: z.enum(['off', 'counts', 'names']).default('counts'),
  /** Nobody is thought to be somewhere for longer than this after their last badge. */
  peopleForMs: durationMs.min(60_000).default(12 * HOUR_MS),
  /** Supervision intervals by property, in place of the usual ones. */
  supervisionMs: z.record(z.string().max(32), durationMs.min(1_000)).default({}),
  /** How far back the picture can be replayed. */
  replayForMs: durationMs
    .min(HOUR_MS)
    .max(MAX_HELD_MS)
    .default(7 * 24 * HOUR_MS),
});
export type PictureSettings = z.infer<typeof pictureSettings>;

/** Supervision intervals by property; `*` is that of all others. */
export const supervisionOf = ({ supervisionMs }: PictureSettings): Record<string, number> => ({
  '*': USUAL_SUPERVISION_MS,
  ...usualSupervisionMs,
  ...supervisionMs,
});

/** Whether a datum is older than its supervision interval allows. Pure. */
export function isStale(
  { property, seenAt }: { property: string; seenAt: number },
  supervisionMs: Readonly<Record<string, number>>,
  now: number,
): boolean {
  return now - seenAt > (supervisionMs[property] ?? supervisionMs['*'] ?? USUAL_SUPERVISION_MS);
}
