import { setTimeout as wait } from 'node:timers/promises';

/** A store that refuses (a full disk) is asked again, in real time. */
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;

/** Asks a store until it takes something: what was judged must be stored, for the monitors would not say it again. */
export class Insistence {
  readonly #signal: AbortSignal;
  #problem: string | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Why it refuses at the moment. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** @throws where the signal ends it */
  async untilStored<Value>(put: () => Promise<Value>): Promise<Value> {
    const signal = this.#signal;
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS)) {
      try {
        const value = await put();
        this.#problem = undefined;
        return value;
      } catch (error) {
        this.#problem = error instanceof Error ? error.message : String(error);
        signal.throwIfAborted();
        await wait(delayMs, undefined, { signal });
      }
    }
  }
}
