import fc from 'fast-check';
import { expect, test } from 'vitest';
import { derElement, derElements } from './der.ts';

test('what was written is read again, and any bytes are read or refused', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 400 }), { maxLength: 5 }), (bodies) => {
      const whole = Buffer.concat(bodies.map((body) => derElement(0x04, body)));
      expect(derElements(whole)?.map(({ body }) => Uint8Array.from(body))).toEqual(bodies);
      if (whole.length > 0) expect(derElements(whole.subarray(0, -1))?.length).not.toBe(bodies.length);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void derElements(bytes)));
});

test('only the shortest form of a length is taken', () => {
  expect(derElements(Uint8Array.of(4, 0x81, 1, 7))).toBeUndefined();
  expect(derElements(Uint8Array.of(4, 0x82, 0, 1, 7))).toBeUndefined();
  expect(derElements(Uint8Array.of(4, 0x80, 0, 0))).toBeUndefined();
});
