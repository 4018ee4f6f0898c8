import type { Context } from 'hono';
import { deleteCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import type { Toolkit } from '../../toolkit/toolkit.ts';
import { sessionInfo } from '../answers.ts';
import { addressOf, isEncrypted } from '../client.ts';
import type { SessionInfo } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { type Caller, openRoute, type Route, route } from '../route.ts';
import type { Whence } from '../sessions.ts';

/** `__Host-`: only this host, over TLS, at every path (RFC 6265bis 4.1.3.2). */
export const cookieName = (isSecure: boolean): string =>
  isSecure ? '__Host-gatehouse-desk' : 'gatehouse-desk';

export const infoOf = (
  { name, role, token, expiresAt, scope, isFresh, mustEnrol }: Caller,
  { off }: Toolkit,
): SessionInfo => ({
  name,
  role,
  token,
  expiresAt,
  seesAll: scope.isAll,
  isFresh,
  mustEnrol,
  toolsOff: off,
});

type Options = ApiParts['options'];

/** Where a request comes from. */
export const whenceOf = (context: Context, options: Options): Whence => ({
  address: addressOf(context, options),
  agent: (context.req.header('user-agent') ?? '').replace(/[^\x20-\x7e]/g, '?'),
});

/** From now on the browser is signed in. */
export function giveCookie(context: Context, secret: string, options: Options): void {
  const secure = isEncrypted(context, options);
  setCookie(context, cookieName(secure), secret, { httpOnly: true, sameSite: 'Strict', secure, path: '/' });
}

export function sessionRoutes({ sessions, store, clock, options, toolkit }: ApiParts): Route[] {
  return [
    openRoute({
      method: 'post',
      path: '/api/session',
      title: 'Sign in. The answer sets the session cookie.',
      body: z.strictObject({
        name: z.string().min(1).max(64),
        password: z.string().min(1).max(1_024),
        /** Of the second factor, or a recovery code; asked for with `code-needed`. */
        code: z.string().min(1).max(64).exactOptional(),
      }),
      answer: { schema: sessionInfo, title: 'Signed in' },
      async handle({ context, body }) {
        const { secret, caller } = await sessions.signIn(body, whenceOf(context, options));
        giveCookie(context, secret, options);
        return context.json(infoOf(caller, toolkit));
      },
    }),
    route({
      method: 'get',
      path: '/api/session',
      title: 'Who is signed in',
      needs: 'signed-in',
      beforeEnrolment: true,
      answer: { schema: sessionInfo, title: 'The session' },
      handle: ({ context }, caller) => context.json(infoOf(caller, toolkit)),
    }),
    route({
      method: 'delete',
      path: '/api/session',
      title: 'Sign out. The session is dead at once.',
      needs: 'signed-in',
      beforeEnrolment: true,
      status: 204,
      answer: { title: 'Signed out' },
      async handle({ context }, { session, name }) {
        await sessions.end(session);
        const from = addressOf(context, options);
        await store.audit({ at: clock.now(), by: name, from, action: 'signed-out', about: 'session' });
        const secure = isEncrypted(context, options);
        deleteCookie(context, cookieName(secure), { secure, path: '/' });
        return context.body(null, 204);
      },
    }),
  ];
}
