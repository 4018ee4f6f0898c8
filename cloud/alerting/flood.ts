/**
 * A storm of incidents must not ring a telephone a hundred times: so many alerts reach one person in a while, then one
 * word that there is more, then nothing until it is calmer. The queue on the desk holds everything.
 */

/** In the clock of the site. */
export const WINDOW_MS = 10 * 60_000;
export const MAX_IN_WINDOW = 20;

export type Admission = 'say' | 'say-there-is-more' | 'leave';

export class Flood {
  /** When each person was told of something, oldest first; one more than allowed is the word that there is more. */
  readonly #told = new Map<string, number[]>();

  admit(account: string, now: number): Admission {
    const recent = (this.#told.get(account) ?? []).filter((at) => at > now - WINDOW_MS && at <= now);
    this.#told.set(account, recent);
    if (recent.length > MAX_IN_WINDOW) return 'leave';
    recent.push(now);
    return recent.length > MAX_IN_WINDOW ? 'say-there-is-more' : 'say';
  }
}
