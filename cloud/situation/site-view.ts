import type { Severity } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Site } from '../../devices/model/site.ts';
import type { PictureAsset, PictureSite, PlanFloor } from '../api/contract.ts';
import { pictureFloor } from '../plans/plan-book.ts';
import { linksDown } from './links-down.ts';
import { isOpen } from './opening.ts';
import { countsOf, type Whereabouts } from './presence.ts';
import { isStale } from './settings.ts';
import { type Fact, withoutPerson } from './situation.ts';
import { type Unresolved, worse } from './unresolved.ts';

/** What a picture of a site is made of, now or at a moment of the past. */
export interface Seen {
  at: number;
  registry: Registry;
  factsOf(asset: string): Fact[];
  unresolved: Pick<Unresolved, 'alarmOf' | 'ofSite'>;
  gatewayOf(site: string): PictureSite['gateway'];
  /** Undefined where the house shows nobody. */
  peopleAt: ((site: string) => readonly Whereabouts[]) | undefined;
  /** Floors that somebody drew. */
  floorsOf(site: string): PlanFloor[] | undefined;
  supervisionMs: Readonly<Record<string, number>>;
}

/** An asset as anybody may see it. Pure. */
export function assetView(id: string, { registry, factsOf, unresolved }: Seen): PictureAsset | undefined {
  const asset = registry.asset(id);
  if (asset === undefined) return undefined;
  const { name, kind, zone, position, band, criticality } = asset;
  const alarm = unresolved.alarmOf(id);
  return {
    id,
    name,
    kind,
    ...(zone === undefined ? {} : { zone }),
    ...(position === undefined ? {} : { position }),
    ...(band === undefined ? {} : { band }),
    criticality,
    states: factsOf(id).map(withoutPerson),
    ...(alarm === undefined ? {} : { alarm }),
  };
}

const headOf = ({ id, name, timeZone, opening, coordinates }: Site, { at, unresolved, gatewayOf }: Seen) => {
  const gateway = gatewayOf(id);
  return {
    id,
    name,
    timeZone,
    isOpen: isOpen({ opening, timeZone }, at),
    ...(coordinates === undefined ? {} : { coordinates }),
    ...(gateway === undefined ? {} : { gateway }),
    ...unresolved.ofSite(id),
  };
};

/** A site in a few words, for a picture of hundreds. Pure. */
export function siteSummary(site: Site, seen: Seen): PictureSite {
  const { at, registry, factsOf, peopleAt, supervisionMs } = seen;
  const assets = registry
    .assetsOf(site.id)
    .map(({ id, name, kind }) => ({ id, name, kind, states: factsOf(id) }));
  const head = headOf(site, seen);
  const stale = assets.filter(({ states }) =>
    states.some((state) => isStale(state, supervisionMs, at)),
  ).length;
  return {
    ...head,
    zones: [],
    assets: [],
    summary: {
      assets: assets.length,
      linksDown: linksDown(head.gateway, assets).length,
      stale,
      ...(peopleAt === undefined ? {} : { people: peopleAt(site.id).length }),
    },
  };
}

/** A site, whole. Pure. */
export function siteView(site: Site, seen: Seen): PictureSite {
  const { registry, peopleAt, floorsOf } = seen;
  const { id, plan } = site;
  const head = headOf(site, seen);
  const floors = floorsOf(id);
  const outlines = new Map(
    floors?.flatMap((floor) =>
      floor.zones.map((one) => [one.zone, { floor: floor.id, outline: one.outline }]),
    ),
  );
  const places = new Map(
    floors?.flatMap((floor) =>
      floor.assets.map(({ asset, x, y }) => [asset, { floor: floor.id, position: { x, y } }]),
    ),
  );
  const assets = registry.assetsOf(id).flatMap(({ id: one }): PictureAsset[] => {
    const view = assetView(one, seen);
    if (view === undefined) return [];
    if (floors === undefined) return [view];
    // A plan that somebody drew says where things are; the registry's places belong to another drawing.
    const { position: _registry, ...rest } = view;
    const floor = view.zone === undefined ? undefined : outlines.get(view.zone)?.floor;
    return [{ ...rest, ...(places.get(one) ?? (floor === undefined ? {} : { floor })) }];
  });
  const alarmOfZone = new Map<string, Severity>();
  for (const { zone, alarm } of assets)
    if (zone !== undefined && alarm !== undefined) alarmOfZone.set(zone, worse(alarmOfZone.get(zone), alarm));
  const ground = floors?.[0] ?? plan;
  const down = linksDown(head.gateway, assets);
  return {
    ...head,
    ...(ground === undefined ? {} : { plan: { width: ground.width, height: ground.height } }),
    ...(floors === undefined ? {} : { floors: floors.map((floor) => pictureFloor(id, floor)) }),
    zones: registry.zonesOf(id).map((zone) => {
      const alarm = alarmOfZone.get(zone.id);
      const drawn =
        floors === undefined ? { outline: zone.outline } : (outlines.get(zone.id) ?? { outline: [] });
      return {
        id: zone.id,
        name: zone.name,
        ...drawn,
        touches: [...registry.touching(zone.id)],
        ...(alarm === undefined ? {} : { alarm }),
      };
    }),
    assets,
    ...(peopleAt === undefined ? {} : { people: countsOf(peopleAt(id)) }),
    ...(down.length === 0 ? {} : { linksDown: down }),
  };
}
