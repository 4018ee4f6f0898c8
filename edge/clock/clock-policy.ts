/** Whether the system's clock is believed, and what that means for ours. Pure. */

/**
 * `system`: believed unless it lies behind what was already recorded, or in no year in which this software can run.
 * `synchronized`: believed only once the system says that a time server has set it.
 */
export type ClockMode = 'system' | 'synchronized';

/** This software is not older; a machine without a battery for its clock begins in 1970, or when its firmware was made. */
export const EARLIEST_MS = Date.UTC(2026, 0, 1);
/** A clock that is further ahead than any gateway lasts is wrong, whoever says so. */
export const LATEST_MS = Date.UTC(2046, 0, 1);
/** Up to here ours approaches the system's gradually; more is a step, which is told. */
export const SLEW_WITHIN_MS = 10_000;
/** At most this part of time is added or left out while ours approaches: a delay of 30 s is wrong by 0.15 s. */
export const SLEW_RATE = 0.005;

export interface ClockReading {
  mode: ClockMode;
  /** What the system's clock shows, in ms since 1970. */
  systemMs: number;
  /** The system says that a time server has set its clock. */
  isSynchronized: boolean;
  /** What ours shows; never before the newest time that was recorded. */
  ownMs: number;
  /** Ours was believed until now. */
  wasSet: boolean;
}

export type ClockVerdict =
  | { quality: 'set'; act: 'slew' | 'step'; differenceMs: number }
  | { quality: 'unset'; because: string; differenceMs: number };

export const isPlausible = (atMs: number): boolean => atMs >= EARLIEST_MS && atMs < LATEST_MS;

/** What to make of the system's clock now. `differenceMs` is the system's less ours. */
export function judgeClock({ mode, systemMs, isSynchronized, ownMs, wasSet }: ClockReading): ClockVerdict {
  const differenceMs = systemMs - ownMs;
  const unset = (because: string): ClockVerdict => ({ quality: 'unset', because, differenceMs });
  if (!isPlausible(systemMs))
    return unset(`the system's clock says ${new Date(systemMs).getUTCFullYear()}, which can't be`);
  const isNear = Math.abs(differenceMs) <= SLEW_WITHIN_MS;
  if (!isSynchronized) {
    // Once set, ours has gone on well by itself: that a time server is away does not make it wrong.
    if (mode === 'synchronized' && !(wasSet && isNear)) return unset('no time server has set it');
    if (!isNear && differenceMs < 0) return unset("the system's clock is behind what was already recorded");
  }
  return { quality: 'set', act: isNear ? 'slew' : 'step', differenceMs };
}
