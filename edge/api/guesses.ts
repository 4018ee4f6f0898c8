/** Wrong PINs in a row before a name is locked, and before an address is. */
export const FREE_GUESSES_PER_NAME = 5;
export const FREE_GUESSES_PER_ADDRESS = 15;
/** The first lock; each further wrong PIN doubles it. */
export const FIRST_LOCK_MS = 60_000;
export const LONGEST_LOCK_MS = 4 * 3_600_000;
/** Wrong PINs are forgotten this long after the last one and the end of its lock. */
const FORGET_AFTER_MS = 24 * 3_600_000;
/** Names and addresses remembered; the one that waited longest goes first. */
const MAX_ENTRIES = 10_000;

interface Wrong {
  count: number;
  lockedUntilMs: number;
  lastMs: number;
}

/**
 * Locks a name, and an address, after some wrong PINs: a PIN has few digits, so that time is what protects it. Names
 * are counted apart for the site and for outside, so that nobody outside can lock staff out of their own alarm.
 */
export class GuessGuard {
  readonly #wrong = new Map<string, Wrong>();
  readonly #nowMs: () => number;

  /** @param nowMs a time that never jumps, in milliseconds */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** How long this guess has to wait, in milliseconds; 0 when it may be made. */
  waitMs(name: string, ip: string, from: 'site' | 'outside'): number {
    const until = (key: string) => this.#wrong.get(key)?.lockedUntilMs ?? 0;
    return Math.max(0, until(keyOfName(name, from)) - this.#nowMs(), until(ip) - this.#nowMs());
  }

  /** Counts a guess before it is checked, so that many at once are not all free. */
  begin(name: string, ip: string, from: 'site' | 'outside'): void {
    this.#count(keyOfName(name, from), FREE_GUESSES_PER_NAME);
    this.#count(ip, FREE_GUESSES_PER_ADDRESS);
  }

  /** It was right: the name starts anew, and the address has one wrong guess less. */
  right(name: string, ip: string, from: 'site' | 'outside'): void {
    this.#wrong.delete(keyOfName(name, from));
    const address = this.#wrong.get(ip);
    if (address === undefined) return;
    // One right PIN must not wash away the guesses at all the others' names.
    address.count--;
    address.lockedUntilMs = 0;
    if (address.count <= 0) this.#wrong.delete(ip);
  }

  #count(key: string, free: number): void {
    const now = this.#nowMs();
    const before = this.#wrong.get(key);
    const isForgotten =
      before === undefined || now - Math.max(before.lastMs, before.lockedUntilMs) > FORGET_AFTER_MS;
    const count = isForgotten ? 1 : before.count + 1;
    const beyond = count - free;
    const lockMs = beyond < 0 ? 0 : Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** Math.min(beyond, 16));
    this.#wrong.delete(key);
    this.#wrong.set(key, { count, lastMs: now, lockedUntilMs: now + lockMs });
    if (this.#wrong.size <= MAX_ENTRIES) return;
    const oldest = this.#wrong.keys().next().value;
    if (oldest !== undefined) this.#wrong.delete(oldest);
  }
}

const keyOfName = (name: string, from: 'site' | 'outside') => `${from} ${name.toLowerCase()}`;
