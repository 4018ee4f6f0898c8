import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../../devices/model/observation.ts';
import { type RegistryDocument, registryDocument, registryOf } from '../../devices/model/registry.ts';
import { correlate } from '../correlation/correlator.ts';
import { explain } from '../correlation/explain.ts';
import type { Correlated } from '../correlation/traits.ts';
import { holderSentence, namedByAddress, withAddressed } from './inside-addresses.ts';
import { Leases, withFormer } from './learning/leases.ts';

const HOUR = 3_600_000;
const NOON = Date.parse('2026-11-12T12:00:00Z');
const document = (over: Partial<RegistryDocument> = {}): RegistryDocument =>
  registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden' }],
    assets: [
      { id: 'till-2', kind: 'host', name: 'Till 2', site: 'linden', addresses: ['AA-BB-CC-00-11-22'] },
      { id: 'office-pc', kind: 'host', name: 'Office PC', site: 'linden', addresses: ['10.1.2.9'] },
      { id: 'laptop', kind: 'host', name: 'Laptop', site: 'linden', addresses: ['aa:bb:cc:00:11:33'] },
    ],
    ...over,
  });
const lease = (asset: string | undefined, from: number, until: number) => ({
  address: '10.1.2.3',
  ...(asset === undefined ? {} : { asset }),
  from,
  until,
  confidence: 0.98,
});
const seen = (id: string, at: number, over: Partial<Correlated> = {}): Correlated => ({
  id,
  at,
  rule: 'suricata:2024',
  severity: 'high',
  source: 'suricata',
  site: 'linden',
  assets: [],
  identities: [],
  observables: {},
  ...over,
});

describe('an address in a detection', () => {
  const registry = registryOf(
    document({
      leases: [lease('till-2', NOON, NOON + HOUR), lease('laptop', NOON + HOUR, NOON + 2 * HOUR)],
      links: [
        {
          kind: 'address-asset',
          a: '10.1.2.3',
          b: 'office-pc',
          state: 'inferred',
          confidence: 0.96,
          together: 14,
          days: 15,
          at: NOON - HOUR,
        },
      ],
    }),
  );
  const namedAt = (at: number, ip = '10.1.2.3') =>
    withAddressed(seen('a', at, { observables: { ip } }), registry).assets;

  it('is the asset that had it then: by its lease, before and after by what was learned', () => {
    expect(namedAt(NOON - 1)).toEqual(['office-pc']);
    expect(namedAt(NOON)).toEqual(['till-2']);
    expect(namedAt(NOON + HOUR - 1)).toEqual(['till-2']);
    expect(namedAt(NOON + HOUR)).toEqual(['laptop']);
    expect(namedAt(NOON + 2 * HOUR)).toEqual(['office-pc']);
  });
  it('is nobody’s of ours while a stranger has it', () => {
    const strange = registryOf(
      document({ ...registry.document, leases: [lease(undefined, NOON, NOON + HOUR)] }),
    );
    expect(namedByAddress(seen('a', NOON, { observables: { ip: '10.1.2.3' } }), strange)).toEqual([]);
  });
  it('may be a card or a host name, in any spelling, under any usual key', () => {
    const assetsOf = (observables: Correlated['observables']) =>
      withAddressed(seen('a', NOON, { observables }), registry).assets;
    expect(assetsOf({ mac: 'AA:BB:CC:00:11:22' })).toEqual(['till-2']);
    expect(assetsOf({ host: 'Till-2.linden.example' })).toEqual(['till-2']);
    expect(assetsOf({ 'destination-ip': '10.1.2.9', ip: '203.0.113.7' })).toEqual(['office-pc']);
    expect(assetsOf({ account: 'till-2', path: '/10.1.2.9', 'user-agent': '10.1.2.9' })).toEqual([]);
  });
  it('that many share names nobody', () => {
    const shared = registryOf(document({ sharedAddresses: ['10.1.2.9'] }));
    expect(withAddressed(seen('a', NOON, { observables: { ip: '10.1.2.9' } }), shared).assets).toEqual([]);
  });
  it('is told with since when and how sure', () => {
    const sentences = [NOON, NOON - 1].map((at) =>
      namedByAddress(seen('a', at, { observables: { ip: '10.1.2.3' } }), registry).map((one) =>
        holderSentence(one, registry),
      ),
    );
    expect(sentences).toEqual([
      ['Address 10.1.2.3 is Till 2 since 2026-11-12 12:00 UTC by its lease, confidence 98 %.'],
      [
        'Address 10.1.2.3 is Office PC, as was learned by 2026-11-12 11:00 UTC, confidence 96 % (address 10.1.2.3 and office-pc: seen together on 14 of 15 days).',
      ],
    ]);
  });
});

describe('the incident', () => {
  const detections = [
    seen('malware', NOON + 60_000, { rule: 'malware-found', assets: ['till-2'] }),
    seen('beacon', NOON + 120_000, { rule: 'beaconing', observables: { ip: '10.1.2.3' } }),
  ];
  it('holds what was seen of the asset and of its address, and says why', () => {
    const registry = registryOf(document({ leases: [lease('till-2', NOON, NOON + HOUR)] }));
    const [incident, ...others] = correlate(detections, registry);
    expect(others).toEqual([]);
    expect(incident?.assets).toEqual(['till-2']);
    if (incident === undefined) throw new Error('no incident');
    const [, second] = explain(incident, detections, registry);
    expect(second?.belongs?.because).toContain(
      'Address 10.1.2.3 is Till 2 since 2026-11-12 12:00 UTC by its lease, confidence 98 %.',
    );
  });
  it('of another time is another', () => {
    const registry = registryOf(document({ leases: [lease('till-2', NOON - HOUR, NOON)] }));
    expect(correlate(detections, registry).map(({ detections: some }) => some.length)).toEqual([1, 1]);
  });
  it('is the same without a registry as without addresses in it', () => {
    const bare = registryDocument.parse({ sites: [] });
    const without = correlate(detections, registryOf(bare));
    expect(without.map(({ assets }) => assets)).toEqual([['till-2'], []]);
  });
});

describe('leases', () => {
  const noted = (at: number, over: Partial<Observation>): Observation => ({
    id: `zeek/e/${at}`,
    kind: 'host.logged',
    site: 'linden',
    asset: 'sensor',
    source: 'zeek',
    observedAt: at,
    receivedAt: at,
    clock: 'foreign',
    ...over,
  });
  const given = (at: number, device: string, leaseSeconds?: number) =>
    noted(at, {
      observables: { ip: '10.1.2.3', device },
      facts: { application: 'dhcp', ...(leaseSeconds === undefined ? {} : { leaseSeconds }) },
    });
  const till = 'aa:bb:cc:00:11:22';
  const laptop = 'aa:bb:cc:00:11:33';
  const listOf = (some: readonly Observation[]) => {
    const leases = new Leases(registryOf(document()));
    for (const one of some) leases.note(one);
    return leases.list();
  };

  it('are prolonged by whoever renews, ended by whoever comes next, and by their length', () => {
    const found = listOf([
      given(0, till, 3_600),
      given(HOUR / 2, till, 3_600),
      given(HOUR, laptop, 3_600),
      given(5 * HOUR, 'aa:aa:aa:aa:aa:aa', 3_600),
    ]);
    expect(found.map(({ asset, from, until }) => [asset, from / HOUR, until / HOUR])).toEqual([
      ['till-2', 0, 1],
      ['laptop', 1, 2],
      [undefined, 5, 6],
    ]);
  });
  it('do not depend on the order in which they were recorded', () => {
    const records = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 50 }), fc.constantFrom(till, laptop, 'aa:aa:aa:aa:aa:aa')),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(records, fc.infiniteStream(fc.nat()), (some, random) => {
        const all = some.map(([at, device], index) => ({
          ...given(at * 60_000, device, 900),
          id: `${index}`,
        }));
        const order = new Map(all.map((one) => [one, random.next().value ?? 0]));
        const turned = [...all].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
        const found = listOf(turned);
        expect(found).toEqual(listOf(all));
        // At no moment has an address two holders.
        for (const [index, { until }] of found.entries())
          expect(until).toBeLessThanOrEqual(found[index + 1]?.from ?? Number.POSITIVE_INFINITY);
      }),
    );
  });
  it('that were imported stay beside those recorded, unless these say otherwise', () => {
    const [a, b] = [lease('till-2', 0, HOUR), lease('laptop', 5 * HOUR, 6 * HOUR)];
    const recorded = [lease('laptop', HOUR / 2, 2 * HOUR)];
    expect(withFormer(recorded, [a, b])).toEqual([recorded[0], b]);
  });
});
