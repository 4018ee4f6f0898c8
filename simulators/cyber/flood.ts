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

/** Requests at once, at most: a real flood is many machines, this one is one process. */
const MOST_AT_ONCE = 48;
/** How often its pace is looked at, ms of the world. */
const STEP_MS = 1_000;
const ANSWER_WITHIN_MS = 10_000;

/** Many addresses ask for one thing, far faster than people do. */
export async function flood(
  { url, path, from, agent, perSecond, lastsMs }: Flood,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const endsAt = clock.now() + lastsMs;
  let sent = 0;
  while (clock.now() < endsAt && !signal.aborted) {
    const stepAt = clock.now();
    for (let left = (perSecond * STEP_MS) / 1_000; left > 0 && !signal.aborted; left -= MOST_AT_ONCE) {
      const asked = Array.from({ length: Math.min(left, MOST_AT_ONCE) }, () => {
        const address = from[sent++ % from.length] ?? '';
        return fetch(url + path, {
          headers: { 'x-forwarded-for': address, 'user-agent': agent },
          signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
        })
          .then((response) => response.arrayBuffer())
          .catch(() => undefined);
      });
      await Promise.all(asked);
    }
    await pause(clock, Math.max(0, stepAt + STEP_MS - clock.now()), signal);
  }
}
