/**
 * Frames of SIA DC-09 (ANSI/SIA DC-09-2021, section 5): what premises equipment and a monitoring station's receiver
 * say to one another. `\n`, CRC, length, `"token"sequence R L #account[data]timestamp`, `\r`; with a star before the
 * token, everything behind the bracket is AES-CBC.
 */
import { createCipheriv, createDecipheriv, randomInt } from 'node:crypto';

/** Longest frame that is taken or sent. */
export const MAX_FRAME_BYTES = 2_048;
/** Sequence numbers go from 1 to this and begin again; 0 stands for messages outside the row (NULL, NAK). */
export const MAX_SEQUENCE = 9_999;

/** What is said. `ADM-CID` and `SIA-DCS` carry an event, `NULL` proves the line, the rest are answers. */
export const tokens = ['ADM-CID', 'SIA-DCS', 'NULL', 'ACK', 'NAK', 'DUH', 'RSP'] as const;
export type Token = (typeof tokens)[number];

export interface Frame {
  token: Token;
  /** 0 to MAX_SEQUENCE. */
  sequence: number;
  /** Hexadecimal, 1 to 6 digits; empty where it was not given. */
  receiver: string;
  /** Hexadecimal, 1 to 6 digits. */
  line: string;
  /** 3 to 16 hexadecimal digits; empty in a NAK, which knows none. */
  account: string;
  /** What stands between the brackets, without `#account|`. */
  data: string;
  /** The sender's clock in ms since 1970, whole seconds. */
  at?: number;
  encrypted: boolean;
}

export type FrameRead = { frame: Frame } | { refused: string };

/** CRC-16/ARC: polynomial 8005 reflected, start 0. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
const two = (value: number) => String(value).padStart(2, '0');

/** `_HH:MM:SS,MM-DD-YYYY`, UTC. */
export function timestamp(at: number): string {
  const date = new Date(at);
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  return `_${time},${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}-${date.getUTCFullYear()}`;
}

const stamp = /^_(\d\d):(\d\d):(\d\d),(\d\d)-(\d\d)-(\d{4})$/;

function instantOf(text: string): number | undefined {
  const [, hour, minute, second, month, day, year] = (stamp.exec(text) ?? []).map(Number);
  if (hour === undefined || minute === undefined || second === undefined) return undefined;
  if (month === undefined || day === undefined || year === undefined) return undefined;
  const at = Date.UTC(year, month - 1, day, hour, minute, second);
  // The 31st of February is no date.
  return timestamp(at) === text ? at : undefined;
}

/** AES by the length of the key: 16, 24 or 32 bytes (section 5.4.4). */
const cipherOf = (key: Uint8Array) => `aes-${key.length * 8}-cbc`;
const NO_VECTOR = Buffer.alloc(16);
const padding = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Fills up to whole blocks in front, with letters that neither `|` nor a bracket can be mistaken for. */
function encrypt(plain: string, key: Uint8Array): string {
  const bytes = Buffer.byteLength(plain) + 1;
  const missing = (16 - (bytes % 16)) % 16;
  const pad = Array.from({ length: missing }, () => padding[randomInt(padding.length)]).join('');
  const cipher = createCipheriv(cipherOf(key), key, NO_VECTOR).setAutoPadding(false);
  return Buffer.concat([cipher.update(`${pad}|${plain}`), cipher.final()])
    .toString('hex')
    .toUpperCase();
}

function decrypt(text: string, key: Uint8Array): string | undefined {
  if (text.length === 0 || text.length % 32 !== 0 || !/^[0-9A-F]+$/i.test(text)) return undefined;
  const decipher = createDecipheriv(cipherOf(key), key, NO_VECTOR).setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(Buffer.from(text, 'hex')), decipher.final()]).toString();
  const bar = plain.indexOf('|');
  return bar < 0 || bar >= 16 ? undefined : plain.slice(bar + 1);
}

/**
 * The bytes of a frame.
 * @throws RangeError when the frame is encrypted and there is no key, or when it would be too long
 */
export function encodeFrame(frame: Frame, key?: Uint8Array): Buffer {
  const { token, sequence, receiver, line, account, data, at, encrypted } = frame;
  const where = `${receiver === '' ? '' : `R${receiver}`}L${line}${account === '' ? 'A0' : `#${account}`}`;
  const isEvent = token === 'ADM-CID' || token === 'SIA-DCS';
  const content = `${isEvent ? `#${account}|` : ''}${data}]${at === undefined ? '' : timestamp(at)}`;
  if (encrypted && key === undefined) throw new RangeError('dc09: an encrypted frame needs a key');
  const inside = encrypted && key !== undefined ? encrypt(content, key) : content;
  const text = `"${encrypted ? '*' : ''}${token}"${String(sequence).padStart(4, '0')}${where}[${inside}`;
  const bytes = Buffer.from(text);
  if (bytes.length > MAX_FRAME_BYTES) throw new RangeError(`dc09: frame of ${bytes.length} bytes`);
  return Buffer.from(`\n${hex(crc16(bytes), 4)}0${hex(bytes.length, 3)}${text}\r`);
}

const shape =
  /^"(\*?)([A-Z-]{3,7})"(\d{4})(?:R([0-9A-F]{1,6}))?L([0-9A-F]{1,6})(?:#([0-9A-F]{3,16})|A0)?\[(.*)$/s;
const isToken = (text: string | undefined): text is Token => tokens.some((token) => token === text);

/** Reads what stands between `\n` and `\r`. */
export function decodeFrame(bytes: Uint8Array, key?: Uint8Array): FrameRead {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const head = /^([0-9A-F]{4})0([0-9A-F]{3})"/i.exec(text);
  if (head === null) return { refused: 'no CRC and length in front' };
  const body = bytes.subarray(8);
  if (Number.parseInt(head[2] ?? '', 16) !== body.length)
    return { refused: `says ${Number.parseInt(head[2] ?? '', 16)} bytes and has ${body.length}` };
  if (Number.parseInt(head[1] ?? '', 16) !== crc16(body)) return { refused: 'CRC is wrong' };
  const match = shape.exec(text.slice(8));
  const [, star, token, sequence, receiver = '', line = '', account = '', inside = ''] = match ?? [];
  if (match === null || !isToken(token)) return { refused: 'is no message of DC-09' };
  const encrypted = star === '*';
  if (encrypted && key === undefined) return { refused: 'is encrypted, and there is no key' };
  const content = encrypted && key !== undefined ? decrypt(inside, key) : inside;
  if (content === undefined) return { refused: 'can not be decrypted with this key' };
  const end = content.indexOf(']');
  if (end < 0) return { refused: 'no closing bracket' };
  const prefix = `#${account}|`;
  const data = content.slice(0, end);
  const isEvent = token === 'ADM-CID' || token === 'SIA-DCS';
  if (isEvent && !data.startsWith(prefix)) return { refused: 'account inside and outside differ' };
  const mark = content.indexOf('_', end);
  const at = mark < 0 ? undefined : instantOf(content.slice(mark));
  if (mark >= 0 && at === undefined) return { refused: 'timestamp is none' };
  // Without a time an old encrypted message could be played again (section 5.5.1.9).
  if (encrypted && at === undefined) return { refused: 'encrypted without a timestamp' };
  return {
    frame: {
      token,
      sequence: Number(sequence),
      receiver,
      line,
      account,
      data: isEvent ? data.slice(prefix.length) : data,
      ...(at === undefined ? {} : { at }),
      encrypted,
    },
  };
}

/** Cuts a stream into frames. What is not between `\n` and `\r`, or too long, is dropped and counted. */
export class FrameCutter {
  #held = Buffer.alloc(0);
  /** Bytes that belonged to no frame. */
  dropped = 0;

  push(chunk: Uint8Array): Buffer[] {
    let bytes = Buffer.concat([this.#held, chunk]);
    const frames: Buffer[] = [];
    for (;;) {
      const start = bytes.indexOf(10);
      if (start < 0) {
        this.dropped += bytes.length;
        bytes = Buffer.alloc(0);
        break;
      }
      this.dropped += start;
      const end = bytes.indexOf(13, start);
      if (end < 0) {
        bytes = bytes.subarray(start);
        if (bytes.length > MAX_FRAME_BYTES + 16) {
          this.dropped += bytes.length;
          bytes = Buffer.alloc(0);
        }
        break;
      }
      // A line feed within means that the frame before it was never finished.
      const last = bytes.lastIndexOf(10, end);
      this.dropped += last - start;
      frames.push(bytes.subarray(last + 1, end));
      bytes = bytes.subarray(end + 1);
    }
    this.#held = Buffer.from(bytes);
    return frames;
  }
}
