/** Reports that are made by themselves, once a day, week or month has ended on the site's clocks. */
import { z } from 'zod';
import { identifier, instant, plainText } from '../../devices/model/identifiers.ts';
import { momentOf, periodAround, wallOf } from './calendar.ts';
import { reportKinds } from './report.ts';

export const SCHEDULE_DOCUMENT = 'report-schedule';
export const MAX_SCHEDULES = 200;
/** After a long sleep so many former periods of one schedule are still made up for. */
export const MAX_CAUGHT_UP = 7;

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};

export const timeZoneName = z.string().min(1).max(64).refine(isTimeZone, 'there is no such time zone');

/** What a person says of a schedule. */
export const scheduleRequest = z.strictObject({
  kind: z.enum(reportKinds),
  every: z.enum(['day', 'week', 'month']),
  timeZone: timeZoneName,
  /** Minutes after midnight, on the wall, at which it is made, the day after its period ended. */
  atMinutes: z
    .number()
    .int()
    .min(0)
    .max(24 * 60 - 1),
  /** Empty: all sites that whoever made the schedule sees. */
  sites: z.array(identifier).max(1_000),
  mailTo: z.array(z.email().max(254)).max(20),
});

export const schedule = z.strictObject({
  ...scheduleRequest.shape,
  id: identifier,
  by: plainText,
  createdAt: instant,
  /** Start of the newest period that was made. */
  madeFrom: instant.optional(),
  /** What went wrong the last time; undefined: nothing. */
  problem: plainText.optional(),
});
export type Schedule = z.infer<typeof schedule>;

type Timing = Pick<Schedule, 'every' | 'timeZone' | 'atMinutes'>;

/** When the report of a period that ended at `end` is made. */
export const madeAt = (
  { timeZone, atMinutes }: Pick<Timing, 'timeZone' | 'atMinutes'>,
  end: number,
): number => momentOf(timeZone, wallOf(timeZone, end) + atMinutes * 60_000);

/** The periods that are to be made now, oldest first. Pure. */
export function duePeriods(
  { every, timeZone, atMinutes, createdAt, madeFrom }: Timing & Pick<Schedule, 'createdAt' | 'madeFrom'>,
  now: number,
): { from: number; to: number }[] {
  const due: { from: number; to: number }[] = [];
  for (let move = -1; move >= -MAX_CAUGHT_UP; move--) {
    const period = periodAround(every, now, timeZone, move);
    const moment = madeAt({ timeZone, atMinutes }, period.to);
    // Nothing that was due before anybody asked for it.
    if (moment < createdAt || (madeFrom !== undefined && period.from <= madeFrom)) break;
    if (moment <= now) due.unshift(period);
  }
  return due;
}

/** The next moment at which something is made. Pure. */
export function nextMoment(timing: Timing, now: number): number {
  const { every, timeZone } = timing;
  for (let move = -1; ; move++) {
    const moment = madeAt(timing, periodAround(every, now, timeZone, move).to);
    if (moment > now) return moment;
  }
}
