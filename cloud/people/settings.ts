/** How people sign in and what becomes of their data: two keys of the cloud's configuration. */
import { z } from 'zod';
import { durationMs, identifier, plainText } from '../../devices/model/identifiers.ts';
import { role } from '../api/rights.ts';
import type { SignInMethod } from '../api/sessions.ts';
import type { Role } from '../store/store.ts';
import { accountScope } from './account-scope.ts';

const claimName = z.string().min(1).max(128);

/** Who has this claim is given this role; the first that fits counts. */
const mapping = z.strictObject({
  claim: claimName,
  /** The claim's value, or one of its values. */
  has: z.string().min(1).max(256),
  role,
  scope: accountScope.default({ of: 'all' }),
});

const provider = z.strictObject({
  id: identifier,
  /** As the button of the sign-in page calls it. */
  title: plainText.min(1).max(64),
  issuer: z.url({ protocol: /^https?$/ }),
  clientId: z.string().min(1).max(256),
  /** A file that holds the client's secret and nothing else. */
  clientSecretFile: z.string().min(1).max(4_096),
  scopes: z.array(z.string().min(1).max(64)).min(1).max(16).default(['openid', 'profile', 'email']),
  /** The claim that gives a new account its name. */
  accountClaim: claimName.default('email'),
  /** It asks for a second factor itself: always, or when it says so in `amr` (RFC 8176). */
  secondFactor: z.enum(['always', 'when-it-says-so', 'never']).default('when-it-says-so'),
  roles: z.array(mapping).min(1).max(64),
});
export type OpenIdProvider = z.infer<typeof provider>;

export const signInSettings = z
  .strictObject({
    /** Where people reach the desk, e.g. https://desk.example. Without it passkeys work on localhost alone. */
    origin: z
      .url({ protocol: /^https?$/ })
      .refine((text) => new URL(text).origin === text.replace(/\/$/, ''), 'expected an origin without a path')
      .transform((text) => new URL(text).origin)
      .optional(),
    /** The name that passkeys are bound to: the origin's host, or a domain that it lies in. */
    passkeyHost: z.string().min(1).max(253).optional(),
    /** What a role demands beyond a password; roles that are not named demand nothing. */
    demands: z.partialRecord(role, z.enum(['second-factor', 'passkey'])).default({}),
    /** A proof of who somebody is counts for sensitive acts for so long, in real time. */
    freshForMs: durationMs.min(1_000).default(10 * 60_000),
    /** A one-time link is good for so long. */
    invitationMs: durationMs.min(60_000).default(72 * 3_600_000),
    openIdConnect: z.array(provider).max(8).default([]),
  })
  .refine(
    ({ openIdConnect }) => new Set(openIdConnect.map(({ id }) => id)).size === openIdConnect.length,
    'two providers have the same id',
  );
export type SignInSettings = z.infer<typeof signInSettings>;

const withTwoFactors: ReadonlySet<SignInMethod> = new Set([
  'password-and-code',
  'password-and-recovery-code',
  'passkey',
  'openid-connect-strong',
]);
const withPasskey: ReadonlySet<SignInMethod> = new Set(['passkey', 'openid-connect-strong']);

/** Whether a way to sign in is enough for a role. Pure. */
export function isEnough(
  { demands }: Pick<SignInSettings, 'demands'>,
  of: Role,
  method: SignInMethod,
): boolean {
  switch (demands[of]) {
    case 'second-factor':
      return withTwoFactors.has(method);
    case 'passkey':
      return withPasskey.has(method);
    default:
      return true;
  }
}

/** How long each kind of personal data is kept; what is not said is kept. */
export const personalDataSettings = z.strictObject({
  everyMs: durationMs.min(60_000).default(6 * 3_600_000),
  keep: z
    .strictObject({
      /** Pictures of cameras. */
      picturesMs: durationMs.optional(),
      /** Badges presented, doors opened by badge, log-ins: observations that name a badge, account or person. */
      accessRecordsMs: durationMs.optional(),
      /** Other observations that name somebody: orders, addresses, devices. */
      observationsMs: durationMs.optional(),
      /** What is known of sessions that are over. */
      sessionsMs: durationMs.optional(),
      /** Names and addresses in the log of who did what; that it was done stays. */
      auditMs: durationMs.optional(),
    })
    .prefault({}),
});
export type PersonalDataSettings = z.infer<typeof personalDataSettings>;
