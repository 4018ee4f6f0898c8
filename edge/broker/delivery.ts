/** The way out to one subscriber: at the QoS it was granted, once, and queued messages first. */
import type { Client } from 'aedes';
import { clientInside, type Delivery } from './aedes-inside.ts';
import { grantedQos, type QueuedMessage, type Session, type Sessions } from './sessions.ts';
import type { SocketWriter } from './socket-writer.ts';

/** Topics whose granted QoS is remembered for one subscriber. */
const MAX_REMEMBERED = 2_048;
const MAX_PACKET_ID = 65_535;

export interface DeliveryHooks {
  onSent(): void;
}

/** Takes the place of aedes's delivery functions for one client. */
export class Subscriber {
  readonly #client: Client;
  readonly #writer: SocketWriter;
  readonly #sessions: Sessions;
  readonly #hooks: DeliveryHooks;
  readonly #inside: ReturnType<typeof clientInside>;
  readonly #granted = new Map<string, number>();
  #session: Session | undefined;
  #replaying = false;
  #last = 0;
  /** Highest number that was sent out of the queue when the client came back. */
  #replayed = 0;

  constructor(client: Client, writer: SocketWriter, sessions: Sessions, hooks: DeliveryHooks) {
    this.#client = client;
    this.#writer = writer;
    this.#sessions = sessions;
    this.#hooks = hooks;
    const inside = clientInside(client);
    this.#inside = inside;
    inside.deliver0 = this.#deliver;
    // aedes's own would drop a message with a lower number than the one before. Numbers are given when a message
    // arrives, and one that waits for the disk is overtaken by one that does not.
    inside.deliverQoS = this.#deliver;
  }

  /** What this client may get has changed. */
  subscriptionsChanged(): void {
    this.#granted.clear();
  }

  /** From here on, messages for the session are queued until `replay` has sent those before them. */
  hold(session: Session): void {
    this.#session = session;
    this.#replaying = true;
  }

  /** Sends what the session has queued, oldest first, as fast as the client reads. */
  async replay(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    // Once over all that is there; whatever is added meanwhile stands behind it and is reached as well.
    for (const message of session.queue.values()) {
      if (this.#client.closed) return;
      if (message.released) {
        const id = message.packetId;
        this.#writer.append(Uint8Array.of(0x62, 2, id >> 8, id & 0xff));
      } else this.#send(session, message, message.packetId !== 0);
      this.#replayed = message.number;
      if (this.#writer.isFull) await new Promise<void>((resolve) => this.#writer.whenDrained(resolve));
    }
    this.#replaying = false;
  }

  readonly #deliver = (packet: Delivery, done: () => void): void => {
    // The same message again, by another of this client's subscriptions that overlap.
    const again = packet.brokerId !== null && packet.brokerCounter === this.#last;
    if (again || this.#client.closed || !(this.#client.connected || this.#client.connecting)) {
      done();
      return;
    }
    if (packet.brokerId !== null) this.#last = packet.brokerCounter;
    const qos = Math.min(packet.qos, this.#grantedFor(packet.topic));
    if (qos <= 0) {
      if (qos === 0) this.#publish(packet, 0, 0);
    } else if (this.#session !== undefined && !packet.retain) {
      this.#deliverToSession(this.#session, packet, qos);
    } else this.#publish(packet, qos, this.#packetId());
    this.#writer.whenRoom(done);
  };

  #deliverToSession(session: Session, packet: Delivery, qos: number): void {
    // While older messages are being sent, it waits for its turn in the queue; perhaps it has had it already.
    if (this.#replaying || packet.brokerCounter <= this.#replayed) return;
    const queued = session.queue.get(packet.brokerCounter);
    if (queued !== undefined) this.#send(session, queued, false);
    // The queue was full: the client is there, so it may still get it, once.
    else this.#publish(packet, qos, this.#packetId());
  }

  #send(session: Session, message: QueuedMessage, again: boolean): void {
    const packetId = again ? message.packetId : this.#packetId();
    // It stays in the queue for the next connection.
    if (packetId === 0) return;
    this.#sessions.sent(session, message, packetId);
    this.#writer.publish({ ...message, retain: false, dup: again, packetId });
    this.#hooks.onSent();
  }

  #publish(packet: Delivery, qos: number, packetId: number): void {
    if (qos > 0 && packetId === 0) return;
    const { topic, payload, retain } = packet;
    this.#writer.publish({ topic, payload, qos, retain, dup: false, packetId });
    this.#hooks.onSent();
  }

  /** 0 where all are taken by messages that the client has not acknowledged: it has to do that first. */
  #packetId(): number {
    const inside = this.#inside;
    const taken = this.#session?.byPacketId;
    for (let attempt = 0; attempt < MAX_PACKET_ID; attempt++) {
      const id = inside._nextId;
      inside._nextId = id >= MAX_PACKET_ID ? 1 : id + 1;
      if (id > 0 && taken?.has(id) !== true) return id;
    }
    return 0;
  }

  /** -1 where nothing matches any longer. */
  #grantedFor(topic: string): number {
    const remembered = this.#granted.get(topic);
    if (remembered !== undefined) return remembered;
    const subscriptions = Object.entries(this.#inside.subscriptions).map(
      ([filter, { qos }]): [string, number] => [filter, qos],
    );
    const qos = grantedQos(subscriptions, topic) ?? -1;
    if (this.#granted.size >= MAX_REMEMBERED) this.#granted.clear();
    this.#granted.set(topic, qos);
    return qos;
  }
}
