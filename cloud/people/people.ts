import { join } from 'node:path';
import type { Clock } from '../../devices/model/clock.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { Scopes } from '../api/scope.ts';
import { Sessions } from '../api/sessions.ts';
import type { Account, Store } from '../store/store.ts';
import type { AccountScope } from './account-scope.ts';
import { Accounts, type WholeAccount } from './accounts.ts';
import { recoveryHashOf, stepOfCode } from './factors/one-time-code.ts';
import { Passkeys } from './factors/passkeys.ts';
import { Seal } from './factors/seal.ts';
import { OpenIdConnect } from './openid-connect.ts';
import { PersonalData } from './personal-data/personal-data.ts';
import { isEnough, type PersonalDataSettings, type SignInSettings } from './settings.ts';

export interface PeopleOptions {
  store: Store;
  registry: Registry;
  clock: Clock;
  /** The directory for what must survive a restart. */
  state: string;
  resolve(path: string): string;
  signIn: SignInSettings;
  personalData: PersonalDataSettings;
  /** Fit for the log. */
  onProblem(message: string): void;
  session: { lifetimeMs: number; idleMs: number };
  /** Made where there is no account of that name yet. */
  accounts: readonly (Account & {
    scope?: AccountScope | undefined;
    email?: string | undefined;
  })[];
  /** A session is over, or its person may see other things than before: its streams end. */
  onSessionChanged(session: string): void;
  /** The clock on the wall, ms: what phones go by. */
  wallMs?(): number;
}

/** Who may come in, by which ways, and what they see. */
export interface People {
  readonly accounts: Accounts;
  readonly scopes: Scopes;
  readonly sessions: Sessions;
  readonly passkeys: Passkeys;
  readonly openIdConnect: OpenIdConnect;
  readonly seal: Seal;
  readonly settings: SignInSettings;
  readonly personalData: PersonalData;
  wallMs(): number;
}

/** What an account's second factor is sealed for: moved to another account it does not open. */
export const sealedFor = (account: string): string => `totp of ${account}`;

/** Opens what people sign in with; accounts of the configuration are there when it resolves. */
export async function openPeople(options: PeopleOptions): Promise<People> {
  const { store, registry, clock, state, signIn, session, resolve } = options;
  const wallMs = options.wallMs ?? Date.now;
  const elapsedMs = () => clock.monotonicMs() / clock.rate;
  const seal = new Seal(join(state, 'second-factor.key'));
  const scopes = new Scopes({ registry, store });
  const accounts = new Accounts({
    store,
    clock,
    onChanged(name) {
      for (const id of sessions.idsOf(name)) options.onSessionChanged(id);
    },
  });
  const sessions = new Sessions({
    store,
    accounts,
    scopes,
    clock,
    ...session,
    freshForMs: signIn.freshForMs,
    isEnough: (role, method) => isEnough(signIn, role, method),
    takeCode: (account, code) => takeCode(account, code),
    onEnded: options.onSessionChanged,
  });
  for (const { scope, email, ...account } of options.accounts) {
    if (store.account(account.name) !== undefined) continue;
    const said = { ...(scope === undefined ? {} : { scope }), ...(email === undefined ? {} : { email }) };
    if (Object.keys(said).length > 0)
      await accounts.update(account.name, (profile) => ({ ...profile, ...said }));
    await accounts.put(account);
  }

  /** A code of the app, or one of the drawer; either counts once, also when it is sent twice at the same time. */
  async function takeCode(
    { name }: WholeAccount,
    code: string,
  ): Promise<'code' | 'recovery-code' | undefined> {
    let taken: 'code' | 'recovery-code' | undefined;
    await accounts.keep(name, (profile) => {
      taken = undefined;
      const { totp, recoveryCodes } = profile;
      const secret = totp === undefined ? undefined : seal.open(totp.sealedSecret, sealedFor(name));
      const step =
        totp === undefined || secret === undefined
          ? undefined
          : stepOfCode(secret, code, wallMs(), totp.lastStep);
      if (totp !== undefined && step !== undefined) {
        taken = 'code';
        return { ...profile, totp: { ...totp, lastStep: step } };
      }
      const used = recoveryHashOf(code, recoveryCodes);
      if (used === undefined) return undefined;
      taken = 'recovery-code';
      return { ...profile, recoveryCodes: recoveryCodes.filter((one) => one !== used) };
    });
    return taken;
  }

  const people: People = {
    accounts,
    scopes,
    sessions,
    passkeys: new Passkeys(elapsedMs),
    openIdConnect: new OpenIdConnect(signIn.openIdConnect, { resolve, elapsedMs }),
    seal,
    settings: signIn,
    wallMs,
    get personalData() {
      return personalData;
    },
  };
  const personalData = new PersonalData({
    store,
    registry,
    clock,
    people,
    settings: options.personalData,
    onProblem: options.onProblem,
  });
  return people;
}
