import { randomBytes } from 'node:crypto';

/** Nonces that wait or were used and have not expired, at most; the oldest go. */
export const MAX_NONCES = 10_000;

/** Numbers used once: each is good for one presentation to one verifier, for a short time. */
export class Nonces {
  readonly #lifetimeMs: number;
  readonly #nowMs: () => number;
  readonly #known = new Map<string, { verifier: string; until: number; isUsed: boolean }>();

  /** @param nowMs a clock that only runs forward */
  constructor(lifetimeMs: number, nowMs: () => number) {
    this.#lifetimeMs = lifetimeMs;
    this.#nowMs = nowMs;
  }

  make(verifier: string): { nonce: string; expiresInMs: number } {
    const now = this.#nowMs();
    for (const [nonce, { until }] of this.#known) {
      if (until > now && this.#known.size < MAX_NONCES) break;
      this.#known.delete(nonce);
    }
    const nonce = randomBytes(24).toString('base64url');
    this.#known.set(nonce, { verifier, until: now + this.#lifetimeMs, isUsed: false });
    return { nonce, expiresInMs: this.#lifetimeMs };
  }

  /** Uses it up. */
  use(nonce: string, verifier: string): 'good' | 'replayed' | 'unknown' {
    const known = this.#known.get(nonce);
    if (known === undefined || known.verifier !== verifier || known.until <= this.#nowMs()) return 'unknown';
    if (known.isUsed) return 'replayed';
    known.isUsed = true;
    return 'good';
  }
}
