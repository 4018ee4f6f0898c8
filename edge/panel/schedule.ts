import { z } from 'zod';
import { instant, plainText } from '../../devices/model/identifiers.ts';
import { openingHours } from '../../devices/model/site.ts';
import type { ArmingMode, ArmingSchedule } from '../api/contract.ts';
import { DAY_MS, instantOf, timeOfDayMs, wallDay, weekdayOf, weekdays } from './zone-time.ts';

export const armingMode = z.enum(['disarmed', 'away', 'night']);

/** Entries of one schedule, at most: eight changes a day. */
export const MAX_SCHEDULE_ENTRIES = 56;

/** One entry: on these days at this time, in the site's time zone, the alarm goes over to this mode. */
export const scheduleEntry = z.strictObject({
  days: openingHours.shape.days,
  at: openingHours.shape.from,
  mode: armingMode,
});

export const scheduleEntries = z.array(scheduleEntry).max(MAX_SCHEDULE_ENTRIES);

export const armingSchedule = z.strictObject({
  entries: scheduleEntries.default([]),
  changedAt: instant.optional(),
  changedBy: plainText.max(256).optional(),
});

type Entries = ArmingSchedule['entries'];

export interface ScheduledChange {
  at: number;
  mode: ArmingMode;
}

/** Of two changes at one time the more protective one is the later. */
const protection: Record<ArmingMode, number> = { disarmed: 0, night: 1, away: 2 };

/** A time span that is looked through at once, at most: after a longer absence the last week decides. */
const MAX_SPAN_DAYS = 9;

/** What the schedule says between two instants (the first excluded, the second included), oldest first. */
export function scheduledBetween(
  entries: Entries,
  timeZone: string,
  after: number,
  until: number,
): ScheduledChange[] {
  const changes: ScheduledChange[] = [];
  const from = Math.max(after, until - MAX_SPAN_DAYS * DAY_MS);
  const lastDay = wallDay(timeZone, until) + DAY_MS;
  for (let wall = wallDay(timeZone, from) - DAY_MS; wall <= lastDay; wall += DAY_MS) {
    for (const { days, at, mode } of entries) {
      if (!days.includes(weekdayOf(wall))) continue;
      const instantMs = instantOf(timeZone, wall + timeOfDayMs(at));
      if (instantMs > from && instantMs <= until) changes.push({ at: instantMs, mode });
    }
  }
  return changes.sort((a, b) => a.at - b.at || protection[a.mode] - protection[b.mode]);
}

/** The answer last given for a schedule, and since when it holds: it is asked for with every observation. */
const answers = new WeakMap<Entries, { timeZone: string; from: number; next: ScheduledChange }>();

/** The next change after an instant; undefined for an empty schedule. */
export function nextScheduled(
  entries: Entries,
  timeZone: string,
  after: number,
): ScheduledChange | undefined {
  if (entries.length === 0) return undefined;
  const known = answers.get(entries);
  if (known && known.timeZone === timeZone && after >= known.from && after < known.next.at) return known.next;
  const [next] = scheduledBetween(entries, timeZone, after, after + (MAX_SPAN_DAYS - 1) * DAY_MS);
  if (next) answers.set(entries, { timeZone, from: after, next });
  return next;
}

const WEEK_MINUTES = 7 * 24 * 60;

/** How protected each minute of an ordinary week is. */
function protectedMinutes(entries: Entries): Uint8Array {
  const changes = entries
    .flatMap(({ days, at, mode }) =>
      days.map((day) => ({
        minute: weekdays.indexOf(day) * 1_440 + timeOfDayMs(at) / 60_000,
        rank: protection[mode],
      })),
    )
    .sort((a, b) => a.minute - b.minute || a.rank - b.rank);
  const week = new Uint8Array(WEEK_MINUTES);
  changes.forEach(({ minute, rank }, index) => week.fill(rank, minute, changes[index + 1]?.minute));
  // The week's beginning goes on from its end.
  week.fill(changes.at(-1)?.rank ?? 0, 0, changes[0]?.minute);
  return week;
}

/** How many minutes of a week are protected less, or more, by the second schedule than by the first. */
export function compareSchedules(before: Entries, after: Entries): { lost: number; gained: number } {
  const was = protectedMinutes(before);
  const will = protectedMinutes(after);
  let lost = 0;
  let gained = 0;
  for (let minute = 0; minute < WEEK_MINUTES; minute++) {
    const difference = (will[minute] ?? 0) - (was[minute] ?? 0);
    if (difference < 0) lost++;
    if (difference > 0) gained++;
  }
  return { lost, gained };
}

/** `mon,tue 20:00 away; sat 14:00 away`, at most as long as a fact may be. */
export const scheduleText = (entries: Entries): string =>
  (entries.length === 0
    ? 'none'
    : entries.map(({ days, at, mode }) => `${days.join(',')} ${at} ${mode}`).join('; ')
  ).slice(0, 512);
