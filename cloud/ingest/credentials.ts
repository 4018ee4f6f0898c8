/** Which gateways there are, and how each proves who it is. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';

/** Longer than any token; a longer one is not even hashed. */
const MAX_TOKEN_BYTES = 512;
/**
 * Wrong guesses at one gateway's token from one address within the window, before further ones are refused unread.
 * By address, so that nobody can shut a gateway out by guessing in its name.
 */
export const MAX_FAILURES = 10;
export const FAILURE_WINDOW_MS = 60_000;
/** Addresses that failures are counted for; the oldest are forgotten beyond this. */
const MAX_FAILURES_REMEMBERED = 10_000;

export const gatewayCredential = z.strictObject({
  id: identifier,
  site: identifier,
  /** SHA-256 of the token, hex: what is stored can't be used to sign in. Without it only a certificate lets it in. */
  tokenSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits')
    .optional(),
  /** Key of the gateway's loss notices: SubjectPublicKeyInfo (DER) as base64. Without it, the first one seen in an epoch counts. */
  publicKey: z.base64().optional(),
});
export type GatewayCredential = z.infer<typeof gatewayCredential>;

/** A new token for a gateway: 256 random bits. */
export const newToken = (): string => randomBytes(32).toString('base64url');
export const tokenSha256 = (token: string): string => createHash('sha256').update(token).digest('hex');

export interface Credentials {
  /** The gateway, when the token is its own; the answer takes as long for an unknown name. */
  authenticate(id: string, token: string, address?: string): GatewayCredential | undefined;
  get(id: string): GatewayCredential | undefined;
  readonly all: readonly GatewayCredential[];
}

/**
 * @param nowMs a clock that only runs forward
 * @throws when an id is there twice
 */
export function createCredentials(
  entries: readonly GatewayCredential[],
  nowMs: () => number = () => performance.now(),
): Credentials {
  const byId = new Map<string, GatewayCredential>();
  for (const entry of entries) {
    if (byId.has(entry.id)) throw new Error(`gateway "${entry.id}" is listed twice`);
    byId.set(entry.id, entry);
  }
  const failures = new Map<string, { count: number; since: number }>();
  const nobody = randomBytes(32);
  return {
    all: [...entries],
    get: (id) => byId.get(id),
    authenticate(id, token, address = '') {
      const known = byId.get(id);
      const from = `${address} ${id}`;
      const failed = failures.get(from);
      if (failed !== undefined && nowMs() - failed.since > FAILURE_WINDOW_MS) failures.delete(from);
      else if (failed !== undefined && failed.count >= MAX_FAILURES) return undefined;
      const given = token.length > MAX_TOKEN_BYTES ? '' : token;
      const digest = known?.tokenSha256;
      const expected = digest === undefined ? nobody : Buffer.from(digest, 'hex');
      const right = timingSafeEqual(createHash('sha256').update(given).digest(), expected);
      if (right && known !== undefined && digest !== undefined) {
        failures.delete(from);
        return known;
      }
      // Only of gateways that there are: guesses at made-up names must not fill the memory.
      if (known !== undefined) {
        const entry = failures.get(from) ?? { count: 0, since: nowMs() };
        entry.count++;
        failures.set(from, entry);
        for (const oldest of failures.keys()) {
          if (failures.size <= MAX_FAILURES_REMEMBERED) break;
          failures.delete(oldest);
        }
      }
      return undefined;
    },
  };
}
