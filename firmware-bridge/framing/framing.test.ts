import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cobsDecode, cobsEncode } from './cobs.ts';
import { crc16 } from './crc16.ts';
import {
  type BridgeMessage,
  causes,
  type NodeMessage,
  readNodeMessage,
  writeBridgeMessage,
  writeNodeMessage,
} from './frame.ts';
import { FrameReader, MAX_ENCODED_FRAME_BYTES } from './frame-reader.ts';

const bytes = (maxLength: number) => fc.uint8Array({ maxLength });
const boot = fc.record({
  number: fc.integer({ min: 0, max: 0xffffffff }),
  noise: fc.integer({ min: 0, max: 0xffff }),
});
const flags = fc.record({
  contactOpen: fc.boolean(),
  tamper: fc.boolean(),
  buzzer: fc.boolean(),
  buttonDown: fc.boolean(),
});
const count16 = fc.integer({ min: 0, max: 0xffff });
const count32 = fc.integer({ min: 0, max: 0xffffffff });
const name = fc.stringMatching(/^[a-z0-9._-]{1,24}$/);

const nodeMessage: fc.Arbitrary<NodeMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('hello' as const),
    boot,
    firmware: fc.tuple(fc.nat(255), fc.nat(255)).map(([major, minor]) => `${major}.${minor}`),
    resetCause: fc.nat(255),
    queueLength: fc.nat(255),
    name: fc.oneof(name, fc.constant('')),
  }),
  fc.record({
    kind: fc.constant('report' as const),
    boot,
    sequence: count32,
    ageMs: fc.option(fc.integer({ min: 0, max: 0xfffffffe }), { nil: undefined }),
    cause: fc.constantFrom(...causes),
    flags,
    temperature: fc.option(
      fc.integer({ min: -4000, max: 12_500 }).map((hundredths) => hundredths / 100),
      { nil: undefined },
    ),
    lost: count16,
  }),
  fc.record({
    kind: fc.constant('heartbeat' as const),
    boot,
    uptimeMs: count32,
    flags,
    waiting: fc.nat(255),
    lost: count16,
    damaged: count16,
  }),
  fc.record({
    kind: fc.constant('result' as const),
    command: count16,
    outcome: fc.constantFrom('done' as const, 'not-understood' as const),
    flags,
  }),
);

const heard = (reader: FrameReader, line: Uint8Array): (NodeMessage | { refused: string })[] =>
  reader.take(line).map(readNodeMessage);

describe('CRC-16/IBM-3740', () => {
  test('has the published check value', () => {
    expect(crc16(new TextEncoder().encode('123456789'))).toBe(0x29b1);
    expect(crc16(new Uint8Array())).toBe(0xffff);
  });
});

describe('COBS', () => {
  test('encodes the examples of its paper', () => {
    const examples: [number[], number[]][] = [
      [[], [1]],
      [[0], [1, 1]],
      [
        [0, 0],
        [1, 1, 1],
      ],
      [
        [0x11, 0x22, 0, 0x33],
        [3, 0x11, 0x22, 2, 0x33],
      ],
      [
        [0x11, 0, 0, 0],
        [2, 0x11, 1, 1, 1],
      ],
    ];
    for (const [plain, encoded] of examples) {
      expect([...cobsEncode(Uint8Array.from(plain))]).toEqual(encoded);
      expect([...(cobsDecode(Uint8Array.from(encoded)) ?? [])]).toEqual(plain);
    }
  });

  test('holds no zero, grows by one byte in 254 at most, and comes back the same', () => {
    const runs = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 255 }), fc.constant(7)), {
      maxLength: 1_100,
      size: 'max',
    });
    fc.assert(
      fc.property(fc.oneof(bytes(600), runs.map(Uint8Array.from.bind(Uint8Array))), (plain) => {
        const encoded = cobsEncode(plain);
        expect(encoded.includes(0)).toBe(false);
        expect(encoded.length).toBeLessThanOrEqual(plain.length + 1 + Math.floor(plain.length / 254));
        expect(cobsDecode(encoded)).toEqual(plain);
      }),
    );
  });

  test('at the edges of a full run nothing is lost or added', () => {
    for (const length of [253, 254, 255, 508, 509]) {
      for (const tail of [[], [0], [0, 5]]) {
        const plain = Uint8Array.of(...new Uint8Array(length).fill(9), ...tail);
        expect(cobsDecode(cobsEncode(plain))).toEqual(plain);
      }
    }
  });

  test('any bytes are decoded or refused, never an exception', () => {
    fc.assert(
      fc.property(bytes(300), (noise) => {
        const decoded = cobsDecode(noise);
        if (decoded !== undefined) expect(cobsDecode(cobsEncode(decoded))).toEqual(decoded);
      }),
    );
  });
});

describe('frames', () => {
  test('every message of a node comes back as it was, however the line cuts it into pieces', () => {
    fc.assert(
      fc.property(fc.array(nodeMessage, { maxLength: 6 }), fc.array(fc.nat(40)), (messages, cuts) => {
        const line = Uint8Array.from(messages.flatMap((message) => [...writeNodeMessage(message)]));
        const reader = new FrameReader();
        const found: unknown[] = [];
        let from = 0;
        for (const cut of [...cuts, line.length]) {
          found.push(...heard(reader, line.subarray(from, from + cut)));
          from += cut;
        }
        expect(found).toEqual(messages);
        expect(reader.counts).toEqual({ whole: messages.length, damaged: 0 });
      }),
    );
  });

  test('after any noise and any half frame the very next frame is read', () => {
    fc.assert(
      fc.property(bytes(400), nodeMessage, fc.nat(30), nodeMessage, (noise, half, kept, next) => {
        const reader = new FrameReader();
        const before = [...noise, ...writeNodeMessage(half).subarray(0, kept)];
        heard(reader, Uint8Array.from(before));
        expect(heard(reader, writeNodeMessage(next)).at(-1)).toEqual(next);
      }),
    );
  });

  test('a frame with one flipped bit is never taken for another', () => {
    fc.assert(
      fc.property(nodeMessage, fc.nat(), fc.nat(7), (message, at, bit) => {
        const line = writeNodeMessage(message);
        const index = at % line.length;
        line[index] = (line[index] ?? 0) ^ (1 << bit);
        const reader = new FrameReader();
        // A damaged delimiter leaves the frame whole; nothing else may.
        for (const found of heard(reader, Uint8Array.of(0, ...line, 0))) expect(found).toEqual(message);
      }),
    );
  });

  test('a line that never pauses fills no memory and is counted once', () => {
    const reader = new FrameReader();
    for (let round = 0; round < 1_000; round++)
      expect(reader.take(new Uint8Array(1_000).fill(65))).toEqual([]);
    expect(Reflect.get(reader, 'kept')).toHaveLength(MAX_ENCODED_FRAME_BYTES);
    expect(reader.take(Uint8Array.of(0))).toEqual([]);
    expect(reader.counts).toEqual({ whole: 0, damaged: 1 });
  });

  test('undamaged frames of another version, kind or length are refused with the reason', () => {
    const told = (...content: number[]) => readNodeMessage(Uint8Array.from(content));
    expect(told(2, 1)).toEqual({ refused: 'protocol version 2, this bridge speaks 1' });
    expect(told(1, 0x77)).toEqual({ refused: 'unknown kind of frame 119' });
    expect(told(1, 2, 0)).toEqual({ refused: 'kind 2: 1 bytes, expected 20' });
    expect(told(1, 1, 0, 0)).toMatchObject({ refused: expect.stringContaining('hello') });
    expect(told()).toMatchObject({ refused: expect.stringContaining('protocol version') });
    expect(told(1)).toEqual({ refused: 'a frame that ends before its kind' });
    fc.assert(fc.property(bytes(48), (content) => void readNodeMessage(content)));
    fc.assert(
      fc.property(
        bytes(46),
        (body) => void readNodeMessage(Uint8Array.of(1, 1 + ((body[0] ?? 0) % 4), ...body)),
      ),
    );
  });

  test('what is said to a node has the bytes that the protocol writes down', () => {
    const hex = (message: BridgeMessage) => Buffer.from(writeBridgeMessage(message)).toString('hex');
    expect(hex({ kind: 'ask' })).toMatch(/^00050110.{4}00$/);
    const crc = crc16(Uint8Array.of(1, 0x12, 7, 0, 1));
    expect(
      cobsDecode(writeBridgeMessage({ kind: 'command', command: 7, buzzer: true }).slice(1, -1)),
    ).toEqual(Uint8Array.of(1, 0x12, 7, 0, 1, crc & 0xff, crc >> 8));
    expect(() => writeBridgeMessage({ kind: 'set-name', name: 'Front Door' })).toThrow(RangeError);
  });
});
