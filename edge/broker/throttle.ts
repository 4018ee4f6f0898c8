/** Wrong guesses before an address has to wait with one user name, and with all of them. */
export const FREE_GUESSES_PER_NAME = 5;
export const FREE_GUESSES_PER_ADDRESS = 50;
const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 60_000;
/** Wrong guesses are forgotten when there was none for this long. */
const FORGET_AFTER_MS = 15 * 60_000;
/** Entries remembered; the oldest goes first. */
const MAX_ENTRIES = 10_000;

interface Guesses {
  count: number;
  lastMs: number;
  blockedUntilMs: number;
}

/**
 * Slows down who guesses passwords: by address and user name, and by address alone but with more patience, so
 * that one misconfigured device does not lock out the others behind the same address.
 */
export class GuessThrottle {
  readonly #guesses = new Map<string, Guesses>();
  readonly #nowMs: () => number;

  /** @param nowMs a time that never jumps, in milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** How long this guess has to wait, in milliseconds; 0 when it may be made. */
  waitMs(address: string, username: string): number {
    const now = this.#nowMs();
    const until = (key: string) => this.#guesses.get(key)?.blockedUntilMs ?? 0;
    return Math.max(0, until(address) - now, until(`${address} ${username}`) - now);
  }

  /** Counts a guess against the name before it is checked, so that many at once are not all free. */
  begin(address: string, username: string): void {
    this.#count(`${address} ${username}`, FREE_GUESSES_PER_NAME);
  }

  wrong(address: string): void {
    this.#count(address, FREE_GUESSES_PER_ADDRESS);
  }

  right(address: string, username: string): void {
    this.#guesses.delete(`${address} ${username}`);
  }

  #count(key: string, free: number): void {
    const now = this.#nowMs();
    const before = this.#guesses.get(key);
    const count = before === undefined || now - before.lastMs > FORGET_AFTER_MS ? 1 : before.count + 1;
    const beyond = count - free;
    const waitMs = beyond <= 0 ? 0 : Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(beyond - 1, 16));
    this.#guesses.delete(key);
    this.#guesses.set(key, { count, lastMs: now, blockedUntilMs: now + waitMs });
    if (this.#guesses.size <= MAX_ENTRIES) return;
    const oldest = this.#guesses.keys().next().value;
    if (oldest !== undefined) this.#guesses.delete(oldest);
  }
}
