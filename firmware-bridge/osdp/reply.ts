/** What a reader answers (OSDP 2.2, clause 7), as values. */
import { KEY_BYTES, RANDOM_BYTES } from './command.ts';

/** Why a reader refuses a command (clause 7.3, Table 47). */
export const refusals = {
  1: 'bad-check',
  2: 'bad-length',
  3: 'unknown-command',
  4: 'unexpected-sequence',
  5: 'security-block-unsupported',
  6: 'secure-channel-required',
  7: 'biometric-type-unsupported',
  8: 'biometric-format-unsupported',
  9: 'can-not-process',
} as const;
export type Refusal = (typeof refusals)[keyof typeof refusals] | 'unspecified';

export interface Identification {
  /** IEEE OUI, three bytes as hex. */
  vendor: string;
  model: number;
  version: number;
  serialNumber: number;
  /** `major.minor.build` */
  firmware: string;
}

export interface Capability {
  /** Function code of clause B: 2 outputs, 4 LEDs, 5 buzzer, 6 text, 9 security, … */
  code: number;
  compliance: number;
  count: number;
}

export type Reply =
  | { kind: 'ack' }
  | { kind: 'nak'; because: Refusal; code: number }
  | ({ kind: 'identification' } & Identification)
  | { kind: 'capabilities'; capabilities: Capability[] }
  | { kind: 'local-status'; isTampered: boolean; hasPowerFailed: boolean }
  | { kind: 'input-status'; inputs: boolean[] }
  | { kind: 'output-status'; outputs: boolean[] }
  /** Of each attached reader: 0 normal, 1 not connected, 2 tampered with. */
  | { kind: 'reader-status'; readers: number[] }
  /** A card's bits, the first one in the highest bit of the first byte. */
  | { kind: 'card'; reader: number; format: number; bits: number; data: Uint8Array }
  /** Keys as ASCII; 7F clears or is `*`, 0D enters or is `#`. */
  | { kind: 'keys'; reader: number; keys: Uint8Array }
  | { kind: 'communication'; address: number; baudRate: number }
  | { kind: 'challenge-answer'; reader: Uint8Array; random: Uint8Array; cryptogram: Uint8Array }
  | { kind: 'initial-mac'; mac: Uint8Array }
  | { kind: 'busy' };

export const replyId = {
  ack: 0x40,
  nak: 0x41,
  identification: 0x45,
  capabilities: 0x46,
  'local-status': 0x48,
  'input-status': 0x49,
  'output-status': 0x4a,
  'reader-status': 0x4b,
  card: 0x50,
  keys: 0x53,
  communication: 0x54,
  'challenge-answer': 0x76,
  'initial-mac': 0x78,
  busy: 0x79,
} as const satisfies Record<Reply['kind'], number>;

/** A card of more bits is noise; FASC-N has 200, certificates go by other replies. */
export const MAX_CARD_BITS = 1_024;
const ID_BYTES = 12;
const CAPABILITY_BYTES = 3;

const codeOf = (because: Refusal): number =>
  Number(Object.entries(refusals).find(([, name]) => name === because)?.[0] ?? 0);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const flags = (data: Uint8Array): boolean[] => [...data].map((value) => value !== 0);
const fromFlags = (values: boolean[]): Uint8Array => Uint8Array.from(values, Number);

/** The reply's id and data, as they go into a frame: for tests and logs; a panel only reads them. */
export function writeReply(reply: Reply): { id: number; data: Uint8Array } {
  const id = replyId[reply.kind];
  const made = (...parts: (readonly number[] | Uint8Array)[]) => ({
    id,
    data: Uint8Array.from(parts.flatMap((part) => [...part])),
  });
  switch (reply.kind) {
    case 'ack':
    case 'busy':
      return made();
    case 'nak':
      return made([reply.because === 'unspecified' ? reply.code : codeOf(reply.because)]);
    case 'identification': {
      const data = new Uint8Array(ID_BYTES);
      const view = viewOf(data);
      data.set(Buffer.from(reply.vendor, 'hex'));
      data[3] = reply.model;
      data[4] = reply.version;
      view.setUint32(5, reply.serialNumber, true);
      data.set(reply.firmware.split('.').map(Number), 9);
      return made(data);
    }
    case 'capabilities':
      return made(reply.capabilities.flatMap(({ code, compliance, count }) => [code, compliance, count]));
    case 'local-status':
      return made([Number(reply.isTampered), Number(reply.hasPowerFailed)]);
    case 'input-status':
      return made(fromFlags(reply.inputs));
    case 'output-status':
      return made(fromFlags(reply.outputs));
    case 'reader-status':
      return made(reply.readers);
    case 'card':
      return made([reply.reader, reply.format, reply.bits & 0xff, reply.bits >> 8], reply.data);
    case 'keys':
      return made([reply.reader, reply.keys.length], reply.keys);
    case 'communication': {
      const data = new Uint8Array(5);
      data[0] = reply.address;
      viewOf(data).setUint32(1, reply.baudRate, true);
      return made(data);
    }
    case 'challenge-answer':
      return made(reply.reader, reply.random, reply.cryptogram);
    case 'initial-mac':
      return made(reply.mac);
  }
}

const kindById = new Map<number, Reply['kind']>(
  Object.entries(replyId).map(([kind, id]) => [id, kind as Reply['kind']]),
);

/** Reads a reply. Never throws. */
export function readReply(id: number, data: Uint8Array): Reply | { refused: string } {
  const kind = kindById.get(id);
  if (kind === undefined) return { refused: `reply ${id.toString(16)} is not known` };
  const wrong = { refused: `${kind}: ${data.length} bytes of data can't be` };
  const view = viewOf(data);
  switch (kind) {
    case 'ack':
    case 'busy':
      return { kind };
    case 'nak': {
      const code = data[0];
      if (code === undefined) return wrong;
      const known = Object.entries(refusals).find(([number]) => Number(number) === code);
      return { kind, because: known?.[1] ?? 'unspecified', code };
    }
    case 'identification':
      if (data.length < ID_BYTES) return wrong;
      return {
        kind,
        vendor: hex(data.subarray(0, 3)),
        model: view.getUint8(3),
        version: view.getUint8(4),
        serialNumber: view.getUint32(5, true),
        firmware: [...data.subarray(9, ID_BYTES)].join('.'),
      };
    case 'capabilities': {
      if (data.length % CAPABILITY_BYTES !== 0) return wrong;
      const capabilities: Capability[] = [];
      for (let at = 0; at < data.length; at += CAPABILITY_BYTES)
        capabilities.push({
          code: view.getUint8(at),
          compliance: view.getUint8(at + 1),
          count: view.getUint8(at + 2),
        });
      return { kind, capabilities };
    }
    case 'local-status':
      return data.length === 2 ? { kind, isTampered: data[0] !== 0, hasPowerFailed: data[1] !== 0 } : wrong;
    case 'input-status':
      return { kind, inputs: flags(data) };
    case 'output-status':
      return { kind, outputs: flags(data) };
    case 'reader-status':
      return { kind, readers: [...data] };
    case 'card': {
      if (data.length < 4) return wrong;
      const bits = view.getUint16(2, true);
      const bytes = data.slice(4);
      if (bits === 0 || bits > MAX_CARD_BITS || bytes.length !== Math.ceil(bits / 8))
        return { refused: `card: ${bits} bits in ${bytes.length} bytes can't be` };
      return { kind, reader: view.getUint8(0), format: view.getUint8(1), bits, data: bytes };
    }
    case 'keys':
      if (data.length < 2 || data.length !== 2 + view.getUint8(1)) return wrong;
      return { kind, reader: view.getUint8(0), keys: data.slice(2) };
    case 'communication':
      if (data.length !== 5) return wrong;
      return { kind, address: view.getUint8(0), baudRate: view.getUint32(1, true) };
    case 'challenge-answer':
      if (data.length !== 2 * RANDOM_BYTES + KEY_BYTES) return wrong;
      return {
        kind,
        reader: data.slice(0, RANDOM_BYTES),
        random: data.slice(RANDOM_BYTES, 2 * RANDOM_BYTES),
        cryptogram: data.slice(2 * RANDOM_BYTES),
      };
    case 'initial-mac':
      return data.length === KEY_BYTES ? { kind, mac: data.slice() } : wrong;
  }
}
