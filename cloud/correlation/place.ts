import type { Asset } from '../../devices/model/asset.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type Surroundings, worldOfKind } from '../assets/surroundings.ts';
import type { KeyTimeline } from './key-timeline.ts';
import type { LinkRules } from './link-rules.ts';

/** Stands for one index list. Compared by reference. */
export interface Key {
  /** How far apart in time two detections on the list can still be linked by what it stands for. */
  readonly windowMs: number;
  /** The list itself, kept here because a million lists would make a slow map. The correlator's alone. */
  timeline: KeyTimeline | undefined;
}

/** An asset as correlation sees it. One object for each asset, so that it can be compared by reference. */
export interface Place {
  readonly number: number;
  readonly id: string;
  readonly asset: Asset | undefined;
  readonly name: string;
  readonly world: 'physical' | 'cyber' | undefined;
  /** Public: everybody meets here. */
  readonly hub: boolean;
  readonly zones: readonly string[];
  /** Zones one step away, but for corridors that touch everything → which of `zones` they touch. */
  readonly beside: ReadonlyMap<string, string>;
  readonly guards: ReadonlySet<string>;
  readonly dependsOn: ReadonlySet<string>;
  /** The host it runs on or is, where that is no meeting place. */
  readonly host: string | undefined;
  /** Keeps a temperature: what happens to it shows late. */
  readonly slow: boolean;
  /** In which index lists it stands, and which it must be compared with (see correlator.ts). */
  readonly own: readonly Key[];
  readonly probes: readonly Key[];
}

/** Gives the same object for the same name. */
export type KeyMaker = (kind: string, name: string, windowMs: number) => Key;

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
): Place {
  const { strength, hubDegree } = rules;
  if (asset === undefined) {
    const own = [key('asset', id, strength.unknownAsset.windowMs)];
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
    };
  }
  const hub = asset.public;
  const world = worldOfKind(asset.kind);
  const zones = hub ? [] : surroundings.zonesOf(asset);
  const beside = new Map<string, string>();
  for (const zone of zones) {
    const touching = registry.touching(zone);
    if (touching.size > hubDegree.touchingZones) continue;
    for (const other of touching)
      if (!zones.includes(other) && registry.touching(other).size <= hubDegree.touchingZones)
        beside.set(other, beside.get(other) ?? zone);
  }
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
  const zoneMs = Math.max(
    strength.zone.windowMs,
    strength.zoneSlow.windowMs,
    strength.adjacentZoneSlow.windowMs,
  );
  const own: Key[] = [];
  const probes: Key[] = [];
  const both = (entry: Key) => {
    own.push(entry);
    probes.push(entry);
  };
  if (!hub) both(key('asset', id, Math.max(strength.physicalAsset.windowMs, strength.cyberAsset.windowMs)));
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
    for (const zone of zones) both(key('zone', zone, zoneMs));
    for (const zone of beside.keys()) probes.push(key('zone', zone, zoneMs));
  }
  return {
    number,
    id,
    asset,
    name: asset.name,
    world,
    hub,
    zones,
    beside: beside.size === 0 ? NO_ZONES : beside,
    guards: setOf(guards),
    dependsOn: setOf(dependsOn),
    host,
    slow: asset.band !== undefined || asset.kind === 'fridge',
    own,
    probes,
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
