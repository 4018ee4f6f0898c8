import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BatchHeader, GENESIS, MAX_BATCH_BYTES, MAX_BATCH_RECORDS, MAX_RECORD_BYTES } from '../wire.ts';
import { chainHasher, decodeBatch, encodeBatch, encodeLine } from './batch.ts';

const sha256 = (bytes: Uint8Array) => hash('sha256', bytes, 'hex');
const header = (count: number): BatchHeader => ({
  version: 1,
  gateway: 'gw-1',
  epoch: 'epoch0001',
  lane: 'bulk',
  boot: 'boot',
  sentAt: 1,
  count,
});
const chain = fc.stringMatching(/^[0-9a-f]{64}$/);
const json = fc.json().map((text) => JSON.stringify(JSON.parse(text)));
const lines = fc.array(fc.tuple(chain, json), { minLength: 1, maxLength: 20 });
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const joined = (parts: readonly Uint8Array[]) => new Uint8Array(Buffer.concat(parts));

describe('a batch', () => {
  it('comes out as it went in', () => {
    fc.assert(
      fc.property(lines, (records) => {
        const batch = encodeBatch(
          header(records.length),
          joined(records.map(([value, text]) => encodeLine(value, text))),
        );
        const decoded = decodeBatch(batch);
        if ('refused' in decoded) throw new Error(decoded.refused);
        expect(decoded.header).toEqual(header(records.length));
        expect(decoded.lines.map((line) => [line.chain, textOf(line.json)])).toEqual(records);
      }),
    );
  });

  it('never decodes to more or other records than its bytes hold, whatever is done to them', () => {
    fc.assert(
      fc.property(lines, fc.nat(), fc.nat(255), fc.nat(), (records, at, value, cutAt) => {
        const batch = encodeBatch(
          header(records.length),
          joined(records.map(([hex, text]) => encodeLine(hex, text))),
        );
        batch[at % batch.length] = value;
        const changed = batch.subarray(0, batch.length - (cutAt % 3));
        const decoded = decodeBatch(changed);
        if ('refused' in decoded) return;
        const again = encodeBatch(
          decoded.header,
          joined(
            decoded.lines.map((line) =>
              joined([new TextEncoder().encode(`${line.chain} `), line.json, new Uint8Array([10])]),
            ),
          ),
        );
        // The header may be written otherwise (blanks, order); the lines not.
        const tail = (bytes: Uint8Array) => bytes.subarray(bytes.indexOf(10));
        expect(Buffer.compare(tail(again), tail(changed))).toBe(0);
        expect(decoded.lines.length).toBe(decoded.header.count);
      }),
      { numRuns: 500 },
    );
  });

  it('is refused with the reason, never with an exception', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (bytes) => {
        expect(decodeBatch(bytes)).toHaveProperty('refused');
      }),
    );
  });

  const line = encodeLine('a'.repeat(64), '{}');
  const many = joined(Array.from({ length: MAX_BATCH_RECORDS + 1 }, () => line));
  const raw = (first: object, rest: Uint8Array) =>
    joined([new TextEncoder().encode(`${JSON.stringify(first)}\n`), rest]);
  it.each([
    ['too large', new Uint8Array(MAX_BATCH_BYTES + 1), /at most/],
    ['without a header', line.subarray(0, 60), /without a header/],
    ['with another header', raw({ ...header(1), version: 2 }, line), /version/],
    ['with a header that says more', raw({ ...header(1), more: 1 }, line), /more/i],
    ['with fewer records than it says', raw(header(2), line), /1 records, the header says 2/],
    ['with too many records', raw(header(1), many), /more than 500/],
    ['cut off', raw(header(1), line.subarray(0, line.length - 1)), /line 2: cut off/],
    [
      'with a chain value in capitals',
      raw(header(1), encodeLine('A'.repeat(64), '{}')),
      /line 2: no chain value/,
    ],
    [
      'with a record too large',
      raw(header(1), encodeLine('a'.repeat(64), 'x'.repeat(MAX_RECORD_BYTES + 1))),
      /line 2: record over/,
    ],
    ['with an empty record', raw(header(1), encodeLine('a'.repeat(64), '')), /line 2: no record/],
  ])('%s is refused', (_what, bytes, reason) => {
    const decoded = decodeBatch(bytes);
    expect('refused' in decoded && decoded.refused).toMatch(reason);
  });
});

describe('the chain', () => {
  it('is the hash of the value before and the record', () => {
    const chainOf = chainHasher(sha256);
    fc.assert(
      fc.property(chain, json, (previous, text) => {
        expect(chainOf(previous, new TextEncoder().encode(text))).toBe(
          hash('sha256', previous + text, 'hex'),
        );
      }),
    );
    expect(chainOf(GENESIS, new Uint8Array(0))).toBe(hash('sha256', GENESIS, 'hex'));
  });

  it('refuses what can not be a record or a chain value', () => {
    const chainOf = chainHasher(sha256);
    expect(() => chainOf('short', new Uint8Array(1))).toThrow(RangeError);
    expect(() => chainOf(GENESIS, new Uint8Array(MAX_RECORD_BYTES + 1))).toThrow(RangeError);
  });
});
