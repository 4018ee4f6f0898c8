import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../devices/model/clock.ts';
import { TokenBucket } from '../sources/token-bucket.ts';
import type { Store } from '../store/store.ts';
import { MAX_PASSWORD_LENGTH, PasswordCheck, TooManyGuesses } from './password.ts';
import { Problem } from './problem.ts';
import type { Caller } from './route.ts';
import { SignInThrottle } from './throttle.ts';

const TOKEN_BYTES = 32;
/** Sessions whose last use is remembered; beyond it the one unused for longest must sign in again. */
const MAX_SESSIONS = 10_000;

export interface SessionsOptions {
  store: Pick<Store, 'account' | 'session' | 'putSession' | 'endSession' | 'audit'>;
  clock: Clock;
  /** In real time. */
  lifetimeMs: number;
  idleMs: number;
  /** A session is over, for whatever reason. */
  onEnded(session: string): void;
}

/** Attempts at a locked name that are written down: all of a person's, and no flood's. */
const LOCKED_AUDITS_PER_SECOND = 0.2;
const LOCKED_AUDITS_BURST = 50;

/** In place of a last use. */
const ENDED = Number.NEGATIVE_INFINITY;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/**
 * Who is signed in. The cookie holds a random secret, the store its hash, and the token against forged requests
 * follows from the secret: whoever reads the store can neither sign in nor act.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #check = new PasswordCheck();
  readonly #throttle: SignInThrottle;
  readonly #lockedAudits = new TokenBucket(LOCKED_AUDITS_PER_SECOND, LOCKED_AUDITS_BURST);
  /** Last use by session, the one unused for longest first; one from before this process counts from its first use. */
  readonly #usedAt = new Map<string, number>();

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#throttle = new SignInThrottle(() => this.#elapsedMs());
  }

  /**
   * The new session's secret, and who it is.
   * @throws Problem when name or password is wrong, or too many were
   */
  async signIn(name: string, password: string, from: string): Promise<{ secret: string; caller: Caller }> {
    const { store, clock, lifetimeMs } = this.#options;
    const audit = (action: string) =>
      store.audit({ at: clock.now(), by: name, from, action, about: 'session' });
    const waitMs = this.#throttle.begin(name, from);
    if (waitMs > 0) {
      // Nothing was checked, so this costs whoever asks next to nothing: the trail must not fill the disk by it.
      if (this.#lockedAudits.tryTake(1)) await audit('sign-in.locked');
      const retryAfterSeconds = Math.ceil(waitMs / 1_000);
      throw new Problem(
        429,
        'locked',
        `Too many wrong passwords. Try again in ${spell(retryAfterSeconds)}.`,
        {
          retryAfterSeconds,
        },
      );
    }
    const account = store.account(name);
    if (!(await this.#matches(name, password, account?.passwordHash, from)) || account === undefined) {
      await audit('sign-in.failed');
      throw new Problem(401, 'wrong-password', 'Name or password is wrong.');
    }
    this.#throttle.proven(name, from);
    const secret = randomBytes(TOKEN_BYTES).toString('base64url');
    const session = hashOf(secret);
    // The store goes by the installation's clock, which may run faster than people do.
    const expiresAt = clock.now() + lifetimeMs * clock.rate;
    await audit('signed-in');
    await store.putSession(session, name, expiresAt);
    this.#use(session);
    return { secret, caller: { name, role: account.role, session, token: tokenOf(secret), expiresAt } };
  }

  async #matches(name: string, password: string, stored: string | undefined, from: string): Promise<boolean> {
    if (password.length > MAX_PASSWORD_LENGTH) return false;
    try {
      return await this.#check.matches(password, stored);
    } catch (error) {
      if (!(error instanceof TooManyGuesses)) throw error;
      this.#throttle.undone(name, from);
      throw new Problem(503, 'busy', 'Too many people sign in right now. Try again in a moment.', {
        retryAfterSeconds: 2,
      });
    }
  }

  /** Whose secret it is, as long as the session lives; using it keeps it alive. */
  find(secret: string | undefined): Caller | undefined {
    if (secret === undefined) return undefined;
    const session = hashOf(secret);
    const found = this.#alive(session);
    if (found === undefined) return undefined;
    this.#use(session);
    return { ...found, session, token: tokenOf(secret) };
  }

  /** Whether a session still lives. Asking does not keep it alive. */
  isAlive(session: string): boolean {
    return this.#alive(session) !== undefined;
  }

  /** Dead at once: the same secret opens nothing any more. */
  async end(session: string): Promise<void> {
    // Dead here before the store has said so, and for good should it never say so.
    this.#usedAt.set(session, ENDED);
    this.#options.onEnded(session);
    await this.#options.store.endSession(session);
    this.#usedAt.delete(session);
  }

  #alive(session: string): Pick<Caller, 'name' | 'role' | 'expiresAt'> | undefined {
    const { store, clock, idleMs } = this.#options;
    const kept = store.session(session);
    // The role of now, not of when it began: who lost an account is out.
    const account = kept === undefined ? undefined : store.account(kept.account);
    if (kept === undefined || account === undefined || kept.expiresAt <= clock.now()) return undefined;
    const used = this.#usedAt.get(session);
    if (used === ENDED) return undefined;
    if (used !== undefined && this.#elapsedMs() - used > idleMs) {
      // Also in the store, so that no restart makes it young again.
      this.end(session).catch(() => undefined);
      return undefined;
    }
    return { name: account.name, role: account.role, expiresAt: kept.expiresAt };
  }

  #use(session: string): void {
    this.#usedAt.delete(session);
    this.#usedAt.set(session, this.#elapsedMs());
    if (this.#usedAt.size <= MAX_SESSIONS) return;
    const [unused] = this.#usedAt.keys();
    if (unused !== undefined) this.end(unused).catch(() => undefined);
  }

  #elapsedMs(): number {
    const { clock } = this.#options;
    return clock.monotonicMs() / clock.rate;
  }
}

const tokenOf = (secret: string): string =>
  createHmac('sha256', secret).update('gatehouse request token').digest('base64url');

/** Whether a request's token is the session's; takes as long wherever they differ. */
export function isToken(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(expected));
}

const spell = (seconds: number): string =>
  seconds < 60 ? `${seconds} seconds` : seconds < 120 ? 'a minute' : `${Math.ceil(seconds / 60)} minutes`;
