import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { identifier } from '../../../devices/model/identifiers.ts';
import { emptyProfile, NO_PASSWORD } from '../../people/account.ts';
import type { WholeAccount } from '../../people/accounts.ts';
import { type SignInAnswer, signInAnswer } from '../../people/factors/passkeys.ts';
import { NotVouched, type Vouched } from '../../people/openid-connect.ts';
import { TooMany } from '../../people/too-many.ts';
import { HOUSE } from '../../store/store.ts';
import { sessionInfo } from '../answers.ts';
import { isEncrypted } from '../client.ts';
import type { SignInWays } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { passkeyAsked, signInWays } from '../people-answers.ts';
import { notThere, Problem } from '../problem.ts';
import { originOf, relyingPartyOf } from '../relying-party.ts';
import { openRoute, type Route, route } from '../route.ts';
import type { Whence } from '../sessions.ts';
import { giveCookie, infoOf, whenceOf } from './session.ts';

const code = z.string().min(1).max(64).exactOptional();
const challenge = z.string().min(1).max(64);
const providerId = z.strictObject({ id: identifier });

/** Holds what a browser began at an identity provider: it comes back by a link of another site, so Lax. */
const PROVIDER_COOKIE = 'gatehouse-openid';
const PROVIDER_COOKIE_SECONDS = 5 * 60;

/** @throws Problem in place of TooMany */
export async function unlessTooMany<Value>(deed: Promise<Value>): Promise<Value> {
  try {
    return await deed;
  } catch (error) {
    if (!(error instanceof TooMany)) throw error;
    throw new Problem(503, 'busy', 'Too many people sign in right now. Try again in a moment.', {
      retryAfterSeconds: 30,
    });
  }
}

/** Ways to sign in beside name and password, and the proof that sensitive acts ask for. */
export function signInRoutes(parts: ApiParts): Route[] {
  const { people, sessions, store, clock, log, options } = parts;
  const { passkeys, accounts, openIdConnect, settings } = people;
  const partyOf = (context: Parameters<typeof relyingPartyOf>[0]) => {
    const party = relyingPartyOf(context, settings, options);
    if (party === undefined)
      throw new Problem(409, 'no-passkeys', 'This address carries no passkeys: use the configured one.');
    return party;
  };
  const noted = (action: string, by: string, { address: from }: Whence, about: string) =>
    store.audit({ at: clock.now(), by, from, action, about });

  /** @throws Problem where the answer is not of one of the account's keys */
  const proveKey = async (id: string, account: WholeAccount | undefined, answer: SignInAnswer) => {
    const proved =
      account === undefined ? undefined : await passkeys.endSignIn(id, account.name, account.profile, answer);
    if (account === undefined || proved === undefined) return false;
    let isOwn = false;
    await accounts.keep(account.name, (profile) => {
      const key = profile.passkeys.find((one) => one.id === proved.key);
      isOwn = key !== undefined;
      if (key === undefined) return undefined;
      const used = { ...key, counter: proved.counter, usedAt: clock.now() };
      return { ...profile, passkeys: profile.passkeys.map((one) => (one === key ? used : one)) };
    });
    return isOwn;
  };

  return [
    openRoute({
      method: 'get',
      path: '/api/sign-in',
      title: 'Ways to sign in',
      answer: { schema: signInWays, title: 'The ways' },
      handle({ context }) {
        const ways: SignInWays = {
          passkeys: relyingPartyOf(context, settings, options) !== undefined,
          providers: openIdConnect.buttons,
        };
        return context.json(ways);
      },
    }),
    openRoute({
      method: 'post',
      path: '/api/sign-in/passkey/begin',
      title: 'Sign in with a passkey: what the browser needs',
      body: z.strictObject({}),
      answer: { schema: passkeyAsked, title: 'A challenge' },
      async handle({ context }) {
        const { address } = whenceOf(context, options);
        return context.json(await unlessTooMany(passkeys.beginSignIn(partyOf(context), address)));
      },
    }),
    openRoute({
      method: 'post',
      path: '/api/sign-in/passkey',
      title: 'Sign in with a passkey. The answer sets the session cookie.',
      body: z.strictObject({ id: challenge, answer: signInAnswer }),
      answer: { schema: sessionInfo, title: 'Signed in' },
      async handle({ context, body }) {
        const whence = whenceOf(context, options);
        const account = accounts.byPasskey(body.answer.id);
        if (!(await proveKey(body.id, account, body.answer)) || account === undefined) {
          await noted('sign-in.failed', account?.name ?? 'unknown', whence, 'passkey');
          throw new Problem(401, 'wrong-passkey', 'This passkey opens no account here.');
        }
        const { secret, caller } = await sessions.begin(account, 'passkey', whence);
        giveCookie(context, secret, options);
        return context.json(infoOf(caller, parts.toolkit));
      },
    }),
    openRoute({
      method: 'get',
      path: '/api/sign-in/openid/:id',
      title: 'Sign in at an identity provider: leads there',
      params: providerId,
      answer: { title: 'A redirect' },
      async handle({ context, params: { id } }) {
        const origin = originOf(context, settings, options);
        if (!openIdConnect.has(id)) throw notThere('identity provider');
        if (origin === undefined)
          throw new Problem(409, 'no-origin', 'The address of this desk is not configured.');
        const { address } = whenceOf(context, options);
        const redirect = `${origin}/api/sign-in/openid/${id}/back`;
        const begun = await openIdConnect.begin(id, redirect, address).catch((error: unknown) => {
          log.error({ provider: id, error: String(error) }, 'an identity provider could not be asked');
          return undefined;
        });
        if (begun === undefined) return context.redirect('/#/sign-in/unreachable', 303);
        setCookie(context, PROVIDER_COOKIE, begun.cookie, {
          httpOnly: true,
          sameSite: 'Lax',
          secure: isEncrypted(context, options),
          path: '/api/sign-in/openid',
          maxAge: PROVIDER_COOKIE_SECONDS,
        });
        return context.redirect(begun.url, 303);
      },
    }),
    openRoute({
      method: 'get',
      path: '/api/sign-in/openid/:id/back',
      title: 'Back from an identity provider: sets the session cookie and leads to the desk',
      params: providerId,
      query: z.object({}).catchall(z.string().max(4_096)),
      answer: { title: 'A redirect' },
      async handle({ context, params: { id }, query }) {
        if (!openIdConnect.has(id)) throw notThere('identity provider');
        const whence = whenceOf(context, options);
        const cookie = getCookie(context, PROVIDER_COOKIE);
        deleteCookie(context, PROVIDER_COOKIE, { path: '/api/sign-in/openid' });
        try {
          const vouched = await openIdConnect.end(id, cookie, new URLSearchParams(query));
          const account = await accountOf(vouched, parts, whence);
          const method = vouched.isStrong ? 'openid-connect-strong' : 'openid-connect';
          const { secret } = await sessions.begin(account, method, whence);
          giveCookie(context, secret, options);
          return context.redirect('/', 303);
        } catch (error) {
          if (!(error instanceof NotVouched || error instanceof Problem)) throw error;
          log.warn({ provider: id, error: error.message }, 'a sign-in at an identity provider was refused');
          await noted('sign-in.refused', `at ${id}`, whence, error.message.slice(0, 200));
          return context.redirect('/#/sign-in/refused', 303);
        }
      },
    }),
    route({
      method: 'post',
      path: '/api/session/confirm/begin',
      title: 'Prove once more who you are, with a passkey: what the browser needs',
      needs: 'signed-in',
      beforeEnrolment: true,
      body: z.strictObject({}),
      answer: { schema: passkeyAsked, title: 'A challenge' },
      async handle({ context }, { name }) {
        const { passkeys: own } = accounts.profile(name);
        if (own.length === 0) throw new Problem(409, 'no-passkeys', 'You have no passkey.');
        const { address } = whenceOf(context, options);
        const of = { account: name, passkeys: own };
        return context.json(await unlessTooMany(passkeys.beginSignIn(partyOf(context), address, of)));
      },
    }),
    route({
      method: 'post',
      path: '/api/session/confirm',
      title: 'Prove once more who you are: sensitive acts are open for some minutes',
      needs: 'signed-in',
      beforeEnrolment: true,
      body: z.union([
        z.strictObject({ password: z.string().min(1).max(1_024), code }),
        z.strictObject({ id: challenge, answer: signInAnswer }),
      ]),
      status: 204,
      answer: { title: 'Proved' },
      async handle({ context, body }, caller) {
        const whence = whenceOf(context, options);
        if ('password' in body) {
          await sessions.confirm(caller, body, whence).catch((error: unknown) => {
            // The session stays: 401 would say that it is over.
            throw error instanceof Problem && error.status === 401
              ? new Problem(403, error.code, error.message, {
                  ...(error.field === undefined ? {} : { field: error.field }),
                })
              : error;
          });
          return context.body(null, 204);
        }
        if (!(await proveKey(body.id, accounts.find(caller.name), body.answer))) {
          await noted('sign-in.failed', caller.name, whence, 'passkey');
          throw new Problem(403, 'wrong-passkey', 'This is none of your passkeys.');
        }
        await noted('sign-in.confirmed', caller.name, whence, 'passkey');
        sessions.proved(caller.session);
        return context.body(null, 204);
      },
    }),
  ];
}

/**
 * The account of somebody whom a provider vouches for: made at the first time, with role and scope as the provider's
 * claims say now.
 * @throws Problem where no role is meant for them, or their name is somebody else's account
 */
async function accountOf(
  { provider, subject, name, displayName, email, given }: Vouched,
  { people: { accounts }, store, clock }: Pick<ApiParts, 'people' | 'store' | 'clock'>,
  { address: from }: Whence,
): Promise<WholeAccount> {
  if (given === undefined) throw new Problem(403, 'no-role', 'Nothing here is meant for this person.');
  const known = accounts.bySubject(provider, subject);
  const wanted = known?.name ?? name;
  if (wanted === undefined || wanted === '' || wanted === HOUSE)
    throw new Problem(403, 'no-name', 'The provider gave no name for an account.');
  // An account of that name is somebody's who signs in otherwise: a provider's word does not take it over.
  if (known === undefined && store.account(wanted) !== undefined)
    throw new Problem(403, 'name-taken', `There is an account ${wanted} already that signs in otherwise.`);
  const at = clock.now();
  const { role, scope } = given;
  const audit = { at, by: wanted, from, about: `${wanted} ${role} at ${provider}` };
  const before = known?.profile ?? { ...emptyProfile(), createdAt: at };
  const hasChanged = JSON.stringify(before.scope) !== JSON.stringify(scope) || known?.role !== role;
  if (known === undefined || hasChanged) {
    const action = known === undefined ? 'account.created' : 'account.changed';
    await accounts.update(
      wanted,
      (profile) => ({
        ...(known === undefined ? before : profile),
        scope,
        openIdConnect: { provider, subject },
        ...(displayName === undefined ? {} : { displayName }),
        ...(email === undefined ? {} : { email }),
      }),
      { ...audit, action },
    );
    await accounts.put({ name: wanted, passwordHash: known?.passwordHash ?? NO_PASSWORD, role });
  }
  const account = accounts.find(wanted);
  if (account === undefined) throw new Error('an account that was just made is not there');
  return account;
}
