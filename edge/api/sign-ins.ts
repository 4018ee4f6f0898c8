import type { Person } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import type { PeerAddress } from './peer.ts';
import { actorOf } from './sessions.ts';

/** Wrong PINs that are recorded in a minute, all addresses together; more of them say nothing new. */
export const MAX_RECORDED_PER_MINUTE = 60;
const MINUTE_MS = 60_000;

/** By what: a PIN, a badge, both; and at which reader. */
export type SignInFacts = { with: string } & Readonly<Record<string, string>>;

/** Records who signed in at the page and who tried: the desk joins them with what else came from that address. */
export class SignIns {
  readonly #gateway: Gateway;
  readonly #onDefect: (message: string) => void;
  #minuteStartedMs = Number.NEGATIVE_INFINITY;
  #recorded = 0;
  #left = 0;

  constructor(gateway: Gateway, onDefect: (message: string) => void) {
    this.#gateway = gateway;
    this.#onDefect = onDefect;
  }

  succeeded(person: Person, from: PeerAddress, facts: SignInFacts): void {
    this.#note('login.succeeded', facts, person, from);
  }

  failed(
    name: string,
    known: Person | undefined,
    from: PeerAddress,
    because: 'wrong' | 'locked' | 'busy',
    facts: SignInFacts,
  ): void {
    const now = performance.now();
    if (now - this.#minuteStartedMs > MINUTE_MS) {
      this.#minuteStartedMs = now;
      this.#recorded = 0;
    }
    // A guess that was not even looked at is no evidence of anything but haste.
    if (because !== 'wrong' || this.#recorded >= MAX_RECORDED_PER_MINUTE) {
      this.#left++;
      return;
    }
    this.#recorded++;
    const unrecorded = this.#left;
    this.#left = 0;
    const person = known ?? { name: name.slice(0, 64) };
    this.#note(
      'login.failed',
      { ...facts, ...(unrecorded === 0 ? {} : { unrecorded }), known: known !== undefined },
      person,
      from,
    );
  }

  #note(
    kind: 'login.succeeded' | 'login.failed',
    facts: Record<string, string | number | boolean>,
    person: Pick<Person, 'name' | 'identity' | 'account'>,
    from: PeerAddress,
  ): void {
    this.#gateway
      .note(kind, { service: 'site-page', ...facts }, actorOf(person, from))
      .catch((error: unknown) => this.#onDefect(`a sign-in could not be recorded: ${String(error)}`));
  }
}
