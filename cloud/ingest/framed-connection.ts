/** A gateway's socket with the strict framer in front: aedes only ever sees whole, checked packets. */
import type { X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { MqttFramer, type MqttRefusal } from '../../devices/framing/mqtt.ts';
import { packetType } from '../../devices/framing/mqtt-packets.ts';
import { MAX_BATCH_BYTES } from '../../devices/wire.ts';

/** A batch and its topic. */
const MAX_PACKET_BYTES = MAX_BATCH_BYTES + 1_024;

export class FramedConnection extends Duplex {
  readonly #socket: Socket;
  readonly #framer = new MqttFramer(MAX_PACKET_BYTES);
  readonly #onRefused: (refusal: MqttRefusal) => void;

  constructor(socket: Socket, onRefused: (refusal: MqttRefusal) => void) {
    super({ readableHighWaterMark: MAX_PACKET_BYTES, writableHighWaterMark: 64 * 1024 });
    this.#socket = socket;
    this.#onRefused = onRefused;
    socket.on('data', (chunk) => this.#take(chunk));
    socket.once('end', () => this.push(null));
    socket.once('error', (error) => this.destroy(error));
    socket.once('close', () => this.destroy());
  }

  get remoteAddress(): string {
    return this.#socket.remoteAddress ?? '';
  }

  /** What the peer has shown, its key proved by the handshake; nothing is said of who signed it, or of its time. */
  get certificate(): X509Certificate | undefined {
    return this.#socket instanceof TLSSocket ? this.#socket.getPeerX509Certificate() : undefined;
  }

  /** The peer is known: larger packets may come, and what was held behind its CONNECT goes on. */
  admit(): void {
    this.#framer.admit();
    this.#take(new Uint8Array(0));
  }

  #take(chunk: Uint8Array): void {
    if (this.destroyed) return;
    const refusal = this.#framer.push(chunk, (bytes, start, _body, end) => {
      const packet = bytes.subarray(start, end);
      if (!this.push(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength))) this.#socket.pause();
      return (bytes[start] ?? 0) >> 4 !== packetType.connect;
    });
    if (refusal === undefined) return;
    this.#onRefused(refusal);
    if (refusal.answer !== undefined) this.#socket.write(refusal.answer);
    this.destroy(new Error(refusal.reason));
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // What was written last, a refusal, still goes out.
    this.#socket.end();
    this.#socket.destroySoon();
    done(error);
  }
}
