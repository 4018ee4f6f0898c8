/** The map of assets as the desk draws it: the registry, the graph of dependencies, threats and open incidents on it. */
import type { Landscape } from '../assets/landscape.ts';
import { builtInEffects } from '../cascade/effects.ts';
import type { Dependency } from '../cascade/graph.ts';
import { durationText, type Spread } from '../cascade/spread.ts';
import type { RegistryBook } from '../registry/book.ts';
import { unresolvedStates } from '../situation/unresolved.ts';
import type { Store } from '../store/store.ts';
import type { AssetMap, MappedAsset, MappedDependency, Times } from './contract.ts';
import type { Scope } from './scope.ts';

/** Assets of one map; a page draws one site of them at a time. */
const MAX_MAPPED = 20_000;
/** Incidents that are looked at for the map, the most urgent. */
const MAX_INCIDENTS = 1_000;
const MAX_INCIDENTS_EACH = 5;
/** Assets of whom it is worked out what follows: each takes a cascade once for each graph. */
const MAX_HARM = 400;
/** In a larger graph nobody waits for it. */
const MAX_HARM_DEPENDENCIES = 5_000;

export interface MapParts {
  landscape: Landscape;
  registryBook: RegistryBook;
  store: Pick<Store, 'incidents'>;
}

type Waits = ReadonlyMap<string, 'added' | 'changed' | 'removed'>;

/** What a caller may see of it. */
export function assetMapOf({ landscape, registryBook, store }: MapParts, scope: Scope): AssetMap {
  const { graph } = landscape;
  const inUse = registryBook.inUse;
  const waiting = registryBook.waiting.changes;
  const waits: Waits = new Map(waiting.map(({ list, id, change }) => [`${list} ${id}`, change]));
  // What waits to be added is shown as well; what waits to be removed stays until it is.
  const entries = new Map(inUse.document.assets.map((one) => [one.id, one]));
  for (const one of registryBook.document.assets) entries.set(one.id, one);
  const people = new Map(inUse.document.identities.map((one) => [one.id, one]));
  for (const one of registryBook.document.identities) people.set(one.id, one);
  const sees = (site: string | undefined) => scope.isAll || scope.seesSite(site);
  const incidents = incidentsByAsset(store, scope);
  const threats = Map.groupBy(
    graph.threats.flatMap(({ name, assets }) => assets.map((asset) => ({ asset, name }))),
    ({ asset }) => asset,
  );
  const hasHarm = graph.dependencies.length <= MAX_HARM_DEPENDENCIES;
  let harmed = 0;
  const harmOf = (asset: string): Pick<MappedAsset, 'harm'> => {
    if (!hasHarm || harmed >= MAX_HARM) return {};
    harmed++;
    const harm = landscape.harmOf(asset);
    if (harm === undefined) return {};
    const { loss, gravest } = harm;
    return { harm: { loss: Math.round(loss), ...(gravest === undefined ? {} : { gravest: gravest.words }) } };
  };
  const common = (id: string) => {
    const change = waits.get(`assets ${id}`);
    return {
      threats: [...new Set((threats.get(id) ?? []).map(({ name }) => name))],
      incidents: incidents.get(id) ?? [],
      ...(change === undefined ? {} : { waiting: change }),
      ...harmOf(id),
    };
  };
  const ofRegistry = [...entries.values()]
    .filter(({ site }) => sees(site))
    .map(
      ({ id, name, kind, site, zone, criticality }): MappedAsset => ({
        id,
        name,
        kind,
        site,
        ...(zone === undefined ? {} : { zone }),
        criticality,
        ...common(id),
      }),
    );
  // What only the graph knows stands at the site of what needs it, where that is one site.
  const siteOf = sitesOfStrangers(graph.dependencies, (id) => entries.get(id)?.site);
  const strangers = graph.assets
    .filter(({ id }) => !entries.has(id))
    .map(({ id, name = id, kind = 'other' }): MappedAsset => {
      const site = siteOf.get(id);
      return { id, name, kind, ...(site === undefined ? {} : { site }), ...common(id) };
    })
    .filter(({ site }) => scope.isAll || (site !== undefined && sees(site)));
  const assets = [...ofRegistry, ...strangers].slice(0, MAX_MAPPED);
  const shown = new Set(assets.map(({ id }) => id));
  const dependencies = graph.dependencies
    .filter(({ of, on }) => shown.has(of) && on.some(({ asset }) => shown.has(asset)))
    .map((one) => mapped(one, landscape));
  return {
    currency: graph.currency,
    horizonMs: graph.horizon,
    sites: registryBook.document.sites
      .filter(({ id }) => sees(id))
      .map(({ id, name }) => ({
        id,
        name,
        zones: registryBook.document.zones
          .filter(({ site }) => site === id)
          .map((zone) => ({ id: zone.id, name: zone.name })),
      })),
    assets,
    dependencies,
    services: graph.services
      .filter(({ needs }) => needs.some(({ asset }) => shown.has(asset)))
      .map(({ id, name = id, perHour, needs }) => ({
        id,
        name,
        perHour,
        needs: [...new Set(needs.map(({ asset }) => asset))].filter((asset) => shown.has(asset)),
      })),
    mitigations: scope.isAll ? graph.mitigations.map(({ id, name, inPlace }) => ({ id, name, inPlace })) : [],
    effects: [
      ...Object.entries(builtInEffects).map(([id, words]) => ({ id, words })),
      ...graph.effects.map(({ id, words }) => ({ id, words })),
    ],
    people: [...people.values()]
      .filter(({ id, sites }) => scope.isAll || sites.some(sees) || scope.seesPerson(id))
      .map(({ id, name, kind, sites }) => {
        const change = waits.get(`identities ${id}`);
        return { id, name, kind, sites, ...(change === undefined ? {} : { waiting: change }) };
      }),
    waiting: scope.isAll
      ? waiting.map(({ list, id, change, fields }) => ({
          list,
          id,
          name: entries.get(id)?.name ?? people.get(id)?.name ?? id,
          change,
          fields: [...fields],
          canTakeBack: list === 'assets' || list === 'identities',
        }))
      : [],
    ...(landscape.judgingSince === undefined ? {} : { judgingSince: landscape.judgingSince }),
    leftOut: landscape.leftOut,
  };
}

function mapped(one: Dependency, landscape: Landscape): MappedDependency {
  const { of, effect, type, on, needed, probability, delay, buffer, bufferedBy } = one;
  return {
    ...landscape.originOf(one),
    of,
    effect,
    type,
    on: on.map(({ asset, effect: cause }) => ({ asset, effect: cause })),
    ...(needed === undefined ? {} : { needed }),
    probability,
    delay: timesOf(delay),
    buffer: timesOf(buffer),
    ...(bufferedBy === undefined ? {} : { bufferedBy }),
    delayMs: middleOf(delay),
    bufferMs: middleOf(buffer),
  };
}

/** Exactly, as the reader of durations takes it. */
const exactly = (ms: number): string =>
  ms % 3_600_000 === 0 && ms > 0
    ? `${ms / 3_600_000} h`
    : ms % 60_000 === 0 && ms > 0
      ? `${ms / 60_000} min`
      : ms % 1_000 === 0
        ? `${ms / 1_000} s`
        : `${Math.round(ms)} ms`;

function timesOf(of: Spread): Times {
  switch (of.kind) {
    case 'fixed':
      return exactly(of.ms);
    case 'uniform':
      return { from: exactly(of.fromMs), to: exactly(of.toMs) };
    case 'triangular':
      return { from: exactly(of.fromMs), likely: exactly(of.likelyMs), to: exactly(of.toMs) };
    case 'exponential':
      return `about ${durationText(of.meanMs)}`;
    case 'lognormal':
      return `about ${durationText(of.medianMs)}`;
  }
}

function middleOf(of: Spread): number {
  switch (of.kind) {
    case 'fixed':
      return of.ms;
    case 'uniform':
      return (of.fromMs + of.toMs) / 2;
    case 'triangular':
      return of.likelyMs;
    case 'exponential':
      return of.meanMs;
    case 'lognormal':
      return of.medianMs;
  }
}

/** Power and lines that no registry lists: at the site of all that they have to do with, however indirectly. */
function sitesOfStrangers(
  dependencies: readonly Dependency[],
  siteOf: (asset: string) => string | undefined,
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const shared = new Set<string>();
  const note = (asset: string, site: string | undefined) => {
    if (siteOf(asset) !== undefined || site === undefined || shared.has(asset)) return;
    const known = found.get(asset);
    if (known !== undefined && known !== site) {
      shared.add(asset);
      found.delete(asset);
    } else found.set(asset, site);
  };
  // As often as strangers stand behind strangers; a chain of more is drawn without a site.
  for (let round = 0; round < 4; round++)
    for (const { of, on } of dependencies)
      for (const { asset } of on) {
        note(asset, siteOf(of) ?? found.get(of));
        note(of, siteOf(asset) ?? found.get(asset));
      }
  return found;
}

function incidentsByAsset(
  store: Pick<Store, 'incidents'>,
  scope: Scope,
): Map<string, MappedAsset['incidents']> {
  const found = new Map<string, MappedAsset['incidents']>();
  for (const { incident } of store.incidents({ states: unresolvedStates, offset: 0, limit: MAX_INCIDENTS })) {
    const part = scope.part(incident);
    if (part === undefined) continue;
    const { id, title, severity, assets } = part;
    for (const asset of assets) {
      const list = found.get(asset) ?? [];
      if (list.length < MAX_INCIDENTS_EACH) list.push({ id, title, severity });
      found.set(asset, list);
    }
  }
  return found;
}
