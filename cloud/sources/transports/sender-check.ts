/** Whether a request may be taken: by a token, by a signature, or, of browsers, by whence the page came. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { TokenBucket } from '../token-bucket.ts';
import { signature, verify } from './webhook-signature.ts';

const MAX_ORIGINS = 64;
/** Requests a second of one address that names itself to nobody. */
const ANONYMOUS_PER_SECOND = 1;
const ANONYMOUS_BURST = 30;
/** Addresses that are counted; beyond it those quiet for longest are forgotten. */
const MAX_ANONYMOUS = 4_096;

/** Keys of the transport that say who may send; exactly one way is given. */
export const senders = {
  /** Asked for as `Authorization: Bearer …`. */
  token: z.string().min(16).max(256).optional(),
  /** The same, as the SHA-256 in hex, so that the configuration holds no secret. */
  tokenSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits')
    .optional(),
  signature: signature.optional(),
  /** Anybody, as browsers that report on pages of these origins (`https://shop.example`). */
  anonymous: z
    .strictObject({
      origins: z
        .array(z.string().regex(/^https?:\/\/[^/\s]{1,253}$/))
        .max(MAX_ORIGINS)
        .default([]),
    })
    .optional(),
};
interface Settings {
  token?: string | undefined;
  tokenSha256?: string | undefined;
  signature?: z.infer<typeof signature> | undefined;
  anonymous?: { origins: string[] } | undefined;
}

export const isOneWay = ({ token, tokenSha256, signature: signed, anonymous }: Settings): boolean =>
  [token, tokenSha256, signed, anonymous].filter((way) => way !== undefined).length === 1;

export type Refusal = { status: 401 | 403 | 429; code: string; because: string };

/** What is known before the body is read, and after. */
export interface SenderCheck {
  /** Undefined: go on. */
  before(headerOf: (name: string) => string | undefined, peer: string): Refusal | undefined;
  /** Of signed bodies; `topic` where the sender's headers name one. */
  after(
    headerOf: (name: string) => string | undefined,
    body: Uint8Array,
    now: number,
  ): { refusal?: Refusal; topic?: string };
  /** The same body is the same delivery, however often it comes. */
  readonly isSigned: boolean;
  /** Whether `before` tells friends from strangers. */
  readonly isKnownBefore: boolean;
  /** Origins whose pages may be told that they may send; undefined: no browser sends here. */
  readonly origins: readonly string[] | undefined;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** @throws Error where the secret's file can't be read or is empty */
export function senderCheck(settings: Settings): SenderCheck {
  const { signature: signed, anonymous } = settings;
  if (signed !== undefined) {
    const secret = signed.secret ?? readFileSync(signed.secretFile ?? '', 'utf8').trim();
    if (secret.length < 8)
      throw new Error(`${signed.secretFile}: expected a secret of at least 8 characters`);
    return {
      before: () => undefined,
      after(headerOf, body, now) {
        const verdict = verify(signed, secret, headerOf, body, now);
        if (!verdict.good)
          return { refusal: { status: 401, code: 'unauthorised', because: verdict.because } };
        return verdict.topic === undefined ? {} : { topic: verdict.topic };
      },
      isSigned: true,
      isKnownBefore: false,
      origins: undefined,
    };
  }
  if (anonymous !== undefined) return anonymousCheck(anonymous.origins);
  const expected =
    settings.tokenSha256 === undefined
      ? sha256(settings.token ?? '')
      : Buffer.from(settings.tokenSha256, 'hex');
  return {
    before(headerOf) {
      const given = /^Bearer +(\S{1,512})$/i.exec(headerOf('authorization') ?? '')?.[1];
      if (given !== undefined && timingSafeEqual(sha256(given), expected)) return undefined;
      return { status: 401, code: 'unauthorised', because: 'a valid bearer token is needed' };
    },
    after: () => ({}),
    isSigned: false,
    isKnownBefore: true,
    origins: undefined,
  };
}

function anonymousCheck(origins: readonly string[]): SenderCheck {
  const peers = new Map<string, TokenBucket>();
  const bucketOf = (peer: string): TokenBucket => {
    const known = peers.get(peer);
    const bucket = known ?? new TokenBucket(ANONYMOUS_PER_SECOND, ANONYMOUS_BURST);
    peers.delete(peer);
    peers.set(peer, bucket);
    if (peers.size > MAX_ANONYMOUS) {
      const oldest = peers.keys().next().value;
      if (oldest !== undefined) peers.delete(oldest);
    }
    return bucket;
  };
  return {
    before(headerOf, peer) {
      const origin = headerOf('origin');
      // Reports of `report-uri` come without an origin or with `null`.
      if (origin !== undefined && origin !== 'null' && origins.length > 0 && !origins.includes(origin))
        return { status: 403, code: 'origin', because: 'not for pages of this origin' };
      if (!bucketOf(peer).tryTake(1))
        return { status: 429, code: 'too-many', because: 'more reports than anybody needs to send' };
      return undefined;
    },
    after: () => ({}),
    isSigned: false,
    isKnownBefore: false,
    origins,
  };
}
