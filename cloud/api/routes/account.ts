import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { plainText } from '../../../devices/model/identifiers.ts';
import { MAX_NAME_LENGTH, MAX_PASSKEYS, type Passkey } from '../../people/account.ts';
import { Challenges } from '../../people/factors/challenges.ts';
import { newRecoveryCodes, newTotp, stepOfCode } from '../../people/factors/one-time-code.ts';
import { newHandle, registrationAnswer } from '../../people/factors/passkeys.ts';
import { sealedFor } from '../../people/people.ts';
import type { OwnAccount, SessionRow } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { hashPassword, MIN_PASSWORD_LENGTH } from '../password.ts';
import { ownAccount, passkeyAsked, recoveryCodes, totpBegun } from '../people-answers.ts';
import { notThere, Problem } from '../problem.ts';
import { relyingPartyOf } from '../relying-party.ts';
import { type Caller, type Route, route } from '../route.ts';
import { shownId } from '../sessions.ts';
import { whenceOf } from './session.ts';
import { unlessTooMany } from './sign-in.ts';

const keyName = plainText
  .min(1)
  .max(MAX_NAME_LENGTH)
  .refine((name) => name.trim() !== '', 'must not be empty');
const keyId = z.strictObject({ id: z.string().min(1).max(1_400) });
const nothing = z.strictObject({});
export const newPassword = z.string().min(MIN_PASSWORD_LENGTH).max(256);

/** Sessions as their person, or an administrator, sees them. */
export const sessionRowsOf = (
  sessions: ApiParts['sessions'],
  account: string,
  current: string | undefined,
): SessionRow[] =>
  sessions.list(account).map(({ idleMs: _, ...one }) => ({
    ...one,
    isThis: current !== undefined && one.id === shownId(current),
  }));

/** What people do with their own account. */
export function accountRoutes(parts: ApiParts): Route[] {
  const { people, sessions, store, clock, options } = parts;
  const { accounts, passkeys, seal, settings } = people;
  const setups = new Challenges<{ account: string; secret: string }>(() => clock.monotonicMs() / clock.rate);
  const shown = ({ name, session }: Caller, context: Parameters<typeof relyingPartyOf>[0]): OwnAccount => {
    const account = accounts.find(name);
    if (account === undefined) throw notThere('account');
    const { role, passwordHash, profile } = account;
    const { displayName, email, language, totp, openIdConnect } = profile;
    const demands = settings.demands[role];
    return {
      name,
      role,
      scope: profile.scope,
      ...(displayName === undefined ? {} : { displayName }),
      ...(email === undefined ? {} : { email }),
      ...(language === undefined ? {} : { language }),
      hasPassword: passwordHash !== '',
      passkeys: profile.passkeys.map(({ id, name: called, at, usedAt, isSynced }) => ({
        id,
        name: called,
        at,
        ...(usedAt === undefined ? {} : { usedAt }),
        isSynced,
      })),
      ...(totp === undefined ? {} : { totp: { at: totp.at } }),
      recoveryCodes: profile.recoveryCodes.length,
      ...(openIdConnect === undefined ? {} : { provider: openIdConnect.provider }),
      ...(demands === undefined ? {} : { demands }),
      passkeysPossible: relyingPartyOf(context, settings, options) !== undefined,
      sessions: sessionRowsOf(sessions, name, session),
    };
  };
  const entry = (
    context: Parameters<typeof whenceOf>[0],
    { name }: Caller,
    action: string,
    about: string,
  ) => ({
    at: clock.now(),
    by: name,
    from: whenceOf(context, options).address,
    action,
    about,
  });
  /** Who has a factor proves it anew before adding another: else a stolen session would make itself a key. */
  const demandFresh = ({ isFresh, mustEnrol }: Caller) => {
    if (!isFresh && !mustEnrol)
      throw new Problem(403, 'confirm', 'Prove once more that it is you, then try again.');
  };
  const answer = { schema: ownAccount, title: 'The account' };

  return [
    route({
      method: 'get',
      path: '/api/account',
      title: 'The own account: keys, second factor, sessions',
      needs: 'signed-in',
      beforeEnrolment: true,
      answer,
      handle: ({ context }, caller) => context.json(shown(caller, context)),
    }),
    route({
      method: 'put',
      path: '/api/account',
      title: 'Name, address and language',
      needs: 'signed-in',
      body: z.strictObject({
        displayName: plainText.max(128).exactOptional(),
        email: z.union([z.literal(''), z.email().max(254)]).exactOptional(),
        language: z
          .string()
          .regex(/^[a-z]{2}(-[A-Z]{2})?$/)
          .exactOptional(),
      }),
      answer,
      async handle({ context, body }, caller) {
        await accounts.keep(
          caller.name,
          (profile) => {
            const { email: emailBefore, displayName: nameBefore, ...rest } = profile;
            const email = body.email ?? emailBefore;
            const displayName = body.displayName ?? nameBefore;
            return {
              ...rest,
              ...(email === undefined || email === '' ? {} : { email }),
              ...(displayName === undefined || displayName === '' ? {} : { displayName }),
              ...(body.language === undefined ? {} : { language: body.language }),
            };
          },
          entry(context, caller, 'account.described', caller.name),
        );
        return context.json(shown(caller, context));
      },
    }),
    route({
      method: 'put',
      path: '/api/account/password',
      title: 'Another password; all other sessions end',
      needs: 'signed-in',
      fresh: true,
      body: z.strictObject({ password: newPassword }),
      answer,
      async handle({ context, body }, caller) {
        const account = accounts.find(caller.name);
        if (account === undefined) throw notThere('account');
        if (account.profile.openIdConnect !== undefined)
          throw new Problem(409, 'elsewhere', 'This account signs in at its identity provider.');
        const passwordHash = await hashPassword(body.password);
        const { name, role } = account;
        await accounts.put(
          { name, role, passwordHash },
          entry(context, caller, 'account.password-changed', name),
        );
        await sessions.endAll(name, caller.session);
        return context.json(shown(caller, context));
      },
    }),
    route({
      method: 'post',
      path: '/api/account/passkeys/begin',
      title: 'Make a passkey: what the browser needs',
      needs: 'signed-in',
      beforeEnrolment: true,
      body: nothing,
      answer: { schema: passkeyAsked, title: 'A challenge' },
      async handle({ context }, caller) {
        demandFresh(caller);
        const party = relyingPartyOf(context, settings, options);
        if (party === undefined)
          throw new Problem(409, 'no-passkeys', 'This address carries no passkeys: use the configured one.');
        const { name } = caller;
        let profile = accounts.profile(name);
        if (profile.passkeys.length >= MAX_PASSKEYS)
          throw new Problem(409, 'full', `An account has ${MAX_PASSKEYS} passkeys at most.`);
        if (profile.handle === undefined)
          profile = (await accounts.keep(name, (one) => ({ handle: newHandle(), ...one }))) ?? profile;
        const { handle = newHandle() } = profile;
        const { address } = whenceOf(context, options);
        return context.json(
          await unlessTooMany(passkeys.beginRegistration(party, name, { ...profile, handle }, address)),
        );
      },
    }),
    route({
      method: 'post',
      path: '/api/account/passkeys',
      title: 'Keep the passkey that was made',
      needs: 'signed-in',
      beforeEnrolment: true,
      body: z.strictObject({ id: z.string().min(1).max(64), name: keyName, answer: registrationAnswer }),
      maxBytes: 256 * 1024,
      answer,
      async handle({ context, body }, caller) {
        demandFresh(caller);
        const made = await passkeys.endRegistration(body.id, caller.name, body.answer);
        if (made === undefined)
          throw new Problem(422, 'no-key', 'The browser did not prove a new passkey. Try again.');
        const key: Passkey = { ...made, name: body.name.trim(), at: clock.now() };
        const kept = await accounts.keep(
          caller.name,
          (profile) =>
            profile.passkeys.length >= MAX_PASSKEYS || accounts.byPasskey(key.id) !== undefined
              ? undefined
              : { ...profile, passkeys: [...profile.passkeys, key] },
          entry(context, caller, 'account.passkey-added', key.name),
        );
        if (kept === undefined) throw new Problem(409, 'no-key', 'This passkey is known already.');
        await sessions.strengthen(caller.session, 'passkey');
        return context.json(shown(caller, context));
      },
    }),
    route({
      method: 'put',
      path: '/api/account/passkeys/:id',
      title: 'Call a passkey something else',
      needs: 'signed-in',
      params: keyId,
      body: z.strictObject({ name: keyName }),
      answer,
      async handle({ context, params: { id }, body }, caller) {
        const kept = await accounts.keep(
          caller.name,
          (profile) =>
            profile.passkeys.some((one) => one.id === id)
              ? {
                  ...profile,
                  passkeys: profile.passkeys.map((one) =>
                    one.id === id ? { ...one, name: body.name.trim() } : one,
                  ),
                }
              : undefined,
          entry(context, caller, 'account.passkey-renamed', body.name.trim()),
        );
        if (kept === undefined) throw notThere('passkey');
        return context.json(shown(caller, context));
      },
    }),
    route({
      method: 'delete',
      path: '/api/account/passkeys/:id',
      title: 'Remove a passkey: it opens nothing any more',
      needs: 'signed-in',
      fresh: true,
      params: keyId,
      answer,
      async handle({ context, params: { id } }, caller) {
        const account = accounts.find(caller.name);
        const key = account?.profile.passkeys.find((one) => one.id === id);
        if (account === undefined || key === undefined) throw notThere('passkey');
        const isLastWay =
          account.profile.passkeys.length === 1 &&
          account.passwordHash === '' &&
          account.profile.openIdConnect === undefined;
        if (isLastWay)
          throw new Problem(409, 'last-way', 'This is the only way to sign in. Set a password first.');
        await accounts.keep(
          caller.name,
          (profile) => ({ ...profile, passkeys: profile.passkeys.filter((one) => one.id !== id) }),
          entry(context, caller, 'account.passkey-removed', key.name),
        );
        return context.json(shown(caller, context));
      },
    }),
    route({
      method: 'post',
      path: '/api/account/totp/begin',
      title: 'Set up codes of an app: what the app needs',
      needs: 'signed-in',
      beforeEnrolment: true,
      body: nothing,
      answer: { schema: totpBegun, title: 'Secret and QR code' },
      async handle({ context }, caller) {
        demandFresh(caller);
        const { secret, uri, code } = newTotp(caller.name);
        const id = randomBytes(24).toString('base64url');
        const { address } = whenceOf(context, options);
        await unlessTooMany(
          Promise.resolve().then(() => setups.put(id, { account: caller.name, secret }, address)),
        );
        return context.json({ id, secret, uri, code });
      },
    }),
    route({
      method: 'post',
      path: '/api/account/totp',
      title:
        'The app shows this code: from now on signing in asks for one. Answers with recovery codes, once',
      needs: 'signed-in',
      beforeEnrolment: true,
      body: z.strictObject({ id: z.string().min(1).max(64), code: z.string().min(6).max(16) }),
      answer: { schema: recoveryCodes, title: 'Recovery codes' },
      async handle({ context, body }, caller) {
        demandFresh(caller);
        const setup = setups.take(body.id);
        if (setup === undefined || setup.account !== caller.name)
          throw new Problem(409, 'over', 'This took too long. Begin again.');
        const step = stepOfCode(setup.secret, body.code, people.wallMs(), 0);
        if (step === undefined) {
          setups.put(body.id, setup, whenceOf(context, options).address);
          throw new Problem(422, 'wrong-code', 'The app shows another code. Look again.', { field: 'code' });
        }
        const { codes, hashes } = newRecoveryCodes();
        const sealedSecret = seal.close(setup.secret, sealedFor(caller.name));
        await accounts.keep(
          caller.name,
          (profile) => ({
            ...profile,
            totp: { sealedSecret, at: clock.now(), lastStep: step },
            recoveryCodes: hashes,
          }),
          entry(context, caller, 'account.second-factor-added', caller.name),
        );
        await sessions.strengthen(caller.session, 'password-and-code');
        return context.json({ codes });
      },
    }),
    route({
      method: 'delete',
      path: '/api/account/totp',
      title: 'Signing in asks for no code any more',
      needs: 'signed-in',
      fresh: true,
      answer,
      async handle({ context }, caller) {
        const { totp, passkeys: keys } = accounts.profile(caller.name);
        if (totp === undefined) throw notThere('second factor');
        if (settings.demands[caller.role] === 'second-factor' && keys.length === 0)
          throw new Problem(409, 'demanded', 'Your role demands a second factor. Add a passkey first.');
        await accounts.keep(
          caller.name,
          ({ totp: _, ...profile }) => ({ ...profile, recoveryCodes: [] }),
          entry(context, caller, 'account.second-factor-removed', caller.name),
        );
        return context.json(shown(caller, context));
      },
    }),
    route({
      method: 'post',
      path: '/api/account/recovery-codes',
      title: 'New recovery codes; the former open nothing any more',
      needs: 'signed-in',
      fresh: true,
      body: nothing,
      answer: { schema: recoveryCodes, title: 'Recovery codes' },
      async handle({ context }, caller) {
        const { codes, hashes } = newRecoveryCodes();
        const kept = await accounts.keep(
          caller.name,
          (profile) => (profile.totp === undefined ? undefined : { ...profile, recoveryCodes: hashes }),
          entry(context, caller, 'account.recovery-codes-made', caller.name),
        );
        if (kept === undefined) throw notThere('second factor');
        return context.json({ codes });
      },
    }),
    route({
      method: 'delete',
      path: '/api/account/sessions/:id',
      title: 'End one of the own sessions; `others`: all but this one',
      needs: 'signed-in',
      params: z.strictObject({ id: z.string().min(1).max(64) }),
      answer,
      async handle({ context, params: { id } }, caller) {
        if (id === 'others') await sessions.endAll(caller.name, caller.session);
        else if (id === shownId(caller.session) || !(await sessions.endShown(caller.name, id)))
          throw notThere('session');
        await store.audit(entry(context, caller, 'session.ended', id));
        return context.json(shown(caller, context));
      },
    }),
  ];
}
