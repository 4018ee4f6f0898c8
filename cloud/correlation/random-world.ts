/** Random registries and detections for property tests: few names, so that much meets. */
import fc from 'fast-check';
import { severities } from '../../devices/model/detection.ts';
import { type Registry, registryDocument, registryOf } from '../../devices/model/registry.ts';
import { MINUTE, NIGHT } from './sample-site.ts';
import type { Correlated } from './traits.ts';

const siteIds = ['north', 'south'];
const zoneIds = ['z1', 'z2', 'z3', 'z4'];
const assetIds = ['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7'];
const kinds = ['door', 'camera', 'fridge', 'host', 'shop', 'alarm-panel', 'cabinet'] as const;
const rules = [
  'door-forced',
  'door-held-open',
  'login-brute-force',
  'login-new-address',
  'alarm-schedule-changed',
  'camera-obscured',
  'cold-chain-excursion',
  'battery-low',
  'web-scan',
  'something-else',
];

const some = <Value>(values: readonly Value[], most: number) =>
  fc.subarray([...values], { minLength: 0, maxLength: most });

export const anyRegistry: fc.Arbitrary<Registry> = fc
  .record({
    zones: fc.tuple(
      ...zoneIds.map((id) =>
        fc.record({ id: fc.constant(id), site: fc.constantFrom(...siteIds), touches: some(zoneIds, 2) }),
      ),
    ),
    assets: fc.tuple(
      ...assetIds.map((id) =>
        fc.record({
          id: fc.constant(id),
          kind: fc.constantFrom(...kinds),
          zone: fc.option(fc.constantFrom(...zoneIds), { nil: undefined }),
          hostedOn: fc.option(fc.constantFrom(...assetIds), { nil: undefined, freq: 2 }),
          guards: some(assetIds, 2),
          dependsOn: some(assetIds, 1),
          isPublic: fc.boolean(),
          criticality: fc.integer({ min: 1, max: 5 }),
        }),
      ),
    ),
  })
  .map(({ zones, assets }) =>
    registryOf(
      registryDocument.parse({
        sites: siteIds.map((id) => ({ id, name: id })),
        zones: zones.map((zone) => ({ ...zone, name: zone.id })),
        assets: assets.map(({ isPublic, zone, hostedOn, ...asset }) => ({
          ...asset,
          name: asset.id,
          site: zones.find(({ id }) => id === zone)?.site ?? 'north',
          ...(zone === undefined ? {} : { zone }),
          ...(hostedOn === undefined || hostedOn === asset.id ? {} : { hostedOn }),
          public: isPublic && asset.criticality > 3,
        })),
        identities: [
          { id: 'anna', name: 'Anna', badges: ['b1'], accounts: ['anna'] },
          { id: 'ben', name: 'Ben', badges: ['b2'], accounts: ['ben'] },
          { id: 'robot', name: 'Robot', kind: 'service', accounts: ['robot'] },
        ],
        sharedAddresses: ['198.51.100.1'],
      }),
    ),
  );

/** Times on a coarse grid, so that there are ties; mostly within hours, some days apart. */
const anyTime = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 120 }).map((step) => NIGHT + step * MINUTE) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 40 }).map((step) => NIGHT + step * 1_000) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 80 }).map((step) => NIGHT + step * 30 * MINUTE) },
);

const anyContent = fc.record({
  rule: fc.constantFrom(...rules),
  severity: fc.constantFrom(...severities),
  source: fc.constantFrom('gateway', 'sensor'),
  assets: some([...assetIds, 'unknown-1', 'unknown-2'], 2),
  identities: some(['anna', 'ben', 'robot', 'stranger'], 1),
  observables: fc
    .record(
      {
        ip: fc.constantFrom('203.0.113.7', '203.0.113.8', '198.51.100.1', '10.0.0.5'),
        account: fc.constantFrom('anna', 'ben', 'admin', 'someone', 'robot'),
        badge: fc.constantFrom('b1', 'b2', 'b9'),
        colour: fc.constantFrom('red', 'green'),
        path: fc.constantFrom('/a', '/b'),
      },
      { requiredKeys: [] },
    )
    .map((fields): Record<string, string> => ({ ...fields })),
});

/** Minutes after the first at which the same is seen again; mostly only the first. */
const anyRepeats: fc.Arbitrary<number[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<number[]>([0]) },
  { weight: 1, arbitrary: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 5 }) },
);

/** Some of them in bursts of equal ones, which are folded. */
export const anyDetections = (most: number, least = 1): fc.Arbitrary<Correlated[]> =>
  fc
    .array(fc.record({ at: anyTime, content: anyContent, repeats: anyRepeats }), {
      minLength: least,
      maxLength: most,
    })
    .map((bursts) =>
      bursts
        .flatMap(({ at, content, repeats }) =>
          repeats.map((step) => ({ ...content, at: at + step * MINUTE })),
        )
        // Ids whose order says nothing about the time.
        .map((detection, index) => ({ ...detection, id: `d${(index * 7_919) % 10_007}` })),
    );

/** Another order of the same, which follows from the seed. */
export const shuffled = (detections: readonly Correlated[], seed: number): Correlated[] => {
  let state = seed;
  const keyed = detections.map((detection) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return { detection, key: state };
  });
  return keyed.sort((a, b) => a.key - b.key).map(({ detection }) => detection);
};
