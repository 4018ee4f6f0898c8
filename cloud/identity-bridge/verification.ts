/** Whether what somebody presents is believed: signature, holder, nonce, time, revocation, and trust in the issuer. */
import { z } from 'zod';
import {
  CONTEXT,
  type Credential,
  type CredentialType,
  credentialType,
  MAX_PRESENTED,
  openCredential,
  opened,
  Refused,
} from './credential.ts';
import { did, type Resolver } from './did.ts';

/** From a trusted root over so many hands to the holder, at most. */
export const MAX_DELEGATION = 3;
/** Clocks of issuers may be ahead by so much. */
const MAX_AHEAD_MS = 60_000;

/** An issuer that is believed by configuration, for these types. */
export const trustedRoot = z.strictObject({ did, issues: z.array(credentialType).min(1) });
export type TrustedRoot = z.infer<typeof trustedRoot>;

const prefix = 'data:application/vc+jwt,';
const document = z.looseObject({
  '@context': z
    .array(z.unknown())
    .min(1)
    .refine(([first]) => first === CONTEXT),
  type: z.array(z.string()).refine((all) => all.includes('VerifiablePresentation')),
  holder: did.optional(),
  verifiableCredential: z
    .array(
      z.looseObject({ type: z.union([z.string(), z.array(z.string())]), id: z.string().startsWith(prefix) }),
    )
    .min(1)
    .max(MAX_PRESENTED),
  nonce: z.string().max(128),
  aud: z.string().max(512),
});

export interface Trust {
  resolver: Resolver;
  roots: readonly TrustedRoot[];
  /** @throws Refused where it can't be known */
  isRevoked(status: { list: string; index: number }, issuer: string): Promise<boolean>;
  now(): number;
}

export interface Presented {
  holder: string;
  credentials: Credential[];
}

/**
 * A presentation's signature and what it is bound to; `useNonce` is asked once, after the signature held.
 * @throws Refused
 */
export async function openPresentation(
  jwt: string,
  expected: { audience: string; useNonce(nonce: string): 'good' | 'replayed' | 'unknown' },
  { resolver }: Pick<Trust, 'resolver'>,
): Promise<{ holder: string; jwts: string[] }> {
  const { signer, payload } = await opened(jwt, 'vp', resolver);
  const read = document.safeParse(payload);
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Refused('malformed', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { holder = signer, verifiableCredential, nonce, aud } = read.data;
  if (holder !== signer) throw new Refused('not-the-holder', `${signer} presents in the name of ${holder}`);
  if (aud !== expected.audience) throw new Refused('audience', 'it is meant for somebody else');
  const use = expected.useNonce(nonce);
  if (use === 'replayed') throw new Refused('replayed', 'it was presented before');
  if (use === 'unknown')
    throw new Refused('unknown-nonce', 'it answers no question that was asked here lately');
  return { holder, jwts: verifiableCredential.map(({ id }) => id.slice(prefix.length)) };
}

/** Opens every credential and believes it, or refuses all. @throws Refused for the first that is not believed */
export async function believed(jwts: readonly string[], holder: string, trust: Trust): Promise<Credential[]> {
  const credentials = await Promise.all(jwts.map((jwt) => openCredential(jwt, trust.resolver)));
  for (const one of credentials) {
    const { validFrom, validUntil, type, status, issuer } = one;
    const now = trust.now();
    if (!mayIssue(issuer, [type], credentials, trust.roots, MAX_DELEGATION))
      throw new Refused('untrusted-issuer', `nobody that is trusted here lets ${issuer} issue a ${type}`);
    if (validFrom !== undefined && validFrom > now + MAX_AHEAD_MS)
      throw new Refused('not-yet-valid', `the ${type} is not valid yet`);
    if (validUntil !== undefined && validUntil < now) throw new Refused('expired', `the ${type} has expired`);
    if (status !== undefined && (await trust.isRevoked(status, issuer)))
      throw new Refused('revoked', `the ${type} was revoked`);
  }
  const mayHold = new Set([holder, ...credentials.map(({ issuer }) => issuer)]);
  // A product's label is about the product, whoever holds it.
  const bound = credentials.filter(({ type }) => type !== 'ProductCredential');
  for (const { subject, type } of bound)
    if (subject === undefined || !mayHold.has(subject))
      throw new Refused('not-the-holder', `the ${type} is somebody else's`);
  if (bound.length > 0 && !bound.some(({ subject }) => subject === holder))
    throw new Refused('not-the-holder', 'none of it is about whoever presents it');
  return credentials;
}

/**
 * Whether a root may issue all of these, or lets this issuer: nobody hands on more than they were given, so each hand
 * on the way must be let issue the credential itself and the right to do so.
 */
function mayIssue(
  issuer: string,
  types: readonly CredentialType[],
  all: readonly Credential[],
  roots: readonly TrustedRoot[],
  hands: number,
): boolean {
  if (roots.some((root) => root.did === issuer && types.every((type) => root.issues.includes(type))))
    return true;
  if (hands <= 0) return false;
  return all.some(
    (one) =>
      one.subject === issuer &&
      one.issuer !== issuer &&
      types.every((type) => lets(one, type)) &&
      mayIssue(
        one.issuer,
        [...new Set<CredentialType>([...types, 'CarrierCredential'])],
        all,
        roots,
        hands - 1,
      ),
  );
}

const lets = ({ type, claims }: Credential, wanted: CredentialType): boolean =>
  type === 'CarrierCredential' && Array.isArray(claims.mayIssue) && claims.mayIssue.includes(wanted);

/** The first of a type about whoever presents it, with these claims. @throws Refused */
export function required(
  { holder, credentials }: Presented,
  type: CredentialType,
  claims: Readonly<Record<string, unknown>>,
): Credential {
  const found = credentials.find(
    (one) => one.type === type && (one.subject === holder || type === 'ProductCredential'),
  );
  if (found === undefined) throw new Refused('missing', `there is no ${type} of the holder's`);
  for (const [name, value] of Object.entries(claims))
    if (found.claims[name] !== value)
      throw new Refused(
        'claim',
        `${name} is ${JSON.stringify(found.claims[name] ?? null)}, not ${JSON.stringify(value)}`,
      );
  return found;
}
