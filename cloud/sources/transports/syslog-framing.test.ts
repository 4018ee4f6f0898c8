import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SyslogDeframer, type SyslogFrame } from './syslog-framing.ts';

const MAX_BYTES = 64;

const shown = (frames: readonly SyslogFrame[]) =>
  frames.map((frame) =>
    'message' in frame ? Buffer.from(frame.message).toString() : `refused: ${frame.refused}`,
  );

/** All that comes out of a stream that arrives in chunks of these sizes. */
function decode(stream: Buffer, sizes: readonly number[]): string[] {
  const deframer = new SyslogDeframer(MAX_BYTES);
  const frames: SyslogFrame[] = [];
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    frames.push(...deframer.push(stream.subarray(at, at + size)));
    at += size;
  }
  return shown([...frames, ...deframer.end()]);
}

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((end) => `<13>${end}`);
const oneLine = text.map((message) => message.replace(/[\0\r\n]/g, '_'));
const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 5 });

test('messages come out as they went in, counted or ended by line feeds, in whatever chunks', () => {
  const sent = fc.oneof(
    text
      .filter((message) => !/[\0\r\n]$/.test(message) && Buffer.byteLength(message) <= MAX_BYTES)
      .map((message) => ({ message, bytes: `${Buffer.byteLength(message)} ${message}` })),
    oneLine
      .filter((message) => Buffer.byteLength(message) <= MAX_BYTES)
      .chain((message) =>
        fc.constantFrom('\n', '\r\n', '\0\n').map((end) => ({ message, bytes: message + end })),
      ),
  );
  fc.assert(
    fc.property(fc.array(sent), sizes, (messages, chunks) => {
      const stream = Buffer.from(messages.map(({ bytes }) => bytes).join(''));
      expect(decode(stream, chunks)).toEqual(messages.map(({ message }) => message));
    }),
    { numRuns: 1_000 },
  );
});

test('whatever bytes come, the same frames come out of any chunks, none of them too long', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('1', '9', ' ', '<', '>', '\n', '\0', 'x'), maxLength: 300 }),
      sizes,
      (noise, chunks) => {
        const stream = Buffer.from(noise);
        const whole = decode(stream, [Math.max(1, stream.length)]);
        expect(decode(stream, chunks)).toEqual(whole);
        for (const frame of whole.filter((one) => !one.startsWith('refused')))
          expect(Buffer.byteLength(frame)).toBeLessThanOrEqual(MAX_BYTES);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a frame that is too long is refused at its head, and the next is read', () => {
  const long = `<13>${'x'.repeat(100)}`;
  expect(decode(Buffer.from(`${long.length} ${long}5 <13>a`), [7])).toEqual([
    'refused: a frame of 104 bytes, longer than 64',
    '<13>a',
  ]);
  expect(decode(Buffer.from(`${long}\n<13>b\n`), [7])).toEqual([
    'refused: a line longer than 64 bytes',
    '<13>b',
  ]);
});

test('a connection that ends within a counted frame leaves no message, within a line it does', () => {
  expect(decode(Buffer.from('20 <13>half'), [100])).toEqual([
    'refused: the connection ended within a counted frame',
  ]);
  expect(decode(Buffer.from('<13>whole'), [100])).toEqual(['<13>whole']);
});

test('a line that begins with a number is a line', () => {
  expect(decode(Buffer.from('2026-11-23 x\n12 y\n'), [3])).toEqual(['2026-11-23 x', '12 y']);
});
