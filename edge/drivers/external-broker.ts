/**
 * A broker that was at the site before the gateway (zigbee2mqtt's mosquitto), read as a client.
 *
 * The session is persistent and everything is subscribed with QoS 1: what is published while the gateway is
 * away waits in the broker, and a message is acknowledged only when what came of it is on disk. Commands go
 * out with QoS 0: the library would send a QoS 1 message again after a reconnection, and a lock that opens
 * late is worse than one that does not. Whoever sends commands repeats them until they are read back.
 */
import mqtt from 'mqtt';
import { z } from 'zod';
import type { OutgoingMessage } from '../../devices/profiles/profile.ts';
import type { BrokerMessage, StoredMessage } from './mqtt.ts';
import { isTopicFilter } from './topic-index.ts';

/** One entry of the configuration's `brokers:`. */
export const externalBroker = z.strictObject({
  url: z.url({ protocol: /^mqtts?$/, error: 'expected mqtt://host or mqtts://host' }),
  username: z.string().max(256).optional(),
  password: z.string().max(1_024).optional(),
  filters: z
    .array(z.string().max(512).refine(isTopicFilter, 'expected an MQTT topic filter'))
    .min(1)
    .max(64)
    .default([
      'zigbee2mqtt/#',
      'homeassistant/#',
      'tele/#',
      'stat/#',
      'tasmota/discovery/#',
      'frigate/available',
      'frigate/reviews',
      'frigate/+/status/+',
      'frigate/+/review_status',
      'spBv1.0/#',
    ]),
});
export type ExternalBrokerConfiguration = z.infer<typeof externalBroker>;

export interface ExternalBrokerOptions {
  configuration: ExternalBrokerConfiguration;
  /** Names the session at the broker: one for each gateway, the same after a restart. */
  clientId: string;
  now(): number;
  /** Resolves once what came of the message is on disk. Rejects: it is not acknowledged and comes again. */
  onMessage(message: BrokerMessage): Promise<void>;
  /** What the broker has stored, ahead of everything else: to learn names from, not states. */
  onLearned(messages: readonly StoredMessage[]): void;
  /** What the broker had stored at a connection, together: a state may come ahead of what explains it. */
  onStored(messages: readonly StoredMessage[]): Promise<void>;
  /** `problem` says in words why there is no connection, or what of the subscription was refused. */
  onConnection(connected: boolean, problem?: string): void;
  signal: AbortSignal;
}

/** Stored messages come in one go after a subscription; this long without another, they are all there. */
export const STORED_SETTLE_MS = 300;
/** Stored messages held back at once; beyond, they are handed on in portions. */
export const MAX_STORED_HELD = 20_000;
const RECONNECT_MS = 2_000;
/** To a broker that has refused us: it may know us later, and is not to take us for somebody who guesses. */
const REFUSED_RECONNECT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
const KEEPALIVE_SECONDS = 30;
/** The code in a SUBACK that refuses a filter (MQTT 3.1.1, section 3.9.3). */
const REFUSED = 128;

export class ExternalBroker {
  readonly #options: ExternalBrokerOptions;
  #client: mqtt.MqttClient | undefined;
  #stored: StoredMessage[] = [];
  #settling: NodeJS.Timeout | undefined;
  /** One message after the other, in the order they came. */
  #queue: Promise<void> = Promise.resolve();

  /** Connects, and connects again whenever the connection is lost, until the signal. */
  constructor(options: ExternalBrokerOptions) {
    this.#options = options;
    options.signal.addEventListener('abort', () => clearTimeout(this.#settling), { once: true });
    // The session delivers what waited in it before anything can be asked: names must be known by then.
    learnStored(options, (stored) => {
      options.onLearned(stored);
      this.#client = this.#connect();
    });
  }

  #connect(): mqtt.MqttClient {
    const client = connect(this.#options, { clientId: this.#options.clientId, clean: false });
    client.handleMessage = (packet, done) => {
      this.#take(packet).then(
        () => done(),
        // Without an answer the message is not acknowledged; the next connection brings it again.
        () => client.stream.destroy(),
      );
    };
    client.on('connect', () => this.#subscribe(client));
    return client;
  }

  get connected(): boolean {
    return this.#client?.connected === true;
  }

  /** @throws Error when there is no connection: a command is never put off */
  async publish({ topic, payload }: OutgoingMessage): Promise<void> {
    if (this.#client?.connected !== true)
      throw new Error(`${topic}: there is no connection to ${this.#options.configuration.url}`);
    await this.#client.publishAsync(topic, Buffer.from(payload), { qos: 0 });
  }

  #subscribe(client: mqtt.MqttClient): void {
    const { filters } = this.#options.configuration;
    // Anew at each connection: the broker then gives out what it has stored, and what was missed is put right.
    client.subscribe(filters, { qos: 1 }, (error, granted = []) => {
      const refused = granted.filter(({ qos }) => Number(qos) === REFUSED).map(({ topic }) => topic);
      const problem = error?.message ?? (refused.length > 0 ? `refused: ${refused.join(', ')}` : undefined);
      this.#options.onConnection(error === null, problem);
    });
  }

  async #take(packet: mqtt.IPublishPacket): Promise<void> {
    const { topic, qos } = packet;
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload;
    // Towards a subscriber the flag marks a stored copy (MQTT 3.1.1, section 3.3.1.3).
    if (packet.retain) {
      this.#stored.push({ topic, payload });
      if (this.#stored.length >= MAX_STORED_HELD) await this.#handOn();
      else {
        clearTimeout(this.#settling);
        this.#settling = setTimeout(() => void this.#handOn().catch(() => {}), STORED_SETTLE_MS);
      }
      return;
    }
    // News comes after everything that was stored before it, or an old state would undo a new one.
    await this.#handOn();
    const receivedAt = this.#options.now();
    const client = this.#options.configuration.url;
    await this.#inOrder(() => this.#options.onMessage({ client, topic, payload, qos, receivedAt }));
  }

  #handOn(): Promise<void> {
    clearTimeout(this.#settling);
    const stored = this.#stored;
    this.#stored = [];
    return stored.length === 0 ? this.#queue : this.#inOrder(() => this.#options.onStored(stored));
  }

  #inOrder(task: () => Promise<void>): Promise<void> {
    const done = this.#queue.then(task);
    this.#queue = done.catch(() => {});
    return done;
  }
}

function connect(
  { configuration: { url, username, password }, onConnection, signal }: ExternalBrokerOptions,
  session: { clientId: string; clean: boolean },
): mqtt.MqttClient {
  const client = mqtt.connect(url, {
    ...session,
    protocolVersion: 4,
    resubscribe: false,
    queueQoSZero: false,
    reconnectPeriod: RECONNECT_MS,
    // Otherwise one refusal, also that of a broker which is not ready yet, would be the last word.
    reconnectOnConnackError: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepalive: KEEPALIVE_SECONDS,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
  client.on('close', () => onConnection(false));
  client.on('connect', () => {
    client.options.reconnectPeriod = RECONNECT_MS;
  });
  client.on('error', (error) => {
    // The return code of a CONNACK (MQTT 3.1.1, section 3.2.2.3).
    if ('code' in error && typeof error.code === 'number')
      client.options.reconnectPeriod = REFUSED_RECONNECT_MS;
    onConnection(false, `${url}: ${error.message}`);
  });
  const stop = () => void client.end(true);
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  client.once('end', () => signal.removeEventListener('abort', stop));
  return client;
}

/** Reads all that is stored, in a session of its own that leaves nothing behind, however often it has to try. */
function learnStored(options: ExternalBrokerOptions, done: (stored: StoredMessage[]) => void): void {
  const client = connect(options, { clientId: `${options.clientId}-start`, clean: true });
  const stored: StoredMessage[] = [];
  let settling: NodeJS.Timeout | undefined;
  const finish = () => {
    client.removeAllListeners('close');
    client.end(true);
    if (!options.signal.aborted) done(stored);
  };
  const settle = () => {
    clearTimeout(settling);
    settling = setTimeout(finish, STORED_SETTLE_MS);
  };
  client.on('connect', () => {
    stored.length = 0;
    client.subscribe(options.configuration.filters, { qos: 0 }, settle);
  });
  client.on('close', () => clearTimeout(settling));
  client.on('message', (topic, payload, { retain }) => {
    if (!retain || stored.length >= MAX_STORED_HELD) return;
    stored.push({ topic, payload });
    settle();
  });
}
