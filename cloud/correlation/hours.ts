/**
 * In which hours something was seen, and how often in each: one number an hour, ascending, its high part the hour and
 * its low part the count. There may be a million of these lists, most of one or two hours.
 */
export type SeenHours = number[];

/** Above any count that matters: beyond it an hour stays seen, whatever is taken back. */
const COUNTS = 2 ** 20;

/** Index of the first hour that is not before this one. */
function indexFrom(hours: SeenHours, hour: number): number {
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

const hourAt = (hours: SeenHours, index: number): number => Math.floor((hours[index] ?? -1) / COUNTS);

/** The answer: this hour is new, and others are there behind it. */
export function addHour(hours: SeenHours, hour: number): boolean {
  const index = indexFrom(hours, hour);
  if (index === hours.length) {
    hours.push(hour * COUNTS + 1);
    return false;
  }
  const there = hours[index] ?? 0;
  if (there < (hour + 1) * COUNTS) {
    if (there < (hour + 1) * COUNTS - 1) hours[index] = there + 1;
    return false;
  }
  hours.splice(index, 0, hour * COUNTS + 1);
  return true;
}

/** The answer: this hour is empty now, and others are there behind it. */
export function removeHour(hours: SeenHours, hour: number): boolean {
  const index = indexFrom(hours, hour);
  const there = hours[index] ?? 0;
  if (hourAt(hours, index) !== hour || there === (hour + 1) * COUNTS - 1) return false;
  if (there > hour * COUNTS + 1) {
    hours[index] = there - 1;
    return false;
  }
  hours.splice(index, 1);
  return index < hours.length;
}

/** In how many hours from one and before another. */
export const countOf = (hours: SeenHours, from: number, before: number): number =>
  indexFrom(hours, before) - indexFrom(hours, from);

export const forgetBefore = (hours: SeenHours, hour: number): void => {
  hours.splice(0, indexFrom(hours, hour));
};

/** The first of the hours without a break that lead to this one, at most `longest` of them with it. */
export function startOfBout(hours: SeenHours, hour: number, longest: number): number {
  let start = hour;
  for (let index = indexFrom(hours, hour) - 1; index >= 0 && hour - start + 1 < longest; index--) {
    if (hourAt(hours, index) !== start - 1) break;
    start--;
  }
  return start;
}
