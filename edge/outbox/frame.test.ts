import fc from 'fast-check';
import { expect, it } from 'vitest';
import { GENESIS } from '../../devices/wire.ts';
import { chainLines } from './chain.ts';
import {
  encodeFrame,
  frameBytes,
  lineAfter,
  lineSequence,
  nextFrame,
  readFrame,
  type Section,
} from './frame.ts';
import { BufferPool, Staging } from './staging.ts';

const number = fc.maxSafeNat();
const records: fc.Arbitrary<Section> = fc.record({
  kind: fc.constantFrom('records' as const, 'carried' as const),
  lane: fc.constantFrom('alarm' as const, 'bulk' as const),
  count: fc.nat(),
  previous: number,
  previousChain: fc.stringMatching(/^[0-9a-f]{64}$/),
  first: number,
  last: number,
  newestAt: number,
  data: fc.uint8Array({ maxLength: 200 }),
});
const text: fc.Arbitrary<Section> = fc.record({
  kind: fc.constantFrom('state' as const, 'snapshot' as const),
  data: fc.uint8Array({ maxLength: 200 }),
});
const places = fc.record({ alarm: number, bulk: number });
const head = fc.record({ commit: number, segment: fc.nat(0xffffffff), acknowledged: places, last: places });
const sections = fc.array(fc.oneof(records, text), { maxLength: 4 });
const bytesOf = (section: Section) => ({ ...section, data: [...section.data] });

it('a frame comes out as it went in, wherever it stands', () => {
  fc.assert(
    fc.property(head, sections, fc.nat(5), (given, parts, before) => {
      const bytes = Buffer.concat([Buffer.alloc(before * 8), ...encodeFrame(given, parts)]);
      const read = readFrame(bytes, before * 8);
      expect(read).toMatchObject(given);
      expect(read?.sections.map(bytesOf)).toEqual(parts.map(bytesOf));
      expect(read?.end).toBe(before * 8 + frameBytes(parts));
      expect(nextFrame(bytes, 0)).toBe(before * 8);
    }),
  );
});

it('a frame with any byte changed, or cut off, is none', () => {
  fc.assert(
    fc.property(head, sections, fc.nat(), fc.integer({ min: 1, max: 255 }), (given, parts, at, change) => {
      const bytes = Buffer.concat(encodeFrame(given, parts));
      const cut = bytes.subarray(0, at % bytes.length);
      expect(readFrame(cut, 0)).toBeUndefined();
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ change;
      expect(readFrame(bytes, 0)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

it('staged lines come out as lines of the wire, in any script', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'binary', maxLength: 400 }), { minLength: 1, maxLength: 30 }),
      (texts) => {
        const staging = new Staging(new BufferPool());
        const jsons = texts.map(
          (value, index) =>
            `{"sequence":${index + 1},"after":${index},"at":1,"body":${JSON.stringify(value)}}`,
        );
        jsons.forEach((json, index) => staging.add('bulk', index + 1, 1, json));
        const lines = staging.lines('bulk');
        expect(lines).toMatchObject({ count: texts.length, first: 1, last: texts.length });
        const bytes = Buffer.from(lines?.bytes ?? []);
        const starts: number[] = [];
        chainLines(bytes, GENESIS, (start) => starts.push(start));
        const wire = bytes.toString('utf8').split('\n').slice(0, -1);
        expect(wire.map((line) => line.slice(65))).toEqual(jsons);
        expect(starts.map((start) => [lineSequence(bytes, start), lineAfter(bytes, start)])).toEqual(
          texts.map((_, index) => [index + 1, index]),
        );
      },
    ),
  );
});
