import type { AssetState } from './contract.ts';

/** One property of one asset is told at most this often: a flapping contact must not drown the others. */
export const TELL_EVERY_MS = 250;

interface Told {
  site: string;
  asset: string;
  state: AssetState;
}

/** Passes asset states on, each property at most so often; the newest is never lost, only what was overtaken. */
export class AssetUpdates {
  readonly #tell: (update: Told) => void;
  /** By asset and property: what waits for its turn, or nothing where it was told just now. */
  readonly #waiting = new Map<string, Told | undefined>();
  readonly #timers = new Set<NodeJS.Timeout>();
  overtaken = 0;

  constructor(tell: (update: Told) => void) {
    this.#tell = tell;
  }

  take(update: Told): void {
    const key = `${update.asset}\n${update.state.property}`;
    if (!this.#waiting.has(key)) {
      this.#tell(update);
      this.#rest(key);
      return;
    }
    if (this.#waiting.get(key) !== undefined) this.overtaken++;
    this.#waiting.set(key, update);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#waiting.clear();
  }

  #rest(key: string): void {
    this.#waiting.set(key, undefined);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      const update = this.#waiting.get(key);
      this.#waiting.delete(key);
      if (update === undefined) return;
      this.#tell(update);
      this.#rest(key);
    }, TELL_EVERY_MS);
    timer.unref();
    this.#timers.add(timer);
  }
}
