/** Kept states after a step of the clock: what was noted on the timeline it has left goes over to the new one. Pure. */
import type { ClockChange } from './steady-clock.ts';

/** States hold deadlines too; none lies further ahead than this. */
const MAX_DEADLINE_MS = 48 * 3_600_000;

/** Moves what was noted on the timeline that the clock has left; leaves all else as it is. */
export type MoveInstants = (value: unknown) => unknown;

/**
 * What moves one state, of any shape. A whole number between the first instant of this life and the latest deadline
 * is an instant: no duration, count or measured value is that large (the year 2026 is 1.7e12 ms after 1970). What an
 * earlier life has noted is not moved: that life knew its time.
 */
export function instantMover({ correctionMs, from, until }: ClockChange): MoveInstants {
  const latest = until + MAX_DEADLINE_MS;
  const move: MoveInstants = (value) => {
    if (typeof value === 'number')
      return Number.isInteger(value) && value >= from && value <= latest ? value + correctionMs : value;
    if (Array.isArray(value)) return value.map(move);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, move(field)]));
  };
  return move;
}

/** One instant, moved; before all time stays before all time. */
export function moved(at: number, move: MoveInstants): number {
  const to = move(at);
  return typeof to === 'number' ? to : at;
}
