/**
 * Passwords of accounts as scrypt hashes (RFC 7914): `scrypt$<N>$<r>$<p>$<salt>$<key>`, salt and key in base64url.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** 2^14, 8, 1: 16 MB and some 40 ms for each guess. */
const STRENGTH = { N: 16_384, r: 8, p: 1 };
/** A stored hash must not be able to ask for more memory than this: 128 · N · r bytes. */
const MAX_MEMORY_BYTES = 128 * 1024 * 1024;
const MAX_PARALLEL = 4;

/** Longer passwords are refused unread: hashing them would cost more than it protects. */
export const MAX_PASSWORD_LENGTH = 256;
/** Shortest that --hash-password takes. NIST SP 800-63B asks for eight; a desk that guards sites asks for more. */
export const MIN_PASSWORD_LENGTH = 10;

export interface PasswordHash {
  N: number;
  r: number;
  p: number;
  salt: Buffer;
  key: Buffer;
}

const shape = /^scrypt\$([1-9]\d{0,6})\$([1-9]\d?)\$([1-9])\$([\w-]{11,88})\$([\w-]{43})$/;

/** Undefined where the text is no such hash, or one that would cost too much to check. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const parts = shape.exec(text);
  if (parts === null) return undefined;
  const [N, r, p] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  const isPowerOfTwo = N > 1 && Number.isInteger(Math.log2(N));
  if (!isPowerOfTwo || 128 * N * r > MAX_MEMORY_BYTES || p > MAX_PARALLEL) return undefined;
  return {
    N,
    r,
    p,
    salt: Buffer.from(parts[4] ?? '', 'base64url'),
    key: Buffer.from(parts[5] ?? '', 'base64url'),
  };
}

function derive(password: string, salt: Buffer, { N, r, p }: typeof STRENGTH): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // NFC: the same word typed on two keyboards is the same password.
    scrypt(
      password.normalize('NFC'),
      salt,
      KEY_BYTES,
      { N, r, p, maxmem: 2 * MAX_MEMORY_BYTES },
      (error, key) => (error === null ? resolve(key) : reject(error)),
    );
  });
}

/** The text to keep for a password. `N` is a power of two; a smaller one is for tests. */
export async function hashPassword(password: string, N = STRENGTH.N): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, { ...STRENGTH, N });
  return `scrypt$${N}$${STRENGTH.r}$${STRENGTH.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

const nobody: PasswordHash = { ...STRENGTH, salt: randomBytes(SALT_BYTES), key: randomBytes(KEY_BYTES) };

/** Guesses that are worked on at once: each takes 16 MB and a thread that others need too. */
const MAX_AT_ONCE = 2;
/** Guesses that may wait for their turn. */
const MAX_WAITING = 64;

/** There was no time to look at it: neither right nor wrong. */
export class TooManyGuesses extends Error {
  constructor() {
    super('too many sign-ins wait to be checked');
    this.name = 'TooManyGuesses';
  }
}

/** Checks passwords, a few at a time. */
export class PasswordCheck {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /**
   * Takes as long for an account that there is not (`stored` undefined).
   * @throws TooManyGuesses
   */
  async matches(password: string, stored: string | undefined): Promise<boolean> {
    const hash = stored === undefined ? undefined : parsePasswordHash(stored);
    const against = hash ?? nobody;
    await this.#enter();
    try {
      const key = await derive(password, against.salt, against);
      return timingSafeEqual(key, against.key) && hash !== undefined;
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < MAX_AT_ONCE) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= MAX_WAITING) throw new TooManyGuesses();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }
}
