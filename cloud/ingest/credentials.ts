/** Which gateways there are, and how each proves who it is. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';

/** Longer than any token; a longer one is not even hashed. */
const MAX_TOKEN_BYTES = 512;
/** Wrong guesses at one gateway's token within the window, before further ones are refused unread. */
export const MAX_FAILURES = 10;
export const FAILURE_WINDOW_MS = 60_000;

export const gatewayCredential = z.strictObject({
  id: identifier,
  site: identifier,
  /** SHA-256 of the token, hex: what is stored can't be used to sign in. */
  tokenSha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits'),
  /** Key of the gateway's loss notices: SubjectPublicKeyInfo (DER) as base64. Without it, the first one seen in an epoch counts. */
  publicKey: z.base64().optional(),
});
export type GatewayCredential = z.infer<typeof gatewayCredential>;

/** A new token for a gateway: 256 random bits. */
export const newToken = (): string => randomBytes(32).toString('base64url');
export const tokenSha256 = (token: string): string => createHash('sha256').update(token).digest('hex');

export interface Credentials {
  /** The gateway, when the token is its own; the answer takes as long for an unknown name. */
  authenticate(id: string, token: string): GatewayCredential | undefined;
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
    authenticate(id, token) {
      const known = byId.get(id);
      const failed = failures.get(id);
      if (failed !== undefined && nowMs() - failed.since > FAILURE_WINDOW_MS) failures.delete(id);
      else if (failed !== undefined && failed.count >= MAX_FAILURES) return undefined;
      const given = token.length > MAX_TOKEN_BYTES ? '' : token;
      const expected = known === undefined ? nobody : Buffer.from(known.tokenSha256, 'hex');
      const right = timingSafeEqual(createHash('sha256').update(given).digest(), expected);
      if (right && known !== undefined) {
        failures.delete(id);
        return known;
      }
      // Only of gateways that there are: guesses at made-up names must not fill the memory.
      if (known !== undefined) {
        const entry = failures.get(id) ?? { count: 0, since: nowMs() };
        entry.count++;
        failures.set(id, entry);
      }
      return undefined;
    },
  };
}
