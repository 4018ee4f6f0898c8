import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import type { CertificateFiles } from './own-certificate.ts';

/** Headers must be there within this: a client that dribbles is cut. */
const HEADERS_WITHIN_MS = 10_000;
/** The whole request must be there within this; answers, such as a stream, may take as long as they like. */
const REQUEST_WITHIN_MS = 60_000;
const KEPT_ALIVE_MS = 20_000;
const MAX_HEADER_BYTES = 16 * 1024;
/** Connections at once; more are turned away, those that stand are not hurt. */
const MAX_CONNECTIONS = 8_192;

export interface HttpServer {
  readonly port: number;
  /** Takes no more requests, lets those under way finish for a moment, then ends all. */
  close(): Promise<void>;
}

/** @throws Error when the port can't be listened on, or the certificate can't be read */
export async function openHttpServer(
  app: Hono,
  { host, port, tls }: { host: string; port: number; tls: CertificateFiles | undefined },
): Promise<HttpServer> {
  const bounds = {
    headersTimeout: HEADERS_WITHIN_MS,
    requestTimeout: REQUEST_WITHIN_MS,
    keepAliveTimeout: KEPT_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const server =
    tls === undefined
      ? createAdaptorServer({ fetch: app.fetch, createServer, serverOptions: bounds })
      : createAdaptorServer({
          fetch: app.fetch,
          createServer: createSecureServer,
          serverOptions: {
            ...bounds,
            cert: readFileSync(tls.certificateFile),
            key: readFileSync(tls.keyFile),
            minVersion: 'TLSv1.2',
            handshakeTimeout: HEADERS_WITHIN_MS,
          },
        });
  server.maxConnections = MAX_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address: AddressInfo | string | null = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => closed(server),
  };
}

/** How long requests under way may take to finish. */
const FINISH_WITHIN_MS = 2_000;

/** Ends a server: no new connections, a little time for what is under way. */
export async function closed(server: ReturnType<typeof createAdaptorServer>): Promise<void> {
  const done = new Promise<void>((resolve) => server.close(() => resolve()));
  const timer = setTimeout(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
  }, FINISH_WITHIN_MS);
  await done;
  clearTimeout(timer);
}
