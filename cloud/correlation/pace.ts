import type { Pace } from './memory.ts';

/** Incidents of up to so many detections are told anew at every change. */
export const ALWAYS_TOLD = 16;
/** A larger one is told again when it has grown by this part of itself… */
export const GROWN_BY = 1 / 4;
/** …as long as it was smaller than this when it was told last… */
export const TOLD_BY_GROWTH = 1_000;
/**
 * …or so long after it was last told, for each detection in it. To tell one costs less than a twentieth of that, so
 * an attack that goes on for days never takes more than a small part of the machine.
 */
export const PAUSE_PER_DETECTION_MS = 2;

/** A component as far as its pace goes. */
export interface Paced {
  /** How many detections it holds, and the rank of its highest severity. */
  readonly size: number;
  readonly worst: number;
  /** How it was when it was told last. */
  readonly pace: Pace | undefined;
}

/** Whether a component that changed should be told now; always at once when it has become graver. Pure. */
export function isDue({ size, worst, pace }: Paced, nowMs: number): boolean {
  if (pace === undefined || worst > pace.worst) return true;
  if (pace.size < TOLD_BY_GROWTH && size >= pace.size * (1 + GROWN_BY)) return true;
  return nowMs - pace.atMs >= size * PAUSE_PER_DETECTION_MS;
}

/** To keep of a component that is told now. */
export const paceOf = ({ size, worst }: Pick<Paced, 'size' | 'worst'>, nowMs: number): Pace | undefined =>
  size <= ALWAYS_TOLD ? undefined : { size, worst, atMs: nowMs };
