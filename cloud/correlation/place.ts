import type { Asset } from '../../devices/model/asset.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type Surroundings, worldOfKind } from '../assets/surroundings.ts';
import type { LinkRules } from './link-rules.ts';
import { type Key, newKey, type Place } from './memory.ts';
import type { Neighbourhoods } from './neighbourhoods.ts';
import type { KeyMaker } from './shared-keys.ts';

const NO_NAMES: ReadonlySet<string> = new Set();
const NO_ZONES: ReadonlyMap<string, string> = new Map();
const setOf = (names: readonly string[]): ReadonlySet<string> =>
  names.length === 0 ? NO_NAMES : new Set(names);

/** What the registry says of an asset; little for one it does not know. */
export function makePlace(
  number: number,
  id: string,
  asset: Asset | undefined,
  registry: Registry,
  surroundings: Surroundings,
  rules: LinkRules,
  key: KeyMaker,
  neighbourhoods: Neighbourhoods,
): Place {
  const { strength, hubDegree } = rules;
  if (asset === undefined) {
    const own = [newKey(strength.unknownAsset.windowMs)];
    return {
      number,
      id,
      asset,
      name: id,
      world: undefined,
      hub: false,
      zones: [],
      beside: NO_ZONES,
      guards: NO_NAMES,
      dependsOn: NO_NAMES,
      host: undefined,
      slow: false,
      own,
      probes: own,
      habit: undefined,
    };
  }
  const hub = asset.public;
  const world = worldOfKind(asset.kind);
  const around = neighbourhoods.of(asset);
  const isPublic = (other: string) => registry.asset(other)?.public === true;
  const guards = asset.guards.length > hubDegree.guarded ? [] : asset.guards;
  const guardians = surroundings
    .guardians(id)
    .filter((other) => (registry.asset(other)?.guards.length ?? 0) <= hubDegree.guarded);
  const needed = asset.dependsOn.filter(
    (other) => !isPublic(other) && surroundings.dependents(other).length <= hubDegree.dependents,
  );
  const dependents = surroundings.dependents(id);
  const dependsOn = hub ? [] : needed;
  const host = hub ? undefined : hostOf(asset, surroundings, isPublic, hubDegree.hosted);

  const guardMs = Math.max(strength.guardsBefore.windowMs, strength.guardsAfter.windowMs);
  const hostMs = Math.max(strength.hostedOn.windowMs, strength.besideOnHost.windowMs);
  const own: Key[] = [];
  const probes: Key[] = [];
  const both = (entry: Key) => {
    own.push(entry);
    probes.push(entry);
  };
  if (!hub) both(newKey(Math.max(strength.physicalAsset.windowMs, strength.cyberAsset.windowMs)));
  if (guards.length > 0 || guardians.length > 0) own.push(key('guard', id, guardMs));
  for (const other of [...guards, ...guardians]) probes.push(key('guard', other, guardMs));
  if (host !== undefined) both(key('host', host, hostMs));
  if (
    !hub &&
    (dependsOn.length > 0 || (dependents.length > 0 && dependents.length <= hubDegree.dependents))
  ) {
    own.push(key('depends', id, strength.dependsOn.windowMs));
    for (const other of [...dependsOn, ...dependents])
      probes.push(key('depends', other, strength.dependsOn.windowMs));
  }
  if (world === 'physical') {
    for (const entry of around.own) both(entry);
    probes.push(...around.touching);
  }
  return {
    number,
    id,
    asset,
    name: asset.name,
    world,
    hub,
    zones: around.zones,
    beside: around.beside,
    guards: setOf(guards),
    dependsOn: setOf(dependsOn),
    host,
    slow: asset.band !== undefined || asset.kind === 'fridge',
    own,
    probes,
    habit: undefined,
  };
}

/** The host an asset runs on or itself is, unless so much runs there, or something public, that it says nothing. */
function hostOf(
  asset: Asset,
  surroundings: Surroundings,
  isPublic: (id: string) => boolean,
  most: number,
): string | undefined {
  const host = asset.hostedOn ?? (surroundings.hosted(asset.id).length > 0 ? asset.id : undefined);
  if (host === undefined || isPublic(host)) return undefined;
  return surroundings.hosted(host).length > most ? undefined : host;
}
