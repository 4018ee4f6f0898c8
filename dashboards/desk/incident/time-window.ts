/** The part of an incident's time that is looked at. Pure, in ms. */

export interface TimeWindow {
  from: number;
  to: number;
}

/** Closer nobody can look: two steps of one second are apart. */
const LEAST_MS = 2_000;

/** Around its middle; never beyond the whole. */
export function zoomed({ from, to }: TimeWindow, by: number, whole: TimeWindow): TimeWindow {
  const middle = (from + to) / 2;
  const span = Math.min(whole.to - whole.from, Math.max(LEAST_MS, (to - from) * by));
  return within({ from: middle - span / 2, to: middle + span / 2 }, whole);
}

/** By a part of what is seen; negative: earlier. */
export const moved = ({ from, to }: TimeWindow, by: number, whole: TimeWindow): TimeWindow =>
  within({ from: from + (to - from) * by, to: to + (to - from) * by }, whole);

function within({ from, to }: TimeWindow, whole: TimeWindow): TimeWindow {
  const shift = from < whole.from ? whole.from - from : to > whole.to ? whole.to - to : 0;
  return { from: Math.max(whole.from, from + shift), to: Math.min(whole.to, to + shift) };
}
