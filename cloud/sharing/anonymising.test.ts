import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StixObject } from '../intelligence/taxii/resources.ts';
import { anonymised, sharingRules } from './anonymising.ts';

const id = (type: string, number: number) =>
  `${type}--00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
const places = new Map([
  ['linden pharmacy', 'site-1'],
  ['back door', 'asset-1'],
]);
const objects: StixObject[] = [
  {
    type: 'incident',
    id: id('incident', 1),
    created: '2026-11-23T10:10:10.000Z',
    modified: '2026-11-23T10:20:10.000Z',
    name: 'Break-in at Linden Pharmacy',
    description: 'The BACK DOOR was forced',
    extensions: {
      'extension-definition--1': {
        sites: ['Linden Pharmacy'],
        assets: [{ id: 'back-door', kind: 'door', name: 'Back door' }],
      },
    },
  },
  { type: 'ipv4-addr', id: id('ipv4-addr', 1), value: '192.168.1.7' },
  { type: 'ipv4-addr', id: id('ipv4-addr', 2), value: '203.0.113.7' },
  { type: 'user-account', id: id('user-account', 1), account_login: 'a.weber' },
  {
    type: 'observed-data',
    id: id('observed-data', 1),
    object_refs: [id('ipv4-addr', 1), id('ipv4-addr', 2)],
    first_observed: '2026-11-23T10:10:10.000Z',
    last_observed: '2026-11-23T10:10:11.000Z',
  },
  { type: 'observed-data', id: id('observed-data', 2), object_refs: [id('user-account', 1)] },
  {
    type: 'relationship',
    id: id('relationship', 1),
    source_ref: id('incident', 1),
    target_ref: id('observed-data', 2),
  },
];
const rules = sharingRules.parse({});

describe('what leaves', () => {
  test('without people, places and our own addresses; a reference to them goes as well', () => {
    const { objects: left, removed } = anonymised(objects, rules, { places });
    const text = JSON.stringify(left);
    for (const gone of ['a.weber', '192.168.1.7', 'Linden', 'BACK DOOR', 'back-door'])
      expect(text).not.toContain(gone);
    expect(text).toContain('203.0.113.7');
    expect(text).toContain('site-1');
    const first = left.find((one) => one.id === id('observed-data', 1));
    expect(first?.object_refs).toEqual([id('ipv4-addr', 2)]);
    expect(removed.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['people', 'places', 'ownAddresses']),
    );
  });
  test('everything as it was where everything may go', () => {
    const open = sharingRules.parse({ people: true, places: true, ownAddresses: true });
    expect(anonymised(objects, open, { places })).toEqual({ objects, removed: [] });
  });
  test('times to the hour stay in their order', () => {
    const { objects: left } = anonymised(objects, sharingRules.parse({ times: 'hour' }), { places });
    expect(left[0]?.created).toBe('2026-11-23T11:00:00.000Z');
    expect(left.find(({ type }) => type === 'observed-data')?.last_observed).toBe('2026-11-23T11:00:00.000Z');
  });
});

test('by any rules nothing points at what was left out, and every change is listed', () => {
  fc.assert(
    fc.property(
      fc.record({
        people: fc.boolean(),
        places: fc.boolean(),
        ownAddresses: fc.boolean(),
        story: fc.boolean(),
        measures: fc.boolean(),
        observations: fc.boolean(),
        times: fc.constantFrom('exact' as const, 'hour' as const, 'day' as const),
      }),
      (wish) => {
        const { objects: left, removed } = anonymised(objects, wish, { places });
        const ids = new Set(left.map((one) => one.id));
        for (const gone of objects.filter((one) => !ids.has(one.id)))
          if (gone.type !== 'relationship' && gone.type !== 'observed-data')
            expect(JSON.stringify(left)).not.toContain(gone.id);
        if (JSON.stringify(left) !== JSON.stringify(objects)) expect(removed.length).toBeGreaterThan(0);
      },
    ),
  );
});
