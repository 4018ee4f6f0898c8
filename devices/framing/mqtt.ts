/**
 * A strict MQTT 3.1 and 3.1.1 framer for what a client sends: bytes in any chunks go in, whole and checked
 * packets come out, or a refusal that ends the stream. It stands in front of a broker, so that nothing
 * malformed and nothing oversized ever reaches it. Pure: it knows no socket.
 */
import { headerProblem, packetProblem, packetType } from './mqtt-packets.ts';

/** Largest CONNECT's remaining length: a peer that nobody knows yet gets no more memory than this. */
export const MAX_REMAINING_LENGTH_BEFORE_ADMISSION = 64 * 1024;
/** Largest remaining length of an admitted peer's packets, unless told otherwise. A picture fits. */
export const MAX_REMAINING_LENGTH = 256 * 1024;
/** Bytes of a refused packet that are kept to look at. */
export const MAX_REFUSED_BYTES = 512;
/** Of a CONNECT only what stands before its payload: that may hold a password, and these bytes are shown to people. */
export const MAX_REFUSED_CONNECT_BYTES = 14;
/** The fixed header is a type and up to four bytes of length, MQTT 3.1.1 section 2.2.3. */
const MAX_HEADER_BYTES = 5;
const NOTHING = new Uint8Array(0);
/** A packet under way starts with this much room and doubles: an announced length alone costs nothing. */
const FIRST_HOLD_BYTES = 1_024;

/** Why a stream was refused. It stays refused. */
export interface MqttRefusal {
  reason: string;
  /** Offset in the peer's stream of the packet that was refused. */
  at: number;
  /** The packet's bytes as far as they were looked at, at most MAX_REFUSED_BYTES; a copy. */
  bytes: Uint8Array;
  /** CONNACK to send before closing, where the protocol has one for this. */
  answer?: Uint8Array;
}

/**
 * Takes one good packet: its first byte stands at `start`, its body from `body` to `end`. The bytes may be
 * kept (they are never written again), but they keep the whole chunk alive. `false` stops after this packet; what
 * follows is held until the next `push`.
 */
export type PacketTaker = (bytes: Uint8Array, start: number, body: number, end: number) => boolean;

export class MqttFramer {
  readonly #maxRemainingLength: number;
  #limit = MAX_REMAINING_LENGTH_BEFORE_ADMISSION;
  #connected = false;
  #refusal: MqttRefusal | undefined;
  /** Start of a packet whose end has not arrived, or what follows a packet that the taker stopped at. */
  #hold: Uint8Array = NOTHING;
  #held = 0;
  #offset = 0;
  /** Body of the packet last looked at by `#header`, and its end. */
  #body = 0;
  #end = 0;

  /** @param maxRemainingLength bound for an admitted peer, in bytes */
  constructor(maxRemainingLength = MAX_REMAINING_LENGTH) {
    this.#maxRemainingLength = maxRemainingLength;
  }

  /** Bytes that wait for the rest of their packet. */
  get heldBytes(): number {
    return this.#held;
  }

  /** Call once the peer is known: from now on the larger bound holds. */
  admit(): void {
    this.#limit = this.#maxRemainingLength;
  }

  /**
   * Takes a chunk and hands on every packet that is whole and good, in order, without copying where a packet
   * lies within the chunk. An empty chunk goes on with what is held.
   * @returns the refusal that ends this stream, if any; the packets before it have been handed on
   */
  push(chunk: Uint8Array, take: PacketTaker): MqttRefusal | undefined {
    if (this.#refusal !== undefined) return this.#refusal;
    let bytes = chunk;
    let at = 0;
    while (this.#held > 0) {
      // Fill up the one packet under way; the rest of the chunk is then read in place.
      const held = this.#hold.subarray(0, this.#held);
      const known = this.#header(held, 0);
      if (known !== undefined) return known;
      if (this.#end >= 0 && this.#end <= this.#held) {
        // A packet without a body, or what was held back behind a packet that the taker stopped at.
        bytes = at === chunk.length ? held : joined(held, chunk.subarray(at));
        at = 0;
        this.#drop();
        break;
      }
      const wanted = this.#end < 0 ? this.#held + 1 : this.#end;
      const taken = Math.min(wanted - this.#held, chunk.length - at);
      if (taken === 0) return undefined;
      this.#append(chunk, at, at + taken, wanted);
      at += taken;
      if (this.#end < 0 || this.#held < this.#end) continue;
      const whole = this.#hold.subarray(0, this.#held);
      this.#drop();
      const answer = this.#check(whole, 0, take);
      if (answer === undefined) continue;
      if (answer === 'stopped') {
        this.#append(chunk, at, chunk.length, chunk.length - at);
        return undefined;
      }
      return answer;
    }
    while (at < bytes.length) {
      const inHeader = this.#header(bytes, at);
      if (inHeader !== undefined) return inHeader;
      if (this.#end < 0 || this.#end > bytes.length) {
        this.#append(bytes, at, bytes.length, Math.max(this.#end - at, bytes.length - at));
        return undefined;
      }
      const end = this.#end;
      const answer = this.#check(bytes, at, take);
      at = end;
      if (answer === undefined) continue;
      if (answer === 'stopped') {
        this.#append(bytes, at, bytes.length, bytes.length - at);
        return undefined;
      }
      return answer;
    }
    return undefined;
  }

  /** Reads the fixed header at `at`: sets `#body` and `#end`, or `#end` to -1 while it is incomplete. */
  #header(bytes: Uint8Array, at: number): MqttRefusal | undefined {
    const first = bytes[at] ?? 0;
    const flags = headerProblem(first, this.#connected);
    if (flags !== undefined) return this.#refuse(flags.reason, bytes, at, at + 1);
    let length = 0;
    let next = at + 1;
    // MQTT 3.1.1 section 2.2.3. A length padded with zeros is not forbidden before MQTT 5, and small stacks send it.
    for (let shift = 0; ; shift += 7) {
      if (next >= bytes.length) {
        this.#end = -1;
        return undefined;
      }
      const byte = bytes[next++] ?? 0;
      length += (byte & 0x7f) << shift;
      if (length > this.#limit)
        return this.#refuse(`remaining length above ${this.#limit} bytes`, bytes, at, next);
      if (byte < 0x80) break;
      if (next - at === MAX_HEADER_BYTES)
        return this.#refuse('remaining length of more than 4 bytes', bytes, at, next);
    }
    this.#body = next;
    this.#end = next + length;
    return undefined;
  }

  #check(bytes: Uint8Array, start: number, take: PacketTaker): MqttRefusal | 'stopped' | undefined {
    const first = bytes[start] ?? 0;
    const body = this.#body;
    const end = this.#end;
    const problem = packetProblem(bytes, first, body, end);
    if (problem !== undefined) return this.#refuse(problem.reason, bytes, start, end, problem.answer);
    if (first >> 4 === packetType.connect) this.#connected = true;
    this.#offset += end - start;
    return take(bytes, start, body, end) ? undefined : 'stopped';
  }

  #append(bytes: Uint8Array, start: number, end: number, wanted: number): void {
    const needed = this.#held + end - start;
    if (needed > this.#hold.length) {
      const room = Math.max(needed, Math.min(wanted, Math.max(FIRST_HOLD_BYTES, this.#hold.length * 2)));
      const larger = new Uint8Array(room);
      larger.set(this.#hold.subarray(0, this.#held));
      this.#hold = larger;
    }
    this.#hold.set(bytes.subarray(start, end), this.#held);
    this.#held = needed;
  }

  /** Lets go of the held bytes: they now belong to whoever took the packet. */
  #drop(): void {
    this.#hold = NOTHING;
    this.#held = 0;
  }

  #refuse(reason: string, bytes: Uint8Array, start: number, end: number, answer?: Uint8Array): MqttRefusal {
    const isConnect = (bytes[start] ?? 0) >> 4 === packetType.connect;
    const kept = isConnect ? MAX_REFUSED_CONNECT_BYTES : MAX_REFUSED_BYTES;
    this.#refusal = {
      reason,
      at: this.#offset,
      bytes: new Uint8Array(bytes.subarray(start, Math.min(end, start + kept))),
      ...(answer === undefined ? {} : { answer }),
    };
    this.#drop();
    return this.#refusal;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
