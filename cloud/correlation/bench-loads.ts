/** What a correlator with a hundred thousand open entities is given by the bench; the same numbers in every run. */
import { type Registry, registryDocument, registryOf } from '../../devices/model/registry.ts';
import { type BenchWorld, detectionOf, HOUR_MS, MINUTE_MS, randomNumbers } from './bench-worlds.ts';
import type { Correlated } from './traits.ts';

/** A world in which so many detections only open what the measured ones are then about. */
export interface BenchLoad extends BenchWorld {
  readonly opening: number;
}

/** A fifth are assets of the registry, the rest addresses and accounts that nobody has described. */
const ASSETS_PART = 5;
const ASSETS_OF_SITE = 20;
const KINDS = ['door', 'camera', 'fridge', 'host', 'cabinet'];
const RULES_OF_ASSET = [
  'door-forced',
  'camera-obscured',
  'cold-chain-excursion',
  'malware-found',
  'cabinet-opened',
];
const RULES = ['login-failed', 'web-scan', 'sql-injection', 'login-brute-force', 'privilege-escalation'];
const OPENED_WITHIN_MS = 4 * MINUTE_MS;

function sitesWith(assets: number): Registry {
  const sites = Math.ceil(assets / ASSETS_OF_SITE);
  return registryOf(
    registryDocument.parse({
      sites: Array.from({ length: sites }, (_, site) => ({ id: `s${site}`, name: `Site ${site}` })),
      zones: Array.from({ length: sites * 4 }, (_, zone) => ({
        id: `z${zone}`,
        site: `s${zone >> 2}`,
        name: `Zone ${zone}`,
        touches: zone % 4 === 0 ? [] : [`z${zone - 1}`],
      })),
      assets: Array.from({ length: assets }, (_, asset) => ({
        id: `a${asset}`,
        kind: KINDS[asset % KINDS.length],
        name: `Asset ${asset}`,
        site: `s${Math.floor(asset / ASSETS_OF_SITE)}`,
        zone: `z${Math.floor(asset / ASSETS_OF_SITE) * 4 + (asset % 4)}`,
      })),
    }),
  );
}

/** What one entity says: of an asset what befits it, of an address or an account one of five rules. */
function saying(entity: number, entities: number, kind: number): Omit<Correlated, 'id' | 'at'> {
  const assets = Math.floor(entities / ASSETS_PART);
  if (entity < assets)
    return detectionOf({ id: '', at: 0, rule: RULES_OF_ASSET[entity % 5] ?? '', assets: [`a${entity}`] });
  const rule = RULES[kind % RULES.length] ?? '';
  const observables: Record<string, string> =
    entity % 2 === 0
      ? { ip: `198.${(entity >> 16) & 255}.${(entity >> 8) & 255}.${entity & 255}` }
      : { account: `person-${entity}` };
  return detectionOf({ id: '', at: 0, rule, observables });
}

/** Every entity is heard of once, within a few minutes. */
const opened = (entities: number): Correlated[] =>
  Array.from({ length: entities }, (_, entity) => ({
    ...saying(entity, entities, entity),
    id: `open-${entity}`,
    at: Math.floor((entity / entities) * OPENED_WITHIN_MS),
  }));

/**
 * A burst of ten thousand a second, while all is open: nine of ten are repeats of what was said a moment ago, by one
 * of so many loud entities; the tenth is something else that one of all the entities says.
 */
export function burst(count: number, entities: number, loud = 1_000): BenchLoad {
  const random = randomNumbers();
  const detections = opened(entities);
  const loudest = Array.from({ length: loud }, () => random(entities));
  for (let index = 0; index < count; index++) {
    const isRepeat = random(10) > 0;
    const entity = isRepeat ? (loudest[random(loud)] ?? 0) : random(entities);
    detections.push({
      ...saying(entity, entities, isRepeat ? entity : random(5)),
      id: `d${index}`,
      at: OPENED_WITHIN_MS + Math.floor(index / 10),
    });
  }
  return { registry: sitesWith(Math.floor(entities / ASSETS_PART)), detections, opening: entities };
}

/** A day of small incidents: any of the entities says one thing, or two or three within minutes. No two are repeats. */
export function smallIncidents(count: number, entities: number): BenchLoad {
  const random = randomNumbers();
  const detections = opened(entities);
  while (detections.length < entities + count) {
    const entity = random(entities);
    const begun = OPENED_WITHIN_MS + Math.floor(((detections.length - entities) / count) * 24 * HOUR_MS);
    const steps = 1 + random(3);
    for (let step = 0; step < steps; step++)
      detections.push({
        ...saying(entity, entities, random(5) + step),
        id: `d${detections.length}`,
        at: begun + step * MINUTE_MS,
      });
  }
  return {
    registry: sitesWith(Math.floor(entities / ASSETS_PART)),
    detections: detections.slice(0, entities + count).sort((a, b) => a.at - b.at),
    opening: entities,
  };
}

/** Every fifth asset of a site is a host. */
const HOST = KINDS.indexOf('host');

/**
 * Campaigns of weeks: each attacker comes back every few hours from the address it has, with a name it never used, to
 * the hosts of one shop. Most shops have none, and none has two.
 */
export const campaigns = (count: number, entities: number, attackers = 500): BenchLoad =>
  returning(count, entities, attackers, (attacker, random) => {
    const site = attacker * Math.floor(sitesOf(entities) / attackers);
    return site * ASSETS_OF_SITE + KINDS.length * random(ASSETS_OF_SITE / KINDS.length) + HOST;
  });

/**
 * The worst of it: attackers who come back to anything anywhere, so that in the end one of them is linked with all the
 * others by what they both were at, and nearly all is one incident.
 */
export const entangled = (count: number, entities: number, attackers = 2_000): BenchLoad =>
  returning(count, entities, attackers, (_, random) => random(Math.floor(entities / ASSETS_PART)));

const sitesOf = (entities: number): number => Math.ceil(entities / ASSETS_PART / ASSETS_OF_SITE);

function returning(
  count: number,
  entities: number,
  attackers: number,
  targetOf: (attacker: number, random: (below: number) => number) => number,
): BenchLoad {
  const random = randomNumbers();
  const detections = opened(entities);
  const spanMs = (count / attackers) * 6 * HOUR_MS;
  for (let index = 0; index < count; index++) {
    const attacker = random(attackers);
    detections.push(
      detectionOf({
        id: `d${index}`,
        at: OPENED_WITHIN_MS + Math.floor((index / count) * spanMs),
        rule: RULES[random(RULES.length)] ?? '',
        assets: [`a${targetOf(attacker, random)}`],
        observables: { ip: `203.0.${attacker >> 8}.${attacker & 255}`, account: `guess-${index}` },
      }),
    );
  }
  return { registry: sitesWith(Math.floor(entities / ASSETS_PART)), detections, opening: entities };
}
