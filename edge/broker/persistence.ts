/**
 * The broker's state in the form that aedes asks for. Retained messages and queues are filled in before aedes
 * acknowledges a message (see broker.ts), so what aedes would store itself, after the acknowledgement, is
 * already there.
 */
import { Readable } from 'node:stream';
import type { BrokerState } from './state.ts';

interface ClientName {
  id: string;
  clean?: boolean;
}

interface PacketIdentity {
  cmd?: string;
  messageId?: number;
}

interface WillPacket {
  topic: string;
  payload: Buffer | string;
  qos?: 0 | 1 | 2;
  retain?: boolean;
}

interface SubscriptionRequest {
  topic: string;
  qos: number;
}

export interface PersistenceHooks {
  /** User name behind a connected client. */
  identityOf: (client: string) => string;
  /** Whether the client may hold a subscription: aedes hands over denied ones along with granted ones. */
  maySubscribe: (client: string, filter: string) => boolean;
  /** While the broker ends on purpose, wills stay on disk: their clients may be gone when it is back. */
  isStopping: () => boolean;
}

const NONE: Promise<never[]> = Promise.resolve([]);
const DONE: Promise<undefined> = Promise.resolve(undefined);

export class Persistence {
  readonly #state: BrokerState;
  readonly #hooks: PersistenceHooks;
  /** QoS 2 ids received from clients with a clean session: they need not outlive the connection. */
  readonly #received = new Map<string, Set<number>>();

  constructor(state: BrokerState, hooks: PersistenceHooks) {
    this.#state = state;
    this.#hooks = hooks;
  }

  /** aedes insists on an async function. */
  async setup(): Promise<void> {}

  storeRetained(): Promise<undefined> {
    return DONE;
  }

  createRetainedStreamCombi(filters: readonly string[]): Readable {
    const found = new Set(filters.flatMap((filter) => this.#state.retained.match(filter)));
    return Readable.from(
      [...found].map(({ topic, payload, qos }) => ({ cmd: 'publish', topic, payload, qos, retain: true })),
    );
  }

  createRetainedStream(filter: string): Readable {
    return this.createRetainedStreamCombi([filter]);
  }

  async addSubscriptions(client: ClientName, requests: readonly SubscriptionRequest[]): Promise<void> {
    const session = this.#state.sessions.get(client.id);
    if (session === undefined) return;
    for (const { topic, qos } of requests)
      if (this.#hooks.maySubscribe(client.id, topic)) this.#state.sessions.subscribe(session, topic, qos);
    await this.#state.committed();
  }

  async removeSubscriptions(client: ClientName, filters: readonly string[]): Promise<void> {
    const session = this.#state.sessions.get(client.id);
    if (session === undefined) return;
    for (const filter of filters) this.#state.sessions.unsubscribe(session, filter);
    await this.#state.committed();
  }

  async subscriptionsByClient(client: ClientName): Promise<SubscriptionRequest[]> {
    const session = this.#state.sessions.get(client.id);
    return session === undefined ? [] : [...session.subscriptions].map(([topic, qos]) => ({ topic, qos }));
  }

  async cleanSubscriptions(client: ClientName): Promise<void> {
    this.#state.sessions.end(client.id);
  }

  async countOffline(): Promise<{ subsCount: number; clientsCount: number }> {
    return { subsCount: 0, clientsCount: this.#state.sessions.count };
  }

  /** Nobody for aedes to queue for: that has been done. */
  subscriptionsByTopic(): Promise<never[]> {
    return NONE;
  }

  outgoingEnqueue(): Promise<undefined> {
    return DONE;
  }

  outgoingEnqueueCombi(): Promise<undefined> {
    return DONE;
  }

  /** aedes asks this for the PUBREL that follows a PUBREC. */
  async outgoingUpdate(client: ClientName, packet: PacketIdentity): Promise<void> {
    const session = this.#state.sessions.get(client.id);
    if (session === undefined || packet.cmd !== 'pubrel' || packet.messageId === undefined) return;
    this.#state.sessions.release(session, packet.messageId);
    await this.#state.committed();
  }

  outgoingClearMessageId(client: ClientName, packet: PacketIdentity): Promise<undefined> {
    const session = this.#state.sessions.get(client.id);
    if (session !== undefined && packet.messageId !== undefined)
      this.#state.sessions.acknowledged(session, packet.messageId);
    return DONE;
  }

  /** Queues are replayed by delivery.ts. */
  outgoingStream(): Readable {
    return Readable.from([]);
  }

  hasReceived(client: ClientName, packetId: number): boolean {
    const ids = this.#receivedOf(client);
    return ids?.has(packetId) === true;
  }

  async incomingStorePacket(client: ClientName, packet: PacketIdentity): Promise<void> {
    const packetId = packet.messageId ?? 0;
    const session = client.clean === false ? this.#state.sessions.get(client.id) : undefined;
    if (session !== undefined) {
      this.#state.sessions.received(session, packetId);
      await this.#state.committed();
      return;
    }
    const ids = this.#received.get(client.id) ?? new Set();
    ids.add(packetId);
    this.#received.set(client.id, ids);
  }

  async incomingGetPacket(client: ClientName, packet: PacketIdentity): Promise<PacketIdentity> {
    if (this.hasReceived(client, packet.messageId ?? 0)) return packet;
    throw new Error('no such packet');
  }

  async incomingDelPacket(client: ClientName, packet: PacketIdentity): Promise<void> {
    const packetId = packet.messageId ?? 0;
    if (!this.hasReceived(client, packetId)) throw new Error('no such packet');
    const session = this.#state.sessions.get(client.id);
    if (session?.received.has(packetId) === true) {
      this.#state.sessions.complete(session, packetId);
      await this.#state.committed();
    } else this.#received.get(client.id)?.delete(packetId);
  }

  async cleanIncoming(client: ClientName): Promise<void> {
    this.#received.delete(client.id);
  }

  async putWill(client: ClientName, will: WillPacket): Promise<void> {
    this.#state.putWill({
      client: client.id,
      identity: this.#hooks.identityOf(client.id),
      topic: will.topic,
      payload: Buffer.from(will.payload),
      qos: will.qos ?? 0,
      retain: will.retain === true,
    });
  }

  async getWill(): Promise<undefined> {
    return undefined;
  }

  async delWill(client: ClientName): Promise<void> {
    if (!this.#hooks.isStopping()) this.#state.dropWill(client.id);
  }

  /** Wills left from before a restart are the broker's business, see broker.ts. */
  streamWill(): Readable {
    return Readable.from([]);
  }

  getClientList(): Readable {
    return Readable.from([]);
  }

  async destroy(): Promise<void> {}

  #receivedOf(client: ClientName): Set<number> | undefined {
    const session = client.clean === false ? this.#state.sessions.get(client.id) : undefined;
    return session?.received ?? this.#received.get(client.id);
  }
}
