import { deleteCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { sessionInfo } from '../answers.ts';
import { addressOf, isEncrypted } from '../client.ts';
import type { SessionInfo } from '../contract.ts';
import type { ApiParts } from '../parts.ts';
import { type Caller, openRoute, type Route, route } from '../route.ts';

/** `__Host-`: only this host, over TLS, at every path (RFC 6265bis 4.1.3.2). */
export const cookieName = (isSecure: boolean): string =>
  isSecure ? '__Host-gatehouse-desk' : 'gatehouse-desk';

const infoOf = ({ name, role, token, expiresAt }: Caller): SessionInfo => ({ name, role, token, expiresAt });

export function sessionRoutes({ sessions, store, clock, options }: ApiParts): Route[] {
  return [
    openRoute({
      method: 'post',
      path: '/api/session',
      title: 'Sign in. The answer sets the session cookie.',
      body: z.strictObject({ name: z.string().min(1).max(64), password: z.string().min(1).max(1_024) }),
      answer: { schema: sessionInfo, title: 'Signed in' },
      async handle({ context, body }) {
        const from = addressOf(context, options);
        const { secret, caller } = await sessions.signIn(body.name, body.password, from);
        const secure = isEncrypted(context, options);
        setCookie(context, cookieName(secure), secret, {
          httpOnly: true,
          sameSite: 'Strict',
          secure,
          path: '/',
        });
        return context.json(infoOf(caller));
      },
    }),
    route({
      method: 'get',
      path: '/api/session',
      title: 'Who is signed in',
      needs: 'signed-in',
      answer: { schema: sessionInfo, title: 'The session' },
      handle: ({ context }, caller) => context.json(infoOf(caller)),
    }),
    route({
      method: 'delete',
      path: '/api/session',
      title: 'Sign out. The session is dead at once.',
      needs: 'signed-in',
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
