import type { Asset } from '../../devices/model/asset.ts';
import { type Detection, type Severity, severityRank } from '../../devices/model/detection.ts';
import type { Identity } from '../../devices/model/identity.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type Surroundings, surroundingsOf, worldOfKind } from '../assets/surroundings.ts';
import type { LinkRules, ObservableClass } from './link-rules.ts';
import { classifyObservable, commonAccounts } from './observable-class.ts';
import { type Theme, themeOf } from './theme.ts';

/** What the correlator reads of a detection. */
export type Correlated = Pick<
  Detection,
  'id' | 'at' | 'rule' | 'severity' | 'source' | 'assets' | 'identities' | 'observables'
> &
  Partial<Pick<Detection, 'site' | 'tactic'>>;

/** An asset as correlation sees it. One object for each asset, so that it can be compared by reference. */
export interface Place {
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

/** Somebody or something that detections may name alike: a person, an address, an account, a hash. */
export interface Mark {
  readonly kind: 'identity' | 'observable';
  readonly class: ObservableClass | 'identity';
  readonly value: string;
  readonly person: Identity | undefined;
  /** Shared by unrelated parties: supports, never joins alone. */
  readonly hub: boolean;
  readonly key: Key;
}

/** Name of an index list, and how long something on it can matter. */
export interface Key {
  readonly name: string;
  readonly windowMs: number;
}

/** All of a detection that linking depends on, but its time: equal traits are one object in one catalogue. */
export interface Traits {
  readonly text: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly site: string | undefined;
  readonly theme: Theme;
  readonly places: readonly Place[];
  readonly marks: readonly Mark[];
  /** How each mark was named: by a badge, an account, or itself. Same order as `marks`. */
  readonly via: readonly Via[];
  /** Bit 0 info, bit 1 low, 0 otherwise: index into the factors of faintness. */
  readonly faintness: 'info' | 'low' | undefined;
  /** False: too ordinary or too slight to be joined by the place it happened in. */
  readonly placed: boolean;
  /** Whether it has anything but hubs, so that the same again is the same happening. */
  readonly repeats: boolean;
}

export type Via = 'badge' | 'account' | 'identity' | 'itself';

/** Turns detections into traits against one registry and one table of rules. */
export interface Catalogue {
  readonly registry: Registry;
  readonly rules: LinkRules;
  traitsOf(detection: Correlated): Traits;
  /** Forgets all traits, unknown assets and marks but those of `kept`, so that memory follows what is held. */
  retain(kept: Iterable<Traits>): void;
}

/** Pure but for its memory: the same detection always gives equal traits. */
export function catalogueOf(registry: Registry, rules: LinkRules): Catalogue {
  const surroundings = surroundingsOf(registry);
  const shared = new Set(registry.document.sharedAddresses.map((address) => address.toLowerCase()));
  const keys = new Map<string, Key>();
  const keyOf: KeyMaker = (kind, name, windowMs) =>
    keep(keys, `${kind}:${name}`, () => ({ name: `${kind}:${name}`, windowMs }));
  const places = new Map<string, Place>();
  const unknownPlaces = new Map<string, Place>();
  const marks = new Map<string, Mark>();
  const known = new Map<string, Traits>();
  const themes = new Map<string, Theme>();

  const placeOf = (id: string): Place => {
    const found = places.get(id) ?? unknownPlaces.get(id);
    if (found !== undefined) return found;
    const asset = registry.asset(id);
    const made = makePlace(id, asset, registry, surroundings, rules, keyOf);
    (asset === undefined ? unknownPlaces : places).set(id, made);
    return made;
  };
  const identityMark = (value: string, person: Identity | undefined): Mark => {
    const key = keyOf(
      'identity',
      value,
      Math.max(rules.strength.identity.windowMs, rules.strength.identityAcrossWorlds.windowMs),
    );
    return keep(marks, key.name, () => ({
      kind: 'identity',
      class: 'identity',
      value,
      person,
      hub: person?.kind === 'service',
      key,
    }));
  };
  const observableMark = (of: ObservableClass, value: string): Mark => {
    const key = keyOf(of, value, rules.observables[of].windowMs);
    return keep(marks, key.name, () => ({
      kind: 'observable',
      class: of,
      value,
      person: undefined,
      hub: of === 'other' || ((of === 'ip' || of === 'inside-ip') && shared.has(value)),
      key,
    }));
  };

  /** What a detection names, each once; persons before things. */
  const namedBy = (detection: Correlated): Map<Mark, Via> => {
    const named = new Map<Mark, Via>();
    const note = (mark: Mark, via: Via) => {
      const before = named.get(mark);
      // A badge or an account says more about how somebody acted than the name alone.
      if (before === undefined || before === 'identity') named.set(mark, via);
    };
    for (const name of detection.identities) {
      // Some sources write what kind of name it is in front.
      const plain = name.replace(/^(account|badge|identity|person|user):/, '');
      const person =
        registry.identity(plain) ??
        registry.resolve({ badge: plain }) ??
        registry.resolve({ account: plain }, detection.observables.host ?? detection.assets[0]);
      if (person === undefined && commonAccounts.has(plain.toLowerCase()))
        note(observableMark('common-account', plain.toLowerCase()), 'itself');
      else note(identityMark(person?.id ?? plain, person), 'identity');
    }
    for (const key of Object.keys(detection.observables).sort()) {
      const observable = classifyObservable(key, detection.observables[key] ?? '');
      if (observable === undefined) continue;
      const via = viaOf(observable.class);
      const person = via === undefined ? undefined : resolvedBy(via, observable.value, detection, registry);
      if (via !== undefined && person !== undefined) note(identityMark(person.id, person), via);
      else note(observableMark(observable.class, observable.value), 'itself');
    }
    return named;
  };

  const themeFor = (detection: Correlated): Theme =>
    keep(themes, `${detection.tactic ?? ''}|${detection.rule}`, () => themeOf(themed(detection)));

  return {
    registry,
    rules,
    traitsOf(detection) {
      const named = namedBy(detection);
      const ordered = [...named.keys()].sort((a, b) => compareText(a.key.name, b.key.name));
      const via = ordered.map((mark) => named.get(mark) ?? 'itself');
      const ids = detection.assets.length < 2 ? detection.assets : [...new Set(detection.assets)].sort();
      const text = JSON.stringify([
        detection.rule,
        detection.severity,
        detection.tactic ?? '',
        detection.site ?? '',
        ids,
        ordered.map((mark) => mark.key.name),
        via,
      ]);
      return keep(known, text, () =>
        makeTraits(text, detection, themeFor(detection), ids.map(placeOf), ordered, via),
      );
    },
    retain(kept) {
      for (const memory of [keys, unknownPlaces, marks, known, themes]) memory.clear();
      const keepKey = (key: Key) => keys.set(key.name, key);
      const keepKeys = (place: Place) => [...place.own, ...place.probes].forEach(keepKey);
      for (const place of places.values()) keepKeys(place);
      for (const traits of kept) {
        known.set(traits.text, traits);
        for (const mark of traits.marks) {
          marks.set(mark.key.name, mark);
          keepKey(mark.key);
        }
        for (const place of traits.places) {
          if (place.asset !== undefined) continue;
          unknownPlaces.set(place.id, place);
          keepKeys(place);
        }
      }
    },
  };
}

const themed = ({ rule, tactic }: Correlated): Pick<Detection, 'rule' | 'tactic'> =>
  tactic === undefined ? { rule } : { rule, tactic };

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function keep<Value>(memory: Map<string, Value>, name: string, make: () => Value): Value {
  const found = memory.get(name);
  if (found !== undefined) return found;
  const made = make();
  memory.set(name, made);
  return made;
}

function viaOf(of: ObservableClass): 'badge' | 'account' | undefined {
  if (of === 'badge') return 'badge';
  return of === 'account' || of === 'common-account' || of === 'email' ? 'account' : undefined;
}

function resolvedBy(
  via: 'badge' | 'account',
  value: string,
  detection: Correlated,
  registry: Registry,
): Identity | undefined {
  if (via === 'badge') return registry.resolve({ badge: value });
  const host = detection.observables.host ?? detection.assets[0];
  return registry.resolve({ account: value }, host);
}

function makeTraits(
  text: string,
  { rule, severity, site }: Correlated,
  theme: Theme,
  places: readonly Place[],
  marks: readonly Mark[],
  via: readonly Via[],
): Traits {
  return {
    text,
    rule,
    severity,
    site: site ?? places.find(({ asset }) => asset !== undefined)?.asset?.site,
    theme,
    places,
    marks,
    via,
    faintness: severityRank(severity) >= 2 ? undefined : severityRank(severity) === 1 ? 'low' : 'info',
    placed: theme.ordinary !== true && severity !== 'info',
    repeats: places.some(({ hub }) => !hub) || marks.some(({ hub }) => !hub),
  };
}

/** Gives the same object for the same name. */
type KeyMaker = (kind: string, name: string, windowMs: number) => Key;

function makePlace(
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
      id,
      asset,
      name: id,
      world: undefined,
      hub: false,
      zones: [],
      beside: new Map(),
      guards: new Set(),
      dependsOn: new Set(),
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
    id,
    asset,
    name: asset.name,
    world,
    hub,
    zones,
    beside,
    guards: new Set(guards),
    dependsOn: new Set(dependsOn),
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
