/** Who sent a webhook: shops and payment services sign the body with a secret that both know. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const header = z.string().regex(/^[A-Za-z0-9-]{1,64}$/, 'expected the name of a header');
const secret = {
  /** As the sender shows it. */
  secret: z.string().min(8).max(512).optional(),
  /** File that holds it, so that the configuration does not. */
  secretFile: z.string().min(1).max(4_096).optional(),
};
/** How far the time that was signed may be from ours. */
const toleranceMs = z.number().int().min(1_000).max(3_600_000).default(300_000);

/** Ways to sign. */
export const signature = z
  .discriminatedUnion('scheme', [
    /** `X-WC-Webhook-Signature`: base64 of HMAC-SHA256 over the body. It signs no time: a repeat is the same record. */
    z.strictObject({ scheme: z.literal('woocommerce'), ...secret }),
    /** HMAC over the body in a header of one's choice, `sha256=` and the like in front or not. */
    z.strictObject({
      scheme: z.literal('body'),
      ...secret,
      header: header.default('X-Signature'),
      algorithm: z.enum(['sha256', 'sha512']).default('sha256'),
      encoding: z.enum(['hex', 'base64']).default('hex'),
    }),
    /** `t=<seconds>,v1=<hex>` over `<seconds>.<body>`, as Stripe signs. */
    z.strictObject({
      scheme: z.literal('timestamped'),
      ...secret,
      header: header.default('Stripe-Signature'),
      toleranceMs,
    }),
    /** The Standard Webhooks specification: `webhook-id`, `webhook-timestamp`, `webhook-signature: v1,<base64>`. */
    z.strictObject({ scheme: z.literal('standard'), ...secret, toleranceMs }),
  ])
  .refine(({ secret: given, secretFile }) => (given === undefined) !== (secretFile === undefined), {
    error: 'give either secret or secretFile',
  });
export type Signature = z.infer<typeof signature>;

/** A sender that is exchanging its secret signs with both; nobody signs with more. */
const MAX_SIGNATURES = 8;
const MAX_HEADER_LENGTH = 4_096;

export type Verdict = { good: true; topic?: string } | { good: false; because: string };

const refused = (because: string): Verdict => ({ good: false, because });

function isSame(given: Buffer, expected: Buffer): boolean {
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function withinTolerance(seconds: string | undefined, toleranceMs: number, now: number): Verdict | undefined {
  if (seconds === undefined || !/^\d{9,11}$/.test(seconds)) return refused('the signature states no time');
  const distance = Math.abs(Number(seconds) * 1_000 - now);
  return distance > toleranceMs ? refused(`signed ${Math.round(distance / 1_000)} s from now`) : undefined;
}

/**
 * @param headerOf value of a header, by its name in any case
 * @param now ms, by the clock that the sender is expected to go by
 */
export function verify(
  settings: Signature,
  secretText: string,
  headerOf: (name: string) => string | undefined,
  body: Uint8Array,
  now: number,
): Verdict {
  const mac = (
    algorithm: string,
    key: string | Buffer,
    ...parts: readonly (string | Uint8Array)[]
  ): Buffer => {
    const hmac = createHmac(algorithm, key);
    for (const part of parts) hmac.update(part);
    return hmac.digest();
  };
  const name =
    settings.scheme === 'woocommerce'
      ? 'x-wc-webhook-signature'
      : settings.scheme === 'standard'
        ? 'webhook-signature'
        : settings.header;
  const given = headerOf(name);
  if (given === undefined || given === '') return refused(`${name}: missing`);
  if (given.length > MAX_HEADER_LENGTH) return refused(`${name}: too long`);
  switch (settings.scheme) {
    case 'woocommerce': {
      if (!isSame(Buffer.from(given, 'base64'), mac('sha256', secretText, body)))
        return refused('the signature is wrong');
      const topic = headerOf('x-wc-webhook-topic');
      return topic === undefined || !/^[a-z_.]{1,80}$/.test(topic) ? { good: true } : { good: true, topic };
    }
    case 'body': {
      const bare = given.replace(/^sha(?:256|512)=/i, '');
      const expected = mac(settings.algorithm, secretText, body);
      return isSame(Buffer.from(bare, settings.encoding), expected)
        ? { good: true }
        : refused('the signature is wrong');
    }
    case 'timestamped': {
      const pairs = given.split(',', MAX_SIGNATURES).map((pair) => pair.trim().split('=', 2));
      const time = pairs.find(([key]) => key === 't')?.[1];
      const stale = withinTolerance(time, settings.toleranceMs, now);
      const expected = mac('sha256', secretText, `${time}.`, body);
      const isGood = pairs.some(
        ([key, value]) => key === 'v1' && isSame(Buffer.from(value ?? '', 'hex'), expected),
      );
      // Wrong is said before stale: who can't sign learns nothing of our clock.
      return isGood ? (stale ?? { good: true }) : refused('the signature is wrong');
    }
    case 'standard': {
      const id = headerOf('webhook-id') ?? '';
      const time = headerOf('webhook-timestamp');
      const stale = withinTolerance(time, settings.toleranceMs, now);
      const key = secretText.startsWith('whsec_') ? Buffer.from(secretText.slice(6), 'base64') : secretText;
      const expected = mac('sha256', key, `${id}.${time}.`, body);
      const isGood = given
        .split(' ', MAX_SIGNATURES)
        .some((one) => one.startsWith('v1,') && isSame(Buffer.from(one.slice(3), 'base64'), expected));
      return isGood ? (stale ?? { good: true }) : refused('the signature is wrong');
    }
  }
}
