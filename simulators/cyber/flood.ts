import type { Clock } from '../../devices/model/clock.ts';
import { pause } from './visitor.ts';

export interface Flood {
  readonly url: string;
  readonly path: string;
  /** Addresses that it comes from. */
  readonly from: readonly string[];
  readonly agent: string;
  /** In the world's time. */
  readonly perSecond: number;
  readonly lastsMs: number;
}

/** Requests without an answer yet, at most: a real flood is many machines, this one is one process. */
const MOST_AT_ONCE = 96;
/** How often its pace is looked at, ms of the world. */
const STEP_MS = 1_000;
/** A machine that falls behind the world's clock floods for longer, so many times, until all has been asked. */
const MOST_STRETCHED = 4;
const ANSWER_WITHIN_MS = 10_000;

/**
 * Many addresses ask for one thing, far faster than people do, and wait for no answer before they ask again: a server
 * that is slow gets more than it can answer. Returns when all have been answered, or have given up.
 */
export async function flood(
  { url, path, from, agent, perSecond, lastsMs }: Flood,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const begunAt = clock.now();
  const wanted = Math.round((perSecond * lastsMs) / 1_000);
  const waiting = new Set<Promise<unknown>>();
  let sent = 0;
  while (sent < wanted && clock.now() < begunAt + lastsMs * MOST_STRETCHED && !signal.aborted) {
    const due = Math.min(wanted, Math.ceil((perSecond * (clock.now() - begunAt + STEP_MS)) / 1_000));
    for (; sent < due && waiting.size < MOST_AT_ONCE; sent++) {
      const asked = fetch(url + path, {
        headers: { 'x-forwarded-for': from[sent % from.length] ?? '', 'user-agent': agent },
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      })
        .then((response) => response.arrayBuffer())
        .catch(() => undefined)
        .finally(() => waiting.delete(asked));
      waiting.add(asked);
    }
    if (waiting.size >= MOST_AT_ONCE) await Promise.race(waiting);
    else await pause(clock, STEP_MS, signal);
  }
  await Promise.all(waiting);
}
