/** The routes of the site page. Each reads at its wall, asks the gateway, and answers. */
import { TLSSocket } from 'node:tls';
import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { getCookie } from 'hono/cookie';
import type { Clock } from '../../devices/model/clock.ts';
import type { Cameras } from '../cameras/cameras.ts';
import type { GatewayConfiguration } from '../config.ts';
import type { Gateway } from '../gateway.ts';
import type { Actor } from '../panel/outcome.ts';
import type { RunningGateway } from '../run.ts';
import type { BadgeSignIns } from './badge-sign-ins.ts';
import { cameraRoutes } from './cameras.ts';
import { coldChainRoutes } from './cold-chain.ts';
import { Commands } from './commands.ts';
import type { ArmingAnswer, SilencedSirens, TemperatureHistory } from './contract.ts';
import { assignmentFrom } from './inbox.ts';
import type { LivePages } from './live.ts';
import type { PageMemory } from './memory.ts';
import { onlyByTls } from './only-by-tls.ts';
import { type PageSources, sirensOf, sitePage, withLeaveOut, withoutPeople } from './page.ts';
import type { PageTls } from './page-tls.ts';
import { pageFiles } from './pages.ts';
import { behindProxy, isLocalName, type PeerAddress, peerOf } from './peer.ts';
import { answerRefused, Refused, read, readBody } from './problem.ts';
import {
  armingRequest,
  assignmentRequest,
  commandRequest,
  noticeRequest,
  scheduleRequest,
  temperatureRequest,
} from './requests.ts';
import { SESSION_COOKIE, sessionRoutes } from './session-routes.ts';
import { actorOf, type Session, type Sessions, tokenFits } from './sessions.ts';
import type { SignIns } from './sign-ins.ts';
import { MAX_BACKUP_BYTES } from './upkeep/seal.ts';
import { upkeepRoutes } from './upkeep-routes.ts';

/** Largest body of a request; the largest that is meant is a schedule. */
const MAX_BODY_BYTES = 64 * 1024;
/** A back-up as text. */
const MAX_RESTORE_BYTES = Math.ceil(MAX_BACKUP_BYTES * 1.4) + MAX_BODY_BYTES;
/** Half a year. */
const STRICT_TRANSPORT_SECONDS = 180 * 24 * 3_600;
/** Sirens are told to be silent for this long; a person stands beside them. */
const SILENCE_LIFETIME_MS = 60_000;

export interface AppOptions {
  running: RunningGateway;
  cameras: Cameras;
  page: GatewayConfiguration['page'];
  gateway: Gateway;
  clock: Clock;
  sources: PageSources;
  memory: PageMemory;
  sessions: Sessions;
  badges: BadgeSignIns;
  signIns: SignIns;
  live: LivePages;
  /** Where HTTPS is. */
  tls?: { port(): number; authority?: PageTls['authority'] };
  /** Folder of the built page. */
  files: string;
  /** Prometheus' text format. */
  metrics(): Promise<string>;
  /** A defect: the request gets 500. */
  onDefect(message: string): void;
  /** Whether the disk still takes what is recorded. */
  isHealthy(): boolean;
}

type Env = { Bindings: HttpBindings };

export function siteApp(options: AppOptions): Hono<Env> {
  const { page, gateway, clock, sources, memory, sessions, live } = options;
  const { signIns } = options;
  const personal = new Commands({ gateway, clock });
  let commands = 0;
  const app = new Hono<Env>();

  const peer = (context: Context<Env>): PeerAddress => {
    const connected = context.env.incoming.socket.remoteAddress ?? '';
    return page.trustProxy
      ? behindProxy(context.req.header('x-forwarded-for'), connected)
      : peerOf(connected);
  };
  const sessionOf = (context: Context<Env>, use = true) =>
    sessions.of(getCookie(context, SESSION_COOKIE), use);
  const isAtSite = (context: Context<Env>) =>
    peer(context).from === 'site' && isLocalName(context.req.header('host'), page.names);
  const isEncrypted = (context: Context<Env>) =>
    context.env.incoming.socket instanceof TLSSocket ||
    (page.trustProxy && context.req.header('x-forwarded-proto') === 'https');
  /** Who reads. @throws Refused 401 */
  const reader = (context: Context<Env>) => {
    const session = sessionOf(context, false);
    const local = page.openReading && isAtSite(context);
    if (session === undefined && !local)
      throw new Refused(401, 'signed-out', 'Sign in to see this page from here.');
    return { session, local };
  };
  /** Who changes something. @throws Refused 401, 403 */
  const changer = (context: Context<Env>): { session: Session; by: Actor } => {
    const session = sessionOf(context);
    if (session === undefined) throw new Refused(401, 'signed-out', 'Sign in with your PIN first.');
    if (!tokenFits(session, context.req.header('x-gatehouse-token')))
      throw new Refused(403, 'no-token', 'This request did not come from the page itself.');
    return { session, by: actorOf(session.person, peer(context)) };
  };

  app.use(async (context, next) => {
    await next();
    const { headers } = context.res;
    headers.set(
      'Content-Security-Policy',
      "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('Referrer-Policy', 'no-referrer');
    headers.set('X-Frame-Options', 'DENY');
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    headers.set('Cross-Origin-Resource-Policy', 'same-origin');
    headers.set('Permissions-Policy', 'camera=(), microphone=(), geolocation=()');
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
    if (page.tls?.strictTransport === true && isEncrypted(context))
      headers.set('Strict-Transport-Security', `max-age=${STRICT_TRANSPORT_SECONDS}`);
  });
  if (options.tls !== undefined) app.use(onlyByTls(options.tls, page));
  const bounded = (maxSize: number) =>
    bodyLimit({
      maxSize,
      onError: (context) => answerRefused(context, new Refused(413, 'too-large', `at most ${maxSize} bytes`)),
    });
  const [usual, large] = [bounded(MAX_BODY_BYTES), bounded(MAX_RESTORE_BYTES)];
  app.use((context, next) => (context.req.path === '/api/restore' ? large : usual)(context, next));
  app.onError((error, context) => {
    if (error instanceof Refused) return answerRefused(context, error);
    options.onDefect(`${context.req.method} ${context.req.path}: ${error.stack ?? error.message}`);
    return answerRefused(
      context,
      new Refused(500, 'failed', 'The gateway could not do that. It was written to its log.'),
    );
  });
  app.notFound((context) => answerRefused(context, new Refused(404, 'not-found', 'There is nothing here.')));

  app.get('/healthz', (context) =>
    options.isHealthy() ? context.text('ok\n') : context.text('the disk takes nothing any more\n', 503),
  );
  const authority = options.tls?.authority;
  if (authority !== undefined)
    app.get('/ca.crt', (context) => {
      context.header('Content-Type', 'application/x-x509-ca-cert');
      context.header('Content-Disposition', 'attachment; filename="gatehouse-ca.crt"');
      return context.body(authority.der);
    });
  app.get('/metrics', async (context) => {
    reader(context);
    context.header('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    return context.body(await options.metrics());
  });

  app.get('/api/site', (context) => {
    const { session, local } = reader(context);
    const whole = sitePage(sources);
    return context.json(session !== undefined || local ? whole : withoutPeople(whole));
  });

  app.get('/api/stream', (context) => {
    const { session, local } = reader(context);
    const ended = session === undefined || local ? new AbortController().signal : session.ended;
    const stream = live.open(session !== undefined || local, ended, () => context.env.outgoing.destroy());
    if (stream === undefined) throw new Refused(503, 'too-many', 'Too many pages are open at once.');
    context.header('Content-Type', 'text/event-stream');
    context.header('Cache-Control', 'no-store, no-transform');
    context.header('X-Accel-Buffering', 'no');
    return context.body(stream);
  });

  app.route(
    '/api/session',
    sessionRoutes({ ...options, signIns, peer, isEncrypted, isAtSite, sessionOf, changer }),
  );

  app.post('/api/arming', async (context) => {
    const { session, by } = changer(context);
    const { mode, bypass } = await readBody(context, armingRequest);
    const answer = await gateway.arm(mode, bypass, by, session.duress);
    if (answer === undefined) throw new Error('the panel gave no answer');
    const told: ArmingAnswer = { ...answer, ...withLeaveOut(answer, gateway) };
    return context.json(told, told.result === 'blocked' ? 409 : 200);
  });

  app.put('/api/arming/schedule', async (context) => {
    const { by } = changer(context);
    const { entries } = await readBody(context, scheduleRequest);
    await gateway.changeSchedule(entries, by);
    return context.json(gateway.panel.status().schedule);
  });

  app.post('/api/alarms/:id/acknowledge', async (context) => {
    const { by } = changer(context);
    if (!(await gateway.acknowledge(context.req.param('id'), by)))
      throw new Refused(404, 'no-such-alarm', 'This alarm is not there any more.');
    return context.body(null, 204);
  });

  app.post('/api/sirens/off', async (context) => {
    const { by } = changer(context);
    const sirens = sirensOf(gateway).filter(({ id }) => gateway.site.current(id, 'siren') !== 'off');
    const issuedAt = clock.now();
    await Promise.all(
      sirens.map(({ id: asset }) =>
        gateway.command({
          id: `${gateway.configuration.gateway.id}/page/${issuedAt}-${++commands}/siren.off/${asset}`.slice(
            -256,
          ),
          action: 'siren.off',
          asset,
          issuedAt,
          lifetimeMs: SILENCE_LIFETIME_MS,
          issuedBy: by.name,
          reason: 'silenced at the site page',
        }),
      ),
    );
    const silenced = sirens.map(({ id, name }) => ({ asset: id, name }));
    return context.json({ silenced } satisfies SilencedSirens);
  });

  app.post('/api/commands', async (context) => {
    const { session, by } = changer(context);
    const answer = await personal.ask(await readBody(context, commandRequest), session, by);
    return context.json(answer, 'confirm' in answer ? 202 : 200);
  });

  app.post('/api/commands/:word/confirm', async (context) => {
    const { session, by } = changer(context);
    return context.json(await personal.confirm(context.req.param('word'), session, by));
  });

  app.post('/api/notices/seen', async (context) => {
    const { by } = changer(context);
    const { notice } = await readBody(context, noticeRequest);
    if (!(await gateway.seen(notice, by)))
      throw new Refused(404, 'no-such-notice', 'This message is not there any more.');
    return context.body(null, 204);
  });

  app.get('/api/temperature', (context) => {
    reader(context);
    const { asset, from, to } = read(temperatureRequest(clock.now()), context.req.query());
    const { registry, gateway: own } = gateway.configuration;
    const known = registry.asset(asset);
    if (known?.site !== own.site)
      throw new Refused(404, 'no-such-asset', `There is no "${asset}" at this site.`);
    const history: TemperatureHistory = {
      asset,
      points: memory.temperatures.between(asset, from, to),
      ...(known.band === undefined ? {} : { band: known.band }),
    };
    return context.json(history);
  });

  app.route(
    '/api/cold-chain',
    coldChainRoutes({ coldChain: sources.coldChain, gateway, clock, reader, changer }),
  );

  app.get('/api/inbox', (context) => {
    reader(context);
    return context.json(gateway.site.inbox());
  });

  app.post('/api/inbox/:device/assign', async (context) => {
    const { by } = changer(context);
    const wanted = await readBody(context, assignmentRequest);
    const device = context.req.param('device');
    const found = gateway.site.inbox().find((entry) => entry.device === device);
    if (found === undefined)
      throw new Refused(404, 'not-in-inbox', 'This device does not wait to be assigned.');
    const entry = assignmentFrom(found, wanted);
    const [problem] = gateway.site.assign(entry);
    if (problem !== undefined) throw new Refused(400, 'invalid', problem.message, { field: 'asset' });
    await gateway.note(
      'configuration.changed',
      { change: 'device assigned', device: device.slice(0, 256), asset: wanted.asset },
      by,
    );
    return context.json(gateway.site.devices().find((known) => known.device === device));
  });

  const signedIn = (context: Context<Env>) => {
    if (sessionOf(context, false) === undefined)
      throw new Refused(401, 'signed-out', 'Sign in with your PIN first.');
  };
  app.route(
    '/',
    cameraRoutes({
      cameras: options.cameras,
      gateway,
      registry: options.running.registry,
      clock,
      signedIn,
      changer,
    }),
  );

  const { metrics } = options;
  const onChanged = () => live.changed();
  app.route('/api', upkeepRoutes({ running: options.running, clock, metrics, onChanged, reader, changer }));

  app.all('/api/*', (context) => context.notFound());
  app.all('*', pageFiles(options.files));
  return app;
}
