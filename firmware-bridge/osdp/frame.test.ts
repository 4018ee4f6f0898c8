import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Frame, frameChecksum, frameCrc, MAX_FRAME_BYTES, readFrame, writeFrame } from './frame.ts';
import { OsdpFrameReader } from './frame-reader.ts';

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const hex = (of: Uint8Array): string => Buffer.from(of).toString('hex');

/** Any frame that can be. */
const anyFrame: fc.Arbitrary<Frame> = fc
  .record({
    address: fc.integer({ min: 0, max: 127 }),
    isReply: fc.boolean(),
    sequence: fc.integer({ min: 0, max: 3 }),
    check: fc.constantFrom('crc' as const, 'checksum' as const),
    id: fc.integer({ min: 0, max: 255 }),
    data: fc.uint8Array({ maxLength: 300 }),
  })
  .chain((plain) =>
    fc.oneof(
      fc.constant(plain),
      fc
        .record({ type: fc.integer({ min: 0x11, max: 0x14 }), data: fc.uint8Array({ maxLength: 8 }) })
        .map((security) => ({ ...plain, security })),
      fc
        .record({
          type: fc.integer({ min: 0x15, max: 0x18 }),
          mac: fc.uint8Array({ minLength: 4, maxLength: 4 }),
        })
        .map(({ type, mac }) => ({ ...plain, security: { type, data: new Uint8Array() }, mac })),
    ),
  );

describe('a frame', () => {
  // Annex E of the standard, and frames as other panels and readers send them.
  test.each([
    ['a poll with a CRC', '53 65 08 00 04 60', 0x9060],
    ['everybody shall talk at 9600 baud', '53 7f 0d 00 04 6e 00 80 25 00 00', 0x386e],
    ['who are you', '53 00 09 00 04 61 00', 0x66c0],
  ])('has the CRC of the standard: %s', (_name, text, crc) => {
    expect(frameCrc(bytes(text))).toBe(crc);
  });

  test.each([
    ['everybody shall talk at 9600 baud', '53 7f 0c 00 00 6e 00 80 25 00 00', 0x0f],
    ['who are you', '53 00 08 00 00 61 00', 0x44],
  ])('has the checksum of the standard: %s', (_name, text, checksum) => {
    expect(frameChecksum(bytes(text))).toBe(checksum);
  });

  test('of a real reader is read', () => {
    const read = readFrame(bytes('53 80 08 00 05 40 68 9f'));
    expect(read).toMatchObject({
      frame: { address: 0, isReply: true, sequence: 1, check: 'crc', id: 0x40, data: new Uint8Array() },
    });
  });

  test('is read back as it was written', () => {
    fc.assert(
      fc.property(anyFrame, (frame) => {
        const written = writeFrame(frame);
        const read = readFrame(written);
        expect(read).toMatchObject({ frame });
        expect('frame' in read && hex(writeFrame(read.frame))).toBe(hex(written));
      }),
    );
  });

  test('with one bit turned is refused, or is another frame of the same bytes', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), (frame, at) => {
        const written = writeFrame({ ...frame, check: 'crc' });
        const bit = at % (written.length * 8);
        written[bit >> 3] = (written[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        // Bits 4 to 7 of the control byte mean nothing, but the CRC covers them.
        const isCheckChosen = bit === 4 * 8 + 2;
        fc.pre(!isCheckChosen);
        expect(readFrame(written)).toHaveProperty('refused');
      }),
    );
  });

  test('of any bytes is a frame or a refusal, never an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (noise) => {
        const read = readFrame(noise);
        if ('refused' in read) expect(read.refused.length).toBeGreaterThan(0);
        else expect(writeFrame(read.frame).length).toBe(noise.length);
      }),
    );
  });
});

describe('the reader of a line', () => {
  const frameOf = (id: number): Uint8Array =>
    writeFrame({ address: 1, isReply: true, sequence: 1, check: 'crc', id, data: bytes('0102') });

  test('finds every frame, however it is cut, with marks and noise between', () => {
    fc.assert(
      fc.property(
        fc.array(anyFrame, { minLength: 1, maxLength: 6 }),
        // Noise that begins no frame.
        fc.array(
          fc.uint8Array({ maxLength: 6 }).map((noise) => noise.map((byte) => (byte === 0x53 ? 0xff : byte))),
          { minLength: 6, maxLength: 6 },
        ),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
        (frames, noises, cuts) => {
          const line = Buffer.concat(
            frames.flatMap((frame, index) => [noises[index] ?? new Uint8Array(), writeFrame(frame)]),
          );
          const reader = new OsdpFrameReader();
          const found: Frame[] = [];
          for (let at = 0, cut = 0; at < line.length; cut++) {
            const size = cuts[cut % cuts.length] ?? 1;
            found.push(...reader.take(line.subarray(at, at + size)).map(({ frame }) => frame));
            at += size;
          }
          expect(found).toEqual(frames);
          expect(reader.isInside).toBe(false);
        },
      ),
    );
  });

  test('finds the frame behind one whose length was damaged, once nothing more comes', () => {
    const damaged = frameOf(0x40);
    damaged[3] = 0x04;
    const reader = new OsdpFrameReader();
    expect(reader.take(damaged)).toEqual([]);
    expect(reader.take(frameOf(0x41))).toEqual([]);
    expect(reader.giveUp().map(({ frame }) => frame.id)).toEqual([0x41]);
    expect(reader.isInside).toBe(false);
    expect(reader.counts).toMatchObject({ whole: 1, damaged: 1 });
  });

  test('finds the frame that began inside of noise that looked like one', () => {
    const reader = new OsdpFrameReader();
    const found = reader.take(Buffer.concat([bytes('53 01 09 00'), frameOf(0x50)]));
    expect(found.map(({ frame }) => frame.id)).toEqual([0x50]);
  });

  test('survives anything and keeps less than a frame of it', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 12 }), (pieces) => {
        const reader = new OsdpFrameReader();
        let heard = 0;
        for (const piece of pieces)
          for (const { frame } of reader.take(piece)) heard += writeFrame(frame).length;
        reader.giveUp();
        expect(heard).toBeLessThanOrEqual(pieces.reduce((sum, { length }) => sum + length, 0));
        expect(reader.isInside).toBe(false);
      }),
    );
  });

  test('never waits for more than the longest frame', () => {
    const reader = new OsdpFrameReader();
    reader.take(bytes('53 01 a0 05'));
    reader.take(new Uint8Array(MAX_FRAME_BYTES));
    expect(reader.isInside).toBe(false);
  });
});
