/**
 * The way in from one client: framer, rate, and the gate that holds everything behind CONNECT until the
 * client is admitted. It stands between the socket and aedes.
 */
import type { Socket } from 'node:net';
import type { Client } from 'aedes';
import { MqttFramer, type MqttRefusal } from '../../devices/framing/mqtt.ts';
import { packetType } from '../../devices/framing/mqtt-packets.ts';
import { clientInside } from './aedes-inside.ts';
import { type ClientPacket, Decoder } from './decode.ts';
import type { BrokerLimits } from './limits.ts';
import type { SocketWriter } from './socket-writer.ts';

/** Who owes more than this is not slowed down any longer but cut: reading would rest too long for its keep-alive. */
const MAX_DEBT_SECONDS = 5;
const NOTHING = new Uint8Array(0);

export interface ConnectionHooks {
  /** The client sent something that no client may send; the connection ends. */
  onRefused(refusal: MqttRefusal): void;
  /** The client sends far too much; the connection ends. */
  onFlood(): void;
  onSlowedDown(): void;
  onReceived(packets: number, bytes: number): void;
}

/** A token bucket that may be overdrawn: tokens are taken for what has already arrived. */
class Bucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #atMs: number;

  constructor(perSecond: number, burst: number, nowMs: number) {
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** @returns milliseconds until the debt is paid; 0 where there is none */
  take(count: number, nowMs: number): number {
    this.#tokens = Math.min(this.#burst, this.#tokens + (nowMs - this.#atMs) * this.#perMs) - count;
    this.#atMs = nowMs;
    return this.#tokens >= 0 ? 0 : -this.#tokens / this.#perMs;
  }
}

/** Puts the guard between a socket and the aedes client that was just made for it. */
export function guard(
  client: Client,
  socket: Socket,
  writer: SocketWriter,
  limits: BrokerLimits,
  hooks: ConnectionHooks,
): void {
  const inside = clientInside(client);
  const framer = new MqttFramer(limits.maxPacketBytes);
  const decoder = new Decoder();
  const start = performance.now();
  const messages = new Bucket(limits.messagesPerSecond, limits.messageBurst, start);
  const bytesAllowed = new Bucket(limits.bytesPerSecond, limits.byteBurst, start);
  let gated = false;
  let resting = false;
  let reading = false;
  let packets = 0;

  const take = (bytes: Uint8Array, from: number, body: number, end: number): boolean => {
    packets++;
    const buffer = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const packet: ClientPacket = decoder.decode(buffer, from, body, end);
    if (packet.cmd === 'connect') gated = true;
    inside._parser.emit('packet', packet);
    return (buffer[from] ?? 0) >> 4 !== packetType.connect;
  };

  const read = (chunk: Uint8Array): void => {
    if (client.closed) return;
    reading = true;
    packets = 0;
    const refusal = framer.push(chunk, take);
    reading = false;
    hooks.onReceived(packets, chunk.length);
    if (refusal !== undefined) {
      hooks.onRefused(refusal);
      if (refusal.answer !== undefined) {
        writer.append(refusal.answer);
        writer.flush();
      }
      client.emit('error', new Error(refusal.reason));
      return;
    }
    const now = performance.now();
    const restMs = Math.max(messages.take(packets, now), bytesAllowed.take(chunk.length, now));
    if (restMs > MAX_DEBT_SECONDS * 1_000) {
      hooks.onFlood();
      client.emit('error', new Error('message rate far above the limit'));
    } else if (restMs > 0) rest(restMs);
    // What came in while this chunk was worked on was held back, and aedes will not ask again for it by itself.
    else if (socket.readableLength > 0) setImmediate(readOn);
  };

  const rest = (forMs: number): void => {
    resting = true;
    hooks.onSlowedDown();
    const timer = setTimeout(() => {
      resting = false;
      readOn();
    }, forMs);
    timer.unref();
  };

  const readOn = (): void => {
    if (!client.closed && !socket.destroyed) inside._nextBatch();
  };

  inside._parser.parse = read;
  const readSocket = socket.read;
  define(socket, 'read', (size?: number) =>
    size !== 0 && (gated || resting || reading) ? null : readSocket.call(socket, size),
  );
  client.once('connected', () => {
    gated = false;
    framer.admit();
    read(NOTHING);
  });

  define(socket, 'write', (bytes: Uint8Array | string) => {
    writer.append(bytes);
    return writer.backlogBytes < limits.backlogBytes;
  });
  // The writer gathers by itself; corking would only add a task for each packet.
  define(socket, 'cork', undefined);
  define(socket, 'uncork', undefined);
  const destroy = socket.destroy;
  define(socket, 'destroy', (error?: Error) => {
    writer.flush();
    return destroy.call(socket, error);
  });
  inside.waitForDrain = (done) => writer.whenDrained(() => setImmediate(done, null, client));
}

function define(socket: Socket, name: string, value: unknown): void {
  Object.defineProperty(socket, name, { value, configurable: true, writable: true });
}
