/** Where the time slider goes next. Pure. */
import type { HistoryMark } from '../../../../cloud/api/contract.ts';

/** Speeds, seconds of the past in a second of watching. */
export const speeds = [60, 300, 1_800, 7_200] as const;
export type Speed = (typeof speeds)[number];

/** The slider's step: what is shown is no finer. */
export const STEP_MS = 60_000;

export const stepped = (at: number, from: number, to: number): number =>
  Math.max(from, Math.min(to, Math.round(at / STEP_MS) * STEP_MS));

/** The mark before or after a moment; one that is less than a step away is where we are. */
export function neighbour(
  marks: readonly HistoryMark[],
  at: number,
  direction: 'before' | 'after',
): HistoryMark | undefined {
  return direction === 'after'
    ? marks.find((mark) => mark.at > at + STEP_MS)
    : marks.findLast((mark) => mark.at < at - STEP_MS);
}

const ranks = ['info', 'low', 'medium', 'high', 'critical'];

/** Marks that would cover one another on a bar are one: the gravest of them. Places are parts of the bar, 0 to 1. */
export function spread(
  marks: readonly HistoryMark[],
  from: number,
  to: number,
  apart: number,
): { place: number; mark: HistoryMark; count: number }[] {
  const shown: { place: number; mark: HistoryMark; count: number }[] = [];
  for (const mark of marks) {
    const place = (mark.at - from) / Math.max(1, to - from);
    const last = shown.at(-1);
    if (last === undefined || place - last.place >= apart) shown.push({ place, mark, count: 1 });
    else {
      last.count++;
      if (ranks.indexOf(mark.severity) > ranks.indexOf(last.mark.severity)) last.mark = mark;
    }
  }
  return shown;
}
