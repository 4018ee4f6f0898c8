import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitLines } from './line-splitter.ts';

const maxBytes = 8;

/** Reads `data` as a follower does: in pieces that grow while nothing comes of them. */
function readInPieces(data: Buffer, pieces: readonly number[], maxLines: number) {
  const lines: { offset: number; text: string }[] = [];
  const overlong: number[] = [];
  let offset = 0;
  let available = 0;
  let skipping = false;
  let turn = 0;
  while (available < data.length || turn === 0) {
    available = Math.min(data.length, available + (pieces[turn++ % pieces.length] ?? 1));
    for (;;) {
      const split = splitLines(data.subarray(offset, available), { maxBytes, maxLines, skipping });
      for (const line of split.lines)
        lines.push({ offset: offset + line.offset, text: Buffer.from(line.raw).toString('latin1') });
      for (const line of split.overlong) overlong.push(offset + line.offset);
      offset += split.consumed;
      skipping = split.skipping;
      if (split.consumed === 0) break;
    }
  }
  return { lines, overlong };
}

test('the same lines at the same offsets come out, however the bytes came in', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '\r', '\n', '\0', ' '), maxLength: 80 });
  fc.assert(
    fc.property(
      text,
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 5 }),
      (content, pieces, maxLines) => {
        const data = Buffer.from(`${content}\n`, 'latin1');
        const whole = readInPieces(data, [data.length], 1_000);
        expect(readInPieces(data, pieces, maxLines)).toEqual(whole);
        for (const { offset, text: line } of whole.lines) {
          expect(line.length).toBeLessThanOrEqual(maxBytes);
          expect(data.subarray(offset, offset + line.length).toString('latin1')).toBe(line);
        }
        const expected = content
          .split('\n')
          .map((line) => line.replace(/^\0+/, '').replace(/\r$/, ''))
          .filter((line) => line !== '' && line.length <= maxBytes);
        expect(whole.lines.map((line) => line.text)).toEqual(expected);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('half a line is left for later; too long a one is told once and passed over to its end', () => {
  const options = { maxBytes, maxLines: 10, skipping: false };
  expect(splitLines(Buffer.from('ab\ncd'), options)).toMatchObject({ consumed: 3, skipping: false });
  const long = splitLines(Buffer.from('0123456789'), options);
  expect(long).toMatchObject({ lines: [], consumed: 10, skipping: true });
  expect(long.overlong).toHaveLength(1);
  const rest = splitLines(Buffer.from('9999\nab\n'), { ...options, skipping: true });
  expect(rest.lines.map(({ raw }) => Buffer.from(raw).toString())).toEqual(['ab']);
  expect(rest.overlong).toHaveLength(0);
});
