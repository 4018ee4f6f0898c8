/**
 * Gateways' MQTT front: aedes behind the strict framer. Nothing is kept here: a gateway publishes batches to its own
 * `gw/<id>/up/<lane>`, the receipt says what is stored, and whatever a connection loses is sent again from the outbox.
 */
import type { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { Aedes, type AuthenticateError, type Client } from 'aedes';
import type { Clock } from '../../devices/model/clock.ts';
import {
  commandTopic,
  type Lane,
  lanes,
  type Receipt,
  receiptTopic,
  uplinkTopic,
} from '../../devices/wire.ts';
import type { Store } from '../store/store.ts';
import type { Credentials, GatewayCredential } from './credentials.ts';
import { FramedConnection } from './framed-connection.ts';
import type { Ingest } from './ingest.ts';

/** The handshake must be done, and then CONNECT be there, within this each. */
const CONNECT_TIMEOUT_MS = 10_000;
/** A gateway that takes nothing for this long is cut; it will come again. */
const DRAIN_TIMEOUT_MS = 5_000;
/** Connections that have not said who they are, and all together. */
const MAX_CONNECTIONS = 20_000;
const BAD_CREDENTIALS: AuthenticateError['returnCode'] = 4;

/** Gateways that prove themselves by certificate, and ask for the cloud by the authority's name for it. */
export interface CertifiedGateways {
  name: string;
  server(): { cert: string; key: string };
  credentialOf(certificate: X509Certificate | undefined): GatewayCredential | undefined;
}

export interface MqttFrontOptions {
  ingest: Ingest;
  credentials: Credentials;
  store: Store;
  clock: Clock;
  /** Over TLS, besides passwords. */
  authority?: CertifiedGateways | undefined;
  /** Plain, for gateways on this machine and behind a TLS proxy on it: never bound elsewhere than to loopback. */
  plain?: { port: number };
  tls?: {
    host: string;
    port: number;
    certificateFile: string;
    keyFile: string;
    minVersion?: TlsOptions['minVersion'];
  };
}

export interface MqttFront {
  readonly plainPort: number | undefined;
  readonly tlsPort: number | undefined;
  /** Certificates are read again; connections that stand go on with what they have. */
  renewCertificate(): void;
  readonly refused: { framing: number; credentials: number; rights: number };
  /** Ends the gateway's connection at once. */
  cut(gateway: string): void;
  close(): Promise<void>;
}

/** @throws when a port can't be listened on or the certificate can't be read */
export async function openMqttFront(options: MqttFrontOptions, signal: AbortSignal): Promise<MqttFront> {
  signal.throwIfAborted();
  const { ingest, credentials, store, clock } = options;
  const gateways = new WeakMap<Client, GatewayCredential>();
  /** The newest connection of each. */
  const admitted = new Map<string, Client>();
  /** Told to the ingest already: a client may subscribe more than once. */
  const listening = new WeakSet<Client>();
  const connections = new Map<Socket, FramedConnection>();
  const refused = { framing: 0, credentials: 0, rights: 0 };

  const laneOf = (gateway: string, topic: string): Lane | undefined =>
    lanes.find((lane) => topic === uplinkTopic(gateway, lane));

  const answer = (client: Client, gateway: string, receipt: Receipt): void => {
    if (client.closed) return;
    const payload = Buffer.from(JSON.stringify(receipt));
    client.publish(
      { cmd: 'publish', topic: receiptTopic(gateway), payload, qos: 0, retain: false, dup: false },
      () => undefined,
    );
  };

  const aedes = new Aedes({
    connectTimeout: CONNECT_TIMEOUT_MS,
    drainTimeout: DRAIN_TIMEOUT_MS,
    authenticate(client, username, password, done) {
      const connection = client.conn instanceof FramedConnection ? client.conn : undefined;
      const { authority } = options;
      const certificate = authority === undefined ? undefined : connection?.certificate;
      // A certificate that does not hold is no reason to ask for a password.
      const gateway =
        authority === undefined || certificate === undefined
          ? credentials.authenticate(
              username ?? '',
              password?.toString('utf8') ?? '',
              connection?.remoteAddress ?? '',
            )
          : authority.credentialOf(certificate);
      // The client id is the gateway's: a second connection takes over from one that is only half dead.
      if (gateway === undefined || client.id !== gateway.id) {
        refused.credentials++;
        const error: AuthenticateError = Object.assign(new Error('unknown gateway or wrong token'), {
          returnCode: BAD_CREDENTIALS,
        });
        done(error, false);
        return;
      }
      gateways.set(client, gateway);
      admitted.set(gateway.id, client);
      client.conn.once('close', () => {
        if (admitted.get(gateway.id) === client) admitted.delete(gateway.id);
      });
      done(null, true);
    },
    authorizePublish(client, packet, done) {
      const gateway = client === null ? undefined : gateways.get(client);
      const lane = gateway === undefined ? undefined : laneOf(gateway.id, packet.topic);
      if (client === null || gateway === undefined || lane === undefined || packet.retain) {
        refused.rights++;
        const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
        const reason = `may not publish to ${packet.topic.slice(0, 200)}${packet.retain ? ' (retained)' : ''}`;
        store.quarantine({
          at: clock.now(),
          wall: 'ingest-mqtt',
          peer: gateway?.id ?? '',
          reason,
          raw: payload,
        });
        done(new Error(reason));
        return;
      }
      const payload = Buffer.isBuffer(packet.payload) ? packet.payload : Buffer.from(packet.payload);
      ingest.receive(gateway, lane, payload).then(
        (result) => {
          if ('receipt' in result) answer(client, gateway.id, result.receipt);
          else if ('refused' in result) client.close();
        },
        () => client.close(),
      );
      done(null);
    },
    authorizeSubscribe(client, subscription, done) {
      const gateway = gateways.get(client);
      const own =
        gateway !== undefined &&
        [receiptTopic(gateway.id), commandTopic(gateway.id)].includes(subscription.topic);
      if (!own) refused.rights++;
      done(null, own ? subscription : null);
    },
  });
  await aedes.listen();

  aedes.on('subscribe', (subscriptions, client) => {
    const gateway = gateways.get(client);
    if (gateway === undefined || !subscriptions.some(({ topic }) => topic === commandTopic(gateway.id)))
      return;
    if (listening.has(client)) return;
    listening.add(client);
    const disconnect = ingest.connect(gateway.id, ({ command }) => {
      const payload = Buffer.from(JSON.stringify(command));
      client.publish(
        { cmd: 'publish', topic: commandTopic(gateway.id), payload, qos: 1, retain: false, dup: false },
        () => undefined,
      );
    });
    client.conn.once('close', disconnect);
  });
  // Aedes tells of each ended connection; each is told by its own close as well.
  aedes.on('clientError', () => undefined);
  aedes.on('connectionError', () => undefined);

  const arrive = (socket: Socket): void => {
    if (connections.size >= MAX_CONNECTIONS) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    const connection = new FramedConnection(socket, ({ reason, bytes }) => {
      refused.framing++;
      store.quarantine({
        at: clock.now(),
        wall: 'ingest-mqtt',
        peer: socket.remoteAddress ?? '',
        reason,
        raw: bytes,
      });
    });
    connections.set(socket, connection);
    socket.once('close', () => connections.delete(socket));
    const client = aedes.handle(connection);
    client.once('connected', () => connection.admit());
  };

  const servers: Server[] = [];
  const listen = async (server: Server, host: string, port: number): Promise<number> => {
    // Those that have not finished their handshake count as well.
    server.maxConnections = MAX_CONNECTIONS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    servers.push(server);
    const address: AddressInfo | string | null = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  };
  const close = async (): Promise<void> => {
    const closed = servers
      .splice(0)
      .map((server) => new Promise<void>((resolve) => server.close(() => resolve())));
    for (const socket of connections.keys()) socket.destroy();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    await Promise.all(closed);
  };

  const { plain, tls } = options;
  const certificate = () =>
    tls === undefined ? {} : { cert: readFileSync(tls.certificateFile), key: readFileSync(tls.keyFile) };
  const tlsServer =
    tls === undefined
      ? undefined
      : createTlsServer(
          {
            ...certificate(),
            minVersion: tls.minVersion ?? 'TLSv1.2',
            handshakeTimeout: CONNECT_TIMEOUT_MS,
            ...askingForCertificates(options.authority),
          },
          arrive,
        );
  // A handshake that fails is the peer's matter.
  tlsServer?.on('tlsClientError', () => undefined);
  try {
    const plainPort =
      plain === undefined ? undefined : await listen(createServer(arrive), '127.0.0.1', plain.port);
    const tlsPort =
      tls === undefined || tlsServer === undefined ? undefined : await listen(tlsServer, tls.host, tls.port);
    let closing: Promise<void> | undefined;
    const closeOnce = () => {
      closing ??= close();
      return closing;
    };
    signal.addEventListener('abort', () => void closeOnce(), { once: true });
    return {
      plainPort,
      tlsPort,
      renewCertificate: () => tlsServer?.setSecureContext(certificate()),
      refused,
      cut: (gateway) => admitted.get(gateway)?.conn.destroy(),
      close: closeOnce,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Asked of everybody, demanded of nobody: who it is of, and whether it holds, is looked at with CONNECT. */
function askingForCertificates(authority: CertifiedGateways | undefined): TlsOptions {
  if (authority === undefined) return {};
  return {
    requestCert: true,
    rejectUnauthorized: false,
    SNICallback: (name, done) =>
      done(null, name === authority.name ? createSecureContext(authority.server()) : undefined),
  };
}
