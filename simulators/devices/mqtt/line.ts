import mqtt, { type MqttClient } from 'mqtt';

/** Where a simulated device finds its broker. */
export interface BrokerAddress {
  url: string;
  username: string;
  password: string;
}

/** Messages a device keeps while it has no connection; the oldest go first, as on a small device. */
export const MAX_WAITING = 256;

export interface LineOptions {
  broker: BrokerAddress;
  clientId: string;
  will?: { topic: string; payload: string };
  /** Published, retained, at every connection. */
  birth?: { topic: string; payload: string }[];
  /** Filters of the commands it takes. */
  commands?: string[];
  onCommand?(topic: string, payload: string): void;
}

/**
 * A device's connection to its broker: comes back by itself, says again what it said while it was away, and
 * takes a message for delivered only once the broker acknowledged it (QoS 1).
 */
export class Line {
  readonly #client: MqttClient;
  readonly #waiting: { topic: string; payload: string; retain: boolean }[] = [];
  #sending = false;
  #closed = false;

  constructor(options: LineOptions, signal: AbortSignal) {
    const { broker, clientId, will } = options;
    this.#client = mqtt.connect(broker.url, {
      clientId,
      username: broker.username,
      password: broker.password,
      clean: true,
      reconnectPeriod: 300,
      // A broker that starts may refuse at first.
      reconnectOnConnackError: true,
      connectTimeout: 5_000,
      keepalive: 15,
      queueQoSZero: false,
      rejectUnauthorized: false,
      ...(will === undefined
        ? {}
        : { will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
    });
    this.#client.on('connect', () => {
      if (options.commands !== undefined) this.#client.subscribe(options.commands, { qos: 1 }, () => {});
      for (const { topic, payload } of options.birth ?? [])
        this.#client.publish(topic, payload, { qos: 1, retain: true });
      void this.#send();
    });
    // The client library tries again by itself; the fault is the gateway's to report.
    this.#client.on('error', () => {});
    this.#client.on('message', (topic, payload, packet) => {
      // A retained command is from before; a device that obeys it opens a garage at night.
      if (!packet.retain) options.onCommand?.(topic, payload.toString('utf8'));
    });
    signal.addEventListener('abort', () => this.close(), { once: true });
  }

  get connected(): boolean {
    return this.#client.connected;
  }

  /** Says it, in order, as soon as the broker takes it. */
  say(topic: string, payload: string, options: { retain?: boolean } = {}): void {
    if (this.#waiting.length >= MAX_WAITING) this.#waiting.shift();
    this.#waiting.push({ topic, payload, retain: options.retain ?? false });
    void this.#send();
  }

  /** Resolves once everything said so far is acknowledged. */
  async settled(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closed) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#client.end(true);
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    while (this.#client.connected && !this.#closed) {
      const next = this.#waiting[0];
      if (next === undefined) break;
      // Resolves with the PUBACK; where the connection breaks first, the message stays the next one.
      const delivered = await this.#deliver(next);
      if (!delivered) break;
      if (this.#waiting[0] === next) this.#waiting.shift();
    }
    this.#sending = false;
  }

  #deliver({
    topic,
    payload,
    retain,
  }: {
    topic: string;
    payload: string;
    retain: boolean;
  }): Promise<boolean> {
    return new Promise((resolve) => {
      const lost = () => resolve(false);
      this.#client.once('close', lost);
      this.#client.publish(topic, payload, { qos: 1, retain }, (error) => {
        this.#client.off('close', lost);
        resolve(!error);
      });
    });
  }
}
