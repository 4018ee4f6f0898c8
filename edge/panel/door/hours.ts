/** When somebody may come in: weekly hours, and the days on which they do not count. */
import { z } from 'zod';
import { identifier, plainText } from '../../../devices/model/identifiers.ts';
import { type OpeningHours, openingHours } from '../../../devices/model/site.ts';
import { DAY_MS, instantOf, timeOfDayMs, wallDay, weekdayOf } from '../zone-time.ts';

/** Twenty years of holidays. */
const MAX_HOLIDAYS = 400;
const MAX_SCHEDULES = 100;

/** A day of the site's calendar, `YYYY-MM-DD`. */
export const calendarDay = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'expected YYYY-MM-DD')
  .refine((day) => {
    const at = Date.parse(`${day}T00:00:00Z`);
    return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
  }, 'there is no such day');

const times = z.strictObject({ from: openingHours.shape.from, to: openingHours.shape.to });

/** A day whose usual hours do not count. */
export const holiday = z.strictObject({
  on: calendarDay,
  name: plainText.max(128),
  /** Hours of that day after all: the morning of New Year's Eve. */
  hours: z.array(times).max(4).default([]),
});
export type Holiday = z.infer<typeof holiday>;

/** Hours that people are given by name. */
export const schedule = z.strictObject({
  id: identifier,
  hours: z.array(openingHours).max(28),
  /** `as-usual`: for those who work on holidays, too. */
  onHolidays: z.enum(['holiday-hours', 'as-usual']).default('holiday-hours'),
});
export type Schedule = z.infer<typeof schedule>;

/** Refuses a list in which one name stands twice. */
export const unique =
  <Entry>(nameOf: (entry: Entry) => string, key: string) =>
  (entries: Entry[], context: z.RefinementCtx) => {
    const seen = new Set<string>();
    for (const [index, entry] of entries.entries()) {
      const name = nameOf(entry);
      if (seen.has(name))
        context.addIssue({ code: 'custom', path: [index, key], message: `"${name}" is already there` });
      seen.add(name);
    }
  };

export const holidays = z
  .array(holiday)
  .max(MAX_HOLIDAYS)
  .default([])
  .superRefine(unique<Holiday>(({ on }) => on, 'on'));
export const schedules = z
  .array(schedule)
  .max(MAX_SCHEDULES)
  .default([])
  .superRefine(unique<Schedule>(({ id }) => id, 'id'));

/** The wall clock's midnight of a calendar day, as `wallDay` gives it. */
export const wallOfDay = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/**
 * Whether an instant lies within weekly hours. On a holiday that day's own hours count instead; a shift that began
 * the evening before goes on.
 */
export function isWithin(
  hours: readonly OpeningHours[],
  timeZone: string,
  at: number,
  kept: readonly Holiday[] = [],
): boolean {
  const today = wallDay(timeZone, at);
  return [today - DAY_MS, today].some((wall) => {
    const special = kept.find(({ on }) => wallOfDay(on) === wall);
    const ofDay = special?.hours ?? hours.filter(({ days }) => days.includes(weekdayOf(wall)));
    return ofDay.some(({ from, to }) => {
      const [start, end] = [timeOfDayMs(from), timeOfDayMs(to)];
      // Ends before it starts: past midnight. Ends when it starts: round the clock.
      const past = end <= start ? DAY_MS : 0;
      return at >= instantOf(timeZone, wall + start) && at < instantOf(timeZone, wall + end + past);
    });
  });
}
