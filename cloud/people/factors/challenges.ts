import { TooMany } from '../too-many.ts';

/** How long somebody may take to touch a key or to come back from another page, in real time. */
export const CHALLENGE_MS = 5 * 60_000;
/** Challenges that wait; beyond it the oldest are forgotten. */
export const MAX_CHALLENGES = 5_000;
/** Asked for from one address while they wait. */
export const MAX_CHALLENGES_PER_ADDRESS = 200;

/** What was asked of somebody and waits for its answer: each counts once, for a while. */
export class Challenges<Value> {
  readonly #elapsedMs: () => number;
  readonly #waiting = new Map<string, { value: Value; from: string; until: number }>();

  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  /** @throws TooMany */
  put(id: string, value: Value, from: string): void {
    const now = this.#elapsedMs();
    let own = 0;
    for (const [key, one] of this.#waiting) {
      if (one.until <= now) this.#waiting.delete(key);
      else if (one.from === from) own++;
    }
    if (own >= MAX_CHALLENGES_PER_ADDRESS) throw new TooMany('sign-ins begun from one address');
    this.#waiting.set(id, { value, from, until: now + CHALLENGE_MS });
    const oldest = this.#waiting.keys().next();
    if (this.#waiting.size > MAX_CHALLENGES && oldest.done !== true) this.#waiting.delete(oldest.value);
  }

  /** Its value, once. */
  take(id: string): Value | undefined {
    const found = this.#waiting.get(id);
    this.#waiting.delete(id);
    return found === undefined || found.until <= this.#elapsedMs() ? undefined : found.value;
  }
}
