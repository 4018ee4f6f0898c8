/**
 * The way out to one client: many small writes of one turn become one, and a client that does not read is
 * noticed and cut instead of filling memory or holding the others up.
 */
import type { Socket } from 'node:net';
import type { BrokerLimits } from './limits.ts';

/** Bytes gathered before they are written whether the turn has ended or not. */
const BATCH_BYTES = 32 * 1024;
/** A payload from this size on is written as it is instead of being copied. */
const DIRECT_BYTES = 8 * 1024;
/** A direct write goes out in pieces, so that a slow line's progress shows. */
const PIECE_BYTES = 16 * 1024;
/** Batch buffers kept for the next writer. */
const MAX_POOLED = 64;
/** Topics whose encoded form is remembered. */
const MAX_ENCODED_TOPICS = 4_096;
const WATCH_MS = 250;

const NONE: Buffer = Buffer.alloc(0);

/** What all writers of a broker share: when to flush, whom to watch, spare buffers. */
export class WriterPool {
  readonly limits: BrokerLimits;
  #dirty: SocketWriter[] = [];
  readonly #spare: Buffer[] = [];
  readonly #topics = new Map<string, Buffer>();
  readonly #watched = new Set<SocketWriter>();
  readonly #watch: NodeJS.Timeout;

  constructor(limits: BrokerLimits) {
    this.limits = limits;
    this.#watch = setInterval(() => {
      const now = performance.now();
      for (const writer of this.#watched) writer.checkStall(now);
    }, WATCH_MS);
    this.#watch.unref();
  }

  /** Flushes the writer once this turn's work is done. */
  flushLater(writer: SocketWriter): void {
    if (this.#dirty.push(writer) === 1) setImmediate(() => this.flush());
  }

  /** Flushes all that has something to write, without waiting for the end of the turn. */
  flush(): void {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const one of dirty) one.flush();
  }

  watch(writer: SocketWriter): void {
    this.#watched.add(writer);
  }

  unwatch(writer: SocketWriter): void {
    this.#watched.delete(writer);
  }

  buffer(): Buffer {
    return this.#spare.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES);
  }

  giveBack(buffer: Buffer): void {
    if (this.#spare.length < MAX_POOLED) this.#spare.push(buffer);
  }

  /** A topic with its length in front, as it stands in a PUBLISH. */
  topic(topic: string): Buffer {
    const remembered = this.#topics.get(topic);
    if (remembered !== undefined) return remembered;
    const text = Buffer.from(topic);
    const encoded = Buffer.concat([Buffer.of(text.length >> 8, text.length & 0xff), text]);
    if (this.#topics.size >= MAX_ENCODED_TOPICS) this.#topics.clear();
    this.#topics.set(topic, encoded);
    return encoded;
  }

  close(): void {
    clearInterval(this.#watch);
  }
}

export interface OutgoingPublish {
  topic: string;
  payload: Buffer;
  qos: number;
  retain: boolean;
  dup: boolean;
  packetId: number;
}

export class SocketWriter {
  readonly #pool: WriterPool;
  readonly #socket: Socket;
  readonly #write: (bytes: Buffer, written: () => void) => boolean;
  readonly #onCut: (reason: string) => void;
  #buffer: Buffer = NONE;
  #used = 0;
  /** Buffer that the socket still reads from. */
  #lent: Buffer | undefined;
  #scheduled = false;
  #stuckSinceMs = 0;
  #waiters: (() => void)[] = [];
  #patient: (() => void)[] = [];
  #grace: NodeJS.Timeout | undefined;
  #lagging = false;
  #closed = false;

  /** @param onCut told why the client is cut; the socket is then destroyed */
  constructor(pool: WriterPool, socket: Socket, onCut: (reason: string) => void) {
    this.#pool = pool;
    this.#socket = socket;
    this.#onCut = onCut;
    const write = socket.write;
    this.#write = (bytes, written) => write.call(socket, bytes, undefined, written);
    socket.once('close', () => this.#close());
  }

  get backlogBytes(): number {
    return this.#used + this.#socket.writableLength;
  }

  /** More is unsent than publishers should add to. */
  get isFull(): boolean {
    return !this.#closed && this.backlogBytes >= this.#pool.limits.backlogBytes;
  }

  /** Appends bytes to what goes out at the end of this turn. */
  append(bytes: Uint8Array | string): void {
    const chunk = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    if (chunk.length >= DIRECT_BYTES) {
      this.#direct(chunk);
      return;
    }
    const at = this.#reserve(chunk.length);
    this.#buffer.set(chunk, at);
  }

  publish({ topic, payload, qos, retain, dup, packetId }: OutgoingPublish): void {
    const name = this.#pool.topic(topic);
    const idBytes = qos > 0 ? 2 : 0;
    const direct = payload.length >= DIRECT_BYTES;
    let length = name.length + idBytes + payload.length;
    let at = this.#reserve(5 + name.length + idBytes + (direct ? 0 : payload.length));
    const buffer = this.#buffer;
    buffer[at++] = 0x30 | (dup ? 8 : 0) | (qos << 1) | (retain ? 1 : 0);
    do {
      buffer[at++] = (length & 0x7f) | (length > 0x7f ? 0x80 : 0);
      length >>= 7;
    } while (length > 0);
    buffer.set(name, at);
    at += name.length;
    if (qos > 0) {
      buffer[at++] = packetId >> 8;
      buffer[at++] = packetId & 0xff;
    }
    if (!direct) {
      buffer.set(payload, at);
      at += payload.length;
    }
    // The length takes one to four bytes, and four were reserved.
    this.#used = at;
    if (direct) this.#direct(payload);
  }

  /** Calls back at once, or when a full socket has room again, but after a short grace in any case. */
  whenRoom(done: () => void): void {
    if (this.#lagging || this.backlogBytes < this.#pool.limits.backlogBytes) {
      done();
      return;
    }
    this.#waiters.push(done);
    this.#grace ??= setTimeout(() => {
      this.#grace = undefined;
      // It has had its time: from now on it fills its own backlog and nobody waits for it.
      this.#lagging = true;
      this.#release();
    }, this.#pool.limits.backlogGraceMs);
  }

  /** Calls back when there is room, however long it takes: for what only this client waits for. */
  whenDrained(done: () => void): void {
    if (this.#closed || this.backlogBytes < this.#pool.limits.backlogBytes) done();
    else this.#patient.push(done);
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#used === 0 || this.#closed) return;
    const socket = this.#socket;
    // While the socket is busy, gather: its queue should hold few large pieces, not many small ones.
    if (socket.writableLength > 0 && this.#used < BATCH_BYTES / 2) return;
    const buffer = this.#buffer;
    const bytes = buffer.subarray(0, this.#used);
    this.#buffer = NONE;
    this.#used = 0;
    this.#write(bytes, this.#written);
    if (socket.writableLength === 0) this.#pool.giveBack(buffer);
    else {
      this.#lent ??= buffer;
      this.#busy();
    }
  }

  /** Cuts a client that has taken nothing for too long. */
  checkStall(nowMs: number): void {
    if (this.#socket.writableLength === 0) {
      this.#pool.unwatch(this);
      this.#stuckSinceMs = 0;
    } else if (nowMs - this.#stuckSinceMs > this.#pool.limits.stallMs) {
      this.#cut(`took nothing for ${this.#pool.limits.stallMs} ms`);
    }
  }

  #reserve(bytes: number): number {
    if (this.#used + bytes > BATCH_BYTES) this.#flushFull();
    if (this.#buffer.length === 0) this.#buffer = this.#pool.buffer();
    const at = this.#used;
    this.#used += bytes;
    if (!this.#scheduled) {
      this.#scheduled = true;
      this.#pool.flushLater(this);
    }
    return at;
  }

  #flushFull(): void {
    const bytes = this.#buffer.subarray(0, this.#used);
    this.#buffer = NONE;
    this.#used = 0;
    if (bytes.length === 0 || this.#closed) return;
    this.#write(bytes, this.#written);
    if (this.#socket.writableLength > 0) this.#busy();
  }

  #direct(bytes: Uint8Array): void {
    this.#flushFull();
    if (this.#closed) return;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < buffer.length; at += PIECE_BYTES)
      this.#write(buffer.subarray(at, at + PIECE_BYTES), this.#written);
    if (this.#socket.writableLength > 0) this.#busy();
  }

  #busy(): void {
    if (this.backlogBytes > this.#pool.limits.maxBacklogBytes) {
      this.#cut(`more than ${this.#pool.limits.maxBacklogBytes} bytes unsent`);
      return;
    }
    if (this.#stuckSinceMs !== 0) return;
    this.#stuckSinceMs = performance.now();
    this.#pool.watch(this);
  }

  readonly #written = (): void => {
    if (this.#stuckSinceMs !== 0) this.#stuckSinceMs = performance.now();
    if (this.#socket.writableLength === 0) {
      this.#stuckSinceMs = 0;
      if (this.#lent !== undefined && !this.#closed) this.#pool.giveBack(this.#lent);
      this.#lent = undefined;
    }
    if (this.#used > 0 && !this.#scheduled) this.flush();
    if (this.backlogBytes >= this.#pool.limits.backlogBytes) return;
    this.#lagging = false;
    if (this.#waiters.length > 0) this.#release();
    if (this.#patient.length > 0) this.#releasePatient();
  };

  #release(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const done of waiters) done();
  }

  #releasePatient(): void {
    const patient = this.#patient;
    this.#patient = [];
    for (const done of patient) done();
  }

  #cut(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#onCut(reason);
    this.#socket.destroy();
    this.#close();
  }

  #close(): void {
    this.#closed = true;
    this.#buffer = NONE;
    this.#used = 0;
    this.#pool.unwatch(this);
    this.#release();
    this.#releasePatient();
  }
}
