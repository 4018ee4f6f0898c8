import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Observation, observationKind } from '../../devices/model/observation.ts';
import type { RecordBody } from '../../devices/wire.ts';
import { RecordJson } from './record-json.ts';

const text = fc.string({ unit: 'binary', maxLength: 20 });
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const record: fc.Arbitrary<Observation> = fc.record({
  id: fc.stringMatching(/^[a-z0-9/-]{1,40}$/),
  kind: fc.constantFrom(...observationKind.options),
  site: text,
  asset: text,
  source: text,
  observedAt: fc.maxSafeNat(),
  receivedAt: fc.maxSafeNat(),
  clock: fc.constantFrom('set', 'foreign'),
  value: maybe(fc.double({ noNaN: true, noDefaultInfinity: true })),
  subjects: maybe(fc.record({ badge: text, account: text })),
  observables: maybe(fc.dictionary(text, text)),
  facts: maybe(fc.dictionary(text, fc.oneof(text, fc.boolean(), fc.integer()))),
});

describe('the JSON of a record', () => {
  it('of an observation is what JSON.stringify would write', () => {
    const json = new RecordJson('b007');
    fc.assert(
      fc.property(
        fc.nat(),
        fc.nat(),
        fc.maxSafeNat(),
        fc.nat(),
        record,
        (sequence, after, at, bootMs, observation) => {
          const body: RecordBody = { type: 'observation', observation };
          expect(JSON.parse(json.of(sequence, after, at, bootMs, body))).toEqual(
            JSON.parse(JSON.stringify({ sequence, after, at, boot: 'b007', bootMs, body })),
          );
        },
      ),
    );
  });

  it('of anything else as well', () => {
    const body = {
      type: 'detection',
      detection: { id: 'd', title: '"quoted" \u2028' },
    } as unknown as RecordBody;
    expect(JSON.parse(new RecordJson('b007').of(7, 6, 5, 4, body))).toEqual({
      sequence: 7,
      after: 6,
      at: 5,
      boot: 'b007',
      bootMs: 4,
      body,
    });
  });

  it('stays right when more names are used than it remembers', () => {
    const json = new RecordJson('b007');
    for (let index = 0; index < 10_000; index++) {
      const observation: Observation = {
        id: `g/e/${index}`,
        kind: 'door.opened',
        site: 'shop',
        asset: `door-${index}`,
        source: 'test"',
        observedAt: index,
        receivedAt: index,
        clock: 'set',
      };
      const body: RecordBody = { type: 'observation', observation };
      expect(json.of(index, 0, index, 9, body)).toBe(
        JSON.stringify({ sequence: index, after: 0, at: index, boot: 'b007', bootMs: 9, body }),
      );
    }
  });
});
