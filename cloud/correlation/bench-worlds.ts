/** Registries and detections that the bench measures with; the same numbers in every run. */
import { type Registry, registryDocument, registryOf } from '../../devices/model/registry.ts';
import type { Correlated } from './traits.ts';

export interface BenchWorld {
  readonly registry: Registry;
  /** In order of time. */
  readonly detections: readonly Correlated[];
}

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;

/** Whole numbers from 0 to below `below`, the same in every run. */
export function randomNumbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export const detectionOf = (
  part: Partial<Correlated> & Pick<Correlated, 'id' | 'at' | 'rule'>,
): Correlated => ({
  severity: 'medium',
  source: 'bench',
  assets: [],
  identities: [],
  observables: {},
  ...part,
});

const SCATTERED_KINDS = ['door', 'camera', 'fridge', 'host', 'cabinet'];
const SCATTERED_RULES = [
  'door-forced',
  'camera-obscured',
  'cold-chain-excursion',
  'login-brute-force',
  'door-held-open',
];
const ASSETS_OF_SCATTERED_SITE = 20;

/**
 * Each detection names an asset, often an address or an account, drawn from `entities` of each, over two days; a
 * tenth are bursts of repeats.
 */
export function scattered(count: number, entities: number): BenchWorld {
  const random = randomNumbers();
  const severities = ['low', 'medium', 'high'] as const;
  const sites = Math.ceil(entities / ASSETS_OF_SCATTERED_SITE);
  const registry = registryOf(
    registryDocument.parse({
      sites: Array.from({ length: sites }, (_, site) => ({ id: `s${site}`, name: `Site ${site}` })),
      zones: Array.from({ length: sites * 4 }, (_, zone) => ({
        id: `z${zone}`,
        site: `s${zone >> 2}`,
        name: `Zone ${zone}`,
        touches: zone % 4 === 0 ? [] : [`z${zone - 1}`],
      })),
      assets: Array.from({ length: entities }, (_, asset) => {
        const site = Math.floor(asset / ASSETS_OF_SCATTERED_SITE);
        return {
          id: `a${asset}`,
          kind: SCATTERED_KINDS[asset % 5],
          name: `Asset ${asset}`,
          site: `s${site}`,
          zone: `z${site * 4 + (asset % 4)}`,
        };
      }),
    }),
  );
  const detections: Correlated[] = [];
  for (let index = 0; index < count; index++) {
    const at = Math.floor((index / count) * 48 * HOUR_MS);
    const asset = random(entities);
    const observables: Record<string, string> = {};
    if (random(2) === 0)
      observables.ip = `203.${random(100)}.${random(Math.ceil(entities / 25_000))}.${random(250)}`;
    if (random(4) === 0) observables.account = `person-${random(entities)}`;
    const last = detections.at(-1);
    detections.push(
      last !== undefined && random(10) === 0
        ? { ...last, id: `d${index}`, at }
        : detectionOf({
            id: `d${index}`,
            at,
            rule: SCATTERED_RULES[asset % 5] ?? '',
            severity: severities[random(3)] ?? 'low',
            assets: [`a${asset}`],
            observables,
          }),
    );
  }
  return { registry, detections };
}

/** What stands in every shop. */
const SHOP_ASSETS = [
  { name: 'front', kind: 'door', zone: 'floor', public: true },
  { name: 'back', kind: 'door', zone: 'store' },
  { name: 'reader', kind: 'reader', zone: 'store', hostedOn: 'back' },
  { name: 'camera', kind: 'camera', zone: 'store', guards: ['back', 'cabinet'] },
  { name: 'cabinet', kind: 'cabinet', zone: 'store', criticality: 5 },
  {
    name: 'fridge',
    kind: 'fridge',
    zone: 'dispensary',
    criticality: 5,
    band: { minCelsius: 2, maxCelsius: 8 },
  },
  { name: 'motion', kind: 'motion-sensor', zone: 'floor' },
  { name: 'panel', kind: 'alarm-panel', zone: 'dispensary', guards: ['back'] },
  { name: 'till', kind: 'host', zone: 'floor' },
  { name: 'server', kind: 'host', zone: 'dispensary' },
];
const EVERYDAY = [
  { rule: 'access-denied', severity: 'low', asset: 'reader', badge: 12 },
  { rule: 'door-held-open', severity: 'low', asset: 'back', badge: 0 },
  { rule: 'battery-low', severity: 'info', asset: 'motion', badge: 0 },
  { rule: 'device-offline', severity: 'low', asset: 'camera', badge: 0 },
  { rule: 'temperature-anomaly', severity: 'low', asset: 'fridge', badge: 0 },
  { rule: 'motion-after-hours', severity: 'medium', asset: 'motion', badge: 0 },
] as const;

/**
 * `count` detections of a week at `sites` shops with one web shop: badges refused, doors held open, batteries, and
 * what the internet tries at a public address day and night. Once a day, somewhere, somebody breaks in.
 */
export function shops(count: number, sites: number): BenchWorld {
  const random = randomNumbers();
  const all = Array.from({ length: sites }, (_, site) => `s${site}`);
  const registry = registryOf(
    registryDocument.parse({
      sites: [{ id: 'online', name: 'Web shop' }, ...all.map((id) => ({ id, name: `Pharmacy ${id}` }))],
      zones: all.flatMap((site) => [
        { id: `${site}-floor`, site, name: 'Shop floor', touches: [`${site}-dispensary`] },
        { id: `${site}-dispensary`, site, name: 'Dispensary', touches: [`${site}-store`] },
        { id: `${site}-store`, site, name: 'Store room' },
      ]),
      assets: [
        { id: 'host', kind: 'host', name: 'Shop server', site: 'online', public: true },
        { id: 'shop', kind: 'shop', name: 'Web shop', site: 'online', hostedOn: 'host', public: true },
        ...all.flatMap((site) =>
          SHOP_ASSETS.map(({ name, zone, hostedOn, guards, ...asset }) => ({
            ...asset,
            id: `${site}-${name}`,
            name: `${name} of ${site}`,
            site,
            zone: `${site}-${zone}`,
            ...(hostedOn === undefined ? {} : { hostedOn: `${site}-${hostedOn}` }),
            guards: (guards ?? []).map((guarded) => `${site}-${guarded}`),
          })),
        ),
      ],
      identities: all.flatMap((site) =>
        Array.from({ length: 6 }, (_, person) => ({
          id: `${site}-p${person}`,
          name: `Person ${person} of ${site}`,
          sites: [site],
          badges: [`${site}b${person}`],
          accounts: [`${site}.p${person}`],
        })),
      ),
    }),
  );
  const spanMs = 7 * 24 * HOUR_MS;
  const detections: Correlated[] = [];
  const add = (part: Omit<Parameters<typeof detectionOf>[0], 'id'>) =>
    detections.push(detectionOf({ ...part, id: `d${detections.length}` }));
  while (detections.length < count) {
    const at = Math.floor((detections.length / count) * spanMs);
    const site = `s${random(sites)}`;
    const kind = random(100);
    if (kind < 40) {
      const ip = `198.18.${random(40)}.${random(250)}`;
      const rule = ['web-scan', 'login-failed', 'sql-injection'][random(3)] ?? '';
      const observables: Record<string, string> = { ip, 'user-agent': `agent-${random(50)}` };
      if (rule === 'login-failed')
        observables.account = ['root', 'admin', `guess-${random(400)}`][random(3)] ?? '';
      add({ at, rule, severity: random(4) === 0 ? 'medium' : 'low', assets: ['shop'], observables });
    } else if (kind < 45) {
      add({
        at,
        rule: 'login-failed',
        severity: 'low',
        assets: [`${site}-till`],
        observables: { ip: `10.0.${random(200)}.${random(30)}`, account: `${site}.p${random(6)}` },
      });
    } else {
      const { rule, severity, asset, badge } = EVERYDAY[random(EVERYDAY.length)] ?? EVERYDAY[0];
      const repeats = 1 + (random(8) === 0 ? random(6) : 0);
      const observables: Record<string, string> = badge === 0 ? {} : { badge: `${site}b${random(badge)}` };
      for (let repeat = 0; repeat < repeats; repeat++)
        add({ at: at + repeat * 20_000, rule, severity, assets: [`${site}-${asset}`], observables });
    }
    if (random(Math.ceil(count / 7)) === 0) {
      const ip = `203.0.113.${random(250)}`;
      const attack = { ip, account: `${site}.p0` };
      add({ at, rule: 'login-brute-force', assets: ['shop'], observables: attack });
      add({
        at: at + MINUTE_MS,
        rule: 'new-address-login',
        severity: 'high',
        assets: ['shop'],
        observables: attack,
      });
      add({ at: at + 9 * MINUTE_MS, rule: 'door-forced', severity: 'critical', assets: [`${site}-back`] });
      add({ at: at + 10 * MINUTE_MS, rule: 'camera-obscured', severity: 'high', assets: [`${site}-camera`] });
    }
  }
  return { registry, detections: detections.slice(0, count).sort((a, b) => a.at - b.at) };
}

const publicShop = (): Registry =>
  registryOf(
    registryDocument.parse({
      sites: [{ id: 'online', name: 'Web shop' }],
      assets: [{ id: 'shop', kind: 'shop', name: 'Web shop', site: 'online', public: true }],
    }),
  );

/** One attacker tries a new name every few seconds: every detection differs, and all are one incident. */
export const oneAttacker = (count: number): BenchWorld => ({
  registry: publicShop(),
  detections: Array.from({ length: count }, (_, index) =>
    detectionOf({
      id: `d${index}`,
      at: index * 2_000,
      rule: ['login-failed', 'web-scan', 'sql-injection'][index % 3] ?? '',
      assets: ['shop'],
      observables: { ip: '203.0.113.7', account: `name-${index}`, sample: `s${index}` },
    }),
  ),
});

/** Many attackers try one account, each from an address of its own: hardly any two of them belong together. */
export const manyAttackers = (count: number): BenchWorld => ({
  registry: publicShop(),
  detections: Array.from({ length: count }, (_, index) =>
    detectionOf({
      id: `d${index}`,
      at: index * 1_000,
      rule: 'login-failed',
      assets: ['shop'],
      observables: {
        ip: `198.${index >> 16}.${(index >> 8) & 255}.${index & 255}`,
        account: 'a.weber',
        sample: `s${index}`,
      },
    }),
  ),
});

/** As before; then somebody gets in, which belongs to every one of the attempts and makes them one incident. */
export function oneGotIn(count: number): BenchWorld {
  const { registry, detections } = manyAttackers(count - 1);
  const success = detectionOf({
    id: 'got-in',
    at: count * 1_000,
    rule: 'new-address-login',
    severity: 'high',
    assets: ['shop'],
    observables: { ip: '203.0.113.9', account: 'a.weber' },
  });
  return { registry, detections: [...detections, success] };
}
