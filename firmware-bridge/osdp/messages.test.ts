import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Blink,
  type Command,
  colours,
  commandId,
  outputActions,
  readCommand,
  writeCommand,
} from './command.ts';
import { MAX_CARD_BITS, type Reply, readReply, refusals, replyId, writeReply } from './reply.ts';

const byte = fc.nat(255);
const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
const random = fc.uint8Array({ minLength: 8, maxLength: 8 });
const kindOf = <Kind extends string>(kind: Kind) => fc.record({ kind: fc.constant(kind) });
const blink: fc.Arbitrary<Blink> = fc.record({
  onTenths: byte,
  offTenths: byte,
  on: fc.constantFrom(...colours),
  off: fc.constantFrom(...colours),
});

const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  kindOf('poll'),
  kindOf('identify'),
  kindOf('capabilities'),
  kindOf('local-status'),
  kindOf('input-status'),
  kindOf('output-status'),
  kindOf('reader-status'),
  fc.record({
    kind: fc.constant('output' as const),
    orders: fc.array(
      fc.record({ output: byte, action: fc.constantFrom(...outputActions), tenths: fc.nat(65_535) }),
      { minLength: 1, maxLength: 8 },
    ),
  }),
  fc.record({
    kind: fc.constant('led' as const),
    orders: fc.array(
      fc.record({
        reader: byte,
        led: byte,
        temporary: fc.oneof(
          fc.constantFrom('none' as const, 'cancel' as const),
          fc.record({ blink, tenths: fc.nat(65_535) }),
        ),
        permanent: fc.option(blink, { nil: undefined }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  }),
  fc.record({
    kind: fc.constant('buzzer' as const),
    reader: byte,
    tone: fc.constantFrom('off' as const, 'default' as const),
    onTenths: byte,
    offTenths: byte,
    count: byte,
  }),
  fc.record({
    kind: fc.constant('text' as const),
    reader: byte,
    how: fc.constantFrom(
      'permanent' as const,
      'permanent-wrapped' as const,
      'temporary' as const,
      'temporary-wrapped' as const,
    ),
    seconds: byte,
    row: byte,
    column: byte,
    text: fc.string({ unit: 'grapheme-ascii', maxLength: 255 }),
  }),
  fc.record({
    kind: fc.constant('communication' as const),
    address: fc.nat(126),
    baudRate: fc.nat(0xffff_ffff),
  }),
  fc.record({ kind: fc.constant('key-set' as const), key }),
  fc.record({ kind: fc.constant('challenge' as const), random }),
  fc.record({ kind: fc.constant('cryptogram' as const), cryptogram: key }),
);

const flags = fc.array(fc.boolean(), { maxLength: 16 });
const anyReply: fc.Arbitrary<Reply> = fc.oneof(
  kindOf('ack'),
  kindOf('busy'),
  fc.constantFrom(...Object.entries(refusals)).map(
    ([code, because]): Reply => ({
      kind: 'nak',
      because,
      code: Number(code),
    }),
  ),
  fc.record({
    kind: fc.constant('identification' as const),
    vendor: fc.uint8Array({ minLength: 3, maxLength: 3 }).map((of) => Buffer.from(of).toString('hex')),
    model: byte,
    version: byte,
    serialNumber: fc.nat(0xffff_ffff),
    firmware: fc.tuple(byte, byte, byte).map((parts) => parts.join('.')),
  }),
  fc.record({
    kind: fc.constant('capabilities' as const),
    capabilities: fc.array(fc.record({ code: byte, compliance: byte, count: byte }), { maxLength: 20 }),
  }),
  fc.record({
    kind: fc.constant('local-status' as const),
    isTampered: fc.boolean(),
    hasPowerFailed: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('input-status' as const), inputs: flags }),
  fc.record({ kind: fc.constant('output-status' as const), outputs: flags }),
  fc.record({ kind: fc.constant('reader-status' as const), readers: fc.array(byte, { maxLength: 4 }) }),
  fc.integer({ min: 1, max: MAX_CARD_BITS }).chain((bits) =>
    fc.record({
      kind: fc.constant('card' as const),
      reader: byte,
      format: byte,
      bits: fc.constant(bits),
      data: fc.uint8Array({ minLength: Math.ceil(bits / 8), maxLength: Math.ceil(bits / 8) }),
    }),
  ),
  fc.record({ kind: fc.constant('keys' as const), reader: byte, keys: fc.uint8Array({ maxLength: 16 }) }),
  fc.record({
    kind: fc.constant('communication' as const),
    address: fc.nat(126),
    baudRate: fc.nat(0xffff_ffff),
  }),
  fc.record({ kind: fc.constant('challenge-answer' as const), reader: random, random, cryptogram: key }),
  fc.record({ kind: fc.constant('initial-mac' as const), mac: key }),
);

test('every command is read back as it was written, and every kind is among them', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(anyCommand, (command) => {
      const { id, data } = writeCommand(command);
      seen.add(command.kind);
      expect(readCommand(id, data)).toEqual(command);
    }),
    { numRuns: 600 },
  );
  expect([...seen].sort()).toEqual(Object.keys(commandId).sort());
});

test('every reply is read back as it was written, and every kind is among them', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(anyReply, (reply) => {
      const { id, data } = writeReply(reply);
      seen.add(reply.kind);
      expect(readReply(id, data)).toEqual(reply);
    }),
    { numRuns: 600 },
  );
  expect([...seen].sort()).toEqual(Object.keys(replyId).sort());
});

test('any id with any data is a command, a reply or a refusal, never an exception', () => {
  fc.assert(
    fc.property(
      fc.oneof(byte, fc.constantFrom(...Object.values(commandId), ...Object.values(replyId))),
      fc.uint8Array({ maxLength: 48 }),
      (id, data) => {
        for (const read of [readCommand(id, data), readReply(id, data)])
          expect('refused' in read ? read.refused.length : read.kind.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: 1_000 },
  );
});

describe('as other panels and readers write them', () => {
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
  test.each<[string, Command, number, string]>([
    ['talk at 9600 baud', { kind: 'communication', address: 1, baudRate: 9_600 }, 0x6e, '01 80 25 00 00'],
    [
      'beep once',
      { kind: 'buzzer', reader: 0, tone: 'default', onTenths: 2, offTenths: 2, count: 1 },
      0x6a,
      '00 02 02 02 01',
    ],
    [
      'a new key',
      { kind: 'key-set', key: bytes('00010203040506070001020304050607') },
      0x75,
      '01 10 00 01 02 03 04 05 06 07 00 01 02 03 04 05 06 07',
    ],
    [
      'unlock for five seconds',
      { kind: 'output', orders: [{ output: 0, action: 'on-for', tenths: 50 }] },
      0x68,
      '00 05 32 00',
    ],
    [
      'green for five seconds, then red',
      {
        kind: 'led',
        orders: [
          {
            reader: 0,
            led: 0,
            temporary: { blink: { onTenths: 1, offTenths: 0, on: 'green', off: 'off' }, tenths: 50 },
            permanent: { onTenths: 1, offTenths: 0, on: 'red', off: 'off' },
          },
        ],
      },
      0x69,
      '00 00 02 01 00 02 00 32 00 01 01 00 01 00',
    ],
  ])('%s', (_name, command, id, data) => {
    expect(writeCommand(command)).toEqual({ id, data: bytes(data) });
  });

  test('an identification', () => {
    expect(readReply(0x45, bytes('00 0e e3 10 10 00 00 74 97 23 06 06'))).toEqual({
      kind: 'identification',
      vendor: '000ee3',
      model: 16,
      version: 16,
      serialNumber: 0x9774_0000,
      firmware: '35.6.6',
    });
  });
  test('a card of 26 bits in 4 bytes', () => {
    expect(readReply(0x50, bytes('00 01 1a 00 bd 5e 20 40'))).toEqual({
      kind: 'card',
      reader: 0,
      format: 1,
      bits: 26,
      data: bytes('bd5e2040'),
    });
  });
  test('a card whose bits and bytes do not agree is refused', () => {
    expect(readReply(0x50, bytes('00 01 40 00 bd 5e 20 40'))).toEqual({
      refused: "card: 64 bits in 4 bytes can't be",
    });
  });
});
