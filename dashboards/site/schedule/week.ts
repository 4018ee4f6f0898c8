/** The arming schedule as people edit and see it. Pure. */
import type { ArmingMode, ArmingSchedule } from '../../../edge/api/contract.ts';

export type Entry = ArmingSchedule['entries'][number];
export type Weekday = Entry['days'][number];
export const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
export const modes: readonly ArmingMode[] = ['away', 'night', 'disarmed'];

const DAY_MINUTES = 1_440;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const protection: Record<ArmingMode, number> = { disarmed: 0, night: 1, away: 2 };

/** A stretch of one day, in minutes from midnight. */
export interface Stretch {
  mode: ArmingMode;
  from: number;
  to: number;
}

const minuteOf = (time: string): number => {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
};

export const timeText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** What an entry lacks before it can be saved. */
export const problemOf = ({ days }: Entry): 'no-days' | undefined =>
  days.length === 0 ? 'no-days' : undefined;

/** The modes of each day of an ordinary week; entries that can't be saved yet are left out. */
export function weekOf(entries: readonly Entry[]): Stretch[][] {
  const changes = entries
    .filter((entry) => problemOf(entry) === undefined)
    .flatMap(({ days, at, mode }) =>
      days.map((day) => ({ minute: weekdays.indexOf(day) * DAY_MINUTES + minuteOf(at), mode })),
    )
    // Of two at one time the more protective one counts, as on the gateway.
    .sort((a, b) => a.minute - b.minute || protection[a.mode] - protection[b.mode]);
  const week: Stretch[][] = weekdays.map(() => []);
  const fill = (mode: ArmingMode, from: number, to: number) => {
    for (let start = from; start < to; ) {
      const day = Math.floor(start / DAY_MINUTES);
      const end = Math.min(to, (day + 1) * DAY_MINUTES);
      const stretch = { mode, from: start - day * DAY_MINUTES, to: end - day * DAY_MINUTES };
      const before = week[day]?.at(-1);
      if (before?.mode === mode && before.to === stretch.from) before.to = stretch.to;
      else week[day]?.push(stretch);
      start = end;
    }
  };
  // The week goes on from its end.
  fill(changes.at(-1)?.mode ?? 'disarmed', 0, changes[0]?.minute ?? WEEK_MINUTES);
  changes.forEach(({ minute, mode }, index) =>
    fill(mode, minute, changes[index + 1]?.minute ?? WEEK_MINUTES),
  );
  return week;
}
