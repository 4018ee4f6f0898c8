/**
 * Makes the packets that aedes works on out of bytes that the framer has checked: nothing is checked again here,
 * and there is one reading of the bytes, not two.
 */
import { connectFlag, packetType } from '../../devices/framing/mqtt-packets.ts';

export interface PublishPacket {
  cmd: 'publish';
  retain: boolean;
  qos: 0 | 1 | 2;
  dup: boolean;
  length: number;
  topic: string;
  payload: Buffer;
  messageId?: number;
}

export interface ConnectPacket {
  cmd: 'connect';
  protocolId: 'MQTT' | 'MQIsdp';
  protocolVersion: 3 | 4;
  clean: boolean;
  keepalive: number;
  clientId: string;
  will?: { topic: string; payload: Buffer; qos: 0 | 1 | 2; retain: boolean };
  username?: string;
  password?: Buffer;
}

export type ClientPacket =
  | PublishPacket
  | ConnectPacket
  | { cmd: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'; messageId: number }
  | { cmd: 'subscribe'; messageId: number; subscriptions: { topic: string; qos: 0 | 1 | 2 }[] }
  | { cmd: 'unsubscribe'; messageId: number; unsubscriptions: string[] }
  | { cmd: 'pingreq' | 'disconnect' };

const qosOf = (bits: number): 0 | 1 | 2 => (bits === 2 ? 2 : bits === 1 ? 1 : 0);
const number16 = (bytes: Buffer, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);

const acknowledgements = {
  [packetType.puback]: 'puback',
  [packetType.pubrec]: 'pubrec',
  [packetType.pubrel]: 'pubrel',
  [packetType.pubcomp]: 'pubcomp',
} as const;

/** Decodes one connection's packets. It remembers the last topic: a device says the same one again and again. */
export class Decoder {
  #topic = '';
  #topicBytes: Buffer = Buffer.alloc(0);

  decode(bytes: Buffer, start: number, body: number, end: number): ClientPacket {
    const first = bytes[start] ?? 0;
    const type = first >> 4;
    switch (type) {
      case packetType.publish:
        return this.#publish(bytes, first, body, end);
      case packetType.puback:
      case packetType.pubrec:
      case packetType.pubrel:
      case packetType.pubcomp:
        return { cmd: acknowledgements[type], messageId: number16(bytes, body) };
      case packetType.subscribe: {
        const subscriptions: { topic: string; qos: 0 | 1 | 2 }[] = [];
        for (let at = body + 2; at < end; ) {
          const last = at + 2 + number16(bytes, at);
          subscriptions.push({ topic: bytes.toString('utf8', at + 2, last), qos: qosOf(bytes[last] ?? 0) });
          at = last + 1;
        }
        return { cmd: 'subscribe', messageId: number16(bytes, body), subscriptions };
      }
      case packetType.unsubscribe: {
        const unsubscriptions: string[] = [];
        for (let at = body + 2; at < end; ) {
          const last = at + 2 + number16(bytes, at);
          unsubscriptions.push(bytes.toString('utf8', at + 2, last));
          at = last;
        }
        return { cmd: 'unsubscribe', messageId: number16(bytes, body), unsubscriptions };
      }
      case packetType.connect:
        return connect(bytes, body);
      case packetType.pingreq:
        return { cmd: 'pingreq' };
      default:
        return { cmd: 'disconnect' };
    }
  }

  #publish(bytes: Buffer, first: number, body: number, end: number): PublishPacket {
    const topicEnd = body + 2 + number16(bytes, body);
    const qos = qosOf((first >> 1) & 3);
    const packet: PublishPacket = {
      cmd: 'publish',
      retain: (first & 1) !== 0,
      qos,
      dup: (first & 8) !== 0,
      length: end - body,
      topic: this.#text(bytes, body + 2, topicEnd),
      payload: bytes.subarray(qos === 0 ? topicEnd : topicEnd + 2, end),
    };
    if (qos > 0) packet.messageId = number16(bytes, topicEnd);
    return packet;
  }

  #text(bytes: Buffer, start: number, end: number): string {
    const last = this.#topicBytes;
    const length = end - start;
    if (length === last.length) {
      let at = 0;
      // From the end: topics of one device differ there.
      for (at = length - 1; at >= 0 && bytes[start + at] === last[at]; at--);
      if (at < 0) return this.#topic;
    }
    this.#topic = bytes.toString('utf8', start, end);
    this.#topicBytes = Buffer.from(bytes.subarray(start, end));
    return this.#topic;
  }
}

function connect(bytes: Buffer, body: number): ConnectPacket {
  let at = body + 2 + number16(bytes, body);
  const level = bytes[at];
  const flags = bytes[at + 1] ?? 0;
  const keepalive = number16(bytes, at + 2);
  at += 4;
  const field = (): Buffer => {
    const start = at + 2;
    at = start + number16(bytes, at);
    return bytes.subarray(start, at);
  };
  const packet: ConnectPacket = {
    cmd: 'connect',
    protocolId: level === 3 ? 'MQIsdp' : 'MQTT',
    protocolVersion: level === 3 ? 3 : 4,
    clean: (flags & connectFlag.cleanSession) !== 0,
    keepalive,
    clientId: field().toString('utf8'),
  };
  if ((flags & connectFlag.will) !== 0) {
    const topic = field().toString('utf8');
    packet.will = {
      topic,
      payload: Buffer.from(field()),
      qos: qosOf((flags >> connectFlag.willQosShift) & 3),
      retain: (flags & connectFlag.willRetain) !== 0,
    };
  }
  if ((flags & connectFlag.username) !== 0) packet.username = field().toString('utf8');
  if ((flags & connectFlag.password) !== 0) packet.password = Buffer.from(field());
  return packet;
}
