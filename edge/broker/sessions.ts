/**
 * Sessions of clients that connect without clean session: subscriptions, messages not yet acknowledged by the
 * client, and ids of QoS 2 messages received from it. MQTT 3.1.1 section 3.1.2.4.
 */
import type { BrokerLimits } from './limits.ts';
import type { Operation } from './state-operations.ts';
import { FilterTree, filterMatches } from './topics.ts';

export interface QueuedMessage {
  readonly number: number;
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 1 | 2;
  /** Set once it was sent; 0 before. */
  packetId: number;
  /** QoS 2: the client has it and only the release is outstanding. */
  released: boolean;
}

export interface Session {
  readonly client: string;
  readonly identity: string;
  /** When its client was last known to be there, on the clock that never jumps. */
  seenMs: number;
  readonly subscriptions: Map<string, number>;
  readonly queue: Map<number, QueuedMessage>;
  readonly byPacketId: Map<number, QueuedMessage>;
  readonly received: Set<number>;
  queuedBytes: number;
  /** The last message found no room. */
  isFull: boolean;
}

/** Half-open QoS 2 messages of one client; aedes refuses the next one itself. */
export const MAX_RECEIVED = 1_000;

/** Highest QoS among the subscriptions that match a topic, MQTT 3.1.1 section 3.3.5; undefined where none does. */
export function grantedQos(
  subscriptions: Iterable<[filter: string, qos: number]>,
  topic: string,
): number | undefined {
  const levels = topic.split('/');
  let highest: number | undefined;
  for (const [filter, qos] of subscriptions)
    if ((highest === undefined || qos > highest) && filterMatches(filter.split('/'), levels)) highest = qos;
  return highest;
}

export class Sessions {
  readonly #limits: BrokerLimits;
  readonly #write: (operation: Operation) => void;
  readonly #onDropped: (session: Session, topic: string, isFirst: boolean) => void;
  readonly #monotonicMs: () => number;
  readonly #byClient = new Map<string, Session>();
  readonly #perIdentity = new Map<string, number>();
  /** Sessions by those of their filters that are subscribed to above QoS 0. */
  readonly #tree = new FilterTree<Session>();
  #queuedBytes = 0;
  #queued = 0;

  /** @param onDropped told of each message that a full queue did not take, and whether it is the first since there was room */
  constructor(
    limits: BrokerLimits,
    write: (operation: Operation) => void,
    onDropped: (session: Session, topic: string, isFirst: boolean) => void,
    monotonicMs: () => number,
  ) {
    this.#monotonicMs = monotonicMs;
    this.#limits = limits;
    this.#write = write;
    this.#onDropped = onDropped;
  }

  get count(): number {
    return this.#byClient.size;
  }

  get queued(): number {
    return this.#queued;
  }

  get(client: string): Session | undefined {
    return this.#byClient.get(client);
  }

  /** Whether a new session for this identity may be begun. */
  hasRoom(identity: string): boolean {
    return (
      this.#byClient.size < this.#limits.maxSessions &&
      (this.#perIdentity.get(identity) ?? 0) < this.#limits.maxSessionsPerIdentity
    );
  }

  /** Takes up a client's session, or begins one. */
  open(client: string, identity: string, at: number): Session {
    const before = this.#byClient.get(client);
    if (before !== undefined) return before;
    this.#write({ do: 'session', client, identity, at });
    return this.restore(client, identity);
  }

  /** The client was there until now. */
  left(client: string): void {
    const session = this.#byClient.get(client);
    if (session !== undefined) session.seenMs = this.#monotonicMs();
  }

  /**
   * Drops sessions that nobody came back to. Time in which the broker itself did not run does not count.
   * @returns how many
   */
  expire(afterMs: number, isConnected: (client: string) => boolean): number {
    const before = this.#monotonicMs() - afterMs;
    const old = [...this.#byClient.values()].filter(
      ({ seenMs, client }) => seenMs < before && !isConnected(client),
    );
    for (const { client } of old) this.end(client);
    return old.length;
  }

  end(client: string): void {
    const session = this.#byClient.get(client);
    if (session === undefined) return;
    this.#byClient.delete(client);
    const left = (this.#perIdentity.get(session.identity) ?? 1) - 1;
    if (left === 0) this.#perIdentity.delete(session.identity);
    else this.#perIdentity.set(session.identity, left);
    for (const filter of session.subscriptions.keys()) this.#tree.remove(filter, session);
    this.#queuedBytes -= session.queuedBytes;
    this.#queued -= session.queue.size;
    this.#write({ do: 'end', client });
  }

  subscribe(session: Session, filter: string, qos: number): void {
    if (session.subscriptions.get(filter) === qos) return;
    this.restoreSubscription(session, filter, qos);
    this.#write({ do: 'subscribe', client: session.client, filter, qos });
  }

  unsubscribe(session: Session, filter: string): void {
    if (!session.subscriptions.delete(filter)) return;
    this.#tree.remove(filter, session);
    this.#write({ do: 'unsubscribe', client: session.client, filter });
  }

  /** Whether a message on this topic is queued for anybody: cheap where nobody has such a session. */
  matches(topic: string): Session[] {
    return this.#tree.match(topic);
  }

  /** Queues a message for sessions found by `matches`, at the QoS that each was granted. */
  enqueue(
    sessions: readonly Session[],
    message: { number: number; topic: string; payload: Buffer; qos: 1 | 2 },
  ): void {
    let payload: Buffer | undefined;
    for (const session of sessions) {
      const limits = this.#limits;
      const size = message.payload.length + message.topic.length;
      const fits =
        session.queue.size < limits.maxQueuedPerSession &&
        session.queuedBytes + size <= limits.maxQueuedBytesPerSession &&
        this.#queuedBytes + size <= limits.maxQueuedBytes;
      if (!fits) {
        this.#onDropped(session, message.topic, !session.isFull);
        session.isFull = true;
        continue;
      }
      payload ??= Buffer.from(new Uint8Array(message.payload).buffer);
      const qos = message.qos === 2 && grantedQos(session.subscriptions, message.topic) === 2 ? 2 : 1;
      const entry = { number: message.number, topic: message.topic, payload, qos } as const;
      this.restoreQueued(session, { ...entry, packetId: 0, released: false });
      this.#write({ do: 'queue', client: session.client, ...entry });
    }
  }

  /** Notes the packet id that a queued message was sent with. On disk only for QoS 2, which rests on it. */
  sent(session: Session, message: QueuedMessage, packetId: number): void {
    if (message.packetId !== 0) session.byPacketId.delete(message.packetId);
    message.packetId = packetId;
    session.byPacketId.set(packetId, message);
    if (message.qos === 2) this.#writeSent(session, message);
  }

  /** The client has a QoS 2 message: from now on only its release is repeated. */
  release(session: Session, packetId: number): void {
    const message = session.byPacketId.get(packetId);
    if (message === undefined || message.released) return;
    message.released = true;
    this.#writeSent(session, message);
  }

  /** The client has acknowledged. */
  acknowledged(session: Session, packetId: number): QueuedMessage | undefined {
    const message = session.byPacketId.get(packetId);
    if (message === undefined) return undefined;
    session.byPacketId.delete(packetId);
    session.queue.delete(message.number);
    session.isFull = false;
    const size = message.payload.length + message.topic.length;
    session.queuedBytes -= size;
    this.#queuedBytes -= size;
    this.#queued--;
    this.#write({ do: 'dequeue', client: session.client, number: message.number });
    return message;
  }

  received(session: Session, packetId: number): void {
    session.received.add(packetId);
    this.#write({ do: 'received', client: session.client, packetId });
  }

  complete(session: Session, packetId: number): void {
    if (!session.received.delete(packetId)) return;
    this.#write({ do: 'complete', client: session.client, packetId });
  }

  /** Puts back what was read from disk; also makes a session in memory. */
  restore(client: string, identity: string): Session {
    const session: Session = {
      client,
      identity,
      seenMs: this.#monotonicMs(),
      subscriptions: new Map(),
      queue: new Map(),
      byPacketId: new Map(),
      received: new Set(),
      queuedBytes: 0,
      isFull: false,
    };
    this.#byClient.set(client, session);
    this.#perIdentity.set(identity, (this.#perIdentity.get(identity) ?? 0) + 1);
    return session;
  }

  restoreSubscription(session: Session, filter: string, qos: number): void {
    session.subscriptions.set(filter, qos);
    if (qos > 0) this.#tree.add(filter, session);
    else this.#tree.remove(filter, session);
  }

  restoreQueued(session: Session, message: QueuedMessage): void {
    session.queue.set(message.number, message);
    if (message.packetId !== 0) session.byPacketId.set(message.packetId, message);
    const size = message.payload.length + message.topic.length;
    session.queuedBytes += size;
    this.#queuedBytes += size;
    this.#queued++;
  }

  #writeSent(session: Session, { number, packetId, released }: QueuedMessage): void {
    this.#write({ do: 'sent', client: session.client, number, packetId, released });
  }
}
