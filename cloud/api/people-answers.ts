/** Shapes of the answers about accounts and personal data: for the OpenAPI document and for tests of answers. */
import { z } from 'zod';
import { accountScope } from '../people/account-scope.ts';
import { dataKinds } from '../people/personal-data/kinds.ts';
import type {
  AccountList,
  AccountRow,
  ErasureReport,
  InvitationSeen,
  InvitedAccount,
  OwnAccount,
  PasskeyAsked,
  PersonalDataState,
  RecoveryCodes,
  SessionRow,
  SignInWays,
  TotpBegun,
} from './contract/people.ts';
import { role } from './rights.ts';
import { signInMethods } from './sessions.ts';

const maybe = z.exactOptional;
const at = z.number();
const text = z.string();

export const signInWays: z.ZodType<SignInWays> = z.strictObject({
  passkeys: z.boolean(),
  providers: z.array(z.strictObject({ id: text, title: text })),
});

export const passkeyAsked: z.ZodType<PasskeyAsked> = z.strictObject({
  id: text,
  options: z.record(text, z.unknown()),
});

const sessionRow: z.ZodType<SessionRow> = z.strictObject({
  id: text,
  at,
  from: text,
  agent: text,
  method: z.enum(signInMethods),
  expiresAt: at,
  isThis: z.boolean(),
});
export const sessionRows = z.strictObject({ items: z.array(sessionRow) });

export const ownAccount: z.ZodType<OwnAccount> = z.strictObject({
  name: text,
  role,
  scope: accountScope,
  displayName: maybe(text),
  email: maybe(text),
  language: maybe(text),
  hasPassword: z.boolean(),
  passkeys: z.array(z.strictObject({ id: text, name: text, at, usedAt: maybe(at), isSynced: z.boolean() })),
  totp: maybe(z.strictObject({ at })),
  recoveryCodes: z.number(),
  provider: maybe(text),
  demands: maybe(z.enum(['second-factor', 'passkey'])),
  passkeysPossible: z.boolean(),
  sessions: z.array(sessionRow),
});

export const totpBegun: z.ZodType<TotpBegun> = z.strictObject({
  id: text,
  secret: text,
  uri: text,
  code: z.strictObject({ size: z.number(), path: text }),
});

export const recoveryCodes: z.ZodType<RecoveryCodes> = z.strictObject({ codes: z.array(text) });

const accountRow: z.ZodType<AccountRow> = z.strictObject({
  name: text,
  role,
  scope: accountScope,
  displayName: maybe(text),
  email: maybe(text),
  person: maybe(text),
  provider: maybe(text),
  lastSignInAt: maybe(at),
  locked: maybe(z.strictObject({ at, by: text, reason: text })),
  invitedUntil: maybe(at),
  passkeys: z.number(),
  totp: z.boolean(),
  hasPassword: z.boolean(),
  sessions: z.number(),
});
export const accountList: z.ZodType<AccountList> = z.strictObject({
  items: z.array(accountRow),
  tenants: z.array(z.strictObject({ id: text, sites: z.number() })),
  sites: z.array(z.strictObject({ id: text, name: text, tenant: text })),
});
export const oneAccount = z.strictObject({ account: accountRow });
export const invitedAccount: z.ZodType<InvitedAccount> = z.strictObject({
  account: accountRow,
  secret: text,
});
export const invitationSeen: z.ZodType<InvitationSeen> = z.strictObject({ name: text, role, expiresAt: at });

export const erasureReport: z.ZodType<ErasureReport> = z.strictObject({
  person: text,
  pseudonym: text,
  at,
  by: text,
  erased: z.array(z.strictObject({ what: text, count: z.number() })),
  kept: z.array(z.strictObject({ what: text, count: z.number(), why: text })),
});

const kind = z.enum(dataKinds);
const run = z.strictObject({
  at,
  deleted: z.record(kind, z.number()),
  held: z.number(),
  isCut: z.boolean(),
  problem: maybe(text),
});
export const retentionRun = run;

export const personalDataState: z.ZodType<PersonalDataState> = z.strictObject({
  policy: z.array(z.strictObject({ kind, keptMs: maybe(z.number()) })),
  holds: z.array(
    z.strictObject({
      id: text,
      about: z.union([z.strictObject({ person: text }), z.strictObject({ incident: text })]),
      name: text,
      reason: text,
      by: text,
      at,
    }),
  ),
  runs: z.array(run),
  people: z.array(z.strictObject({ id: text, name: text, kind: text })),
  more: z.number(),
});
