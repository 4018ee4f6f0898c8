/** A member's word with its cloud, every minute: what time it is, whether a bundle waits, a certificate in time. */
import type { BundleState, ContactRequest, SignedBundle } from '../../devices/enrolment.ts';
import { CloudRefusal } from './ask.ts';
import type { Membership } from './membership.ts';

/** Real time: it is about lines and certificates, not about the site. */
const CONTACT_EVERY_MS = 60_000;
/** After a bundle was taken, and after the line was gone, sooner. */
const SOON_MS = 5_000;
/** So that ten thousand gateways do not come in one second. */
const JITTER = 0.2;

export interface ContactParts {
  membership: Membership;
  version: string;
  secrets(): string[];
  bundle(): { counter: number; state: BundleState; detail: string };
  /** Called once for each that is newer. @returns whether it was taken in */
  onBundle(bundle: SignedBundle): boolean;
  onContact(): void;
  onTrouble(message: string): void;
  everyMs?: number;
}

export class Contact {
  readonly #parts: ContactParts;
  readonly #signal: AbortSignal;
  #timer: NodeJS.Timeout | undefined;
  #isUnderWay = false;
  #trouble = '';

  constructor(parts: ContactParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
    signal.addEventListener('abort', () => clearTimeout(this.#timer), { once: true });
    this.#next(0);
  }

  #next(afterMs: number): void {
    if (this.#signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.now(), afterMs * (1 + JITTER * (Math.random() - 0.5)));
    this.#timer.unref();
  }

  /** Never rejects: what went wrong is told once, and tried again. */
  async now(): Promise<void> {
    if (this.#isUnderWay || this.#signal.aborted) return;
    this.#isUnderWay = true;
    const everyMs = this.#parts.everyMs ?? CONTACT_EVERY_MS;
    let againMs = everyMs;
    try {
      if (await this.#speak()) againMs = Math.min(SOON_MS, everyMs);
      this.#trouble = '';
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const told =
        error instanceof CloudRefusal && error.status === 401
          ? `the cloud does not know this gateway any more: it was revoked, or joined anew elsewhere (${message})`
          : message;
      if (told !== this.#trouble && !this.#signal.aborted)
        this.#parts.onTrouble(`contact with the cloud: ${told}`);
      this.#trouble = told;
    } finally {
      this.#isUnderWay = false;
      this.#next(againMs);
    }
  }

  async #speak(): Promise<boolean> {
    const { membership, version, secrets, bundle, onBundle, onContact } = this.#parts;
    const said: ContactRequest = {
      version,
      bundle: bundle(),
      sealing: membership.sealing,
      secrets: secrets(),
      at: Date.now(),
    };
    const answer = await membership.contact(said, this.#signal);
    if (answer.renew || membership.isRenewalDue) await membership.renew(this.#signal);
    onContact();
    if (answer.bundle <= said.bundle.counter) return false;
    return onBundle(await membership.bundle(this.#signal));
  }
}
