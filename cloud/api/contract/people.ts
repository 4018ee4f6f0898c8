/** Accounts, ways to sign in, and personal data. */
import type { AccountScope } from '../../people/account-scope.ts';
import type { DataKind } from '../../people/personal-data/kinds.ts';
import type { Role } from '../../store/store.ts';

export type { AccountScope, DataKind };

/** GET /api/sign-in: what the sign-in page offers. */
export interface SignInWays {
  /** False where the address of the page carries no passkeys: no TLS, or no configured origin. */
  passkeys: boolean;
  providers: { id: string; title: string }[];
}

/** POST /api/sign-in/passkey/begin, /api/account/passkeys/begin, /api/session/confirm/begin: for the browser's WebAuthn. */
export interface PasskeyAsked {
  id: string;
  options: Record<string, unknown>;
}

export interface SessionRow {
  id: string;
  at: number;
  from: string;
  agent: string;
  method:
    | 'password'
    | 'password-and-code'
    | 'password-and-recovery-code'
    | 'passkey'
    | 'openid-connect'
    | 'openid-connect-strong'
    | 'invitation';
  expiresAt: number;
  /** The one that asks. */
  isThis: boolean;
}

/** GET /api/account: whoever is signed in. */
export interface OwnAccount {
  name: string;
  role: Role;
  scope: AccountScope;
  displayName?: string;
  email?: string;
  language?: string;
  hasPassword: boolean;
  passkeys: { id: string; name: string; at: number; usedAt?: number; isSynced: boolean }[];
  totp?: { at: number };
  recoveryCodes: number;
  provider?: string;
  /** What the role demands. */
  demands?: 'second-factor' | 'passkey';
  passkeysPossible: boolean;
  sessions: SessionRow[];
}

/** POST /api/account/totp/begin */
export interface TotpBegun {
  id: string;
  secret: string;
  uri: string;
  /** An SVG path of dark squares on a field of `size` by `size`. */
  code: { size: number; path: string };
}

/** POST /api/account/totp, /api/account/recovery-codes: shown once. */
export interface RecoveryCodes {
  codes: string[];
}

/** GET /api/accounts */
export interface AccountRow {
  name: string;
  role: Role;
  scope: AccountScope;
  displayName?: string;
  email?: string;
  person?: string;
  provider?: string;
  lastSignInAt?: number;
  locked?: { at: number; by: string; reason: string };
  /** Until when a one-time link is good. */
  invitedUntil?: number;
  passkeys: number;
  totp: boolean;
  hasPassword: boolean;
  sessions: number;
}
export interface AccountList {
  items: AccountRow[];
  /** What the caller may give: their own tenants and sites. */
  tenants: { id: string; sites: number }[];
  sites: { id: string; name: string; tenant: string }[];
}

/** POST /api/accounts, POST /api/accounts/:name/invite */
export interface InvitedAccount {
  account: AccountRow;
  /** The secret of the one-time link: `#/invitation/<secret>`. Told once. */
  secret: string;
}

/** POST /api/invitations/look */
export interface InvitationSeen {
  name: string;
  role: Role;
  expiresAt: number;
}

/** A person or an incident that nothing may be deleted of. */
export interface LegalHold {
  id: string;
  about: { person: string } | { incident: string };
  /** What it is called. */
  name: string;
  reason: string;
  by: string;
  at: number;
}

/** GET /api/personal-data */
export interface PersonalDataState {
  policy: { kind: DataKind; keptMs?: number }[];
  holds: LegalHold[];
  runs: RetentionRun[];
  people: { id: string; name: string; kind: string }[];
  /** Of more people the first are listed; the rest is found by name. */
  more: number;
}

/** What one pass of the retention deleted. */
export interface RetentionRun {
  at: number;
  deleted: Record<DataKind, number>;
  /** Left because of a legal hold. */
  held: number;
  /** There was more than one pass may do; the next goes on. */
  isCut: boolean;
  problem?: string;
}

/** POST /api/personal-data/:person/erase */
export interface ErasureReport {
  person: string;
  pseudonym: string;
  at: number;
  by: string;
  erased: { what: string; count: number }[];
  kept: { what: string; count: number; why: string }[];
}
