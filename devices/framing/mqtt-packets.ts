/**
 * Checks of whole MQTT packets as a client may send them, strictly by MQTT 3.1 and 3.1.1. Bytes in, a reason
 * out: nothing is decoded.
 */
import { filterProblem, type TextProblem, textProblem, topicProblem } from './mqtt-text.ts';

/** Packet types, MQTT 3.1.1 table 2.1. */
export const packetType = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
} as const;

/** Filters in one SUBSCRIBE or UNSUBSCRIBE. A client that takes up its subscriptions again sends them all at once. */
export const MAX_FILTERS_PER_PACKET = 512;
/** Bytes of a client id; MQTT 3.1 allows 23 characters, 3.1.1 leaves it to the server. */
export const MAX_CLIENT_ID_BYTES = 256;
export const MAX_USERNAME_BYTES = 256;
export const MAX_PASSWORD_BYTES = 1_024;
/** Longest client id of MQTT 3.1, section 3.1, in characters. */
export const MAX_CLIENT_ID_CHARACTERS_3_1 = 23;

/** What a packet is refused for; `answer` is the CONNACK that tells the peer, where there is one. */
export interface PacketProblem {
  reason: string;
  answer?: Uint8Array;
}

const connack = (returnCode: number) => Uint8Array.of(0x20, 0x02, 0x00, returnCode);
/** MQTT 3.1.1 table 3.1. */
const UNACCEPTABLE_VERSION = 1;
const IDENTIFIER_REJECTED = 2;

const problem = (reason: string): PacketProblem => ({ reason });
const inText = (what: string, text: TextProblem): PacketProblem => ({ reason: `${what}: ${text}` });
const SHORT = problem('packet shorter than its fields');
const TRAILING = problem('bytes behind the last field');
const PACKET_ID_ZERO = problem('packet id 0');

const number16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

/** End of the length-prefixed field at `at`, or -1 where it does not fit. */
function fieldEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + 2 > end) return -1;
  const last = at + 2 + number16(bytes, at);
  return last > end ? -1 : last;
}

/**
 * Checks the first byte, before anything else has arrived: type and flags.
 * MQTT 3.1.1 table 2.2; 3.1 says the same but for DUP on SUBSCRIBE, UNSUBSCRIBE and PUBREL, which no one sends.
 */
export function headerProblem(first: number, connected: boolean): PacketProblem | undefined {
  const type = first >> 4;
  const flags = first & 0x0f;
  if (!connected) {
    if (type !== packetType.connect) return problem('first packet is not CONNECT');
    return flags === 0 ? undefined : problem('reserved flags set');
  }
  switch (type) {
    case packetType.publish:
      if ((flags & 0x06) === 0x06) return problem('QoS 3');
      return (flags & 0x0e) === 0x08 ? problem('DUP with QoS 0') : undefined;
    case packetType.puback:
    case packetType.pubrec:
    case packetType.pubcomp:
    case packetType.pingreq:
    case packetType.disconnect:
      return flags === 0 ? undefined : problem('reserved flags set');
    case packetType.pubrel:
    case packetType.subscribe:
    case packetType.unsubscribe:
      return flags === 2 ? undefined : problem('reserved flags set');
    case packetType.connect:
      return problem('second CONNECT');
    case packetType.connack:
    case packetType.suback:
    case packetType.unsuback:
    case packetType.pingresp:
      return problem('packet that only a server sends');
    default:
      return problem('reserved packet type');
  }
}

/** Checks a whole packet: `first` is its first byte, the body stands from `start` to `end`. */
export function packetProblem(
  bytes: Uint8Array,
  first: number,
  start: number,
  end: number,
): PacketProblem | undefined {
  switch (first >> 4) {
    case packetType.publish:
      return publishProblem(bytes, first, start, end);
    case packetType.puback:
    case packetType.pubrec:
    case packetType.pubrel:
    case packetType.pubcomp:
      if (end - start !== 2) return problem('acknowledgement not 2 bytes long');
      return number16(bytes, start) === 0 ? PACKET_ID_ZERO : undefined;
    case packetType.subscribe:
      return filtersProblem(bytes, start, end, true);
    case packetType.unsubscribe:
      return filtersProblem(bytes, start, end, false);
    case packetType.connect:
      return connectProblem(bytes, start, end);
    default:
      return start === end ? undefined : TRAILING;
  }
}

/** MQTT 3.1.1 section 3.3. */
function publishProblem(
  bytes: Uint8Array,
  first: number,
  start: number,
  end: number,
): PacketProblem | undefined {
  const topicEnd = fieldEnd(bytes, start, end);
  if (topicEnd < 0) return SHORT;
  const text = topicProblem(bytes, start + 2, topicEnd);
  if (text !== undefined) return inText('topic', text);
  if ((first & 0x06) === 0) return undefined;
  if (topicEnd + 2 > end) return SHORT;
  return number16(bytes, topicEnd) === 0 ? PACKET_ID_ZERO : undefined;
}

/** MQTT 3.1.1 sections 3.8 and 3.10: the same but for the byte with the QoS behind each filter. */
function filtersProblem(
  bytes: Uint8Array,
  start: number,
  end: number,
  withQos: boolean,
): PacketProblem | undefined {
  if (start + 2 > end) return SHORT;
  if (number16(bytes, start) === 0) return PACKET_ID_ZERO;
  let count = 0;
  for (let at = start + 2; at < end; count++) {
    if (count === MAX_FILTERS_PER_PACKET) return problem(`more than ${MAX_FILTERS_PER_PACKET} filters`);
    const last = fieldEnd(bytes, at, end);
    if (last < 0) return SHORT;
    const text = filterProblem(bytes, at + 2, last);
    if (text !== undefined) return inText('filter', text);
    at = last;
    if (withQos) {
      if (at === end) return SHORT;
      const qos = bytes[at++] ?? 0;
      if (qos > 2) return problem('subscription QoS above 2 or reserved bits set');
    }
  }
  return count === 0 ? problem('no filter') : undefined;
}

const PROTOCOL_NAMES: readonly { name: string; level: number }[] = [
  { name: 'MQTT', level: 4 },
  { name: 'MQIsdp', level: 3 },
];

function isAscii(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index++)
    if (bytes[start + index] !== text.charCodeAt(index)) return false;
  return true;
}

/** Which CONNECT flags stand where, MQTT 3.1.1 section 3.1.2.3. */
export const connectFlag = {
  cleanSession: 0x02,
  will: 0x04,
  willQosShift: 3,
  willRetain: 0x20,
  password: 0x40,
  username: 0x80,
} as const;

/** Name, level and version of the protocol; MQTT 5 and bridges' private levels are answered and refused. */
function protocolProblem(bytes: Uint8Array, start: number, end: number): PacketProblem | undefined {
  const nameEnd = fieldEnd(bytes, start, end);
  if (nameEnd < 0 || nameEnd + 4 > end) return SHORT;
  const known = PROTOCOL_NAMES.find(({ name }) => isAscii(bytes, start + 2, nameEnd, name));
  if (known === undefined) return problem('unknown protocol name');
  const level = bytes[nameEnd] ?? 0;
  if (level === known.level) return undefined;
  const answer = connack(UNACCEPTABLE_VERSION);
  return { reason: level === 5 ? 'MQTT 5 is not spoken here' : `protocol level ${level}`, answer };
}

/** MQTT 3.1.1 sections 3.1.2.4 to 3.1.2.9. */
function flagsProblem(flags: number): PacketProblem | undefined {
  if ((flags & 0x01) !== 0) return problem('reserved CONNECT flag set');
  const willQos = (flags >> connectFlag.willQosShift) & 0x03;
  if ((flags & connectFlag.will) === 0) {
    if (willQos !== 0) return problem('will QoS without a will');
    if ((flags & connectFlag.willRetain) !== 0) return problem('will retain without a will');
  } else if (willQos === 3) return problem('will QoS 3');
  if ((flags & connectFlag.password) !== 0 && (flags & connectFlag.username) === 0)
    return problem('password without a user name');
  return undefined;
}

/** MQTT 3.1.1 section 3.1.3.1, MQTT 3.1 section 3.1. */
function clientIdProblem(
  bytes: Uint8Array,
  start: number,
  end: number,
  level: number,
  clean: boolean,
): PacketProblem | undefined {
  const text = textProblem(bytes, start, end);
  if (text !== undefined) return inText('client id', text);
  const answer = connack(IDENTIFIER_REJECTED);
  if (end - start > MAX_CLIENT_ID_BYTES) return { reason: 'client id: too long', answer };
  if (level === 3) {
    let characters = 0;
    for (let at = start; at < end; at++) if (((bytes[at] ?? 0) & 0xc0) !== 0x80) characters++;
    if (characters === 0 || characters > MAX_CLIENT_ID_CHARACTERS_3_1)
      return { reason: 'client id: not 1 to 23 characters (MQTT 3.1)', answer };
  } else if (start === end && !clean) return { reason: 'client id: empty without clean session', answer };
  return undefined;
}

/** MQTT 3.1.1 section 3.1. */
function connectProblem(bytes: Uint8Array, start: number, end: number): PacketProblem | undefined {
  const protocol = protocolProblem(bytes, start, end);
  if (protocol !== undefined) return protocol;
  let at = fieldEnd(bytes, start, end);
  const level = bytes[at] ?? 0;
  const flags = bytes[at + 1] ?? 0;
  const inFlags = flagsProblem(flags);
  if (inFlags !== undefined) return inFlags;
  at += 4; // Level, flags, keep-alive.
  let last = fieldEnd(bytes, at, end);
  if (last < 0) return SHORT;
  const inId = clientIdProblem(bytes, at + 2, last, level, (flags & connectFlag.cleanSession) !== 0);
  if (inId !== undefined) return inId;
  at = last;
  if ((flags & connectFlag.will) !== 0) {
    last = fieldEnd(bytes, at, end);
    if (last < 0) return SHORT;
    const text = topicProblem(bytes, at + 2, last);
    if (text !== undefined) return inText('will topic', text);
    at = fieldEnd(bytes, last, end);
    if (at < 0) return SHORT;
  }
  if ((flags & connectFlag.username) !== 0) {
    last = fieldEnd(bytes, at, end);
    if (last < 0) return SHORT;
    if (last - at - 2 > MAX_USERNAME_BYTES) return problem('user name: too long');
    const text = textProblem(bytes, at + 2, last);
    if (text !== undefined) return inText('user name', text);
    at = last;
  }
  if ((flags & connectFlag.password) !== 0) {
    last = fieldEnd(bytes, at, end);
    if (last < 0) return SHORT;
    if (last - at - 2 > MAX_PASSWORD_BYTES) return problem('password: too long');
    at = last;
  }
  return at === end ? undefined : TRAILING;
}
