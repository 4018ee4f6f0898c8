/**
 * OSDP 2.2 frames (IEC 60839-11-5, clause 5.9): both directions, as values.
 *
 *   53 | address | length LE16 | control | [security block] | id | data | [MAC, 4 bytes] | CRC LE16 or checksum
 *
 * The length counts everything from 53 to the last byte of the check. A mark of FF may go before; it belongs to
 * the line, not to the frame.
 */

/** First byte of every frame. */
export const START_OF_MESSAGE = 0x53;
/** May be sent before a frame, to let the line settle; in no length and in no check. */
export const MARK = 0xff;
/** To every reader on the line; answered with this address. */
export const BROADCAST_ADDRESS = 0x7f;
export const MAX_ADDRESS = 0x7e;
/** No reader has to take, or may send, more (clause 5.6). */
export const MAX_FRAME_BYTES = 1_440;

const REPLY_BIT = 0x80;
const SEQUENCE_BITS = 0x03;
const CRC_BIT = 0x04;
const SECURITY_BIT = 0x08;
const HEADER_BYTES = 5;
export const MAC_BYTES = 4;
/** Header, id and a checksum. */
export const MIN_FRAME_BYTES = HEADER_BYTES + 2;

/** Security block types (Annex D.1.3): handshake 11–14, then MAC alone (15, 16) or MAC and encryption (17, 18). */
export const securityBlock = {
  challenge: 0x11,
  challengeAnswer: 0x12,
  cryptogram: 0x13,
  cryptogramAnswer: 0x14,
  commandMac: 0x15,
  replyMac: 0x16,
  commandEncrypted: 0x17,
  replyEncrypted: 0x18,
} as const;

export interface SecurityBlock {
  type: number;
  /** Without the block's own length and type. */
  data: Uint8Array;
}

export interface Frame {
  /** 0 to 126; 127 is everybody. */
  address: number;
  isReply: boolean;
  /** 0 begins anew; then 1, 2, 3, 1 … */
  sequence: number;
  check: 'crc' | 'checksum';
  security?: SecurityBlock;
  id: number;
  data: Uint8Array;
  /** First four bytes of the MAC; only with security blocks 15 to 18. */
  mac?: Uint8Array;
}

/** A frame as it was on the line. */
export interface ReceivedFrame {
  frame: Frame;
  /** The bytes that the MAC covers: all before it. Without a MAC, all before the check. */
  covered: Uint8Array;
}

/** CRC-16 with polynomial 0x1021, begun at 0x1D0F (Annex C). */
export function frameCrc(bytes: Uint8Array): number {
  let crc = 0x1d0f;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}

/** Two's complement of the sum: all bytes and the checksum add up to 0. */
export function frameChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) sum += byte;
  return -sum & 0xff;
}

const hasMac = (type: number): boolean =>
  type >= securityBlock.commandMac && type <= securityBlock.replyEncrypted;

/** All of a frame before its MAC, with the final length: what a MAC is made of. */
export function coveredBytes(frame: Omit<Frame, 'mac'>): Uint8Array {
  const { security, data } = frame;
  const securityBytes = security === undefined ? 0 : 2 + security.data.length;
  const covered = HEADER_BYTES + securityBytes + 1 + data.length;
  const macBytes = security !== undefined && hasMac(security.type) ? MAC_BYTES : 0;
  const length = covered + macBytes + (frame.check === 'crc' ? 2 : 1);
  if (length > MAX_FRAME_BYTES) throw new RangeError(`frame of ${length} bytes, ${MAX_FRAME_BYTES} at most`);
  const bytes = new Uint8Array(covered);
  bytes[0] = START_OF_MESSAGE;
  bytes[1] = (frame.address & BROADCAST_ADDRESS) | (frame.isReply ? REPLY_BIT : 0);
  bytes[2] = length & 0xff;
  bytes[3] = length >> 8;
  bytes[4] =
    (frame.sequence & SEQUENCE_BITS) |
    (frame.check === 'crc' ? CRC_BIT : 0) |
    (security === undefined ? 0 : SECURITY_BIT);
  if (security !== undefined) {
    bytes[HEADER_BYTES] = securityBytes;
    bytes[HEADER_BYTES + 1] = security.type;
    bytes.set(security.data, HEADER_BYTES + 2);
  }
  bytes[HEADER_BYTES + securityBytes] = frame.id;
  bytes.set(data, HEADER_BYTES + securityBytes + 1);
  return bytes;
}

/**
 * A frame as it goes onto the line, without the mark.
 * @throws RangeError when it is longer than MAX_FRAME_BYTES, or its MAC and its security block do not agree
 */
export function writeFrame(frame: Frame): Uint8Array {
  const covered = coveredBytes(frame);
  const wantsMac = frame.security !== undefined && hasMac(frame.security.type);
  if (wantsMac !== (frame.mac !== undefined))
    throw new RangeError('a MAC goes with security blocks 15 to 18');
  const mac = frame.mac ?? new Uint8Array();
  const checkBytes = frame.check === 'crc' ? 2 : 1;
  const bytes = new Uint8Array(covered.length + mac.length + checkBytes);
  bytes.set(covered);
  bytes.set(mac, covered.length);
  const checked = bytes.subarray(0, -checkBytes);
  if (frame.check === 'crc') {
    const crc = frameCrc(checked);
    bytes[bytes.length - 2] = crc & 0xff;
    bytes[bytes.length - 1] = crc >> 8;
  } else bytes[bytes.length - 1] = frameChecksum(checked);
  return bytes;
}

/** Length that a frame beginning with these bytes says of itself; undefined: too few bytes yet, 0: it can't be one. */
export function statedLength(bytes: Uint8Array): number | undefined {
  if (bytes.length > 0 && bytes[0] !== START_OF_MESSAGE) return 0;
  const [, , low, high] = bytes;
  if (low === undefined || high === undefined) return undefined;
  const length = low | (high << 8);
  return length >= MIN_FRAME_BYTES && length <= MAX_FRAME_BYTES ? length : 0;
}

/** Reads exactly one frame, without a mark. Never throws. */
export function readFrame(bytes: Uint8Array): ReceivedFrame | { refused: string } {
  if (bytes.length < MIN_FRAME_BYTES || statedLength(bytes) !== bytes.length)
    return { refused: 'its length is not what it says' };
  const [, address = 0, , , control = 0] = bytes;
  const check = control & CRC_BIT ? 'crc' : 'checksum';
  const body = bytes.subarray(0, check === 'crc' ? -2 : -1);
  const stated = check === 'crc' ? (bytes.at(-2) ?? 0) | ((bytes.at(-1) ?? 0) << 8) : (bytes.at(-1) ?? 0);
  if ((check === 'crc' ? frameCrc(body) : frameChecksum(body)) !== stated)
    return { refused: `its ${check} is wrong` };
  let at = HEADER_BYTES;
  let security: SecurityBlock | undefined;
  if (control & SECURITY_BIT) {
    const length = body[at] ?? 0;
    const type = body[at + 1] ?? 0;
    if (length < 2 || at + length >= body.length) return { refused: 'its security block has no room' };
    if (type < securityBlock.challenge || type > securityBlock.replyEncrypted)
      return { refused: `there is no security block ${type}` };
    security = { type, data: body.slice(at + 2, at + length) };
    at += length;
  }
  const macBytes = security !== undefined && hasMac(security.type) ? MAC_BYTES : 0;
  const end = body.length - macBytes;
  const id = body[at];
  if (id === undefined || at >= end) return { refused: 'it holds no id' };
  return {
    frame: {
      address: address & BROADCAST_ADDRESS,
      isReply: (address & REPLY_BIT) !== 0,
      sequence: control & SEQUENCE_BITS,
      check,
      ...(security !== undefined && { security }),
      id,
      data: body.slice(at + 1, end),
      ...(macBytes > 0 && { mac: body.slice(end) }),
    },
    covered: body.slice(0, end),
  };
}
