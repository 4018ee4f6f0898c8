/** Looks through what the store holds of the last days for what new indicators match, bit by bit. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Clock } from '../../devices/model/clock.ts';
import type { IntelligenceMonitor } from '../monitors/intelligence.ts';
import type { Store } from '../store/store.ts';
import { lookedAt } from './matching/observable.ts';

const DAY_MS = 24 * 3_600_000;
/** Observations read at a time; in between others get their turn. */
const AT_ONCE = 1_000;
/** Observations of one hunt, the newest. */
export const MAX_HUNTED = 500_000;

export interface HuntParts {
  store: Pick<Store, 'observations'>;
  monitor: IntelligenceMonitor;
  clock: Clock;
  days: number;
  wake(): void;
  signal: AbortSignal;
}

export class Hunt {
  readonly #parts: HuntParts;
  #running: Promise<void> | undefined;
  #again = false;
  /** Whether the last one ended at its bound. */
  wasCut = false;

  constructor(parts: HuntParts) {
    this.#parts = parts;
  }

  /** Begins, or begins again once the one under way has ended. */
  begin(): void {
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  async settled(): Promise<void> {
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#parts;
    while (this.#again && !signal.aborted) {
      this.#again = false;
      await this.#once();
    }
  }

  async #once(): Promise<void> {
    const { store, monitor, clock, days, wake, signal } = this.#parts;
    const from = clock.now() - days * DAY_MS;
    let to = Number.MAX_SAFE_INTEGER;
    let limit = AT_ONCE;
    let looked = 0;
    this.wasCut = false;
    while (!signal.aborted) {
      const some = store.observations({ kinds: lookedAt, from, to, limit });
      if (monitor.hunted(some)) wake();
      looked += some.length;
      const oldest = some.at(-1)?.observedAt;
      if (some.length < limit || oldest === undefined) return;
      if (looked >= MAX_HUNTED) {
        this.wasCut = true;
        return;
      }
      // The moment of the oldest may hold more: read once more, from there on, more at a time where it fills a page.
      limit = oldest === to ? limit * 2 : AT_ONCE;
      to = oldest;
      await breathe();
    }
  }
}
