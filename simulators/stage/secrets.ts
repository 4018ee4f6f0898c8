import { createHash, randomBytes, scryptSync } from 'node:crypto';

/** Cost of a password hash: the form that gateway and cloud read, `scrypt$N$r$p$salt$key`. */
const COST = { N: 16_384, r: 8, p: 1 };
const KEY_BYTES = 32;

/** A password that nobody else has: this run's alone. */
export const newSecret = (bytes = 18): string => randomBytes(bytes).toString('base64url');

/** Six digits. */
export const newPin = (): string => String(randomBytes(4).readUInt32BE() % 1_000_000).padStart(6, '0');

export function passwordHash(password: string): string {
  const salt = randomBytes(16);
  const key = scryptSync(password, salt, KEY_BYTES, COST);
  return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
