import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JpegSplitter, MAX_STREAMED_PICTURE_BYTES } from './mjpeg.ts';

/** Data as in a JPEG: no FF but as FF 00. */
const data = fc
  .uint8Array({ maxLength: 60 })
  .map((bytes) => bytes.map((byte) => (byte === 0xff ? 0xfe : byte)));
const picture = data.map((bytes) => Buffer.from([0xff, 0xd8, ...bytes, 0xff, 0xd9]));

test('pictures come out as they went in, however they are cut into pieces', () => {
  const given = fc.record({
    pictures: fc.array(picture, { maxLength: 8 }),
    noise: data,
    cuts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 40 }),
  });
  fc.assert(
    fc.property(given, ({ pictures, noise, cuts }) => {
      const stream = Buffer.concat([noise, ...pictures]);
      const splitter = new JpegSplitter();
      const out: Uint8Array[] = [];
      for (let at = 0, cut = 0; at < stream.length; cut++) {
        const next = at + (cuts[cut % cuts.length] ?? 1);
        out.push(...splitter.push(stream.subarray(at, next)));
        at = next;
      }
      expect(out.map((bytes) => Buffer.from(bytes).toString('hex'))).toEqual(
        pictures.map((bytes) => bytes.toString('hex')),
      );
    }),
  );
});

test('no bytes make it fail, and it never holds more than one picture can be', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), (chunks) => {
      const splitter = new JpegSplitter();
      for (const chunk of chunks) for (const one of splitter.push(chunk)) expect(one[1]).toBe(0xd8);
    }),
  );
  const splitter = new JpegSplitter();
  splitter.push(Buffer.from([0xff, 0xd8]));
  splitter.push(Buffer.alloc(MAX_STREAMED_PICTURE_BYTES));
  expect(splitter.dropped).toBeGreaterThan(MAX_STREAMED_PICTURE_BYTES);
});
