import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import type { Accounts, WholeAccount } from '../people/accounts.ts';
import { TokenBucket } from '../sources/token-bucket.ts';
import type { Role, Store } from '../store/store.ts';
import { MAX_PASSWORD_LENGTH, PasswordCheck, TooManyGuesses } from './password.ts';
import { Problem } from './problem.ts';
import type { Caller } from './route.ts';
import type { Scopes } from './scope.ts';
import { SignInThrottle } from './throttle.ts';

const TOKEN_BYTES = 32;
/** Sessions whose last use is remembered; beyond it the one unused for longest must sign in again. */
const MAX_SESSIONS = 10_000;

/** Sessions of one account that are listed, and of all that are looked at for it. */
const MAX_LISTED = 100;
const KIND = 'session';

/** How somebody proved who they are. */
export const signInMethods = [
  'password',
  'password-and-code',
  'password-and-recovery-code',
  'passkey',
  'openid-connect',
  /** The identity provider vouches for a second factor. */
  'openid-connect-strong',
  'invitation',
] as const;
export type SignInMethod = (typeof signInMethods)[number];

/** Where a request comes from, as far as anybody can tell. */
export interface Whence {
  address: string;
  /** The browser, as it calls itself. */
  agent: string;
}

const MAX_AGENT_LENGTH = 200;

const sessionDetails = z.object({
  account: z.string(),
  at: z.number(),
  from: z.string(),
  agent: z.string(),
  method: z.enum(signInMethods),
});
type SessionDetails = z.infer<typeof sessionDetails>;

export interface ListedSession extends Omit<SessionDetails, 'account'> {
  /** Names it to people; nobody can sign in with it. */
  id: string;
  expiresAt: number;
  /** In real time before now; undefined where it was not used since this process began. */
  idleMs: number | undefined;
}

export interface SessionsOptions {
  store: Pick<
    Store,
    'account' | 'session' | 'putSession' | 'endSession' | 'audit' | 'document' | 'documents' | 'putDocuments'
  >;
  accounts: Accounts;
  scopes: Scopes;
  clock: Clock;
  /** In real time. */
  lifetimeMs: number;
  idleMs: number;
  /** How long a proof of who somebody is counts as fresh, in real time. */
  freshForMs: number;
  /** Whether a way to sign in is enough for a role. */
  isEnough(role: Role, method: SignInMethod): boolean;
  /** Whether a code of the account's second factor is right; what it is, once. */
  takeCode(account: WholeAccount, code: string): Promise<'code' | 'recovery-code' | undefined>;
  /** A session is over, for whatever reason. */
  onEnded(session: string): void;
}

/** Attempts at a locked name that are written down: all of a person's, and no flood's. */
const LOCKED_AUDITS_PER_SECOND = 0.2;
const LOCKED_AUDITS_BURST = 50;

export interface SignedIn {
  /** For the cookie. */
  secret: string;
  caller: Caller;
}

/** In place of a last use. */
const ENDED = Number.NEGATIVE_INFINITY;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

/**
 * Who is signed in, and how. The cookie holds a random secret, the store its hash, and the token against forged requests
 * follows from the secret: whoever reads the store can neither sign in nor act.
 */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #check = new PasswordCheck();
  readonly #throttle: SignInThrottle;
  readonly #lockedAudits = new TokenBucket(LOCKED_AUDITS_PER_SECOND, LOCKED_AUDITS_BURST);
  /** When a session's person last proved who they are; a restart demands it anew. */
  readonly #provedAt = new Map<string, number>();
  readonly #methods = new Map<string, SignInMethod>();
  /** Last use by session, the one unused for longest first; one from before this process counts from its first use. */
  readonly #usedAt = new Map<string, number>();

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#throttle = new SignInThrottle(() => this.#elapsedMs());
  }

  /**
   * The new session's secret, and who it is.
   * @throws Problem when name, password or code is wrong, or too many were
   */
  async signIn(
    { name, password, code }: { name: string; password: string; code?: string | undefined },
    whence: Whence,
  ): Promise<SignedIn> {
    const { account, method } = await this.#proven(name, password, code, whence);
    return this.begin(account, method, whence);
  }

  /**
   * Proves once more who a session's person is.
   * @throws Problem
   */
  async confirm(
    { name, session }: Pick<Caller, 'name' | 'session'>,
    { password, code }: { password: string; code?: string | undefined },
    whence: Whence,
  ): Promise<void> {
    await this.#proven(name, password, code, whence);
    await this.#audit('sign-in.confirmed', name, whence);
    this.proved(session);
  }

  async #proven(
    name: string,
    password: string,
    code: string | undefined,
    whence: Whence,
  ): Promise<{ account: WholeAccount; method: SignInMethod }> {
    const from = whence.address;
    const waitMs = this.#throttle.begin(name, from);
    if (waitMs > 0) {
      // Nothing was checked, so this costs whoever asks next to nothing: the trail must not fill the disk by it.
      if (this.#lockedAudits.tryTake(1)) await this.#audit('sign-in.locked', name, whence);
      const retryAfterSeconds = Math.ceil(waitMs / 1_000);
      throw new Problem(
        429,
        'locked',
        `Too many wrong passwords. Try again in ${spell(retryAfterSeconds)}.`,
        { retryAfterSeconds },
      );
    }
    const account = this.#options.accounts.find(name);
    if (!(await this.#matches(name, password, account?.passwordHash, from)) || account === undefined) {
      await this.#audit('sign-in.failed', name, whence);
      throw new Problem(401, 'wrong-password', 'Name or password is wrong.');
    }
    if (account.profile.totp === undefined) {
      this.#throttle.proven(name, from);
      return { account, method: 'password' };
    }
    if (code === undefined) {
      this.#throttle.undone(name, from);
      throw new Problem(401, 'code-needed', 'Type the code of your second factor.');
    }
    const taken = await this.#options.takeCode(account, code);
    if (taken === undefined) {
      await this.#audit('sign-in.failed', name, whence);
      throw new Problem(401, 'wrong-code', 'The code is wrong, or was used before.', { field: 'code' });
    }
    this.#throttle.proven(name, from);
    return { account, method: taken === 'code' ? 'password-and-code' : 'password-and-recovery-code' };
  }

  /**
   * Begins a session for somebody who has proved who they are.
   * @throws Problem when the account is locked, or the way is not enough for it
   */
  async begin(account: WholeAccount, method: SignInMethod, whence: Whence): Promise<SignedIn> {
    const { store, clock, lifetimeMs, isEnough, accounts } = this.#options;
    const { name, role, profile } = account;
    if (profile.locked !== undefined) {
      await this.#audit('sign-in.refused', name, whence, 'locked');
      throw new Problem(403, 'account-locked', 'This account is locked. Ask an administrator.');
    }
    // Who has a passkey shows it: a password alone must not be enough to add another one.
    if (!isEnough(role, method) && method !== 'invitation' && profile.passkeys.length > 0) {
      await this.#audit('sign-in.refused', name, whence, 'second factor');
      throw new Problem(403, 'stronger-needed', 'Your role demands more: sign in with your passkey.');
    }
    const secret = randomBytes(TOKEN_BYTES).toString('base64url');
    const session = hashOf(secret);
    const at = clock.now();
    // The store goes by the installation's clock, which may run faster than people do.
    const expiresAt = at + lifetimeMs * clock.rate;
    await this.#audit('signed-in', name, whence);
    const agent = whence.agent.slice(0, MAX_AGENT_LENGTH);
    const details: SessionDetails = { account: name, at, from: whence.address, agent, method };
    await store.putDocuments([{ kind: KIND, id: session, value: details }]);
    await store.putSession(session, name, expiresAt);
    await accounts.noteSignIn(name, at);
    this.#use(session);
    this.proved(session);
    const found = this.#alive(session);
    if (found === undefined) throw new Error('a session that has just begun is not alive');
    return { secret, caller: { ...found, session, token: tokenOf(secret) } };
  }

  /** Its person has proved a moment ago who they are; where they did so in a stronger way, that counts from now on. */
  proved(session: string): void {
    this.#provedAt.set(session, this.#elapsedMs());
  }

  /** A second factor or passkey was added in this session: it counts as signed in with it. */
  async strengthen(session: string, method: SignInMethod): Promise<void> {
    const details = this.#detailsOf(session);
    if (details === undefined) return;
    await this.#options.store.putDocuments([{ kind: KIND, id: session, value: { ...details, method } }]);
    this.#methods.delete(session);
  }

  /** Sessions of an account that live, the newest first. */
  list(account: string): ListedSession[] {
    const { store } = this.#options;
    return store
      .documents(KIND)
      .flatMap(({ id, value }) => {
        const details = sessionDetails.safeParse(value);
        const kept = store.session(id);
        if (!details.success || details.data.account !== account || kept === undefined || !this.isAlive(id))
          return [];
        const { account: _, ...rest } = details.data;
        const used = this.#usedAt.get(id);
        const idleMs = used === undefined ? undefined : Math.max(0, this.#elapsedMs() - used);
        return [{ ...rest, id: shownId(id), expiresAt: kept.expiresAt, idleMs }];
      })
      .sort((a, b) => b.at - a.at)
      .slice(0, MAX_LISTED);
  }

  /** Ends one session of an account by the id that is shown; false where there is none. */
  async endShown(account: string, shown: string): Promise<boolean> {
    const found = this.idsOf(account).find((id) => shownId(id) === shown);
    if (found === undefined) return false;
    await this.end(found);
    return true;
  }

  /** Ends all sessions of an account, but for one. */
  async endAll(account: string, but?: string): Promise<number> {
    const ids = this.idsOf(account).filter((id) => id !== but);
    for (const id of ids) await this.end(id);
    return ids.length;
  }

  /** Takes away what is kept of sessions that are over; gives how many. */
  async sweep(limit: number): Promise<number> {
    const { store } = this.#options;
    const over = store
      .documents(KIND)
      .filter(({ id }) => store.session(id) === undefined)
      .slice(0, limit);
    if (over.length > 0)
      await store.putDocuments(over.map(({ id }) => ({ kind: KIND, id, value: undefined })));
    return over.length;
  }

  /** Sessions of an account as the store names them. */
  idsOf(account: string): string[] {
    return this.#options.store.documents(KIND).flatMap(({ id, value }) => {
      const details = sessionDetails.safeParse(value);
      return details.success && details.data.account === account ? [id] : [];
    });
  }

  #detailsOf(session: string): SessionDetails | undefined {
    const found = sessionDetails.safeParse(this.#options.store.document(KIND, session)?.value);
    return found.success ? found.data : undefined;
  }

  /** Sessions from before their way was written down began with a password. */
  #methodOf(session: string): SignInMethod {
    const known = this.#methods.get(session);
    if (known !== undefined) return known;
    const method = this.#detailsOf(session)?.method ?? 'password';
    this.#methods.set(session, method);
    return method;
  }

  #audit(action: string, by: string, { address: from }: Whence, about = 'session'): Promise<void> {
    const { store, clock } = this.#options;
    return store.audit({ at: clock.now(), by, from, action, about });
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
    this.#provedAt.delete(session);
    this.#methods.delete(session);
    await this.#options.store.endSession(session);
    await this.#options.store.putDocuments([{ kind: KIND, id: session, value: undefined }]);
    this.#usedAt.delete(session);
  }

  #alive(session: string): Omit<Caller, 'session' | 'token'> | undefined {
    const { store, clock, idleMs, accounts, scopes, freshForMs, isEnough } = this.#options;
    const kept = store.session(session);
    // Role and scope of now, not of when it began: who lost an account is out.
    const account = kept === undefined ? undefined : accounts.find(kept.account);
    if (kept === undefined || account === undefined || kept.expiresAt <= clock.now()) return undefined;
    const { name, role, profile } = account;
    if (profile.locked !== undefined) return undefined;
    const used = this.#usedAt.get(session);
    if (used === ENDED) return undefined;
    const now = this.#elapsedMs();
    if (used !== undefined && now - used > idleMs) {
      // Also in the store, so that no restart makes it young again.
      this.end(session).catch(() => undefined);
      return undefined;
    }
    const provedAt = this.#provedAt.get(session);
    return {
      name,
      role,
      expiresAt: kept.expiresAt,
      scope: scopes.of(profile.scope),
      isFresh: provedAt !== undefined && now - provedAt <= freshForMs,
      mustEnrol: !isEnough(role, this.#methodOf(session)),
    };
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

/** What a session is called on pages: half of a hash of what the store calls it. */
export const shownId = (session: string): string => hashOf(session).slice(0, 22);

const tokenOf = (secret: string): string =>
  createHmac('sha256', secret).update('gatehouse request token').digest('base64url');

/** Whether a request's token is the session's; takes as long wherever they differ. */
export function isToken(given: string | undefined, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given ?? ''), digest(expected));
}

const spell = (seconds: number): string =>
  seconds < 60 ? `${seconds} seconds` : seconds < 120 ? 'a minute' : `${Math.ceil(seconds / 60)} minutes`;
