/** Wrong passwords in a row for one name before it is locked for a while. */
export const MAX_FAILURES_PER_ACCOUNT = 5;
/** The first lock of a name; each further wrong password doubles it. */
export const FIRST_LOCK_MS = 30_000;
export const LONGEST_LOCK_MS = 15 * 60_000;
/** Wrong passwords from one address, whatever the names, within the window. */
export const MAX_FAILURES_PER_ADDRESS = 30;
export const ADDRESS_WINDOW_MS = 15 * 60_000;
/** A name without a wrong password for this long begins anew. */
const FORGIVEN_AFTER_MS = 24 * 3_600_000;
/** Names and addresses that are remembered; beyond it those quiet for longest are forgotten. */
const MAX_REMEMBERED = 10_000;

interface Failures {
  count: number;
  /** Of the first that counts. */
  since: number;
  last: number;
}

/**
 * Slows guessing down: by name, whoever guesses, and by address, whatever is guessed. Names that there are not
 * are counted like those that there are, so that nobody learns which is which. Pure but for its memory.
 */
export class SignInThrottle {
  readonly #byName = new Map<string, Failures>();
  readonly #byAddress = new Map<string, Failures>();
  readonly #nowMs: () => number;

  /** @param nowMs a clock that only runs forward */
  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /**
   * Before a password is looked at: how long to wait, or 0. Until it is `proven` it counts as wrong, so that a
   * hundred guesses at once are a hundred guesses.
   */
  begin(name: string, address: string): number {
    const now = this.#nowMs();
    const waitMs = Math.max(this.#lockOfName(name, now), this.#lockOfAddress(address, now));
    if (waitMs > 0) return waitMs;
    count(this.#byName, name, now, FORGIVEN_AFTER_MS);
    count(this.#byAddress, address, now, ADDRESS_WINDOW_MS);
    return 0;
  }

  /** The password was right. */
  proven(name: string, address: string): void {
    this.#byName.delete(name);
    this.#lessOf(address);
  }

  /** It was not looked at after all. */
  undone(name: string, address: string): void {
    const failures = this.#byName.get(name);
    if (failures !== undefined) failures.count = Math.max(0, failures.count - 1);
    this.#lessOf(address);
  }

  #lessOf(address: string): void {
    const failures = this.#byAddress.get(address);
    if (failures !== undefined) failures.count = Math.max(0, failures.count - 1);
  }

  #lockOfName(name: string, now: number): number {
    const failures = this.#byName.get(name);
    if (failures === undefined || failures.count < MAX_FAILURES_PER_ACCOUNT) return 0;
    const doublings = Math.min(failures.count - MAX_FAILURES_PER_ACCOUNT, 16);
    return failures.last + Math.min(FIRST_LOCK_MS * 2 ** doublings, LONGEST_LOCK_MS) - now;
  }

  #lockOfAddress(address: string, now: number): number {
    const failures = this.#byAddress.get(address);
    if (failures === undefined || failures.count < MAX_FAILURES_PER_ADDRESS) return 0;
    return failures.since + ADDRESS_WINDOW_MS - now;
  }
}

function count(into: Map<string, Failures>, key: string, now: number, forgivenAfterMs: number): void {
  const known = into.get(key);
  const isOver = known === undefined || now - known.since > forgivenAfterMs;
  const failures = isOver
    ? { count: 1, since: now, last: now }
    : { ...known, count: known.count + 1, last: now };
  into.delete(key);
  into.set(key, failures);
  if (into.size <= MAX_REMEMBERED) return;
  const quietest = into.keys().next().value;
  if (quietest !== undefined) into.delete(quietest);
}
