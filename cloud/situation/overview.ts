import type { Clock } from '../../devices/model/clock.ts';
import type { Severity } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Site } from '../../devices/model/site.ts';
import type { PictureAsset, PictureSite, SituationalPicture } from '../api/contract.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { Sources } from '../sources/sources.ts';
import type { Store } from '../store/store.ts';
import { isOpen } from './opening.ts';
import type { Situation } from './situation.ts';
import { type Unresolved, worse } from './unresolved.ts';

export interface OverviewParts {
  registry: Registry;
  clock: Clock;
  situation: Situation;
  unresolved: Unresolved;
  store: Pick<Store, 'report'>;
  ingest: Pick<Ingest, 'isConnected' | 'lastSeenAt'>;
  sources: Pick<Sources, 'health'>;
  gateways: readonly { id: string; site: string }[];
}

export type PictureGateway = NonNullable<PictureSite['gateway']>;

/** The picture of all sites: put together from what is known at the moment it is asked for. */
export class Overview {
  readonly #parts: OverviewParts;
  readonly #gatewayOf: ReadonlyMap<string, string>;

  constructor(parts: OverviewParts) {
    this.#parts = parts;
    // A site has one gateway; of more, the first of the configuration is shown.
    this.#gatewayOf = new Map(parts.gateways.map(({ id, site }) => [site, id] as const).reverse());
  }

  /** @param only sites that are wanted; all where it is not said */
  picture(scenarios: SituationalPicture['scenarios'], only?: ReadonlySet<string>): SituationalPicture {
    const { registry, sources } = this.#parts;
    return {
      clock: this.clock(),
      sites: registry.document.sites
        .filter(({ id }) => only?.has(id) !== false)
        .map((site) => this.#site(site)),
      sources: sources.health().map(({ name, title, asset, lastAt, records, refused }) => ({
        name,
        title,
        asset,
        ...(lastAt === undefined ? {} : { lastAt }),
        records,
        refused,
      })),
      scenarios: [...scenarios],
    };
  }

  clock(): SituationalPicture['clock'] {
    const { clock } = this.#parts;
    return { now: clock.now(), rate: clock.rate };
  }

  site(id: string): PictureSite | undefined {
    const site = this.#parts.registry.site(id);
    return site === undefined ? undefined : this.#site(site);
  }

  /** What the stream says of a site. */
  siteState(
    id: string,
  ): (Pick<PictureSite, 'id' | 'isOpen' | 'openIncidents'> & { worst?: Severity }) | undefined {
    const { registry, unresolved, clock } = this.#parts;
    const site = registry.site(id);
    return site === undefined
      ? undefined
      : { id, isOpen: isOpen(site, clock.now()), ...unresolved.ofSite(id) };
  }

  asset(id: string): PictureAsset | undefined {
    const { registry, situation, unresolved } = this.#parts;
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
      states: situation.factsOf(id),
      ...(alarm === undefined ? {} : { alarm }),
    };
  }

  /** The site's gateway as it is now; undefined where the site has none. */
  gateway(site: string): PictureGateway | undefined {
    const id = this.#gatewayOf.get(site);
    if (id === undefined) return undefined;
    const { ingest, store } = this.#parts;
    const report = store.report(id);
    const lastSeenAt = ingest.lastSeenAt(id) ?? report?.at;
    return {
      id,
      connected: ingest.isConnected(id),
      ...(lastSeenAt === undefined ? {} : { lastSeenAt }),
      ...(report === undefined
        ? {}
        : {
            armingMode: report.armingMode,
            waiting: report.waiting,
            quarantined: report.quarantined,
            devicesOffline: report.devices.offline,
          }),
    };
  }

  #site({ id, name, timeZone, plan, opening }: Site): PictureSite {
    const { registry, unresolved, clock } = this.#parts;
    const assets = registry.assetsOf(id).flatMap((asset) => this.asset(asset.id) ?? []);
    const alarmOfZone = new Map<string, Severity>();
    for (const { zone, alarm } of assets)
      if (zone !== undefined && alarm !== undefined)
        alarmOfZone.set(zone, worse(alarmOfZone.get(zone), alarm));
    const gateway = this.gateway(id);
    return {
      id,
      name,
      timeZone,
      isOpen: isOpen({ opening, timeZone }, clock.now()),
      ...(plan === undefined ? {} : { plan }),
      zones: registry.zonesOf(id).map((zone) => {
        const alarm = alarmOfZone.get(zone.id);
        return {
          id: zone.id,
          name: zone.name,
          outline: zone.outline,
          touches: [...registry.touching(zone.id)],
          ...(alarm === undefined ? {} : { alarm }),
        };
      }),
      assets,
      ...(gateway === undefined ? {} : { gateway }),
      ...unresolved.ofSite(id),
    };
  }
}
