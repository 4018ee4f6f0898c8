import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAntennas, readCapabilities, readNews, readTagReport, refusalIn } from './answers.ts';
import { encodeMessage, HEADER_BYTES, MAX_MESSAGE_BYTES, type Message, MessageReader } from './frame.ts';
import { parametersIn, tlv } from './parameters.ts';
import { addRoSpec, setReaderConfig } from './requests.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const bodyOf = (hex: string): Uint8Array => bytes(hex).subarray(HEADER_BYTES);
const plain = ({ type, id, body }: Message) => ({ type, id, body: Buffer.from(body).toString('hex') });

/** Written by another implementation of the protocol. */
const recorded = {
  report:
    '043d000000540000000700f000308d3074257bf7194e4000001a85890000000181000286c68200060a24181e40008400060a241822109088000300f0001a00f1001300683174257bf4499602d200000001810001',
  connected: '043f000000200000000100f600160080000c00060a24181e4000010000060000',
  antennaLost: '043f000000210000000100f600170080000c00060a24181e400000ff0007000002',
  exception: '043f000000270000000100f6001d0080000c00060a24181e400000fc000d0007746f6f20686f74',
  keepalive: '043e0000000a00000009',
  refused: '041e0000001400000005011f000a006400026e6f',
} as const;

describe('what another implementation has written', () => {
  test('tags: short and long EPC, antenna, strength, count', () => {
    expect(readTagReport(bodyOf(recorded.report))).toEqual({
      reads: [
        {
          epc: '3074257BF7194E4000001A85',
          antenna: 2,
          rssi: -58,
          firstSeenUs: 1_700_000_000_000_000,
          reads: 3,
        },
        { epc: '3174257BF4499602D200000001', antenna: 1, reads: 1 },
      ],
      refused: [],
    });
  });

  test('news of the reader', () => {
    expect(readNews(bodyOf(recorded.connected))).toEqual([{ type: 'connection', status: 0 }]);
    expect(readNews(bodyOf(recorded.antennaLost))).toEqual([
      { type: 'antenna', antenna: 2, connected: false },
    ]);
    expect(readNews(bodyOf(recorded.exception))).toEqual([{ type: 'exception', text: 'too hot' }]);
  });

  test('a refusal, with what it says', () => {
    expect(refusalIn(bodyOf(recorded.refused))).toBe('status 100: no');
    expect(refusalIn(bytes(''))).toBe('an answer without a status');
  });

  test('messages, in whatever pieces they come', () => {
    const all = bytes(Object.values(recorded).join(''));
    const whole = new MessageReader().take(all).messages.map(plain);
    expect(whole.map(({ type, id }) => [type, id])).toEqual([
      [61, 7],
      [63, 1],
      [63, 1],
      [63, 1],
      [62, 9],
      [30, 5],
    ]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
        const reader = new MessageReader();
        const heard: ReturnType<typeof plain>[] = [];
        for (let at = 0, turn = 0; at < all.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          heard.push(...reader.take(all.subarray(at, at + size)).messages.map(plain));
          at += size;
        }
        expect(heard).toEqual(whole);
      }),
    );
  });
});

describe('requests', () => {
  test('what is written is read back, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            type: fc.integer({ min: 0, max: 1023 }),
            id: fc.integer({ min: 0, max: 0xffffffff }),
            body: fc.uint8Array({ maxLength: 300 }),
          }),
        ),
        (messages) => {
          const stream = Buffer.concat(messages.map(encodeMessage));
          expect(new MessageReader().take(stream).messages.map(plain)).toEqual(messages.map(plain));
        },
      ),
    );
  });

  test('an inventory names its antennas and asks for each tag at once', () => {
    // Taken apart by another implementation without a complaint.
    expect(Buffer.from(addRoSpec([1, 2])).toString('hex')).toBe(
      '00b1004300000001000000b2001200b300050000b60009000000000000b7001a0002000100020' +
        '0b80009000000000000ba000700010100ed000d01000100ee00061680',
    );
  });

  test('keep-alives and the news that a portal needs', () => {
    expect(Buffer.from(setReaderConfig(5_000)).toString('hex')).toBe(
      '0000f4001900f50007000380' + '00f50007000480' + '00f50007000880' + '00dc0009010000138800e2000500',
    );
  });
});

describe('hostile bytes', () => {
  test('a length that no message has ends the stream, and is not waited for', () => {
    for (const length of [0, 9, MAX_MESSAGE_BYTES + 1, 0xffffffff]) {
      const header = bytes('043d0000000000000001');
      new DataView(header.buffer).setUint32(2, length);
      const reader = new MessageReader();
      expect(reader.take(header)).toEqual({ messages: [], refused: expect.stringContaining(`${length}`) });
      // Nothing after it is believed, for where it would begin nobody knows.
      expect(reader.take(bytes(recorded.keepalive)).messages).toEqual([]);
    }
  });

  test('messages before the damage are heard', () => {
    const { messages, refused } = new MessageReader().take(
      bytes(`${recorded.keepalive}deadbeefdeadbeefdeadbeef`),
    );
    expect(messages.map(plain)).toEqual([{ type: 62, id: 9, body: '' }]);
    expect(refused).toBe('a message begins with dead, which is no LLRP');
  });

  test('no bytes make anything throw, and none make more than they hold', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (noise) => {
        const { parameters } = parametersIn(noise);
        expect(parameters.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThanOrEqual(noise.length);
        const { reads } = readTagReport(noise);
        for (const { epc } of reads) expect(epc).toMatch(/^(?:[0-9A-F]{2}){1,64}$/);
        readNews(noise);
        refusalIn(noise);
        readCapabilities(noise);
        readAntennas(noise);
      }),
    );
  });

  test('a recorded report with bytes changed gives reads that could be, or says what is wrong', () => {
    const report = bodyOf(recorded.report);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(report.length - 1), fc.integer({ min: 0, max: 255 })), { maxLength: 8 }),
        fc.nat(report.length),
        (changes, length) => {
          const damaged = Uint8Array.from(report);
          for (const [at, value] of changes) damaged[at] = value;
          const { reads, refused } = readTagReport(damaged.subarray(0, length));
          for (const { epc, reads: count } of reads) {
            expect(epc).toMatch(/^(?:[0-9A-F]{2}){1,64}$/);
            expect(count).toBeGreaterThan(0);
          }
          for (const why of refused) expect(why).not.toBe('');
        },
      ),
    );
  });

  test('a parameter is cut where it says, not where the next one begins', () => {
    const { parameters, broken } = parametersIn(
      Uint8Array.from([...tlv(128, bytes('00')), ...bytes('00f0ffff')]),
    );
    expect(parameters).toHaveLength(1);
    expect(broken).toBe('parameter 240 is said to have 65535 bytes, there are 4');
  });

  test('reads of one report are in the order of the reader’s clock, wherever that goes', () => {
    const tag = (antenna: string, time: string) => `00f0001d8d3074257bf7194e4000001a8581${antenna}82${time}`;
    const report = bytes(tag('0002', '0000000000000009') + tag('0001', '0000000000000005'));
    expect(readTagReport(report).reads.map(({ antenna }) => antenna)).toEqual([1, 2]);
  });
});
