/** Other organisations that fetch from us and post to us: who they are, and what each may. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { identifier, plainText } from '../../../devices/model/identifiers.ts';
import { TokenBucket } from '../../sources/token-bucket.ts';
import { tlpLevel } from '../indicator.ts';

/** Longer is not even hashed. */
const MAX_TOKEN_LENGTH = 512;
/** Wrong tokens that are answered; more are turned away unread. */
const WRONG_PER_SECOND = 0.2;
const WRONG_BURST = 20;

export const partner = z.strictObject({
  name: identifier,
  /** SHA-256 (hex) of the token, which is sent as a bearer's, or as the password of Basic with this name. */
  tokenSha256: z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits'),
  /** Collections by their alias. */
  read: z.array(identifier).max(100).default([]),
  write: z.array(identifier).max(100).default([]),
});
export type Partner = z.infer<typeof partner>;

export const sharedCollection = z.strictObject({
  /** A UUID; what partners' programs know it by. */
  id: z.uuid(),
  alias: identifier,
  title: plainText.min(1).max(256),
  description: plainText.optional(),
  /** Incidents that a person released, indicators that may be passed on, or what partners post. */
  holds: z.enum(['incidents', 'indicators', 'posts']),
  /** Nothing stricter is told here. */
  tlp: tlpLevel.default('green'),
  /** What is posted here is looked for, as indicators of that partner. */
  imports: z.boolean().default(false),
});
export type SharedCollection = z.infer<typeof sharedCollection>;

export interface Partners {
  /** By the header Authorization; undefined: nobody. */
  authenticate(header: string | undefined): Partner | undefined;
  /** Whether somebody guesses: a wrong try now is not even looked at. */
  readonly isGuessed: boolean;
}

export function partnersOf(list: readonly Partner[]): Partners {
  const wrong = new TokenBucket(WRONG_PER_SECOND, WRONG_BURST);
  let isGuessed = false;
  return {
    get isGuessed() {
      return isGuessed;
    },
    authenticate(header) {
      const given = credentialsIn(header);
      const digest = createHash('sha256')
        .update(given?.token ?? '')
        .digest();
      // Every partner is compared, so that the time tells nothing.
      const found = list.filter(
        ({ name, tokenSha256 }) =>
          timingSafeEqual(digest, Buffer.from(tokenSha256, 'hex')) &&
          given !== undefined &&
          (given.name === undefined || given.name === name),
      );
      isGuessed = found.length === 0 && header !== undefined && !wrong.tryTake(1);
      return found[0];
    },
  };
}

function credentialsIn(header: string | undefined): { name?: string; token: string } | undefined {
  const [, scheme = '', rest = ''] = /^(\S{1,16}) +(\S{1,1024})$/.exec(header ?? '') ?? [];
  if (scheme.toLowerCase() === 'bearer') return rest.length > MAX_TOKEN_LENGTH ? undefined : { token: rest };
  if (scheme.toLowerCase() !== 'basic') return undefined;
  const [name = '', ...token] = Buffer.from(rest, 'base64').toString('utf8').split(':');
  return token.length === 0 ? undefined : { name, token: token.join(':') };
}
