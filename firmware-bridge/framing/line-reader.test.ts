import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineReader } from './line-reader.ts';

test('lines come whole, whatever pieces they come in and however they end', () => {
  const text = fc.stringMatching(/^[ -~]{1,20}$/);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(text, fc.constantFrom('\r', '\n', '\r\n')), { maxLength: 8 }),
      fc.integer({ min: 1, max: 7 }),
      (lines, piece) => {
        const bytes = Buffer.from(lines.map(([line, end]) => line + end).join(''), 'latin1');
        const reader = new LineReader(20);
        const read: string[] = [];
        for (let at = 0; at < bytes.length; at += piece)
          read.push(...reader.take(bytes.subarray(at, at + piece)));
        expect(read).toEqual(lines.map(([line]) => line));
        expect(reader.pending).toBe(0);
      },
    ),
  );
});

test('a line that is too long is left out, and the next one is read', () => {
  const reader = new LineReader(4);
  expect(reader.take(Buffer.from('12345\rabcd\r123'))).toEqual(['abcd']);
  expect([reader.tooLong, reader.pending]).toEqual([1, 3]);
  reader.drop();
  expect(reader.take(Buffer.from('xy\n'))).toEqual(['xy']);
});
