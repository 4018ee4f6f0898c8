/** Opens the site page's ports: plain HTTP, and HTTPS where that is configured. */

import { once } from 'node:events';
import { createServer as createHttpServer, Server } from 'node:http';
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { siteApp } from './app.ts';
import { httpsAddress } from './only-by-tls.ts';
import { type PageTls, RENEWAL_CHECK_MS } from './page-tls.ts';

/** Connections at once, pages and scrapers together. */
export const MAX_CONNECTIONS = 256;
/** A request must be complete within this; its head sooner. Streams are answers and not bound by it. */
const REQUEST_MS = 15_000;
const HEAD_MS = 10_000;
const KEEP_ALIVE_MS = 10_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** Until a connection says what it speaks, and has shaken hands. */
const HANDSHAKE_MS = 10_000;
/** First byte of a TLS record that begins a handshake (RFC 8446, section 5.1). */
const TLS_HANDSHAKE = 0x16;

const limits = { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_MS, headersTimeout: HEAD_MS };

interface Where {
  host: string;
  port: number;
}

/** @returns the port; @throws when the address can't be listened on */
export async function listen(
  app: ReturnType<typeof siteApp>,
  where: Where,
  signal: AbortSignal,
): Promise<number> {
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: limits });
  if (!(server instanceof Server)) throw new TypeError('not an HTTP/1 server');
  server.maxConnections = MAX_CONNECTIONS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  return opened(server, where, () => server.closeAllConnections(), signal);
}

/**
 * HTTPS. Who speaks plain HTTP to this port is told so, and led to the right address.
 * @returns the port
 * @throws when the address can't be listened on or the certificate can't be used
 */
export async function listenTls(
  app: ReturnType<typeof siteApp>,
  where: Where,
  tls: PageTls,
  names: readonly string[],
  onTrouble: (message: string) => void,
  signal: AbortSignal,
): Promise<number> {
  let inUse = tls.pair();
  const contextOf = ({ certificate, key }: typeof inUse) => ({
    cert: certificate,
    key,
    minVersion: 'TLSv1.2' as const,
  });
  const server = createAdaptorServer({
    fetch: app.fetch,
    createServer: createHttpsServer,
    serverOptions: { ...limits, ...contextOf(inUse), handshakeTimeout: HANDSHAKE_MS },
  });
  if (!(server instanceof HttpsServer)) throw new TypeError('not an HTTPS/1 server');
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  const plain = createHttpServer(limits, (request, response) => {
    const to = httpsAddress(request.headers.host, request.url ?? '/', undefined, names);
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    const isLed = to !== undefined && isReading;
    response.writeHead(isLed ? 308 : 400, {
      ...(isLed ? { location: to } : {}),
      'content-type': 'text/plain; charset=utf-8',
      connection: 'close',
    });
    response.end('This port speaks HTTPS: begin the address with https://\n');
  });
  const renewing = setInterval(() => {
    try {
      const next = tls.pair();
      if (next.certificate === inUse.certificate && next.key === inUse.key) return;
      server.setSecureContext(contextOf(next));
      inUse = next;
    } catch (error) {
      // The one before goes on.
      onTrouble(`the page's certificate could not be renewed: ${String(error)}`);
    }
  }, RENEWAL_CHECK_MS);
  renewing.unref();
  signal.addEventListener('abort', () => clearInterval(renewing), { once: true });
  // Neither of the two listens itself: the first byte says which of them it is for.
  const waiting = new Set<Socket>();
  const door = createServer((socket) => {
    waiting.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => waiting.delete(socket));
    socket.setTimeout(HANDSHAKE_MS, () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      waiting.delete(socket);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.pause();
      socket.unshift(first);
      (first[0] === TLS_HANDSHAKE ? server : plain).emit('connection', socket);
      // What is given back is read by whoever has taken the connection over.
      process.nextTick(() => socket.resume());
    });
  });
  door.maxConnections = MAX_CONNECTIONS;
  // They never listen themselves, but it is then that Node begins to keep the time limits of their connections.
  for (const behind of [server, plain]) behind.emit('listening');
  const end = () => {
    for (const socket of waiting) socket.destroy();
    for (const behind of [server, plain]) {
      behind.close();
      behind.closeAllConnections();
    }
  };
  return opened(door, where, end, signal);
}

async function opened(
  server: NetServer,
  { host, port }: Where,
  endAll: () => void,
  signal: AbortSignal,
): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  const end = () => {
    server.close();
    endAll();
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP listener');
  return address.port;
}
