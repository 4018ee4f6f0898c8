/**
 * In which hours something was seen, and how often in each. There may be a million of these, most of one or two hours
 * that came one after the other: the latest hour stands in the object itself, and a list is only there where there
 * are others.
 */
export interface SeenHours {
  /** The latest; NEVER where there is none. */
  latest: number;
  /** How often in the latest, up to MOST. */
  count: number;
  /** Those before, ascending, each one number: its high part the hour and its low part the count. */
  earlier: number[] | undefined;
}

export const NEVER = -1;

const COUNTS = 2 ** 20;
/** Above any count that matters: beyond it an hour stays seen, whatever is taken back. */
const MOST = COUNTS - 1;

export const noHours = (): SeenHours => ({ latest: NEVER, count: 0, earlier: undefined });

/** As numbers to be written down, the latest first. */
export const savedHours = ({ latest, count, earlier }: SeenHours): number[] => [
  latest,
  count,
  ...(earlier ?? []),
];

export function revivedHours([latest = NEVER, count = 0, ...earlier]: readonly number[]): SeenHours {
  return { latest, count, earlier: earlier.length === 0 ? undefined : earlier };
}

/** Index of the first hour that is not before this one. */
function indexFrom(hours: readonly number[], hour: number): number {
  const limit = hour * COUNTS;
  let high = hours.length;
  // Time mostly goes forward.
  if (high === 0 || (hours[high - 1] ?? 0) < limit) return high;
  let low = 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((hours[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

const hourAt = (hours: readonly number[], index: number): number => Math.floor((hours[index] ?? -1) / COUNTS);

/** The answer: whether this hour is new, and whether others are there behind it. */
export function addHour(hours: SeenHours, hour: number): 'known' | 'new' | 'new and late' {
  if (hours.latest === hour) {
    if (hours.count < MOST) hours.count++;
    return 'known';
  }
  if (hours.latest < hour) {
    if (hours.latest !== NEVER) {
      const before = hours.latest * COUNTS + hours.count;
      if (hours.earlier === undefined) hours.earlier = [before];
      else hours.earlier.push(before);
    }
    hours.latest = hour;
    hours.count = 1;
    return 'new';
  }
  hours.earlier ??= [];
  const { earlier } = hours;
  const index = indexFrom(earlier, hour);
  const there = earlier[index];
  if (there !== undefined && hourAt(earlier, index) === hour) {
    if (there < hour * COUNTS + MOST) earlier[index] = there + 1;
    return 'known';
  }
  earlier.splice(index, 0, hour * COUNTS + 1);
  return 'new and late';
}

/** The answer: whether this hour is empty now, and whether others are there behind it. */
export function removeHour(hours: SeenHours, hour: number): 'seen' | 'empty' | 'empty and late' {
  if (hours.latest === hour) {
    if (hours.count === MOST || --hours.count > 0) return 'seen';
    const before = hours.earlier?.pop();
    hours.latest = before === undefined ? NEVER : Math.floor(before / COUNTS);
    hours.count = before === undefined ? 0 : before % COUNTS;
    return 'empty';
  }
  const { earlier = [] } = hours;
  const index = indexFrom(earlier, hour);
  const there = earlier[index];
  if (there === undefined || hourAt(earlier, index) !== hour || there % COUNTS === MOST) return 'seen';
  if (there % COUNTS > 1) {
    earlier[index] = there - 1;
    return 'seen';
  }
  earlier.splice(index, 1);
  return 'empty and late';
}

/** In how many hours from one and before another. */
export function countOf({ latest, earlier }: SeenHours, from: number, before: number): number {
  const isLatest = latest >= from && latest < before && latest !== NEVER ? 1 : 0;
  return earlier === undefined ? isLatest : isLatest + indexFrom(earlier, before) - indexFrom(earlier, from);
}

export function forgetBefore(hours: SeenHours, hour: number): void {
  const { earlier } = hours;
  if (hours.latest < hour) {
    hours.latest = NEVER;
    hours.count = 0;
    hours.earlier = undefined;
  } else if (earlier !== undefined) {
    earlier.splice(0, indexFrom(earlier, hour));
    if (earlier.length === 0) hours.earlier = undefined;
  }
}

/** The first of the hours without a break that lead to this one, at most `longest` of them with it. */
export function startOfBout({ latest, earlier }: SeenHours, hour: number, longest: number): number {
  let start = hour;
  if (latest === hour - 1 && longest > 1) start--;
  if (earlier === undefined) return start;
  for (let index = indexFrom(earlier, start) - 1; index >= 0 && hour - start + 1 < longest; index--) {
    if (hourAt(earlier, index) !== start - 1) break;
    start--;
  }
  return start;
}
