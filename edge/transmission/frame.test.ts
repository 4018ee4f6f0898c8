import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crc16,
  decodeFrame,
  encodeFrame,
  type Frame,
  FrameCutter,
  MAX_FRAME_BYTES,
  timestamp,
} from './frame.ts';

const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const event: Frame = {
  token: 'ADM-CID',
  sequence: 1,
  receiver: '',
  line: '0',
  account: '1002',
  data: '1602 00 001',
  encrypted: false,
};
const inside = (bytes: Buffer) => bytes.subarray(1, -1);

describe('a frame of DC-09', () => {
  it('is the published example, byte for byte', () => {
    expect(encodeFrame(event).toString()).toBe('\n9EC40027"ADM-CID"0001L0#1002[#1002|1602 00 001]\r');
    expect(crc16(Buffer.from('"ADM-CID"0001L0#1002[#1002|1602 00 001]'))).toBe(0x9ec4);
    expect(decodeFrame(inside(encodeFrame(event)))).toEqual({ frame: event });
  });

  it('carries the time as hours first and the year last', () => {
    const at = Date.UTC(2026, 10, 3, 4, 5, 6);
    expect(timestamp(at)).toBe('_04:05:06,11-03-2026');
    expect(decodeFrame(inside(encodeFrame({ ...event, at })))).toEqual({ frame: { ...event, at } });
  });

  it('is read back whatever it holds, in the clear and encrypted with any length of key', () => {
    const digits = (min: number, max: number) => fc.stringMatching(new RegExp(`^[0-9A-F]{${min},${max}}$`));
    const frame = fc.record({
      token: fc.constantFrom('ADM-CID' as const, 'SIA-DCS' as const, 'NULL' as const, 'ACK' as const),
      sequence: fc.nat(9_999),
      receiver: fc.oneof(fc.constant(''), digits(1, 6)),
      line: digits(1, 6),
      account: digits(3, 16),
      data: fc.stringMatching(/^[A-Za-z0-9 |/#]{0,80}$/),
      at: fc.nat(4_000_000_000).map((seconds) => seconds * 1_000),
      encrypted: fc.boolean(),
    });
    fc.assert(
      fc.property(frame, fc.constantFrom(16, 24, 32), (made, length) => {
        const secret = Buffer.alloc(length, 7);
        const bytes = encodeFrame(made, secret);
        if (made.encrypted && made.data.length > 4) expect(bytes.toString()).not.toContain(made.data);
        expect(decodeFrame(inside(bytes), secret)).toEqual({ frame: made });
      }),
    );
  });

  it('is refused when any bit of it has changed', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.nat(), fc.integer({ min: 0, max: 7 }), (encrypted, position, bit) => {
        const bytes = inside(encodeFrame({ ...event, at: 1_700_000_000_000, encrypted }, key));
        const changed = Buffer.from(bytes);
        const at = position % changed.length;
        changed[at] = (changed[at] ?? 0) ^ (1 << bit);
        const read = decodeFrame(changed, key);
        // A letter of a hexadecimal number in lower case is the same number.
        if ('frame' in read) expect(changed.toString().toUpperCase()).toBe(bytes.toString().toUpperCase());
        else expect(read.refused).not.toBe('');
      }),
    );
  });

  it('says what is wrong with it', () => {
    const encrypted = inside(encodeFrame({ ...event, at: 0, encrypted: true }, key));
    expect(decodeFrame(encrypted)).toEqual({ refused: 'is encrypted, and there is no key' });
    expect(decodeFrame(encrypted, Buffer.alloc(16))).toHaveProperty('refused');
    expect(decodeFrame(inside(encodeFrame({ ...event, encrypted: true }, key)), key)).toEqual({
      refused: 'encrypted without a timestamp',
    });
    expect(decodeFrame(Buffer.from('hello'))).toEqual({ refused: 'no CRC and length in front' });
  });

  it('garbage never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(decodeFrame(bytes, key)).toHaveProperty('refused');
      }),
    );
  });
});

describe('a stream', () => {
  it('is cut into its frames however it arrives, with noise between them', () => {
    const sent = [1, 2, 3].map((sequence) => encodeFrame({ ...event, sequence }));
    const noise = Buffer.from('ab');
    const stream = Buffer.concat([noise, ...sent.flatMap((bytes) => [bytes, noise])]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
        const cutter = new FrameCutter();
        const at = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const got = at.slice(1).flatMap((end, index) => cutter.push(stream.subarray(at[index], end)));
        expect(got.map(String)).toEqual(sent.map((bytes) => String(inside(bytes))));
        expect(cutter.dropped).toBe(8);
      }),
    );
  });

  it('that never ends a frame is not kept', () => {
    const cutter = new FrameCutter();
    cutter.push(Buffer.from('\n'));
    for (let index = 0; index < 10; index++) cutter.push(Buffer.alloc(MAX_FRAME_BYTES, 'x'));
    expect(cutter.dropped).toBeGreaterThan(MAX_FRAME_BYTES * 9);
    expect(cutter.push(encodeFrame(event)).map(String)).toEqual([String(inside(encodeFrame(event)))]);
  });
});
