/** Opens the site page's port. */

import { once } from 'node:events';
import { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { siteApp } from './app.ts';

/** Connections at once, pages and scrapers together. */
export const MAX_CONNECTIONS = 256;
/** A request must be complete within this; its head sooner. Streams are answers and not bound by it. */
const REQUEST_MS = 15_000;
const HEAD_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;
const MAX_HEADER_BYTES = 16 * 1024;

/** @returns the port; @throws when the address can't be listened on */
export async function listen(
  app: ReturnType<typeof siteApp>,
  { host, port }: { host: string; port: number },
  signal: AbortSignal,
): Promise<number> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_MS, headersTimeout: HEAD_MS },
  });
  if (!(server instanceof Server)) throw new TypeError('not an HTTP/1 server');
  server.maxConnections = MAX_CONNECTIONS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, host);
  await once(server, 'listening');
  const end = () => {
    server.close();
    server.closeAllConnections();
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP listener');
  return address.port;
}
