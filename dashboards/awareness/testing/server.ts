/// <reference types="node" />
/** For tests only: serves the built site of lessons under the cloud's policy, and answers as the cloud does. */
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
};

export interface LearnServer {
  /** Of the site's root, with a slash at its end. */
  address: string;
  received: { path: string; bearer: string | undefined; body: string }[];
  close(): Promise<void>;
}

/** @param folder the built site */
export async function startLearnServer(folder: string): Promise<LearnServer> {
  const received: LearnServer['received'] = [];
  const app = new Hono();
  app.use(async (context, next) => {
    await next();
    context.header('content-security-policy', POLICY);
  });
  app.use('/api/*', async (context, next) => {
    const bearer = context.req.header('authorization');
    received.push({ path: context.req.path, bearer, body: await context.req.text() });
    return next();
  });
  app.get('/api/learn/campaigns', (context) =>
    context.json({
      items: [
        {
          id: 'w-1',
          text: {
            en: 'A false courier has been seen in Lindau.',
            de: 'Ein falscher Bote wurde gesehen in Lindau.',
          },
          lesson: 'parcel-scams',
          until: 1,
        },
      ],
    }),
  );
  app.get('/api/learn/mine', (context) =>
    context.json({
      ...(context.req.header('authorization') === undefined
        ? {}
        : { learner: { name: 'Tom Feld', done: [{ lesson: 'phishing', at: 1 }] } }),
      retentionDays: 730,
    }),
  );
  app.post('/api/learn/done', (context) => context.json({ passed: true, recorded: true }));
  app.post('/api/learn/certificates/check', (context) =>
    context.json({ valid: true, course: 'shop', at: Date.UTC(2026, 10, 23), share: 0.94, nameFits: true }),
  );
  app.get('/learn/*', async (context) => {
    const path = context.req.path.slice('/learn'.length);
    const file = path.endsWith('/') ? `${path}index.html` : path;
    try {
      const type = types[extname(file)] ?? 'application/octet-stream';
      return context.body(await readFile(join(folder, file)), 200, { 'content-type': type });
    } catch {
      return context.notFound();
    }
  });
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/learn/`,
    received,
    async close() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
