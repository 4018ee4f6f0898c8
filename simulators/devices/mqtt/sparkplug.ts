/**
 * A simulated Sparkplug B edge node with one fridge behind it, on a real MQTT connection: it is born when it connects and
 * when it is asked to, sends data by alias alone, and leaves its death as a will.
 */
import { connectAsync, type MqttClient } from 'mqtt';

const KEY = { varint: 0, double: 1, bytes: 2 } as const;

function number(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}
const whole = (field: number, value: number): number[] => [field * 8 + KEY.varint, ...number(value)];
const bytes = (field: number, value: readonly number[]): number[] => [
  field * 8 + KEY.bytes,
  ...number(value.length),
  ...value,
];
const text = (field: number, value: string): number[] => bytes(field, [...Buffer.from(value)]);
const double = (field: number, value: number): number[] => {
  const buffer = Buffer.alloc(8);
  buffer.writeDoubleLE(value);
  return [field * 8 + KEY.double, ...buffer];
};

const AIR = 21;
const DOOR = 22;
const TYPES = { uint64: 8, double: 10, boolean: 11 } as const;

export interface SparkplugNodeOptions {
  url: string;
  username?: string;
  password?: string;
  group: string;
  node: string;
  now?: () => number;
}

export class SparkplugNode {
  celsius = 4.3;
  isDoorOpen = false;
  /** How often it was asked to be born again. */
  asked = 0;
  readonly #client: MqttClient;
  readonly #options: SparkplugNodeOptions;
  readonly #bdSeq: number;
  #seq = 0;

  private constructor(client: MqttClient, options: SparkplugNodeOptions, bdSeq: number) {
    this.#client = client;
    this.#options = options;
    this.#bdSeq = bdSeq;
    // A broken connection is the gateway's to notice; whoever switched the node on connects it again.
    client.on('error', () => undefined);
    client.on('message', (_topic, payload) => {
      if (!payload.includes('Node Control/Rebirth')) return;
      this.asked++;
      void this.bear();
    });
  }

  /** @param bdSeq number of this connection: its death names it */
  static async connect(options: SparkplugNodeOptions, bdSeq = 0): Promise<SparkplugNode> {
    const { url, username, password, group, node } = options;
    const will = bytes(2, [...text(1, 'bdSeq'), ...whole(4, TYPES.uint64), ...whole(11, bdSeq)]);
    const client = await connectAsync(url, {
      clientId: node,
      reconnectPeriod: 0,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      will: { topic: `spBv1.0/${group}/NDEATH/${node}`, payload: Buffer.from(will), qos: 1, retain: false },
    });
    const made = new SparkplugNode(client, options, bdSeq);
    await client.subscribeAsync(`spBv1.0/${group}/NCMD/${node}`, { qos: 1 });
    return made;
  }

  /** Tells all it has, with names. */
  async bear(): Promise<void> {
    this.#seq = 0;
    await this.#say('NBIRTH', '', [
      ...text(1, 'bdSeq'),
      ...whole(4, TYPES.uint64),
      ...whole(11, this.#bdSeq),
    ]);
    const unit = bytes(9, [...text(1, 'engUnit'), ...bytes(2, [...whole(1, 12), ...text(8, '°C')])]);
    await this.#say(
      'DBIRTH',
      '/fridge',
      [...text(1, 'Air'), ...whole(2, AIR), ...whole(4, TYPES.double), ...unit, ...double(13, this.celsius)],
      [
        ...text(1, 'Door'),
        ...whole(2, DOOR),
        ...whole(4, TYPES.boolean),
        ...whole(14, Number(this.isDoorOpen)),
      ],
    );
  }

  /** Tells how it stands, by aliases. */
  async tell(): Promise<void> {
    await this.#say(
      'DDATA',
      '/fridge',
      [...whole(2, AIR), ...double(13, this.celsius)],
      [...whole(2, DOOR), ...whole(14, Number(this.isDoorOpen))],
    );
  }

  get isConnected(): boolean {
    return this.#client.connected;
  }

  /** One message gets lost. */
  lose(): void {
    this.#seq = (this.#seq + 1) % 256;
  }

  /** Its cable is pulled: the broker sends its will. */
  die(): void {
    this.#client.stream.destroy();
  }

  async end(): Promise<void> {
    await this.#client.endAsync(true);
  }

  async #say(type: string, device: string, ...metrics: number[][]): Promise<void> {
    const { group, node, now = () => Date.now() } = this.#options;
    const payload = [
      ...whole(1, now()),
      ...metrics.flatMap((metric) => bytes(2, metric)),
      ...whole(3, this.#seq),
    ];
    this.#seq = (this.#seq + 1) % 256;
    await this.#client.publishAsync(`spBv1.0/${group}/${type}/${node}${device}`, Buffer.from(payload));
  }
}
