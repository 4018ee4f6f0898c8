/// <reference types="node" />
/**
 * For tests only: serves the built desk under the strictest policy, over the fixtures. It keeps what people do in
 * memory and speaks the stream as cloud/api/contract.ts says, resuming included.
 */
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type {
  Activity,
  IncidentAction,
  IncidentState,
  IncidentSummary,
  Role,
  SituationalPicture,
  StreamEvent,
  SuppressionRow,
} from '../../../cloud/api/contract.ts';
import { incidents as allIncidents, pageOf } from '../fixtures/incidents.ts';
import { heldBy, integrity, policies, suppressions, trail } from '../fixtures/monitors.ts';
import { scenes } from '../fixtures/scenes.ts';
import { emptyPicture, fullPicture } from '../fixtures/sites.ts';
import { temperatureOf } from '../fixtures/temperature.ts';
import { alertingRoutes } from './alerting-routes.ts';
import { awarenessRoutes } from './awareness-routes.ts';
import { continuityRoutes } from './continuity-routes.ts';
import { gatewaysRoutes } from './gateways-routes.ts';
import { incidentDeskRoutes } from './incident-desk-routes.ts';
import { landscapeRoutes } from './landscape-routes.ts';
import { outwardRoutes } from './outward-routes.ts';
import { peopleRoutes, signInWays } from './people-routes.ts';
import { pictureRoutes } from './picture-routes.ts';
import { registryRoutes } from './registry-routes.ts';
import { responseRoutes } from './response-routes.ts';
import { toolkitRoutes } from './toolkit-routes.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const KEPT_EVENTS = 100;
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};
const becomes: Record<string, { state?: IncidentState; action: Activity['action'] }> = {
  acknowledge: { state: 'acknowledged', action: 'acknowledged' },
  assign: { action: 'assigned' },
  note: { action: 'noted' },
  contain: { state: 'contained', action: 'contained' },
  resolve: { state: 'resolved', action: 'resolved' },
  'false-alarm': { state: 'false-alarm', action: 'false-alarm' },
  reopen: { state: 'open', action: 'reopened' },
};

export interface DeskServer {
  address: string;
  /** What came with changes: verb, body, token. */
  received: { path: string; token: string | undefined; body: unknown }[];
  send(event: StreamEvent): void;
  /** Cuts every stream; browsers come back by themselves. */
  cut(): void;
  /** Changes are refused from now on, with this message. */
  refuse(message: string | undefined): void;
  /** Reading fails from now on. */
  fail(failing: boolean): void;
  /** Answers to reading are held back from now on. */
  hold(holding: boolean): void;
  close(): Promise<void>;
}

export async function startDeskServer(options: {
  folder: string;
  isSignedIn: boolean;
  content?: 'full' | 'empty';
  role?: Role;
  /** Another picture than that of `content`. */
  picture?: SituationalPicture;
}): Promise<DeskServer> {
  const picture: SituationalPicture =
    options.picture ?? (options.content === 'empty' ? emptyPicture : fullPicture);
  let incidents: IncidentSummary[] = options.content === 'empty' ? [] : [...allIncidents];
  const activities: Activity[] = [];
  const received: DeskServer['received'] = [];
  const log: { id: number; event: StreamEvent }[] = [];
  const streams = new Set<{ write: (id: number, event: StreamEvent) => void; end: () => void }>();
  let isSignedIn = options.isSignedIn;
  let refusal: string | undefined;
  let isFailing = false;
  let isHolding = false;
  let next = 1;
  const isEmpty = options.content === 'empty';
  let suppressed: SuppressionRow[] = isEmpty ? [] : suppressions;
  let { findings } = integrity;

  const session = () => ({
    name: 'Mara Oduya',
    role: options.role ?? 'operator',
    token: 't-1',
    expiresAt: Date.now() + 3_600_000,
  });
  const send = (event: StreamEvent) => {
    const entry = { id: next++, event };
    log.push(entry);
    if (log.length > KEPT_EVENTS) log.shift();
    for (const stream of streams) stream.write(entry.id, event);
  };
  const counts = () => {
    const result: Record<IncidentState, number> = {
      open: 0,
      acknowledged: 0,
      contained: 0,
      resolved: 0,
      'false-alarm': 0,
    };
    for (const { state } of incidents) result[state]++;
    return result;
  };

  const app = new Hono();
  app.use(async (context, proceed) => {
    await proceed();
    context.header('content-security-policy', POLICY);
    context.header('x-content-type-options', 'nosniff');
  });
  app.get('/api/session', (context) =>
    isSignedIn
      ? context.json(session())
      : context.json({ error: { code: 'signed-out', message: 'Sign in.' } }, 401),
  );
  app.post('/api/session', async (context) => {
    const body: unknown = await context.req.json();
    if (JSON.stringify(body).includes('wrong')) {
      return context.json({ error: { code: 'wrong', message: 'Name or password is wrong.' } }, 401);
    }
    isSignedIn = true;
    return context.json(session());
  });
  app.delete('/api/session', (context) => {
    isSignedIn = false;
    return context.body(null, 204);
  });
  app.get('/api/sign-in', (context) => context.json(signInWays));
  app.use('/api/*', async (context, proceed) => {
    if (!isSignedIn) return context.json({ error: { code: 'signed-out', message: 'Sign in.' } }, 401);
    const isReading = context.req.method === 'GET' && !context.req.path.endsWith('/stream');
    if (isReading && isFailing) {
      return context.json({ error: { code: 'broken', message: 'The store does not answer.' } }, 503);
    }
    while (isReading && isHolding) await new Promise((resolve) => setTimeout(resolve, 50));
    if (context.req.method !== 'GET') {
      const text = await context.req.text();
      const body: unknown = text === '' ? {} : JSON.parse(text);
      if (!context.req.path.endsWith('/presence'))
        received.push({ path: context.req.path, token: context.req.header('x-gatehouse-token'), body });
      if (refusal !== undefined) return context.json({ error: { code: 'refused', message: refusal } }, 409);
    }
    return proceed();
  });
  app.route(
    '/api/alerting',
    alertingRoutes(picture.clock.now, options.role === 'supervisor', () => received.at(-1)?.body),
  );
  app.route(
    '/api',
    outwardRoutes(picture.clock.now, isEmpty, () => received.at(-1)?.body),
  );
  app.route(
    '/api/gateways',
    gatewaysRoutes(picture.clock.now, isEmpty, () => received.at(-1)?.body),
  );
  app.route(
    '/api/registry',
    registryRoutes(picture.clock.now, () => received.at(-1)?.body),
  );
  app.route(
    '/api',
    landscapeRoutes(picture.clock.now, isEmpty, () => received.at(-1)?.body),
  );
  const isEditor = options.role === 'supervisor' || options.role === 'administrator';
  app.route('/api', pictureRoutes({ picture, bodyOf: () => received.at(-1)?.body, isEditor }));
  app.route(
    '/api',
    incidentDeskRoutes(picture.clock.now, options.content === 'empty', () => received.at(-1)?.body),
  );
  app.route(
    '/api',
    continuityRoutes(picture.clock.now, isEmpty, () => received.at(-1)?.body),
  );
  app.route(
    '/api/response',
    responseRoutes(picture.clock.now, () => received.at(-1)?.body),
  );
  app.route('/api/awareness', awarenessRoutes(picture.clock.now, isEmpty));
  app.route('/api', peopleRoutes(picture.clock.now));
  app.get('/api/picture', (context) => context.json(picture));
  app.get('/api/people', (context) =>
    context.json({
      items: [
        { name: 'Mara Oduya', role: 'operator' },
        { name: 'Tom Feld', role: 'operator' },
        { name: 'Ines Brandt', role: 'supervisor' },
      ],
    }),
  );
  app.get('/api/incidents', (context) => {
    const states = context.req.query('state')?.split(',') ?? [];
    const site = context.req.query('site');
    const found = incidents
      .filter(({ state }) => states.includes(state))
      .filter(({ sites }) => site === undefined || sites.some(({ id }) => id === site))
      .toSorted((a, b) => b.priority - a.priority);
    const offset = Number(context.req.query('offset') ?? 0);
    const limit = Number(context.req.query('limit') ?? 50);
    return context.json({
      items: found.slice(offset, offset + limit),
      total: found.length,
      counts: counts(),
    });
  });
  app.get('/api/incidents/:id', (context) => {
    const found = incidents.find(({ id }) => id === context.req.param('id'));
    if (found === undefined)
      return context.json({ error: { code: 'unknown', message: 'No such incident.' } }, 404);
    const page = pageOf(found);
    return context.json({
      ...page,
      activities: [...page.activities, ...activities.filter(({ incident }) => incident === found.id)],
    });
  });
  app.post('/api/incidents/:id/split', (context) => context.json({ incidents: [] }));
  app.post('/api/incidents/:id/merge', (context) => context.json({ incidents: [] }));
  app.post('/api/incidents/:id/:verb', (context) => {
    const id = context.req.param('id');
    const change = becomes[context.req.param('verb')];
    const before = incidents.find((incident) => incident.id === id);
    if (change === undefined || before === undefined) return context.notFound();
    const body = received.at(-1)?.body;
    const { text, assignee } = (typeof body === 'object' && body !== null ? body : {}) as IncidentAction;
    const after: IncidentSummary = {
      ...before,
      ...(change.state === undefined ? {} : { state: change.state }),
      ...(assignee === undefined ? {} : { assignee }),
    };
    activities.push({
      incident: id,
      at: picture.clock.now,
      by: session().name,
      action: change.action,
      ...(text === undefined ? {} : { text }),
      ...(assignee === undefined ? {} : { assignee }),
    });
    incidents = incidents.map((incident) => (incident.id === id ? after : incident));
    send({ type: 'incident', data: after });
    return context.json(after);
  });
  app.route(
    '/api/toolkit',
    toolkitRoutes({
      now: picture.clock.now,
      isEmpty,
      by: () => session().name,
      body: () => received.at(-1)?.body,
      send,
    }),
  );
  app.get('/api/policies', (context) => context.json({ items: isEmpty ? [] : policies }));
  app.get('/api/integrity', (context) =>
    context.json(isEmpty ? { pages: [], folders: [], findings: [] } : { ...integrity, findings }),
  );
  app.post('/api/integrity/accept', (context) => {
    findings = [];
    return context.json({});
  });
  app.get('/api/audit/health', (context) => context.json(trail));
  app.get('/api/suppressions', (context) => context.json({ items: suppressed }));
  app.get('/api/suppressions/:id', (context) => {
    const found = suppressed.find(({ id }) => id === context.req.param('id'));
    return found === undefined ? context.notFound() : context.json(heldBy(found));
  });
  app.post('/api/suppressions', (context) => context.json(suppressed[0] ?? {}));
  app.post('/api/suppressions/:id/end', (context) => {
    const ended = { at: picture.clock.now, by: session().name };
    suppressed = suppressed.map((one) =>
      one.id === context.req.param('id') ? { ...one, state: 'ended', ended } : one,
    );
    return context.json({});
  });
  app.post('/api/rulings/:id/undo', (context) => context.json({ incidents: [] }));
  app.post('/api/scenarios/:id', (context) => {
    send({ type: 'scenario', data: { id: context.req.param('id'), running: true } });
    return context.json({});
  });
  app.get('/api/telemetry', (context) => {
    const { asset = '', from, to } = context.req.query();
    return context.json(temperatureOf(asset, Number(from), Number(to)));
  });
  app.get('/api/pictures/:id', (context) => {
    const scene = scenes[context.req.param('id')];
    return scene === undefined
      ? context.notFound()
      : context.body(scene, 200, { 'content-type': 'image/svg+xml' });
  });
  app.get('/api/stream', (context) =>
    streamSSE(context, async (stream) => {
      const write = (id: number, event: StreamEvent) =>
        void stream.writeSSE({ id: String(id), event: event.type, data: JSON.stringify(event.data) });
      const since = Number(context.req.header('last-event-id') ?? next);
      const oldest = log[0]?.id ?? next;
      if (since < oldest - 1) write(next, { type: 'restart', data: {} });
      else for (const { id, event } of log) if (id > since) write(id, event);
      write(next - 1, { type: 'clock', data: picture.clock });
      await new Promise<void>((end) => {
        const entry = { write, end };
        streams.add(entry);
        stream.onAbort(() => {
          streams.delete(entry);
          end();
        });
      });
    }),
  );
  app.get('*', async (context) => {
    const path =
      context.req.path === '/' ? 'index.html' : normalize(context.req.path).replace(/^(\.\.[/\\])+/, '');
    try {
      const content = await readFile(join(options.folder, path));
      return context.body(content, 200, {
        'content-type': types[extname(path)] ?? 'application/octet-stream',
      });
    } catch {
      return context.notFound();
    }
  });

  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const cut = () => {
    for (const stream of streams) stream.end();
    streams.clear();
    if ('closeAllConnections' in server) server.closeAllConnections();
  };
  return {
    address: `http://127.0.0.1:${port}/`,
    received,
    send(event) {
      if (event.type === 'incident') {
        incidents = [...incidents.filter(({ id }) => id !== event.data.id), event.data];
      }
      send(event);
    },
    cut,
    refuse(message) {
      refusal = message;
    },
    fail(failing) {
      isFailing = failing;
    },
    hold(holding) {
      isHolding = holding;
    },
    async close() {
      isHolding = false;
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
