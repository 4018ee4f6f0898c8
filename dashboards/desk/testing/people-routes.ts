/** For tests only: accounts, the own one, and what is kept about people. */
import { Hono } from 'hono';
import type {
  AccountList,
  OwnAccount,
  PersonalDataState,
  SessionRow,
  SignInWays,
} from '../../../cloud/api/contract.ts';

const DAY_MS = 86_400_000;

/** What the sign-in page offers; asked by whoever is not signed in. */
export const signInWays: SignInWays = {
  passkeys: true,
  providers: [{ id: 'house', title: 'Lindenhof Group' }],
};

export function peopleRoutes(now: number): Hono {
  const sessions: SessionRow[] = [
    {
      id: 's-1',
      at: now - 3_600_000,
      from: '192.0.2.10',
      agent: 'Chromium on Linux',
      method: 'passkey',
      expiresAt: now + 3_600_000,
      isThis: true,
    },
    {
      id: 's-2',
      at: now - DAY_MS,
      from: '192.0.2.44',
      agent: 'Firefox on Android',
      method: 'password-and-code',
      expiresAt: now + 7_200_000,
      isThis: false,
    },
  ];
  const own: OwnAccount = {
    name: 'mara',
    role: 'administrator',
    scope: { of: 'all' },
    displayName: 'Mara Oduya',
    email: 'mara@desk.example',
    language: 'en',
    hasPassword: true,
    passkeys: [
      { id: 'k-1', name: 'laptop', at: now - 30 * DAY_MS, usedAt: now - 3_600_000, isSynced: false },
      { id: 'k-2', name: 'phone', at: now - 9 * DAY_MS, isSynced: true },
    ],
    totp: { at: now - 20 * DAY_MS },
    recoveryCodes: 7,
    demands: 'second-factor',
    passkeysPossible: true,
    sessions,
  };
  const row = { passkeys: 1, totp: true, hasPassword: true, sessions: 1 };
  const accounts: AccountList = {
    items: [
      { ...row, name: 'mara', displayName: 'Mara Oduya', role: 'administrator', scope: { of: 'all' } },
      {
        ...row,
        name: 'tom',
        displayName: 'Tom Feld',
        email: 'tom@desk.example',
        role: 'operator',
        scope: { of: 'tenants', tenants: ['lindenhof'] },
        lastSignInAt: now - DAY_MS,
      },
      {
        ...row,
        name: 'anna',
        role: 'responsible-person',
        person: 'a.weber',
        scope: { of: 'sites', sites: ['pharmacy-lindenhof'] },
        locked: { at: now - 2 * DAY_MS, by: 'mara', reason: 'A lost phone.' },
      },
      {
        name: 'jonas',
        role: 'staff',
        scope: { of: 'sites', sites: ['pharmacy-lindenhof'] },
        invitedUntil: now + DAY_MS,
        passkeys: 0,
        totp: false,
        hasPassword: false,
        sessions: 0,
      },
    ],
    tenants: [{ id: 'lindenhof', sites: 2 }],
    sites: [{ id: 'pharmacy-lindenhof', name: 'Lindenhof Pharmacy', tenant: 'lindenhof' }],
  };
  const data: PersonalDataState = {
    policy: [{ kind: 'pictures', keptMs: 30 * DAY_MS }, { kind: 'audit' }],
    holds: [
      {
        id: 'h-1',
        about: { person: 'a.weber' },
        name: 'Anna Weber',
        reason: 'The police asked for it.',
        by: 'mara',
        at: now - DAY_MS,
      },
    ],
    runs: [],
    people: [
      { id: 'a.weber', name: 'Anna Weber', kind: 'staff' },
      { id: 'j.keller', name: 'Jonas Keller', kind: 'staff' },
    ],
    more: 12,
  };
  const app = new Hono();
  app.get('/account', (context) => context.json(own));
  app.get('/accounts', (context) => context.json(accounts));
  app.get('/personal-data', (context) => context.json(data));
  return app;
}
