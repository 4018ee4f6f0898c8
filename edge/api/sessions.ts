import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { PasswordChecker, parsePasswordHash, TooBusy } from '../broker/password.ts';
import type { Person } from '../config.ts';
import type { Actor } from '../panel/outcome.ts';
import { GuessGuard } from './guesses.ts';
import type { PeerAddress } from './peer.ts';

/** A tablet on a counter is anybody's: signed out after this long without use. */
export const SESSION_IDLE_MS = 3 * 60_000;
/** Signed out after this long in any case. */
export const SESSION_MAX_MS = 12 * 3_600_000;
/** People of one site signed in at the same time, on all devices together; the longest unused goes first. */
export const MAX_SESSIONS = 256;

export interface Session {
  readonly person: Person;
  readonly token: string;
  /** Signed in with the PIN that calls for help. */
  readonly duress: boolean;
  /** On the clock that never jumps. */
  readonly endsAtMs: number;
}

interface Held extends Session {
  readonly startedAtMs: number;
  usedAtMs: number;
  readonly ending: AbortController;
}

export type SignIn =
  | { signedIn: Session; cookie: string }
  | { refused: 'wrong' | 'locked' | 'busy'; retryAfterMs: number; known?: Person };

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Who is signed in at the page. In memory only: after a restart one signs in again. */
export class Sessions {
  readonly #checker = new PasswordChecker();
  readonly #guesses: GuessGuard;
  readonly #nowMs: () => number;
  /** By the digest of the cookie, least recently used first. */
  readonly #held = new Map<string, Held>();
  #people: readonly Person[] = [];

  /** @param nowMs a time that never jumps, in milliseconds */
  constructor(people: readonly Person[], nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
    this.#guesses = new GuessGuard(nowMs);
    this.#people = people;
  }

  get names(): string[] {
    return this.#people.map(({ name }) => name);
  }

  get size(): number {
    return this.#held.size;
  }

  /** Takes other people; who is gone or has changed is signed out. */
  replace(people: readonly Person[]): void {
    this.#people = people;
    const same = new Set(people.map((person) => JSON.stringify(person)));
    for (const [key, held] of this.#held) {
      if (!same.has(JSON.stringify(held.person))) this.#end(key, held);
    }
  }

  async signIn(name: string, pin: string, { ip, from }: PeerAddress): Promise<SignIn> {
    const waitMs = this.#guesses.waitMs(name, ip, from);
    if (waitMs > 0) return { refused: 'locked', retryAfterMs: waitMs };
    this.#guesses.begin(name, ip, from);
    const person = this.#people.find((known) => known.name.toLowerCase() === name.toLowerCase());
    const offered = Buffer.from(pin);
    try {
      // Always both, so that the time tells neither who exists nor which of the two it was.
      const [right, duress] = await Promise.all([
        this.#check(name, offered, person?.pinHash),
        this.#check(`${name} under duress`, offered, person?.duressPinHash),
      ]);
      if (person === undefined || !(right || duress)) {
        const retryAfterMs = this.#guesses.waitMs(name, ip, from);
        return { refused: 'wrong', retryAfterMs, ...(person === undefined ? {} : { known: person }) };
      }
      this.#guesses.right(name, ip, from);
      return this.#begin(person, duress && !right);
    } catch (error) {
      if (error instanceof TooBusy) return { refused: 'busy', retryAfterMs: 1_000 };
      throw error;
    }
  }

  /** Somebody who has proved who they are otherwise. */
  admit(person: Person): Extract<SignIn, { cookie: string }> {
    return this.#begin(person, false);
  }

  get people(): readonly Person[] {
    return this.#people;
  }

  /** The session of a cookie. @param use whether this is somebody's doing and puts off the end */
  of(cookie: string | undefined, use = true): (Session & { ended: AbortSignal }) | undefined {
    if (cookie === undefined) return undefined;
    const key = digest(cookie);
    const held = this.#held.get(key);
    if (held === undefined) return undefined;
    const now = this.#nowMs();
    if (now >= endOf(held)) {
      this.#end(key, held);
      return undefined;
    }
    if (use) {
      held.usedAtMs = now;
      this.#held.delete(key);
      this.#held.set(key, held);
    }
    const { person, token, duress, ending } = held;
    return { person, token, duress, endsAtMs: endOf(held), ended: ending.signal };
  }

  /** Ends what nobody has used for too long, so that a page left open goes dark as well. */
  sweep(): void {
    const now = this.#nowMs();
    for (const [key, held] of this.#held) if (now >= endOf(held)) this.#end(key, held);
  }

  end(cookie: string): void {
    const key = digest(cookie);
    const held = this.#held.get(key);
    if (held !== undefined) this.#end(key, held);
  }

  #begin(person: Person, duress: boolean): Extract<SignIn, { cookie: string }> {
    const cookie = randomBytes(32).toString('base64url');
    const token = randomBytes(24).toString('base64url');
    const now = this.#nowMs();
    const held: Held = {
      person,
      token,
      duress,
      endsAtMs: now + SESSION_IDLE_MS,
      startedAtMs: now,
      usedAtMs: now,
      ending: new AbortController(),
    };
    this.#held.set(digest(cookie), held);
    const [longestUnused] = this.#held;
    if (this.#held.size > MAX_SESSIONS && longestUnused !== undefined) this.#end(...longestUnused);
    return { signedIn: held, cookie };
  }

  #end(key: string, held: Held): void {
    this.#held.delete(key);
    held.ending.abort();
  }

  #check(name: string, pin: Uint8Array, hash: string | undefined): Promise<boolean> {
    return this.#checker.check(name, pin, hash === undefined ? undefined : parsePasswordHash(hash));
  }
}

const endOf = ({ startedAtMs, usedAtMs }: Held): number =>
  Math.min(startedAtMs + SESSION_MAX_MS, usedAtMs + SESSION_IDLE_MS);

/** Whether a request carries the session's own token: what another site's page makes a browser send does not. */
export function tokenFits(session: Session, offered: string | undefined): boolean {
  const [expected, given] = [digest(session.token), digest(offered ?? '')].map((text) => Buffer.from(text));
  return expected !== undefined && given !== undefined && timingSafeEqual(expected, given);
}

/** Who does it, as the audit names them. */
export const actorOf = (
  { name, identity, account }: Pick<Person, 'name' | 'identity' | 'account'>,
  { ip, from }: PeerAddress,
): Actor => ({
  name,
  ...(identity === undefined ? {} : { identity }),
  ...(account === undefined ? {} : { account }),
  from,
  ...(ip === 'unknown' ? {} : { ip }),
});
