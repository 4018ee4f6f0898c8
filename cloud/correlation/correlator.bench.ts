/**
 * Detections a second through the correlator, in batches as they come from the store, with a registry of a thousand
 * sites; against the same detections only parsed and checked, which is the least that anything could do with them.
 */
import { detection } from '../../devices/model/detection.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { Correlator } from './correlator.ts';

const SITES = 1_000;
const DETECTIONS = 100_000;
const BATCH = 500;
const ROUNDS = 3;

const registry = registryOf(
  registryDocument.parse({
    sites: Array.from({ length: SITES }, (_, site) => ({ id: `site-${site}`, name: `Site ${site}` })),
    zones: Array.from({ length: SITES }, (_, site) => ({
      id: `zone-${site}`,
      site: `site-${site}`,
      name: 'Hall',
    })),
    assets: Array.from({ length: SITES * 4 }, (_, asset) => ({
      id: `asset-${asset}`,
      kind: asset % 4 === 3 ? 'host' : 'door',
      name: `Asset ${asset}`,
      site: `site-${asset >> 2}`,
      zone: `zone-${asset >> 2}`,
    })),
  }),
);

let seed = 1;
const random = () => {
  seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
  return seed / 0x7fffffff;
};
const rules = ['forced-open', 'held-open', 'brute-force', 'tamper', 'cabinet-opened', 'web-scanner'];
const lines = Array.from({ length: DETECTIONS }, (_, index) =>
  JSON.stringify({
    id: `d${index}`,
    at: 1_700_000_000_000 + index * 900 + Math.floor(random() * 60_000),
    rule: rules[Math.floor(random() * rules.length)],
    severity: 'medium',
    source: 'bench',
    assets: [`asset-${Math.floor(random() * SITES * 4)}`],
    identities: [],
    observables: random() < 0.3 ? { ip: `203.0.113.${Math.floor(random() * 250)}` } : {},
    summary: 'bench',
  }),
);

const seconds = (work: () => void): number => {
  const startedAt = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(startedAt);
  return (user + system) / 1_000_000;
};
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

const parsing: number[] = [];
const correlating: number[] = [];
let incidents = 0;
for (let round = 0; round < ROUNDS; round++) {
  let detections = lines.map((line) => detection.parse(JSON.parse(line)));
  parsing.push(
    seconds(() => {
      detections = lines.map((line) => detection.parse(JSON.parse(line)));
    }),
  );
  const correlator = new Correlator(registry);
  correlating.push(
    seconds(() => {
      for (let start = 0; start < detections.length; start += BATCH)
        correlator.add(detections.slice(start, start + BATCH));
    }),
  );
  incidents = correlator.outlines().length;
}
const [least, ours] = [median(parsing), median(correlating)];
console.log(`parsed and checked alone: ${Math.round(DETECTIONS / least)} detections/s of one core`);
console.log(
  `correlated in batches of ${BATCH}: ${Math.round(DETECTIONS / ours)} detections/s of one core, ${incidents} incidents`,
);
console.log(`  ratio ${(least / ours).toFixed(2)}`);
