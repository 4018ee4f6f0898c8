import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detection as detectionSchema } from '../../devices/model/detection.ts';
import { observation as observationSchema } from '../../devices/model/observation.ts';
import { rigRegistry } from './rig.ts';
import type { Reported } from './source.ts';
import { stamp } from './stamp.ts';

const place = { name: 'edge-1', format: 'suricata-eve', asset: 'web-shop', site: 'online' };
const receivedAt = Date.UTC(2026, 10, 23, 7, 0, 0);
const stamped = (reported: Reported) => stamp(reported, 'cloud-edge-1/e/1', receivedAt, place, rigRegistry);

test('whatever a source reports, the records are within the bounds of the house', () => {
  const text = fc.string({ unit: 'binary', maxLength: 700 });
  const texts = fc.dictionary(fc.string({ unit: 'binary', maxLength: 80 }), text, { maxKeys: 40 });
  const reported = fc.record(
    {
      kind: fc.constant('network.alerted' as const),
      id: text,
      observedAt: fc.nat(4_000_000_000_000),
      subjects: fc.record({ account: text, badge: text }, { requiredKeys: [] }),
      observables: texts,
      facts: fc.dictionary(fc.string({ maxLength: 80 }), fc.oneof(text, fc.double(), fc.boolean()), {
        maxKeys: 40,
      }),
      asset: text,
      judged: fc.record(
        {
          rule: text,
          severity: fc.constant('high' as const),
          summary: text,
          tactic: text,
          assets: fc.array(text),
        },
        { requiredKeys: ['rule', 'severity', 'summary'] },
      ),
    },
    { requiredKeys: ['kind'] },
  );
  fc.assert(
    fc.property(reported, (one) => {
      const { observation, detection } = stamped(one);
      observationSchema.parse(observation);
      // An escape behind an even number of backslashes is a control character; behind an odd one it is text.
      expect(JSON.stringify(observation)).not.toMatch(/(?<!\\)(?:\\\\)*\\(?:u00[01]|[nr])/);
      expect(detection === undefined).toBe(one.judged === undefined);
      if (detection !== undefined) {
        detectionSchema.parse(detection);
        expect(detection.evidence).toEqual([observation.id]);
      }
    }),
    { numRuns: 500 },
  );
});

test('an asset that the registry knows places the record; one that it does not is noted', () => {
  expect(stamped({ kind: 'login.failed', asset: 'Fridge-1' }).observation).toMatchObject({
    asset: 'fridge-1',
    site: 'linden',
  });
  const { observation } = stamped({ kind: 'login.failed', asset: 'srv-77' });
  expect(observation).toMatchObject({ asset: 'web-shop', site: 'online', facts: { namedAsset: 'srv-77' } });
});

test('a time far ahead is kept beside, the time of receipt counts; an early one is kept as it is', () => {
  const ahead = receivedAt + 24 * 3_600_000;
  expect(stamped({ kind: 'login.failed', observedAt: ahead }).observation).toMatchObject({
    observedAt: receivedAt,
    clock: 'set',
    facts: { statedTime: ahead },
  });
  expect(stamped({ kind: 'login.failed', observedAt: 5 }).observation).toMatchObject({
    observedAt: 5,
    clock: 'foreign',
  });
  expect(stamped({ kind: 'login.failed' }).observation).toMatchObject({
    observedAt: receivedAt,
    clock: 'set',
  });
});

test('accounts and badges lead to people; an unknown account stays an observable', () => {
  const judged = { rule: 'suricata:1', severity: 'low' as const, summary: 'x' };
  const known = stamped({ kind: 'network.alerted', subjects: { account: 'A.Weber' }, judged });
  expect(known.detection).toMatchObject({
    id: 'suricata:1/cloud-edge-1/e/1',
    identities: ['anna'],
    assets: ['web-shop'],
    observables: { account: 'A.Weber' },
  });
  const others = stamped({
    kind: 'network.alerted',
    subjects: { account: 'nobody' },
    judged: { ...judged, subjects: [{ badge: '04A1' }] },
  });
  expect(others.detection).toMatchObject({ identities: ['anna'], observables: { account: 'nobody' } });
});
