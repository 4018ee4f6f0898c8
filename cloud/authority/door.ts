/** The gateways' own door: HTTPS where both sides show certificates of the operator's authority. */
import type { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createAdaptorServer } from '@hono/node-server';
import type { Context, Hono } from 'hono';
import { closed } from '../http-server.ts';
import type { ServerPair } from './authority.ts';

const HEADERS_WITHIN_MS = 10_000;
const REQUEST_WITHIN_MS = 60_000;
const KEPT_ALIVE_MS = 30_000;
const MAX_HEADER_BYTES = 8 * 1024;
const MAX_CONNECTIONS = 20_000;
/** The certificate in memory is looked at again this often, and read into the server when it is a new one. */
const RENEWAL_LOOK_MS = 3_600_000;

export interface Door {
  readonly port: number;
  /** Ends every connection that shows a certificate of this gateway. */
  cut(gateway: string): void;
  close(): Promise<void>;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function socketOf(context: Context): TLSSocket | undefined {
  const incoming = isObject(context.env) ? context.env.incoming : undefined;
  const socket = isObject(incoming) ? incoming.socket : undefined;
  return socket instanceof TLSSocket ? socket : undefined;
}

/** What the peer of a request has shown; the handshake has proved that it has the key. */
export const peerCertificateOf = (context: Context): X509Certificate | undefined =>
  socketOf(context)?.getPeerX509Certificate();

export const peerAddressOf = (context: Context): string =>
  (socketOf(context)?.remoteAddress ?? '').replace(/^::ffff:/, '');

/** @throws when the port can't be listened on */
export async function openDoor(
  app: Hono,
  options: {
    host: string;
    port: number;
    server(): ServerPair;
    /** Whose certificate that is. */
    gatewayOf(certificate: X509Certificate): string | undefined;
  },
): Promise<Door> {
  const server = createAdaptorServer({
    fetch: app.fetch,
    createServer,
    serverOptions: {
      ...options.server(),
      minVersion: 'TLSv1.2',
      // Asked of everybody: who has a code has none yet. Who signed it is looked at with each request.
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: HEADERS_WITHIN_MS,
      headersTimeout: HEADERS_WITHIN_MS,
      requestTimeout: REQUEST_WITHIN_MS,
      keepAliveTimeout: KEPT_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('tlsClientError', (_error: Error, socket: Socket) => socket.destroy());
  /** By gateway: kept from the handshake on, for when it is cut off its certificate is nobody's any more. */
  const sockets = new Map<string, Set<TLSSocket>>();
  server.on('secureConnection', (socket: TLSSocket) => {
    const certificate = socket.getPeerX509Certificate();
    const gateway = certificate === undefined ? undefined : options.gatewayOf(certificate);
    if (gateway === undefined) return;
    const own = sockets.get(gateway) ?? new Set();
    sockets.set(gateway, own.add(socket));
    socket.once('close', () => {
      own.delete(socket);
      if (own.size === 0 && sockets.get(gateway) === own) sockets.delete(gateway);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  let shown = options.server().cert;
  const looking = setInterval(() => {
    const pair = options.server();
    if (pair.cert === shown || !('setSecureContext' in server)) return;
    shown = pair.cert;
    server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' });
  }, RENEWAL_LOOK_MS);
  looking.unref();
  const address: AddressInfo | string | null = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    cut(gateway) {
      for (const socket of sockets.get(gateway) ?? []) socket.destroy();
    },
    async close() {
      clearInterval(looking);
      await closed(server);
    },
  };
}
