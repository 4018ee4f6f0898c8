/**
 * How many detections a second one core correlates: `node cloud/correlation/correlator.bench.ts [detections] [entities] [no-stream]`.
 * Each detection names an asset, often an address or an account, drawn from `entities` of each, over two days;
 * a tenth are bursts of repeats. Prints one line of JSON.
 */
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { Correlator } from './correlator.ts';
import type { Correlated } from './traits.ts';

const detectionCount = Number(process.argv[2] ?? 200_000);
const entities = Number(process.argv[3] ?? 100_000);
const streams = process.argv[4] !== 'no-stream';
const SITE_SIZE = 20;
const SPAN_MS = 48 * 3_600_000;
const BATCH = 1_000;

let state = 1;
const random = (below: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

const kinds = ['door', 'camera', 'fridge', 'host', 'cabinet'];
const rules = [
  'door-forced',
  'camera-obscured',
  'cold-chain-excursion',
  'login-brute-force',
  'door-held-open',
];
const severities = ['low', 'medium', 'high'] as const;

const sites = Math.ceil(entities / SITE_SIZE);
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
      const site = Math.floor(asset / SITE_SIZE);
      return {
        id: `a${asset}`,
        kind: kinds[asset % 5],
        name: `Asset ${asset}`,
        site: `s${site}`,
        zone: `z${site * 4 + (asset % 4)}`,
      };
    }),
  }),
);

function* detections(): Generator<Correlated> {
  let last: Correlated | undefined;
  for (let index = 0; index < detectionCount; index++) {
    const at = Math.floor((index / detectionCount) * SPAN_MS);
    const asset = random(entities);
    const observables: Record<string, string> = {};
    if (random(2) === 0)
      observables.ip = `203.${random(100)}.${random(Math.ceil(entities / 25_000))}.${random(250)}`;
    if (random(4) === 0) observables.account = `person-${random(entities)}`;
    last =
      last !== undefined && random(10) === 0
        ? { ...last, id: `d${index}`, at }
        : {
            id: `d${index}`,
            at,
            rule: rules[asset % 5] ?? '',
            severity: severities[random(3)] ?? 'low',
            source: 'bench',
            assets: [`a${asset}`],
            identities: [],
            observables,
          };
    yield last;
  }
}

/** Of all threads, so that a busy machine or a collector beside does not flatter or blame. */
const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

const all = [...detections()];
globalThis.gc?.();
const rssBefore = process.memoryUsage().rss;
const correlator = new Correlator(registry);
const half = all.length >> 1;
const started = cpuMs();
for (let index = 0; index < half; index++) absorb(correlator, index);
// By now most assets have been met once and the code is warm.
const warm = cpuMs();
for (let index = half; index < all.length; index++) absorb(correlator, index);
const absorbed = cpuMs();
globalThis.gc?.();
const grown = process.memoryUsage().rss - rssBefore;
const outlinesStarted = cpuMs();
const outlines = correlator.outlines();
const outlined = cpuMs();

const streaming = new Correlator(registry);
let told = 0;
const streamStarted = cpuMs();
for (let from = 0; from < all.length && streams; from += BATCH)
  told += streaming.add(all.slice(from, from + BATCH)).changed.length;
const streamed = cpuMs();

function absorb(into: Correlator, index: number): void {
  const detection = all[index];
  if (detection !== undefined) into.absorb(detection);
}

const perSecond = (count: number, ms: number) => Math.round(count / (ms / 1_000));
process.stdout.write(
  `${JSON.stringify({
    detections: all.length,
    entities,
    absorbPerSecondCold: perSecond(half, warm - started),
    absorbPerSecondWarm: perSecond(all.length - half, absorbed - warm),
    outlinesPerSecond: perSecond(all.length, outlined - outlinesStarted),
    ...(streams ? { streamPerSecond: perSecond(all.length, streamed - streamStarted), BATCH, told } : {}),
    incidents: outlines.length,
    largest: outlines.reduce((most, { detections: held }) => Math.max(most, held.length), 0),
    grownMegabytes: Math.round(grown / 2 ** 20),
  })}\n`,
);
