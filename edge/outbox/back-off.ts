/** Waiting between attempts to connect: longer each time, never in step with others, and cut short by good news. */
import { type Machine, realMachine } from './machine.ts';

/** Delay before attempt `attempt` (0 is the first repetition): anything up to a limit that doubles. `random` in [0, 1). */
export const backOffMs = (
  attempt: number,
  { firstMs, mostMs }: { firstMs: number; mostMs: number },
  random: number,
): number => Math.round(random * Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 30)));

/** A sleep that can be ended early. */
export class Pause {
  readonly #after: Machine['after'];
  #wake: (() => void) | undefined;

  constructor(after: Machine['after'] = realMachine.after) {
    this.#after = after;
  }

  wake(): void {
    this.#wake?.();
  }

  /** Resolves after `ms` of real time, at `wake`, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        signal.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      const cancel = this.#after(ms, done);
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
