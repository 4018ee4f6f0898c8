/** What happens to a message between its arrival and its acknowledgement. */
import type { Aedes, Client } from 'aedes';
import { MAX_REFUSED_BYTES } from '../../devices/framing/mqtt.ts';
import type { Clock } from '../../devices/model/clock.ts';
import { brokerCounter } from './aedes-inside.ts';
import { NOWHERE } from './dispatcher.ts';
import { type Identities, Rights } from './identities.ts';
import type { BrokerLimits } from './limits.ts';
import type { BrokerMetrics } from './metrics.ts';
import type { BrokerMessage, BrokerOptions, Quarantined } from './options.ts';
import type { ClientName, Peer } from './peer.ts';
import type { Persistence } from './persistence.ts';
import type { BrokerState, Will } from './state.ts';

/** A message as aedes hands it over and as it is changed here. */
export interface Publishing {
  topic: string;
  payload: Buffer | string;
  qos?: 0 | 1 | 2;
  retain?: boolean;
  messageId?: number;
  brokerId?: string;
  brokerCounter?: number;
}

export interface PublisherParts {
  aedes: Aedes;
  state: BrokerState;
  persistence: Persistence;
  identities: Identities;
  limits: BrokerLimits;
  metrics: BrokerMetrics;
  clock: Clock;
  options: Pick<BrokerOptions, 'onMessage'>;
  isCommand: (topic: string) => boolean;
  quarantine: (quarantined: Omit<Quarantined, 'at'>) => void;
  peerOf: (client: Client) => Peer | undefined;
}

type Done = (error?: Error | null) => void;

const bytesOf = (payload: Buffer | string): Buffer =>
  typeof payload === 'string' ? Buffer.from(payload) : payload;

/** At most this much of a payload that was not let in is kept to look at; a copy. */
const sampleOf = (payload: Buffer | string): Uint8Array =>
  new Uint8Array(bytesOf(payload).subarray(0, MAX_REFUSED_BYTES));

export class Publisher {
  readonly #parts: PublisherParts;
  readonly #numbers: { counter: number };

  constructor(parts: PublisherParts) {
    this.#parts = parts;
    this.#numbers = brokerCounter(parts.aedes);
    // Queued messages are numbered on from before the restart.
    this.#numbers.counter = parts.state.lastNumber;
  }

  /**
   * aedes asks before it acknowledges and forwards. A topic that the client may not publish to: below `$SYS` the
   * connection is closed; otherwise the message is acknowledged and goes nowhere, as MQTT 3.1.1 has no negative
   * acknowledgement and closing would take a device's good messages along with its one misdirected topic. Who
   * goes on and on is cut.
   */
  authorize(client: Client, packet: Publishing, done: Done): void {
    const { metrics, persistence } = this.#parts;
    const peer = this.#parts.peerOf(client);
    if (peer?.client === undefined) {
      done(new Error('not admitted'));
      return;
    }
    metrics.messagesIn++;
    if (!peer.mayPublish(packet.topic)) {
      this.#deny(peer, peer.client, packet, done);
      return;
    }
    // A QoS 2 message that is sent again was taken before; aedes will only repeat its acknowledgement.
    const again = packet.qos === 2 && persistence.hasReceived(client, packet.messageId ?? 0);
    const work = again ? undefined : this.#take(peer.client, packet);
    peer.inOrder.add(work, (error) => {
      if (error === undefined) {
        done(null);
        return;
      }
      metrics.messagesNotTaken++;
      peer.endedBecause ??= 'a message could not be taken';
      done(error);
    });
  }

  /** A message of the gateway's own. */
  publish(topic: string, payload: Buffer, qos: 0 | 1 | 2): Promise<void> {
    const packet: Publishing = { topic, payload, qos, retain: false };
    return this.#forward(packet, this.#queue(packet));
  }

  /** The last will of a client that was connected before a restart and has not come back. */
  async publishLeftWill(will: Will): Promise<void> {
    const entry = this.#parts.identities.get(will.identity);
    if (entry === undefined || !new Rights(entry, will.client).mayPublish(will.topic)) return;
    const { topic, payload, qos, retain } = will;
    const packet: Publishing = { topic, payload, qos, retain };
    this.#parts.metrics.messagesIn++;
    await this.#forward(packet, this.#take({ id: will.client, identity: will.identity }, packet));
  }

  /** What need not be queued first goes out before this returns. */
  #forward(packet: Publishing, work: Promise<unknown> | undefined): Promise<void> {
    return work === undefined ? this.#hand(packet) : work.then(() => this.#hand(packet));
  }

  #hand(packet: Publishing): Promise<void> {
    const { topic, payload, qos = 0, brokerId, brokerCounter: number } = packet;
    const numbered = brokerId === undefined ? {} : { brokerId, brokerCounter: number };
    return new Promise<void>((resolve, reject) => {
      this.#parts.aedes.publish(
        { cmd: 'publish', topic, payload, qos, retain: false, dup: false, ...numbered },
        (error) => (error ? reject(error) : resolve()),
      );
    });
  }

  #deny(peer: Peer, client: ClientName, packet: Publishing, done: Done): void {
    const { metrics, limits, quarantine } = this.#parts;
    metrics.publishesDenied++;
    peer.denied++;
    const { topic } = packet;
    quarantine({
      address: peer.address,
      client,
      kind: 'publish-denied',
      reason: `${client.identity} may not publish to ${topic}`,
      topic,
      bytes: sampleOf(packet.payload),
    });
    if (topic.startsWith('$SYS')) {
      peer.endedBecause ??= 'published below $SYS';
      done(new Error('$SYS is reserved'));
    } else if (peer.denied > limits.maxDeniedPerConnection) {
      peer.endedBecause ??= 'too many denied topics';
      done(new Error('too many denied topics'));
    } else {
      packet.topic = NOWHERE;
      packet.retain = false;
      peer.inOrder.add(undefined, () => done(null));
    }
  }

  /** Retains, queues and tells the gateway. The promise holds back the acknowledgement. */
  #take(client: ClientName, packet: Publishing): Promise<unknown> | undefined {
    const { options, clock } = this.#parts;
    const retained = packet.retain === true;
    const qos = packet.qos ?? 0;
    const receivedAt = clock.now();
    let written: Promise<unknown> | undefined;
    if (retained) {
      const kept = this.#retain(client, packet, receivedAt);
      // QoS 0 promises nothing, and has no acknowledgement to hold back.
      if (kept && qos > 0) written = this.#parts.state.committed();
      packet.retain = false;
    }
    if (qos > 0) written = this.#queue(packet) ?? written;
    if (options.onMessage === undefined) return written;
    const message: BrokerMessage = {
      client,
      topic: packet.topic,
      payload: bytesOf(packet.payload),
      qos,
      retained,
      receivedAt,
    };
    let taken: Promise<unknown> | undefined;
    try {
      taken = options.onMessage(message);
    } catch (error) {
      taken = Promise.reject(error);
    }
    if (written === undefined || taken === undefined) return taken ?? written;
    return Promise.all([written, taken]);
  }

  /** @returns whether anything was written */
  #retain(client: ClientName, packet: Publishing, at: number): boolean {
    const { state, metrics, isCommand, quarantine } = this.#parts;
    const { topic } = packet;
    if (isCommand(topic)) {
      // A command that were kept would be carried out again at every reconnection.
      metrics.retainedCommandsIgnored++;
      return false;
    }
    const payload = bytesOf(packet.payload);
    const qos = packet.qos ?? 0;
    if (!state.retained.keep({ topic, payload, qos, identity: client.identity, at })) {
      metrics.retainedRefused++;
      quarantine({
        address: '',
        client,
        kind: 'retained-quota',
        reason: `no room to retain ${topic}`,
        topic,
        bytes: sampleOf(payload),
      });
    }
    return true;
  }

  /** Queues for sessions, before aedes forwards: it would do so only after the acknowledgement. */
  #queue(packet: Publishing): Promise<unknown> | undefined {
    const { state, aedes } = this.#parts;
    const { topic, qos = 0 } = packet;
    if (qos === 0 || state.sessions.count === 0) return undefined;
    const sessions = state.sessions.matches(topic);
    if (sessions.length === 0) return undefined;
    const number = ++this.#numbers.counter;
    packet.brokerId = aedes.id;
    packet.brokerCounter = number;
    state.sessions.enqueue(sessions, { number, topic, payload: bytesOf(packet.payload), qos });
    return state.committed();
  }
}
