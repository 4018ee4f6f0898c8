/** Codes for gateways that are to join: made at the desk, good once, for one gateway of one site, not for long. */
import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { SECRET_BYTES } from '../../devices/enrolment.ts';
import { identifier, instant } from '../../devices/model/identifiers.ts';

export const CODE_KIND = 'enrolment-code';
/** How long a code may be good for: an installer's day. */
export const MIN_CODE_MS = 5 * 60_000;
export const MAX_CODE_MS = 24 * 3_600_000;
export const DEFAULT_CODE_MS = 60 * 60_000;
/** Codes that are open at once. */
export const MAX_OPEN_CODES = 1_000;
/** Wrong secrets of one address, and of all together, within the window; then the door stays shut for a while. */
export const MAX_GUESSES = 10;
export const MAX_GUESSES_OF_ALL = 1_000;
export const GUESS_WINDOW_MS = 10 * 60_000;

/** What is kept of a code: not its secret. */
export const keptCode = z.strictObject({
  /** SHA-256 of the secret, hex. */
  id: z.string().regex(/^[0-9a-f]{64}$/),
  gateway: identifier,
  site: identifier,
  tenant: identifier,
  createdAt: instant,
  createdBy: z.string().max(128),
  expiresAt: instant,
  used: z.strictObject({ at: instant, from: z.string().max(64), key: z.string().max(64) }).optional(),
  withdrawn: z.strictObject({ at: instant, by: z.string().max(128) }).optional(),
});
export type KeptCode = z.infer<typeof keptCode>;

export const newSecret = (): Buffer => randomBytes(SECRET_BYTES);
export const codeId = (secret: Uint8Array): string => createHash('sha256').update(secret).digest('hex');

export type CodeVerdict = 'good' | 'again' | 'unknown' | 'expired' | 'used' | 'withdrawn';

/**
 * Whether a code lets in whoever shows it. Who has used it may come again with the same key (`again`): the answer may
 * have been lost on the way.
 * @param key SHA-256 of the key that is to be certified, hex
 */
export function judgeCode(code: KeptCode | undefined, key: string, now: number): CodeVerdict {
  if (code === undefined) return 'unknown';
  if (code.withdrawn !== undefined) return 'withdrawn';
  if (code.expiresAt <= now) return 'expired';
  if (code.used === undefined) return 'good';
  return code.used.key === key ? 'again' : 'used';
}

/** Counts wrong guesses, by address and of all; bounded. */
export class GuessCounter {
  readonly #now: () => number;
  readonly #byAddress = new Map<string, number>();
  #all = 0;
  #since: number;

  /** @param now a time that only runs forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#since = now();
  }

  /** Whether so many were wrong that nothing is looked at for now. */
  isShut(address: string): boolean {
    if (this.#now() - this.#since > GUESS_WINDOW_MS) {
      this.#byAddress.clear();
      this.#all = 0;
      this.#since = this.#now();
    }
    return this.#all >= MAX_GUESSES_OF_ALL || (this.#byAddress.get(address) ?? 0) >= MAX_GUESSES;
  }

  wrong(address: string): void {
    this.#all++;
    // Never more entries than guesses of all: the window bounds them.
    this.#byAddress.set(address, (this.#byAddress.get(address) ?? 0) + 1);
  }
}
