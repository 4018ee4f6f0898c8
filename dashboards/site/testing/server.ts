/// <reference types="node" />
/**
 * For tests only: serves the built page under the gateway's policy, over a fixture, and speaks its API as
 * edge/api/contract.ts says. What people do changes the fixture in memory.
 */
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type {
  ArmingAnswer,
  BadgeSignIn,
  CameraPlaces,
  CameraPreset,
  CameraStatus,
  CommandAnswer,
  CommandQuestion,
  DayRecord,
  SiteCommand,
  SitePage,
  SiteSession,
} from '../../../edge/api/contract.ts';
import { day, rulesText, trial } from '../fixtures/day.ts';
import { cameraStatus, historyOf, NOW } from '../fixtures/pages.ts';
import { jpeg } from './jpeg.ts';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
};
const session: SiteSession = { name: 'Anna Weber', token: 't-1', expiresAt: NOW + 180_000 };
const signedOut = { error: { code: 'signed-out', message: 'Sign in with your PIN first.' } };

export interface SiteServer {
  address: string;
  /** How often each picture was fetched, and the cameras asked about. */
  asked: Map<string, number>;
  /** What came with changes: path, token, body. */
  received: { path: string; token: string | undefined; body: unknown }[];
  show(page: SitePage): void;
  /** The gateway is gone: it answers nothing, and its streams end. */
  vanish(): Promise<void>;
  close(): Promise<void>;
}

export async function startSiteServer(options: {
  folder: string;
  page: SitePage;
  /** Reading needs a session, as from outside. */
  isLocked?: boolean;
  isSignedIn?: boolean;
  /** Reading is never answered, or always refused. */
  reading?: 'held' | 'failing';
  /** What the panel answers to arming. */
  arming?: (mode: string, bypass: readonly string[]) => ArmingAnswer;
  temperatures?: 'there' | 'failing';
  day?: DayRecord | 'failing';
  cameras?: () => CameraStatus[];
  /** What becomes of commands; `sent` where nothing is said of them any more. */
  outcome?: SiteCommand['state'];
  /** The questions of dangerous commands are out of date when they are answered. */
  isLate?: boolean;
  /** How a sign-in by badge stands, asked about once a second. */
  badge?: () => BadgeSignIn | 'taken';
}): Promise<SiteServer> {
  let { page } = options;
  let isSignedIn = options.isSignedIn ?? false;
  const received: SiteServer['received'] = [];
  const asked = new Map<string, number>();
  const questions = new Map<string, { action: string; asset: string }>();
  let commands = 0;
  const give = ({ action, asset }: { action: string; asset: string }): CommandAnswer => {
    const command = `page/${++commands}/${action}/${asset}`;
    const told: SiteCommand = { command, action, asset, by: session.name, at: NOW, state: 'sent' };
    const page0 = page;
    show({ ...page0, commands: [told, ...(page0.commands ?? [])] });
    const { outcome } = options;
    if (outcome !== undefined)
      setTimeout(() => {
        const ended = (page.commands ?? []).map((each) =>
          each.command === command ? { ...each, state: outcome } : each,
        );
        show({ ...page, commands: ended });
      }, 80);
    return { command };
  };
  const streams = new Set<() => void>();
  const ended = new Set<() => void>();
  const show = (next: SitePage) => {
    page = next;
    for (const send of streams) send();
  };
  const app = new Hono();
  app.use(async (context, proceed) => {
    await proceed();
    context.header('content-security-policy', POLICY);
    context.header('x-content-type-options', 'nosniff');
  });
  const isShut = () => options.isLocked === true && !isSignedIn;
  app.get('/api/site', async (context) => {
    if (options.reading === 'held') await new Promise(() => {});
    if (options.reading === 'failing')
      return context.json({ error: { code: 'failed', message: 'The gateway could not do that.' } }, 500);
    return isShut() ? context.json(signedOut, 401) : context.json(page);
  });
  app.get('/api/stream', (context) =>
    streamSSE(context, async (stream) => {
      const send = () => void stream.writeSSE({ event: 'site', data: JSON.stringify(page) });
      streams.add(send);
      send();
      await new Promise<void>((resolve) => {
        ended.add(resolve);
        stream.onAbort(resolve);
      });
      streams.delete(send);
    }),
  );
  app.get('/api/session', (context) => (isSignedIn ? context.json(session) : context.json(signedOut, 401)));
  app.post('/api/session', async (context) => {
    const body: unknown = await context.req.json();
    received.push({ path: '/api/session', token: undefined, body });
    if (!JSON.stringify(body).includes('246810'))
      return context.json({ error: { code: 'wrong-pin', message: 'That is not the right PIN.' } }, 401);
    isSignedIn = true;
    return context.json(session);
  });
  app.delete('/api/session', (context) => {
    isSignedIn = false;
    return context.body(null, 204);
  });
  app.delete('/api/devices/:device', (context) =>
    isSignedIn ? context.body(null, 204) : context.json(signedOut, 401),
  );
  app.get('/api/temperature', (context) => {
    const { asset = '', from = '0', to = '0' } = context.req.query();
    return options.temperatures === 'failing'
      ? context.json({ error: { code: 'failed', message: 'The gateway could not do that.' } }, 500)
      : context.json(historyOf(asset, Number(from), Number(to)));
  });
  app.get('/api/day', (context) =>
    options.day === 'failing'
      ? context.json({ error: { code: 'failed', message: 'The gateway could not do that.' } }, 500)
      : context.json(options.day ?? day),
  );
  app.get('/api/rules', (context) => context.json({ text: rulesText }));
  const count = (what: string) => asked.set(what, (asked.get(what) ?? 0) + 1);
  app.get('/api/cameras', (context) => {
    count('cameras');
    return isSignedIn ? context.json(options.cameras?.() ?? cameraStatus) : context.json(signedOut, 401);
  });
  app.get('/api/cameras/places', (context) =>
    context.json({
      interfaces: [{ name: 'eth0', addresses: ['192.0.2.7'], isInternal: false }],
      zones: [{ id: 'store', name: 'Store room' }],
      isRegistryOpen: true,
      registryFile: 'registry.yaml',
    } satisfies CameraPlaces),
  );
  app.get('/api/cameras/:asset/picture', (context) => {
    if (!isSignedIn) return context.json(signedOut, 401);
    count(context.req.url.replace(/^.*(?=\/api\/)/, ''));
    return context.body(jpeg, 200, { 'content-type': 'image/jpeg' });
  });
  app.get('/api/cameras/:asset/presets', (context) =>
    context.json([
      { token: '1', name: 'Back door' },
      { token: '2', name: 'Shelves' },
    ] satisfies CameraPreset[]),
  );
  app.get('/api/session/badge', (context) => {
    const standing = options.badge?.();
    return standing === undefined || standing === 'taken'
      ? context.json({ error: { code: 'not-waiting', message: 'No badge is awaited.' } }, 404)
      : context.json(standing);
  });
  app.delete('/api/session/badge', (context) => {
    received.push({ path: 'DELETE /api/session/badge', token: undefined, body: undefined });
    return context.body(null, 204);
  });
  app.post('/api/session/badge', async (context) => {
    received.push({ path: '/api/session/badge', token: undefined, body: await context.req.json() });
    const standing = options.badge?.();
    return standing === 'taken' || standing === undefined
      ? context.json(
          { error: { code: 'reader-busy', message: 'taken' }, word: 'amber-otter', retryAfterMs: 900 },
          409,
        )
      : context.json(standing, 201);
  });
  app.post('/api/session/badge/finish', async (context) => {
    const body: unknown = await context.req.json();
    received.push({ path: '/api/session/badge/finish', token: undefined, body });
    const standing = options.badge?.();
    const isReady = standing !== 'taken' && standing?.state === 'ready';
    if (!isReady && !JSON.stringify(body).includes('246810'))
      return context.json({ error: { code: 'wrong-pin', message: 'That is not the right PIN.' } }, 401);
    isSignedIn = true;
    return context.json(session);
  });
  app.get('/api/evidence', (context) => (isSignedIn ? context.json([]) : context.json(signedOut, 401)));
  app.on(['POST', 'PUT'], '/api/*', async (context) => {
    const token = context.req.header('x-gatehouse-token');
    const text = await context.req.text();
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    if (!isSignedIn) return context.json(signedOut, 401);
    received.push({ path: decodeURIComponent(context.req.path), token, body });
    const { path } = context.req;
    if (path.endsWith('/acknowledge')) {
      show({
        ...page,
        alarms: page.alarms.map((alarm) => ({ ...alarm, acknowledged: { at: NOW, by: session.name } })),
      });
      return context.body(null, 204);
    }
    if (path === '/api/sirens/off') {
      show({ ...page, sirens: page.sirens.map((siren) => ({ ...siren, sounding: false })) });
      return context.json({ silenced: page.sirens.map(({ asset, name }) => ({ asset, name })) });
    }
    if (path === '/api/commands') {
      const wanted = body as { action: string; asset: string };
      if (wanted.action === 'siren.off' || wanted.action === 'picture.take')
        return context.json(give(wanted));
      const confirm = `q-${questions.size + 1}`;
      questions.set(confirm, wanted);
      const question: CommandQuestion = { confirm, says: 'It will be done.', withinMs: 30_000 };
      return context.json(question, 202);
    }
    const [, word] = /^\/api\/commands\/([^/]+)\/confirm$/.exec(path) ?? [];
    if (word !== undefined) {
      const question = questions.get(word);
      questions.delete(word);
      return question === undefined || (options.isLate === true && questions.size === 0 && word === 'q-1')
        ? context.json({ error: { code: 'not-asked', message: 'This was not asked, or too long ago.' } }, 410)
        : context.json(give(question));
    }
    if (path.endsWith('/preset'))
      return context.json(give({ action: 'camera.go-to-preset', asset: path.split('/')[3] ?? '' }));
    if (path === '/api/rules/try') return context.json(trial);
    if (path === '/api/arming') {
      const asked = body as { mode: 'away'; bypass: string[] };
      const free: ArmingAnswer = {
        result: 'arming',
        until: NOW + 45_000,
        ready: true,
        blockedBy: [],
        bypassed: [],
      };
      const answer = options.arming?.(asked.mode, asked.bypass) ?? free;
      if (answer.result === 'blocked') return context.json(answer, 409);
      show({
        ...page,
        arming: { ...page.arming, mode: asked.mode, phase: 'exit-delay', until: NOW + 45_000 },
      });
      return context.json(answer);
    }
    return context.json({});
  });
  app.get('*', async (context) => {
    const path = normalize(context.req.path === '/' ? '/index.html' : context.req.path);
    const bytes = await readFile(join(options.folder, path)).catch(() => undefined);
    if (bytes === undefined) return context.notFound();
    return context.body(Uint8Array.from(bytes), 200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
    });
  });

  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
  await new Promise<void>((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    for (const end of ended) end();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
  };
  let closed: Promise<void> | undefined;
  const once = () => {
    closed ??= close();
    return closed;
  };
  return { address: `http://127.0.0.1:${port}/`, asked, received, show, vanish: once, close: once };
}
