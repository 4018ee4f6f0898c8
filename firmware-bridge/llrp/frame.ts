/**
 * LLRP messages on the wire (EPCglobal Low Level Reader Protocol 1.0.1, sections 8 and 16): a header of ten bytes
 * (version and type, length with header, number), then fields and parameters. A stream that is out of step can't be
 * resynchronised: there is no mark between messages, so what breaks these rules ends the connection.
 */
import type { Read } from '../../devices/profiles/payload.ts';

export const HEADER_BYTES = 10;
/** A report of ten thousand tags is shorter; what announces more is no reader. */
export const MAX_MESSAGE_BYTES = 1_048_576;
/** 1: versions 1.0 and 1.0.1. 2: version 1.1, which frames alike. */
const VERSION = 1;
const KNOWN_VERSIONS: readonly number[] = [1, 2];

/** Section 16.1, as far as a portal needs them. */
export const messageTypes = {
  getReaderCapabilities: 1,
  getReaderConfig: 2,
  setReaderConfig: 3,
  closeConnectionResponse: 4,
  getReaderCapabilitiesResponse: 11,
  getReaderConfigResponse: 12,
  setReaderConfigResponse: 13,
  closeConnection: 14,
  addRoSpec: 20,
  deleteRoSpec: 21,
  startRoSpec: 22,
  enableRoSpec: 24,
  addRoSpecResponse: 30,
  deleteRoSpecResponse: 31,
  startRoSpecResponse: 32,
  enableRoSpecResponse: 34,
  roAccessReport: 61,
  keepalive: 62,
  readerEventNotification: 63,
  keepaliveAck: 72,
  errorMessage: 100,
} as const;

export interface Message {
  type: number;
  /** Chosen by whoever asks; the answer repeats it. */
  id: number;
  body: Uint8Array;
}

/** @param body at most MAX_MESSAGE_BYTES with the header */
export function encodeMessage({ type, id, body }: Message): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, (VERSION << 10) | (type & 0x3ff));
  view.setUint32(2, bytes.length);
  view.setUint32(6, id >>> 0);
  bytes.set(body, HEADER_BYTES);
  return bytes;
}

/** The length that a header announces, or why it is none. */
function announced(header: Uint8Array): Read<number> {
  const view = new DataView(header.buffer, header.byteOffset, HEADER_BYTES);
  const first = view.getUint16(0);
  const version = (first >> 10) & 0x7;
  if (first >> 13 !== 0 || !KNOWN_VERSIONS.includes(version))
    return { refused: `a message begins with ${first.toString(16).padStart(4, '0')}, which is no LLRP` };
  const length = view.getUint32(2);
  if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES)
    return { refused: `a message of ${length} bytes: ${HEADER_BYTES} to ${MAX_MESSAGE_BYTES} are possible` };
  return { value: length };
}

/** Puts messages together from pieces of any size. Once refused, the stream is out of step for good. */
export class MessageReader {
  private pieces: Uint8Array[] = [];
  private heardBytes = 0;
  private neededBytes = HEADER_BYTES;
  private why: string | undefined;

  /** Messages that are whole now; `refused` says why there will be no more. */
  take(bytes: Uint8Array): { messages: Message[]; refused?: string } {
    if (this.why !== undefined) return { messages: [], refused: this.why };
    this.pieces.push(bytes);
    this.heardBytes += bytes.length;
    // Joined only where a message is whole: many small pieces cost no more than a few large ones.
    if (this.heardBytes < this.neededBytes) return { messages: [] };
    let rest: Uint8Array = this.pieces.length === 1 ? bytes : Buffer.concat(this.pieces);
    const messages: Message[] = [];
    while (rest.length >= HEADER_BYTES) {
      const length = announced(rest);
      if ('refused' in length) {
        this.why = length.refused;
        this.pieces = [];
        return { messages, refused: this.why };
      }
      this.neededBytes = length.value;
      if (rest.length < length.value) break;
      const view = new DataView(rest.buffer, rest.byteOffset, HEADER_BYTES);
      messages.push({
        type: view.getUint16(0) & 0x3ff,
        id: view.getUint32(6),
        body: rest.subarray(HEADER_BYTES, length.value),
      });
      rest = rest.subarray(length.value);
      this.neededBytes = HEADER_BYTES;
    }
    this.pieces = rest.length === 0 ? [] : [rest];
    this.heardBytes = rest.length;
    return { messages };
  }
}
