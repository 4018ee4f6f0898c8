import { setTimeout as delay } from 'node:timers/promises';
import type { CameraSession } from './camera-session.ts';
import { isOtherCertificate } from './certificate-trust.ts';
import type { Pulled } from './pulled.ts';
import { afterFault, faultOf, mustRenew, type PullFault } from './subscription-policy.ts';

/** A camera that answers every pull at once with nothing is asked no more often than this, real ms. */
const PULL_AT_MOST_EVERY_MS = 100;
/** Pause before another try on the same session, times the faults in a row. */
const RETRY_AFTER_MS = 300;

/**
 * A pull lasts a minute, and a cut cable says nothing: so long as it lasts, the camera is asked this often whether it is
 * there, and counts as gone after so many questions without an answer.
 */
const ASK_EVERY_MS = 10_000;
const GONE_AFTER_QUESTIONS = 2;

export interface ListenOptions {
  session: CameraSession;
  onSubscribed(address: string): void;
  onPulled(pulled: Pulled): void;
  signal: AbortSignal;
}

/**
 * Keeps one subscription and one pull under way, until the signal or until the session is of no more use.
 * @throws the fault that ended it
 */
export async function listen({ session, onSubscribed, onPulled, signal }: ListenOptions): Promise<void> {
  let madeAtMs = 0;
  let remainingMs: number | undefined;
  const subscribe = async () => {
    const made = await session.subscribe();
    madeAtMs = performance.now();
    remainingMs = made.remainingMs;
    onSubscribed(made.address);
    // States that the camera has not told by itself; one that doesn't know the call tells them all the same.
    await session.synchronize().catch(() => {});
  };
  const renew = async () => {
    try {
      remainingMs = await session.renew();
    } catch (error) {
      // By Core 25.06 there is no Renew for pull points: pulling keeps them. Whether that is so, the next pull shows.
      if (faultOf(error) !== 'faulted') throw error;
    }
    madeAtMs = performance.now();
  };
  const stopped = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });

  await subscribe();
  const faults = new Map<PullFault, number>();
  while (!signal.aborted) {
    const begunAtMs = performance.now();
    try {
      if (mustRenew({ ageMs: begunAtMs - madeAtMs, remainingMs })) await renew();
      const asking = new AbortController();
      const pulled = await Promise.race([session.pull(), stopped, gone(session, asking.signal)]).finally(() =>
        asking.abort(),
      );
      if (pulled === undefined) return;
      faults.clear();
      remainingMs = pulled.remainingMs;
      onPulled(pulled);
    } catch (error) {
      if (signal.aborted) return;
      // Nobody waits whether somebody in between goes away by himself.
      if (isOtherCertificate(error)) throw error;
      const fault = faultOf(error);
      const inARow = (faults.get(fault) ?? 0) + 1;
      faults.set(fault, inARow);
      const next = afterFault(fault, inARow);
      if (next === 'begin-anew') throw error;
      await delay(RETRY_AFTER_MS * inARow, undefined, { signal }).catch(() => {});
      if (next === 'measure-clock') await session.measureClock();
      if (next === 'subscribe-again') {
        // It may be there still: a camera has few of them.
        await session.unsubscribe().catch(() => {});
        await subscribe();
      }
    }
    const restMs = PULL_AT_MOST_EVERY_MS - (performance.now() - begunAtMs);
    if (restMs > 0) await delay(restMs, undefined, { signal }).catch(() => {});
  }
}

/** Rejects once the camera has not answered; never resolves. Any answer will do, a refusal as well. */
async function gone(session: CameraSession, signal: AbortSignal): Promise<never> {
  let unanswered = 0;
  while (!signal.aborted) {
    await delay(ASK_EVERY_MS, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    try {
      await session.proveAlive();
      unanswered = 0;
    } catch (error) {
      if (isOtherCertificate(error) && !signal.aborted) throw error;
      const fault = faultOf(error);
      unanswered = fault === 'unreachable' ? unanswered + 1 : 0;
      if (unanswered >= GONE_AFTER_QUESTIONS && !signal.aborted) throw new CameraGone();
    }
  }
  return new Promise<never>(() => {});
}

/** Its words are none that another fault has. */
class CameraGone extends Error {
  constructor() {
    super('the camera does not answer any more');
    this.name = 'CameraGone';
  }
}
