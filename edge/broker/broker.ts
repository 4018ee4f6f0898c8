/**
 * The gateway's MQTT broker: aedes, with a strict framer in front, identities and rights, bounds on everything that a
 * client can use up, and a state that survives the power cut. Read from top to bottom: a connection arrives, is
 * guarded, authenticated, and its messages go through `Publisher`.
 */
import { X509Certificate } from 'node:crypto';
import type { Server } from 'node:net';
import { Aedes, type Client } from 'aedes';
import type { Clock } from '../../devices/model/clock.ts';
import { admission } from './admission.ts';
import { ownCertificate } from './certificate.ts';
import { guard } from './connection.ts';
import { Subscriber } from './delivery.ts';
import { Dispatcher } from './dispatcher.ts';
import { Identities } from './identities.ts';
import { defaultLimits } from './limits.ts';
import { type Arrival, Doorkeeper, listenPlain, listenTls } from './listeners.ts';
import { noMetrics } from './metrics.ts';
import { type Broker, type BrokerOptions, isCommandTopic, type Quarantined } from './options.ts';
import { Peer } from './peer.ts';
import { Persistence } from './persistence.ts';
import { Publisher } from './publishing.ts';
import { SocketWriter, WriterPool } from './socket-writer.ts';
import { BrokerState } from './state.ts';

export type { IdentityEntry } from './identities.ts';
export { identityEntry } from './identities.ts';
export type { BrokerLimits } from './limits.ts';
export { defaultLimits } from './limits.ts';
export type { BrokerMetrics } from './metrics.ts';
export type { Broker, BrokerMessage, BrokerOptions, ConnectRefused, Quarantined } from './options.ts';
export { isCommandTopic } from './options.ts';
export { hashPassword } from './password.ts';
export type { RetainedMessage } from './retained.ts';

/** Packets that may wait until the client is connected. None do: the gate in connection.ts holds the bytes back. */
const QUEUE_LIMIT = 1_000;
/** How often sessions that nobody came back to are looked for. */
const EXPIRY_CHECK_MS = 3_600_000;

/**
 * Starts the broker. It ends, with its listeners, connections and its writing thread, when the signal aborts.
 * @throws when a port can't be listened on, or the state directory or certificate can't be used
 */
export async function createBroker(
  options: BrokerOptions,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<Broker> {
  signal.throwIfAborted();
  const limits = { ...defaultLimits, ...options.limits };
  const counted = noMetrics();
  const identities = new Identities(options.identities);
  const peers = new WeakMap<Client, Peer>();
  const clients = new Map<string, { client: Client; peer: Peer }>();
  let stopping = false;

  const quarantine = (what: Omit<Quarantined, 'at'>) => options.onQuarantine?.({ at: clock.now(), ...what });

  const state = new BrokerState({
    directory: options.stateDirectory,
    limits,
    clock,
    onFailure: (message, final) => {
      counted.stateFailures++;
      options.onStateTrouble?.({ message, final });
    },
    onDamaged: (putAside) =>
      options.onStateTrouble?.({
        message: `the broker's state was damaged; it was put aside as ${putAside}`,
        final: false,
      }),
    onQueueFull: (session, topic, isFirst) => {
      counted.queueDropped++;
      // Told once until there is room again: a queue that is full stays so for many messages.
      if (!isFirst) return;
      quarantine({
        address: '',
        client: { id: session.client, identity: session.identity },
        kind: 'queue-full',
        reason: `the queue of ${session.client} is full`,
        topic,
        bytes: new Uint8Array(0),
      });
    },
  });
  await state.ready;
  const persistence = new Persistence(state, {
    identityOf: (id) => clients.get(id)?.peer.client?.identity ?? '',
    maySubscribe: (id, filter) => clients.get(id)?.peer.rights?.maySubscribe(filter) === true,
    isStopping: () => stopping,
  });

  const admit = admission({
    identities,
    state,
    metrics: counted,
    clock,
    holderOf: (id) => clients.get(id)?.peer.client,
    onAdmitted: (client, peer) => clients.set(client.id, { client, peer }),
    onRefused: (refused) => options.onConnectRefused?.(refused),
    quarantine,
  });

  const aedes = new Aedes({
    mq: new Dispatcher(),
    persistence,
    connectTimeout: limits.connectDeadlineMs,
    queueLimit: QUEUE_LIMIT,
    authenticate: (client, username, password, done) => {
      const peer = peers.get(client);
      if (peer === undefined) done(null, false);
      else admit({ client, peer, username, password }).then((error) => done(error, error === null));
    },
    preConnect: (client, packet, done) => {
      const peer = peers.get(client);
      if (peer !== undefined) peer.will = packet.will;
      done(null, peer !== undefined);
    },
    authorizePublish: (client, packet, done) => {
      if (client === null || stopping) done(new Error('the broker is stopping'));
      else publisher.authorize(client, packet, done);
    },
    authorizeSubscribe: (client, subscription, done) => {
      const peer = peers.get(client);
      if (peer === undefined) {
        done(null, null);
        return;
      }
      peer.subscriber?.subscriptionsChanged();
      const { topic } = subscription;
      const may = peer.rights?.maySubscribe(topic) === true;
      if (may && peer.countSubscription(topic, limits.maxSubscriptions)) {
        done(null, subscription);
        return;
      }
      counted.subscriptionsDenied++;
      quarantine({
        address: peer.address,
        ...(peer.client === undefined ? {} : { client: peer.client }),
        kind: 'subscribe-denied',
        reason: may
          ? `more than ${limits.maxSubscriptions} subscriptions`
          : `${peer.client?.identity ?? '?'} may not subscribe to ${topic}`,
        topic,
        bytes: new Uint8Array(0),
      });
      done(null, null);
    },
  });
  const publisher = new Publisher({
    aedes,
    state,
    persistence,
    identities,
    limits,
    metrics: counted,
    clock,
    options,
    isCommand: options.isCommand ?? isCommandTopic,
    quarantine,
    peerOf: (client) => peers.get(client),
  });
  const pool = new WriterPool(limits);

  function arrive({ socket, address, admitted }: Arrival): void {
    counted.connections++;
    const peer = new Peer(address, admitted);
    const client = aedes.handle(socket);
    peers.set(client, peer);
    socket.once('close', () => gone(client));
    const writer = new SocketWriter(pool, socket, (reason) => {
      counted.slowSubscribersCut++;
      peer.endedBecause ??= reason;
    });
    peer.subscriber = new Subscriber(client, writer, state.sessions, {
      onSent: () => {
        counted.messagesOut++;
      },
    });
    guard(client, socket, writer, limits, {
      onReceived: (packets, bytes) => {
        counted.packetsIn += packets;
        counted.bytesIn += bytes;
      },
      onSlowedDown: () => {
        counted.slowedDown++;
      },
      onFlood: () => {
        counted.floodsCut++;
        peer.endedBecause ??= 'message rate far above the limit';
      },
      onRefused: ({ reason, bytes, at }) => {
        counted.framingRefusals++;
        peer.endedBecause ??= `malformed: ${reason}`;
        quarantine({
          address,
          ...(peer.client === undefined ? {} : { client: peer.client }),
          kind: 'malformed',
          reason: `${reason} (packet at byte ${at})`,
          bytes,
        });
      },
    });
  }

  aedes.on('clientReady', (client) => {
    const peer = peers.get(client);
    if (peer?.client === undefined) return;
    peer.connected = true;
    counted.clients++;
    options.onConnected?.({ ...peer.client, address: peer.address, at: clock.now() });
    peer.subscriber?.replay().catch((error: unknown) => client.emit('error', error));
  });
  const gone = (client: Client) => {
    const peer = peers.get(client);
    if (peer?.client === undefined) return;
    const current = clients.get(peer.client.id)?.client === client;
    if (current) clients.delete(peer.client.id);
    if (current) state.sessions.left(peer.client.id);
    if (!peer.connected) return;
    peer.connected = false;
    options.onDisconnected?.({
      ...peer.client,
      address: peer.address,
      at: clock.now(),
      ...(peer.endedBecause === undefined ? {} : { reason: peer.endedBecause }),
    });
  };
  aedes.on('clientDisconnect', gone);
  aedes.on('clientError', (client, error) => {
    const peer = peers.get(client);
    if (peer !== undefined) peer.endedBecause ??= error.message;
  });
  aedes.on('subscribe', (_subscriptions, client) => peers.get(client)?.subscriber?.subscriptionsChanged());
  aedes.on('unsubscribe', (filters, client) => {
    const peer = peers.get(client);
    peer?.subscriber?.subscriptionsChanged();
    peer?.forgetSubscriptions(filters);
  });

  await aedes.listen();
  const doorkeeper = new Doorkeeper(limits, {
    onArrival: arrive,
    onTurnedAway: () => {
      counted.connectionsRefused++;
    },
  });
  const servers: Server[] = [];
  const ports: { tls?: number; plain?: number } = {};
  let certificate: Broker['certificate'];

  async function end(): Promise<void> {
    stopping = true;
    for (const server of servers) server.close();
    await new Promise<void>((resolve) => aedes.close(() => resolve()));
    doorkeeper.closeAll();
    pool.close();
    cancelExpiry();
    clearTimeout(leftWills);
    await state.close();
  }

  let cancelExpiry = clock.schedule(EXPIRY_CHECK_MS, expire);
  function expire(): void {
    counted.sessionsExpired += state.sessions.expire(limits.sessionExpiryMs, (id) => clients.has(id));
    cancelExpiry = clock.schedule(EXPIRY_CHECK_MS, expire);
  }
  const leftWills = setTimeout(() => {
    for (const will of [...state.leftWills.values()]) {
      publisher.publishLeftWill(will).then(
        () => state.dropWill(will.client),
        (error: unknown) =>
          options.onStateTrouble?.({ message: `a left will: ${String(error)}`, final: false }),
      );
    }
  }, limits.willGraceMs);
  leftWills.unref();

  try {
    if (options.plain !== undefined) {
      const { port, host = '127.0.0.1' } = options.plain;
      const plain = await listenPlain(doorkeeper, port, host);
      servers.push(plain.server);
      ports.plain = plain.port;
    }
    if (options.tls !== undefined) {
      const { port, host = '0.0.0.0', certificate: given, names = ['localhost'] } = options.tls;
      const pair = given ?? ownCertificate(options.stateDirectory, names, clock.now());
      const parsed = new X509Certificate(pair.certificate);
      certificate = {
        fingerprint256: parsed.fingerprint256,
        notAfter: Date.parse(parsed.validTo),
        pem: pair.certificate,
      };
      const tls = await listenTls(doorkeeper, port, host, pair, limits.connectDeadlineMs);
      servers.push(tls.server);
      ports.tls = tls.port;
    }
  } catch (error) {
    await end();
    throw error;
  }

  const closed = new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      end().then(resolve, reject);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });

  return {
    ports,
    ...(certificate === undefined ? {} : { certificate }),
    publish: (topic, payload, { qos = 0 } = {}) => {
      const bytes = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
      const forwarded = publisher.publish(topic, bytes, qos);
      // A command: whoever waits for a door to open should not wait for the rest of this turn's work.
      pool.flush();
      return forwarded;
    },
    retainedMessages: (filters) => [...new Set(filters.flatMap((filter) => state.retained.match(filter)))],
    replaceIdentities: (entries) => {
      const changed = new Set(identities.replace(entries));
      for (const { client, peer } of [...clients.values()]) {
        if (peer.client === undefined || !changed.has(peer.client.identity)) continue;
        peer.endedBecause ??= 'the identity was changed';
        client.close();
      }
    },
    connectedClients: () =>
      [...clients.values()].flatMap(({ peer }) =>
        peer.connected && peer.client !== undefined ? [{ ...peer.client, address: peer.address }] : [],
      ),
    metrics: () => ({
      ...counted,
      connectionsNow: doorkeeper.connections,
      clientsNow: clients.size,
      retainedNow: state.retained.count,
      retainedBytesNow: state.retained.bytes,
      sessionsNow: state.sessions.count,
      queuedNow: state.sessions.queued,
      stateWritesWaitingNow: state.waitingWrites,
    }),
    closed,
  };
}
