/**
 * The door node's frames, as in firmware/door-node/PROTOCOL.md: version, kind, body, checksum; least
 * significant byte first; COBS, with a zero at both ends.
 */
import { cobsEncode } from './cobs.ts';
import { crc16 } from './crc16.ts';

export const PROTOCOL_VERSION = 1;

/** Longest name of a node, in ASCII characters; the firmware keeps no more. */
export const MAX_NODE_NAME_LENGTH = 24;
export const nodeNamePattern = /^[a-z0-9._-]{1,24}$/;

/** One life of the node's memory: the number of its boot, and noise measured then. */
export interface NodeBoot {
  number: number;
  noise: number;
}

/** The same as one word, for topics and logs. */
export const bootText = (boot: NodeBoot): string =>
  `${boot.number}-${boot.noise.toString(16).padStart(4, '0')}`;

export interface NodeFlags {
  contactOpen: boolean;
  tamper: boolean;
  buzzer: boolean;
  buttonDown: boolean;
}

/** Why a report was made; in the order of their numbers on the wire. */
export const causes = ['boot', 'contact', 'tamper', 'button', 'buzzer', 'periodic'] as const;
export type Cause = (typeof causes)[number];

/** What a node says. */
export type NodeMessage =
  | {
      kind: 'hello';
      boot: NodeBoot;
      firmware: string;
      /** Bits of MCUSR; 0 where the boot loader has taken them. */
      resetCause: number;
      queueLength: number;
      /** Empty where the node was never given one. */
      name: string;
    }
  | {
      kind: 'report';
      boot: NodeBoot;
      sequence: number;
      /** How long ago it was seen; undefined where the node was reset since. */
      ageMs: number | undefined;
      cause: Cause;
      flags: NodeFlags;
      /** °C; undefined where no sensor is connected. */
      temperature: number | undefined;
      /** Reports of this boot that found no place in the queue. */
      lost: number;
    }
  | {
      kind: 'heartbeat';
      boot: NodeBoot;
      uptimeMs: number;
      flags: NodeFlags;
      waiting: number;
      lost: number;
      /** Frames that reached the node damaged. */
      damaged: number;
    }
  | { kind: 'result'; command: number; outcome: 'done' | 'not-understood'; flags: NodeFlags };

/** What is said to a node. */
export type BridgeMessage =
  | { kind: 'ask' }
  | { kind: 'acknowledge'; boot: NodeBoot; sequence: number }
  | { kind: 'command'; command: number; buzzer: boolean }
  | { kind: 'set-name'; name: string };

const HELLO = 0x01;
const REPORT = 0x02;
const HEARTBEAT = 0x03;
const RESULT = 0x04;
const ASK = 0x10;
const ACKNOWLEDGE = 0x11;
const COMMAND = 0x12;
const SET_NAME = 0x13;

const AGE_UNKNOWN = 0xffffffff;
const NO_TEMPERATURE = -32768;
/** Of a hello, all but the name itself; the last byte is the name's length. */
const HELLO_FIXED_BYTES = 11;

/** Lengths of the bodies that never vary, after version and kind. */
const bodyLengths: Readonly<Record<number, number>> = { [REPORT]: 20, [HEARTBEAT]: 16, [RESULT]: 4 };

const flagsOf = (bits: number): NodeFlags => ({
  contactOpen: (bits & 1) !== 0,
  tamper: (bits & 2) !== 0,
  buzzer: (bits & 4) !== 0,
  buttonDown: (bits & 8) !== 0,
});

const bitsOf = (flags: NodeFlags): number =>
  Number(flags.contactOpen) |
  (Number(flags.tamper) << 1) |
  (Number(flags.buzzer) << 2) |
  (Number(flags.buttonDown) << 3);

/** Reads a frame's content (without checksum); a frame that can't be read is refused with the reason. */
export function readNodeMessage(content: Uint8Array): NodeMessage | { refused: string } {
  const [version, kind = 0] = content;
  if (version !== PROTOCOL_VERSION)
    return { refused: `protocol version ${version}, this bridge speaks ${PROTOCOL_VERSION}` };
  if (content.length < 2) return { refused: 'a frame that ends before its kind' };
  const body = new DataView(content.buffer, content.byteOffset + 2, content.byteLength - 2);
  const length = body.byteLength;
  const expected = bodyLengths[kind];
  if (expected !== undefined && length !== expected)
    return { refused: `kind ${kind}: ${length} bytes, expected ${expected}` };
  const boot = (): NodeBoot => ({ number: body.getUint32(0, true), noise: body.getUint16(4, true) });
  switch (kind) {
    case HELLO: {
      if (length < HELLO_FIXED_BYTES || length !== HELLO_FIXED_BYTES + body.getUint8(HELLO_FIXED_BYTES - 1))
        return { refused: `hello: ${length} bytes do not fit its name` };
      const name = String.fromCharCode(...content.subarray(2 + HELLO_FIXED_BYTES));
      if (name !== '' && !nodeNamePattern.test(name)) return { refused: 'hello: its name is no name' };
      return {
        kind: 'hello',
        boot: boot(),
        firmware: `${body.getUint8(6)}.${body.getUint8(7)}`,
        resetCause: body.getUint8(8),
        queueLength: body.getUint8(9),
        name,
      };
    }
    case REPORT: {
      const ageMs = body.getUint32(10, true);
      const cause = causes[body.getUint8(14)];
      const hundredths = body.getInt16(16, true);
      if (cause === undefined) return { refused: `report: unknown cause ${body.getUint8(14)}` };
      return {
        kind: 'report',
        boot: boot(),
        sequence: body.getUint32(6, true),
        ageMs: ageMs === AGE_UNKNOWN ? undefined : ageMs,
        cause,
        flags: flagsOf(body.getUint8(15)),
        temperature: hundredths === NO_TEMPERATURE ? undefined : hundredths / 100,
        lost: body.getUint16(18, true),
      };
    }
    case HEARTBEAT:
      return {
        kind: 'heartbeat',
        boot: boot(),
        uptimeMs: body.getUint32(6, true),
        flags: flagsOf(body.getUint8(10)),
        waiting: body.getUint8(11),
        lost: body.getUint16(12, true),
        damaged: body.getUint16(14, true),
      };
    case RESULT: {
      const outcome = body.getUint8(2);
      if (outcome > 1) return { refused: `result: unknown outcome ${outcome}` };
      return {
        kind: 'result',
        command: body.getUint16(0, true),
        outcome: outcome === 0 ? 'done' : 'not-understood',
        flags: flagsOf(body.getUint8(3)),
      };
    }
    default:
      return { refused: `unknown kind of frame ${kind}` };
  }
}

/** Numbers one behind the other, least significant byte first. */
class Body {
  private readonly bytes: number[];
  constructor(kind: number) {
    this.bytes = [PROTOCOL_VERSION, kind];
  }
  add8(value: number): this {
    this.bytes.push(value & 0xff);
    return this;
  }
  add16(value: number): this {
    return this.add8(value).add8(value >>> 8);
  }
  add32(value: number): this {
    return this.add16(value).add16(value >>> 16);
  }
  addBoot(boot: NodeBoot): this {
    return this.add32(boot.number).add16(boot.noise);
  }
  addText(text: string): this {
    return this.add8(text.length).addAll(new TextEncoder().encode(text));
  }
  private addAll(bytes: Uint8Array): this {
    this.bytes.push(...bytes);
    return this;
  }
  seal(): Uint8Array {
    const crc = crc16(Uint8Array.from(this.bytes));
    const encoded = cobsEncode(Uint8Array.of(...this.bytes, crc & 0xff, crc >>> 8));
    return Uint8Array.of(0, ...encoded, 0);
  }
}

/** The bytes for the line. @throws RangeError where a name is none */
export function writeBridgeMessage(message: BridgeMessage): Uint8Array {
  switch (message.kind) {
    case 'ask':
      return new Body(ASK).seal();
    case 'acknowledge':
      return new Body(ACKNOWLEDGE).addBoot(message.boot).add32(message.sequence).seal();
    case 'command':
      return new Body(COMMAND).add16(message.command).add8(Number(message.buzzer)).seal();
    case 'set-name':
      if (!nodeNamePattern.test(message.name))
        throw new RangeError(`"${message.name}" can't be a node's name: 1 to 24 of a-z 0-9 . _ -`);
      return new Body(SET_NAME).addText(message.name).seal();
  }
}

/** What a node would send; for simulations and tests. */
export function writeNodeMessage(message: NodeMessage): Uint8Array {
  switch (message.kind) {
    case 'hello': {
      const [major = 0, minor = 0] = message.firmware.split('.').map(Number);
      const body = new Body(HELLO).addBoot(message.boot).add8(major).add8(minor);
      return body.add8(message.resetCause).add8(message.queueLength).addText(message.name).seal();
    }
    case 'report':
      return new Body(REPORT)
        .addBoot(message.boot)
        .add32(message.sequence)
        .add32(message.ageMs ?? AGE_UNKNOWN)
        .add8(causes.indexOf(message.cause))
        .add8(bitsOf(message.flags))
        .add16(message.temperature === undefined ? NO_TEMPERATURE : Math.round(message.temperature * 100))
        .add16(message.lost)
        .seal();
    case 'heartbeat':
      return new Body(HEARTBEAT)
        .addBoot(message.boot)
        .add32(message.uptimeMs)
        .add8(bitsOf(message.flags))
        .add8(message.waiting)
        .add16(message.lost)
        .add16(message.damaged)
        .seal();
    case 'result':
      return new Body(RESULT)
        .add16(message.command)
        .add8(message.outcome === 'done' ? 0 : 1)
        .add8(bitsOf(message.flags))
        .seal();
  }
}
