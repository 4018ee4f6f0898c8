/** What is known of an account beside its name, role and password: one document of the store each. */
import { z } from 'zod';
import { identifier, instant, plainText } from '../../devices/model/identifiers.ts';
import { accountScope, EVERYTHING } from './account-scope.ts';

/** Passkeys of one account. */
export const MAX_PASSKEYS = 10;
export const MAX_RECOVERY_CODES = 10;
/** Longest name of an account, and of a passkey. */
export const MAX_NAME_LENGTH = 64;

const base64url = z.string().regex(/^[\w-]+$/);

export const passkey = z.strictObject({
  /** The credential's id (WebAuthn Level 3, 5.1), base64url. */
  id: base64url.max(1_400),
  /** COSE key, base64url. */
  publicKey: base64url.max(4_000),
  counter: z.number().int().min(0),
  transports: z.array(z.string().max(32)).max(8),
  /** As its person calls it. */
  name: plainText.min(1).max(MAX_NAME_LENGTH),
  /** Kept by a password manager and on several devices. */
  isSynced: z.boolean(),
  at: instant,
  usedAt: instant.exactOptional(),
});
export type Passkey = z.infer<typeof passkey>;

const totp = z.strictObject({
  /** Sealed with the installation's key: see seal.ts. */
  sealedSecret: z.string().max(512),
  at: instant,
  /** The last 30-second step whose code was taken: no code opens twice (RFC 6238, 5.2). */
  lastStep: z.number().int().min(0),
});

export const accountProfile = z.strictObject({
  scope: accountScope.default(EVERYTHING),
  /** The name to show, and where to write to. */
  displayName: plainText.max(128).exactOptional(),
  email: z.email().max(254).exactOptional(),
  /** The person of the registry whose account this is. */
  person: identifier.exactOptional(),
  /** Of the desk's texts, e.g. de. */
  language: z
    .string()
    .regex(/^[a-z]{2}(-[A-Z]{2})?$/)
    .exactOptional(),
  createdAt: instant.exactOptional(),
  lastSignInAt: instant.exactOptional(),
  /** What WebAuthn calls the user's handle: says nothing of the person. */
  handle: base64url.max(64).exactOptional(),
  passkeys: z.array(passkey).max(MAX_PASSKEYS).default([]),
  totp: totp.exactOptional(),
  /** SHA-256 (hex) of codes that open once each. */
  recoveryCodes: z
    .array(z.string().regex(/^[0-9a-f]{64}$/))
    .max(MAX_RECOVERY_CODES)
    .default([]),
  /** Signs in there, and there only. */
  openIdConnect: z
    .strictObject({ provider: identifier, subject: z.string().min(1).max(255) })
    .exactOptional(),
  locked: z
    .strictObject({ at: instant, by: z.string().max(128), reason: plainText.max(500) })
    .exactOptional(),
  /** SHA-256 (hex) of the secret of a one-time link by which its person sets a password or passkey. */
  invitation: z
    .strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      expiresAt: instant,
      by: z.string().max(128),
    })
    .exactOptional(),
});
export type AccountProfile = z.infer<typeof accountProfile>;

export const emptyProfile = (): AccountProfile => accountProfile.parse({});

/** In place of a password's hash where there is none: no password fits it. */
export const NO_PASSWORD = '';
