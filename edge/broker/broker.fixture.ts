/** What the broker's tests share: a broker on a temporary directory, and clients good and bad. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectSocket, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { generate } from 'mqtt-packet';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../devices/model/clock.ts';
import { type Broker, type BrokerOptions, createBroker, hashPassword, type IdentityEntry } from './broker.ts';

/** Cheap enough for tests; real ones cost a thousand times as much. */
const TEST_COST = 16;

export const temporaryDirectory = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-broker-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
};

export const identity = async (
  username: string,
  publish: string[],
  subscribe: string[] = [],
): Promise<IdentityEntry> => ({
  username,
  passwordHash: await hashPassword(`${username}-password`, TEST_COST),
  publish,
  subscribe,
});

export interface RunningBroker {
  broker: Broker;
  port: number;
  directory: string;
  stop: () => Promise<void>;
}

/** Starts a broker with a plain listener; `door`, `hub` and `desk` are there unless identities are given. */
export async function startBroker(options: Partial<BrokerOptions> = {}): Promise<RunningBroker> {
  const directory = options.stateDirectory ?? temporaryDirectory();
  const stopping = new AbortController();
  const identities = options.identities ?? [
    await identity('door', ['devices/%u/#'], ['devices/%u/set']),
    await identity('hub', ['hub/#', 'devices/#'], ['hub/#']),
    await identity('desk', ['desk/#'], ['devices/#', 'hub/#', 'desk/#']),
  ];
  const broker = await createBroker(
    { plain: { port: 0 }, ...options, identities, stateDirectory: directory },
    { clock: systemClock, signal: stopping.signal },
  );
  const stop = async () => {
    stopping.abort();
    await broker.closed;
  };
  onTestFinished(stop);
  return { broker, port: broker.ports.plain ?? 0, directory, stop };
}

/** An mqtt.js client that does not reconnect. */
export async function client(
  port: number,
  username: string,
  options: IClientOptions = {},
): Promise<MqttClient> {
  const connected = await connectAsync(`mqtt://127.0.0.1:${port}`, {
    username,
    password: `${username}-password`,
    reconnectPeriod: 0,
    ...options,
  });
  connected.on('error', () => {});
  onTestFinished(() => {
    connected.end(true);
  });
  return connected;
}

/** The same, not yet connected: so that nothing that comes right behind the CONNACK is missed. */
export function beginClient(port: number, username: string, options: IClientOptions = {}): MqttClient {
  const begun = connect(`mqtt://127.0.0.1:${port}`, {
    username,
    password: `${username}-password`,
    reconnectPeriod: 0,
    ...options,
  });
  begun.on('error', () => {});
  onTestFinished(() => {
    begun.end(true);
  });
  return begun;
}

/** A socket that sends whatever it is told to. */
export class RawClient {
  readonly socket: Socket;
  readonly closed: Promise<void>;
  #received: Buffer = Buffer.alloc(0);

  constructor(port: number) {
    this.socket = connectSocket(port, '127.0.0.1');
    this.socket.on('error', () => {});
    this.socket.on('data', (chunk) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    this.closed = new Promise((resolve) => this.socket.once('close', () => resolve()));
    onTestFinished(() => {
      this.socket.destroy();
    });
  }

  get received(): Buffer {
    return this.#received;
  }

  send(...bytes: Uint8Array[]): this {
    this.socket.write(Buffer.concat(bytes));
    return this;
  }

  connect(username: string, clientId = username, clean = true): this {
    return this.send(connectPacket(username, clientId, clean));
  }

  /** Resolves once as many bytes have come. */
  async bytes(count: number): Promise<Buffer> {
    await until(() => this.#received.length >= count);
    return this.#received;
  }
}

export const connectPacket = (username: string, clientId = username, clean = true): Buffer =>
  generate({
    cmd: 'connect',
    clientId,
    clean,
    keepalive: 60,
    username,
    password: Buffer.from(`${username}-password`),
  });

/** Waits until something holds. @throws when it does not within the time */
export async function until(holds: () => boolean, forMs = 10_000): Promise<void> {
  const end = performance.now() + forMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`did not come to hold: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Collects what a client receives, as `topic payload`. */
export function inbox(of: MqttClient): string[] {
  const messages: string[] = [];
  of.on('message', (topic, payload) => messages.push(`${topic} ${payload.toString()}`));
  return messages;
}
