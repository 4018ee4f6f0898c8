import type { Clock } from '../../devices/model/clock.ts';

/**
 * A duration of the site's world, but never shorter than `realMs` outside it: where a day is run faster,
 * programs and cables are not.
 */
export const atLeastReal = (clock: Clock, siteMs: number, realMs: number): number =>
  Math.max(siteMs, realMs * clock.rate);

/** Resolves after this much of the clock's time, or once the signal is aborted. */
export const rest = (clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = clock.schedule(delayMs, done);
    signal.addEventListener('abort', done, { once: true });
  });
