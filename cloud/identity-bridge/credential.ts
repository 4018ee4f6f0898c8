/**
 * W3C Verifiable Credentials 2.0 as JSON Web Tokens (VC-JOSE-COSE: `vc+jwt`, `vp+jwt`), signed with Ed25519. What may
 * be claimed here is listed: no document is ever interpreted as linked data.
 */
import type { KeyObject } from 'node:crypto';
import { CompactSign, compactVerify, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import { did, type Purpose, type Resolver } from './did.ts';

export const CONTEXT = 'https://www.w3.org/ns/credentials/v2';
/** Longest token that is read. */
export const MAX_TOKEN_LENGTH = 32_768;
/** Credentials in one presentation. */
export const MAX_PRESENTED = 8;

const short = z.string().min(1).max(128);
/** What each kind of credential claims of its subject, beside its identifier. */
export const claimsOf = {
  PersonCredential: z.strictObject({ identity: short, name: short.optional() }),
  DeviceCredential: z.strictObject({ device: short, asset: short.optional() }),
  /** The shop to a carrier, who may then vouch for couriers. */
  CarrierCredential: z.strictObject({ name: short, mayIssue: z.array(short).max(8).default([]) }),
  /** The carrier to a courier's scanner. */
  CourierCredential: z.strictObject({ courier: short, carrier: short.optional() }),
  /** The shop to whoever is to hand the parcel over. */
  ParcelCredential: z.strictObject({ parcel: short, order: short.optional() }),
  ProductCredential: z.strictObject({ product: short, batch: short.optional(), maker: short.optional() }),
  /** A bank to its customer. */
  AgeCredential: z.strictObject({ ageOver18: z.boolean() }),
} as const;
export type CredentialType = keyof typeof claimsOf;
export const credentialType = z.enum(Object.keys(claimsOf) as [CredentialType, ...CredentialType[]]);

const dateTime = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));

export const statusEntry = z.looseObject({
  type: z.literal('BitstringStatusListEntry'),
  statusPurpose: z.literal('revocation'),
  statusListIndex: z.string().regex(/^(0|[1-9]\d{0,9})$/),
  statusListCredential: z.url().max(512),
});

const envelope = z.looseObject({
  '@context': z
    .array(z.unknown())
    .min(1)
    .max(16)
    .refine(([first]) => first === CONTEXT, `begins with ${CONTEXT}`),
  id: z.string().max(256).optional(),
  type: z
    .array(z.string().max(64))
    .min(2)
    .max(8)
    .refine((all) => all.includes('VerifiableCredential')),
  issuer: z.union([did, z.looseObject({ id: did })]),
  validFrom: dateTime.optional(),
  validUntil: dateTime.optional(),
  credentialSubject: z.looseObject({ id: did.optional() }),
  credentialStatus: statusEntry.optional(),
});

/** A credential whose signature is its issuer's. What it claims is as its type has it. */
export interface Credential {
  jwt: string;
  id?: string;
  type: CredentialType;
  issuer: string;
  subject?: string;
  claims: Readonly<Record<string, unknown>>;
  validFrom?: number;
  validUntil?: number;
  status?: { list: string; index: number };
}

/** Why something is not believed. */
export const refusals = [
  'malformed',
  'signature',
  'audience',
  'unknown-nonce',
  'replayed',
  'not-yet-valid',
  'expired',
  'revoked',
  'status-unknown',
  'untrusted-issuer',
  'not-the-holder',
  'missing',
  'wrong-parcel',
  'claim',
] as const;
export type RefusalReason = (typeof refusals)[number];

export class Refused extends Error {
  readonly reason: RefusalReason;
  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.name = 'Refused';
    this.reason = reason;
  }
}

export interface SigningKey {
  did: string;
  /** `did#fragment` */
  method: string;
  key: KeyObject;
}

export const signed = (payload: object, kind: 'vc' | 'vp', { key, method }: SigningKey): Promise<string> =>
  new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', typ: `${kind}+jwt`, cty: kind, kid: method })
    .sign(key);

/** The payload of a token, and whose signature it has. @throws Refused */
export async function opened(
  jwt: string,
  kind: 'vc' | 'vp',
  resolver: Resolver,
  maxLength = MAX_TOKEN_LENGTH,
): Promise<{ signer: string; payload: unknown }> {
  if (jwt.length > maxLength) throw new Refused('malformed', 'the token is too long');
  const purpose: Purpose = kind === 'vc' ? 'assertionMethod' : 'authentication';
  let method: string;
  try {
    const { alg, typ, kid, crit } = decodeProtectedHeader(jwt);
    if (typ !== `${kind}+jwt`) throw new Error(`it is of type "${typ}", not ${kind}+jwt`);
    if ((alg !== 'EdDSA' && alg !== 'Ed25519') || kid === undefined || crit !== undefined)
      throw new Error('it is not signed with Ed25519 by a named key');
    method = kid;
  } catch (error) {
    throw new Refused('malformed', error instanceof Error ? error.message : String(error));
  }
  try {
    const key = await resolver.key(method, purpose);
    const { payload } = await compactVerify(jwt, key, { algorithms: ['EdDSA', 'Ed25519'] });
    return { signer: method.split('#')[0] ?? '', payload: JSON.parse(Buffer.from(payload).toString()) };
  } catch (error) {
    throw new Refused('signature', error instanceof Error ? error.message : String(error));
  }
}

/** Opens a credential: signature, form and claims; not yet whether its issuer is believed. @throws Refused */
export async function openCredential(jwt: string, resolver: Resolver): Promise<Credential> {
  const { signer, payload } = await opened(jwt, 'vc', resolver);
  const read = envelope.safeParse(payload);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Refused('malformed', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'malformed'}`);
  }
  const { id, type, issuer: by, validFrom, validUntil, credentialSubject, credentialStatus } = read.data;
  const issuer = typeof by === 'string' ? by : by.id;
  if (issuer !== signer) throw new Refused('signature', `it is signed by ${signer} in the name of ${issuer}`);
  const known = type.map((one) => credentialType.safeParse(one)).find((one) => one.success)?.data;
  if (known === undefined)
    throw new Refused('malformed', `of the types ${type.join(', ')} none is known here`);
  const { id: subject, ...claimed } = credentialSubject;
  const claims = claimsOf[known].safeParse(claimed);
  if (!claims.success) throw new Refused('malformed', `${known}: ${claims.error.issues[0]?.message ?? ''}`);
  return {
    jwt,
    type: known,
    issuer,
    claims: claims.data,
    ...(id === undefined ? {} : { id }),
    ...(subject === undefined ? {} : { subject }),
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validUntil === undefined ? {} : { validUntil }),
    ...(credentialStatus === undefined
      ? {}
      : {
          status: {
            list: credentialStatus.statusListCredential,
            index: Number(credentialStatus.statusListIndex),
          },
        }),
  };
}

/** What a holder sends: credentials, bound to this verifier and this moment. */
export function presentation(
  credentials: readonly string[],
  to: { nonce: string; audience: string },
  holder: SigningKey,
): Promise<string> {
  const document = {
    '@context': [CONTEXT],
    type: ['VerifiablePresentation'],
    holder: holder.did,
    verifiableCredential: credentials.map((jwt) => ({
      '@context': CONTEXT,
      id: `data:application/vc+jwt,${jwt}`,
      type: 'EnvelopedVerifiableCredential',
    })),
    nonce: to.nonce,
    aud: to.audience,
  };
  return signed(document, 'vp', holder);
}
