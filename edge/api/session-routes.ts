/** The routes of signing in and out: with a name and a PIN, or with a badge. */
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Clock } from '../../devices/model/clock.ts';
import type { Gateway } from '../gateway.ts';
import { BADGE_WITHIN_MS, PIN_WITHIN_MS } from './badge-sign-in.ts';
import { type BadgeSignIns, factsOf } from './badge-sign-ins.ts';
import type { ApiProblem, BadgeSignIn, ReaderBusy, SiteSession } from './contract.ts';
import { sessionAnswer } from './page.ts';
import type { PeerAddress } from './peer.ts';
import { Refused, readBody } from './problem.ts';
import { badgeFinishRequest, badgeRequest, sessionRequest } from './requests.ts';
import type { Session, Sessions, SignIn } from './sessions.ts';
import type { SignInFacts, SignIns } from './sign-ins.ts';

export const SESSION_COOKIE = 'gatehouse-site';
const BADGE_COOKIE = 'gatehouse-badge';
const BADGE_PATH = '/api/session/badge';

type Env = { Bindings: HttpBindings };
type WaitingBadge = NonNullable<ReturnType<BadgeSignIns['of']>>;

export interface SessionRoutes {
  sessions: Sessions;
  badges: BadgeSignIns;
  signIns: SignIns;
  gateway: Gateway;
  clock: Clock;
  peer(context: Context<Env>): PeerAddress;
  /** By TLS, here or at the proxy in front. */
  isEncrypted(context: Context<Env>): boolean;
  /** Asked from the site's own network, by a name of the gateway's own. */
  isAtSite(context: Context<Env>): boolean;
  sessionOf(context: Context<Env>, use?: boolean): Session | undefined;
  /** @throws Refused */
  changer(context: Context<Env>): unknown;
}

/** Below /api/session. */
export function sessionRoutes(routes: SessionRoutes): Hono<Env> {
  const { sessions, badges, signIns, gateway, clock, peer, sessionOf } = routes;
  const app = new Hono<Env>();

  const keep = (context: Context<Env>, name: string, value: string, path: string, maxAge?: number) =>
    setCookie(context, name, value, {
      httpOnly: true,
      sameSite: 'Strict',
      path,
      ...(maxAge === undefined ? {} : { maxAge }),
      ...(routes.isEncrypted(context) ? { secure: true } : {}),
    });
  /** Hands out a session, or says why there is none. @throws Refused */
  const answered = (context: Context<Env>, result: SignIn, name: string, facts: SignInFacts): Response => {
    const from = peer(context);
    if ('refused' in result) {
      const { refused, retryAfterMs, known } = result;
      signIns.failed(name, known, from, refused, facts);
      throw refusalOf(refused, retryAfterMs);
    }
    const { signedIn, cookie } = result;
    signIns.succeeded(signedIn.person, from, facts);
    keep(context, SESSION_COOKIE, cookie, '/');
    return context.json(sessionAnswer(signedIn, clock) satisfies SiteSession);
  };

  app.get('/', (context) => {
    const session = sessionOf(context);
    if (session === undefined) throw new Refused(401, 'signed-out', 'Nobody is signed in.');
    return context.json(sessionAnswer(session, clock) satisfies SiteSession);
  });

  app.post('/', async (context) => {
    const { name, pin } = await readBody(context, sessionRequest);
    return answered(context, await sessions.signIn(name, pin, peer(context)), name, { with: 'pin' });
  });

  app.delete('/', (context) => {
    const cookie = getCookie(context, SESSION_COOKIE);
    if (cookie !== undefined && sessionOf(context, false) !== undefined) {
      routes.changer(context);
      sessions.end(cookie);
    }
    deleteCookie(context, SESSION_COOKIE, { path: '/' });
    return context.body(null, 204);
  });

  /** The sign-in of this very browser. @throws Refused */
  const waitingOf = (context: Context<Env>): WaitingBadge => {
    const waiting = badges.of(getCookie(context, BADGE_COOKIE));
    if (waiting === undefined)
      throw new Refused(404, 'not-waiting', 'No badge is awaited here any more. Begin again.');
    return waiting;
  };
  const told = ({ wait, word, reader }: WaitingBadge): BadgeSignIn => {
    const { phase, secondFactor, times, untilMs } = wait;
    const name = gateway.configuration.registry.asset(reader)?.name ?? reader;
    return {
      until: Math.round(clock.now() + (untilMs - performance.now()) * clock.rate),
      word,
      reader: { asset: reader, name },
      times,
      secondFactor,
      state: phase.is,
      ...(phase.is === 'refused' ? { because: phase.because } : {}),
    };
  };

  app.post('/badge', async (context) => {
    const { reader } = await readBody(context, badgeRequest);
    // From outside nobody stands at the reader; by a stranger's name it may be that stranger's page that asks.
    if (!routes.isAtSite(context))
      throw new Refused(403, 'not-at-site', 'Signing in with a badge works only in the site’s own network.');
    const result = badges.begin(reader, peer(context));
    if ('begun' in result) {
      const seconds = Math.ceil((BADGE_WITHIN_MS + PIN_WITHIN_MS) / 1_000);
      keep(context, BADGE_COOKIE, result.cookie, BADGE_PATH, seconds);
      return context.json(told(result.begun), 201);
    }
    if (result.refused === 'no-such-reader')
      throw new Refused(404, 'no-such-reader', 'At this reader nobody can sign in.');
    const { word, retryAfterMs } = result;
    if (word === undefined)
      throw new Refused(429, 'rest', 'Others may try at this reader first. Wait a moment.', { retryAfterMs });
    const message = `Another page waits at this reader. It shows “${word}”. Hold no badge to the reader unless that is your page.`;
    const error = { code: 'reader-busy', message, retryAfterMs };
    return context.json({ error, word, retryAfterMs } satisfies ApiProblem & ReaderBusy, 409);
  });

  app.get('/badge', (context) => context.json(told(waitingOf(context))));

  app.delete('/badge', (context) => {
    const waiting = badges.of(getCookie(context, BADGE_COOKIE));
    if (waiting !== undefined) badges.giveUp(waiting);
    deleteCookie(context, BADGE_COOKIE, { path: BADGE_PATH });
    return context.body(null, 204);
  });

  app.post('/badge/finish', async (context) => {
    const { pin } = await readBody(context, badgeFinishRequest);
    const waiting = waitingOf(context);
    const person = badges.personOf(waiting);
    if (person === undefined)
      throw new Refused(409, 'no-badge', 'The badge was not presented as the page asks for.');
    const facts = {
      with: waiting.wait.secondFactor === 'pin' ? 'badge-and-pin' : 'badge',
      ...factsOf(waiting),
    };
    if (waiting.wait.secondFactor === 'none') {
      badges.done(waiting);
      deleteCookie(context, BADGE_COOKIE, { path: BADGE_PATH });
      return answered(context, sessions.admit(person), person.name, facts);
    }
    if (pin === undefined) throw new Refused(400, 'invalid', 'The PIN is wanted.', { field: 'pin' });
    const result = await sessions.signIn(person.name, pin, peer(context));
    if ('refused' in result) {
      if (result.refused === 'wrong') badges.wrongPin(waiting);
    } else if (badges.personOf(waiting)?.name === person.name) {
      badges.done(waiting);
      deleteCookie(context, BADGE_COOKIE, { path: BADGE_PATH });
    } else {
      // While the PIN was compared another badge came, or the time was over.
      sessions.end(result.cookie);
      throw new Refused(409, 'no-badge', 'The badge was not presented as the page asks for.');
    }
    return answered(context, result, person.name, facts);
  });

  return app;
}

function refusalOf(refused: 'wrong' | 'locked' | 'busy', retryAfterMs: number): Refused {
  if (refused === 'wrong' && retryAfterMs === 0)
    return new Refused(401, 'wrong-pin', 'That is not the right PIN.');
  const message =
    refused === 'busy'
      ? 'Too many people sign in at the moment. Try again.'
      : `Too many wrong PINs. Try again in ${waitText(retryAfterMs)}.`;
  return new Refused(429, refused === 'busy' ? 'busy' : 'locked', message, { retryAfterMs });
}

function waitText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 90) return `${seconds} ${seconds === 1 ? 'second' : 'seconds'}`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 90 ? `${minutes} minutes` : `${Math.ceil(minutes / 60)} hours`;
}
