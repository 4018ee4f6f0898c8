/**
 * Passwords as scrypt hashes (RFC 7914): `scrypt$<N>$<r>$<p>$<salt>$<key>`, salt and key in base64url, the key
 * 32 bytes long.
 */
import { createHmac, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

export interface PasswordHash {
  cost: number;
  blockSize: number;
  parallelization: number;
  salt: Buffer;
  key: Buffer;
}

const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** 2^14, 8, 1: 16 MB and about 40 ms a guess. */
const COST = 16_384;
const BLOCK_SIZE = 8;
/** A hash from a configuration must not be able to take all memory: 128 MB at most. */
const MAX_COST = 131_072;
const MAX_BLOCK_SIZE = 8;
const MAX_PARALLELIZATION = 4;

const FORMAT = /^scrypt\$(\d{1,6})\$(\d{1,2})\$(\d)\$([A-Za-z0-9_-]{11,86})\$([A-Za-z0-9_-]{43})$/;

/** Reads a hash; undefined where the text is not one, or one beyond the bounds. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, cost, blockSize, parallelization, salt, key] = FORMAT.exec(text) ?? [];
  if (salt === undefined || key === undefined) return undefined;
  const hash = {
    cost: Number(cost),
    blockSize: Number(blockSize),
    parallelization: Number(parallelization),
    salt: Buffer.from(salt, 'base64url'),
    key: Buffer.from(key, 'base64url'),
  };
  const powerOfTwo = hash.cost >= 2 && (hash.cost & (hash.cost - 1)) === 0;
  const bounded =
    powerOfTwo &&
    hash.cost <= MAX_COST &&
    hash.blockSize >= 1 &&
    hash.blockSize <= MAX_BLOCK_SIZE &&
    hash.parallelization >= 1 &&
    hash.parallelization <= MAX_PARALLELIZATION;
  return bounded && hash.key.length === KEY_BYTES ? hash : undefined;
}

type Parameters = Omit<PasswordHash, 'key'>;

const derive = (password: Uint8Array | string, parameters: Parameters): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const { cost, blockSize, parallelization, salt } = parameters;
    const options = { N: cost, r: blockSize, p: parallelization, maxmem: 256 * cost * blockSize };
    scrypt(password, salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });

/** The text to store for a password. `cost` is a power of two; smaller ones are for tests. */
export async function hashPassword(password: string, cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, { cost, blockSize: BLOCK_SIZE, parallelization: 1, salt });
  return `scrypt$${cost}$${BLOCK_SIZE}$1$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

/** Derivations that may wait; each takes memory and a thread, and a storm must not queue up for minutes. */
const MAX_WAITING = 512;
/** Derivations at once: the thread pool's other users must get a turn. */
const MAX_AT_ONCE = 2;
/** Proven passwords that are remembered; as many as there may be identities. */
const MAX_PROVEN = 10_000;

/** There was no time to check: neither right nor wrong. */
export class TooBusy extends Error {
  constructor() {
    super('too many passwords wait to be checked');
    this.name = 'TooBusy';
  }
}

/**
 * Checks passwords. What was once proven is remembered as a keyed digest in memory, so that a site's devices
 * that all reconnect at once do not cost 40 ms each.
 */
export class PasswordChecker {
  readonly #key = randomBytes(32);
  readonly #proven = new Map<string, Buffer>();
  readonly #nobody: PasswordHash = {
    cost: COST,
    blockSize: BLOCK_SIZE,
    parallelization: 1,
    salt: randomBytes(SALT_BYTES),
    key: randomBytes(KEY_BYTES),
  };
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #derivations = 0;

  /** How often a key had to be derived. */
  get derivations(): number {
    return this.#derivations;
  }

  /** A keyed digest of a password offered for a hash: the same offer gives the same digest, in this process only. */
  digest(password: Uint8Array, hash: PasswordHash | undefined): Buffer {
    return createHmac('sha256', this.#key)
      .update(hash?.salt ?? '')
      .update(hash?.key ?? '')
      .update(password)
      .digest();
  }

  /** Whether this very offer was proven right before. */
  isProven(username: string, digest: Buffer): boolean {
    const proven = this.#proven.get(username);
    return proven !== undefined && timingSafeEqual(proven, digest);
  }

  /**
   * Whether the password is right, in time that does not tell whether the user exists (`hash` undefined).
   * @throws TooBusy
   */
  async check(username: string, password: Uint8Array, hash: PasswordHash | undefined): Promise<boolean> {
    const digest = this.digest(password, hash);
    if (hash !== undefined && this.isProven(username, digest)) return true;
    const against = hash ?? this.#nobody;
    const key = await this.#inTurn(() => derive(password, against));
    const right = timingSafeEqual(key, against.key) && hash !== undefined;
    if (right) {
      if (this.#proven.size >= MAX_PROVEN) this.#proven.clear();
      this.#proven.set(username, digest);
    }
    return right;
  }

  async #inTurn(work: () => Promise<Buffer>): Promise<Buffer> {
    if (this.#running >= MAX_AT_ONCE) {
      if (this.#waiting.length >= MAX_WAITING) throw new TooBusy();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      this.#derivations++;
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
