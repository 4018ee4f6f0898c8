import type { Clock } from '../../devices/model/clock.ts';
import type { Severity } from '../../devices/model/detection.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type {
  HistoryMark,
  PictureAsset,
  PictureSite,
  SiteDetail,
  SituationalPicture,
} from '../api/contract.ts';
import { notThere } from '../api/problem.ts';
import type { Ingest } from '../ingest/ingest.ts';
import type { PlanBook } from '../plans/plan-book.ts';
import type { Sources } from '../sources/sources.ts';
import type { Store } from '../store/store.ts';
import type { History, Moment } from './history.ts';
import type { LinkHistory } from './link-history.ts';
import { isOpen } from './opening.ts';
import type { Presence } from './presence.ts';
import { type PictureSettings, supervisionOf } from './settings.ts';
import { assetView, type Seen, siteSummary, siteView } from './site-view.ts';
import type { Situation } from './situation.ts';
import type { Unresolved } from './unresolved.ts';

/** With more sites than this a picture holds summaries: what is on each plan is asked for when it is looked at. */
export const MAX_WHOLE_SITES = 12;

export interface OverviewParts {
  registry: Registry;
  clock: Clock;
  situation: Situation;
  unresolved: Unresolved;
  store: Pick<Store, 'report'>;
  ingest: Pick<Ingest, 'isConnected' | 'lastSeenAt'>;
  sources: Pick<Sources, 'health'>;
  gateways: readonly { id: string; site: string }[];
  settings: PictureSettings;
  presence: Presence;
  plans: Pick<PlanBook, 'floorsOf'>;
  history: History;
  links: Pick<LinkHistory, 'at'>;
}

export type PictureGateway = NonNullable<PictureSite['gateway']>;

/** The picture of all sites: put together from what is known at the moment it is asked for, or of one that was. */
export class Overview {
  readonly #parts: OverviewParts;
  #gatewayOf: ReadonlyMap<string, string> = new Map();
  #gatewaysKnown = -1;
  readonly #supervisionMs: Record<string, number>;

  constructor(parts: OverviewParts) {
    this.#parts = parts;
    this.#supervisionMs = supervisionOf(parts.settings);
  }

  /** @param only sites that are wanted; all where it is not said */
  picture(scenarios: SituationalPicture['scenarios'], only?: ReadonlySet<string>): SituationalPicture {
    return this.#pictureOf(this.#now(), scenarios, only);
  }

  /**
   * The same as of a moment of the past. Sources are as they are now: what they were is not kept.
   * @throws Problem for a moment that can't be shown
   */
  async pictureAt(moment: number, only?: ReadonlySet<string>): Promise<SituationalPicture> {
    const past = this.#past(await this.#parts.history.at(moment));
    return { ...this.#pictureOf(past, [], only), sources: [], asOf: moment };
  }

  /**
   * One site, whole, now or as of a moment.
   * @param withPersons whoever asks may know who is where, if the house shows it at all
   * @throws Problem where there is no such site, or for a moment that can't be shown
   */
  async siteDetail(id: string, moment: number | undefined, withPersons: boolean): Promise<SiteDetail> {
    const { registry, settings, history } = this.#parts;
    const site = registry.site(id);
    if (site === undefined) throw notThere('site');
    const seen = moment === undefined ? this.#now() : this.#past(await history.ofSite(id, moment));
    const persons =
      settings.people === 'names' && withPersons
        ? seen.peopleAt?.(id).map(({ person, zone, since }) => ({
            id: person,
            name: registry.identity(person)?.name ?? person,
            zone,
            since,
          }))
        : undefined;
    return {
      clock: this.clock(),
      ...(moment === undefined ? {} : { asOf: moment }),
      supervisionMs: this.#supervisionMs,
      site: siteView(site, seen),
      ...(persons === undefined ? {} : { persons }),
    };
  }

  /** Incidents of the time that can be replayed, where they were first told; titles are the caller's to add. */
  async marks(from: number): Promise<Omit<HistoryMark, 'title' | 'sites'>[]> {
    const all = await this.#parts.history.course.since(from);
    return all
      .filter(({ openedAt }) => openedAt >= from)
      .map(({ id, severity, openedAt }) => ({ incident: id, severity, at: openedAt }));
  }

  get replayFrom(): number {
    return this.#parts.history.from;
  }

  clock(): SituationalPicture['clock'] {
    const { clock } = this.#parts;
    return { now: clock.now(), rate: clock.rate };
  }

  site(id: string): PictureSite | undefined {
    const site = this.#parts.registry.site(id);
    return site === undefined ? undefined : siteView(site, this.#now());
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
    return assetView(id, this.#now());
  }

  /** A site has one gateway; of more, the first of the configuration is shown. Gateways join while the cloud runs. */
  #gatewayIdAt(site: string): string | undefined {
    const { gateways } = this.#parts;
    if (gateways.length !== this.#gatewaysKnown) {
      this.#gatewaysKnown = gateways.length;
      this.#gatewayOf = new Map(gateways.map((one) => [one.site, one.id] as const).reverse());
    }
    return this.#gatewayOf.get(site);
  }

  /** The site's gateway as it is now; undefined where the site has none. */
  gateway(site: string): PictureGateway | undefined {
    const id = this.#gatewayIdAt(site);
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

  /** What was known of it then: whether it was linked where that was written down, and how its site was armed. */
  #gatewayAt(site: string, { at, arming }: Moment): PictureGateway | undefined {
    const id = this.#gatewayIdAt(site);
    if (id === undefined) return undefined;
    const link = this.#parts.links.at(id, at);
    const armingMode = arming.get(site);
    return {
      id,
      connected: link?.connected ?? true,
      ...(link === undefined || link.connected ? {} : { lastSeenAt: link.since }),
      ...(armingMode === undefined ? {} : { armingMode }),
    };
  }

  #now(): Seen {
    const { registry, clock, situation, unresolved, presence, settings, plans } = this.#parts;
    const at = clock.now();
    let people: ReturnType<Presence['bySite']> | undefined;
    return {
      at,
      registry,
      factsOf: (asset) => situation.factsOf(asset),
      unresolved,
      gatewayOf: (site) => this.gateway(site),
      peopleAt:
        settings.people === 'off'
          ? undefined
          : (site) => {
              people ??= presence.bySite(at, settings.peopleForMs);
              return people.get(site) ?? [];
            },
      floorsOf: (site) => plans.floorsOf(site),
      supervisionMs: this.#supervisionMs,
    };
  }

  #past(moment: Moment): Seen {
    const { settings } = this.#parts;
    const { at, situation, unresolved, presence } = moment;
    const people = settings.people === 'off' ? undefined : presence.bySite(at, settings.peopleForMs);
    return {
      ...this.#now(),
      at,
      factsOf: (asset) => situation.factsOf(asset),
      unresolved,
      gatewayOf: (site) => this.#gatewayAt(site, moment),
      peopleAt: people === undefined ? undefined : (site) => people.get(site) ?? [],
    };
  }

  #pictureOf(
    seen: Seen,
    scenarios: SituationalPicture['scenarios'],
    only: ReadonlySet<string> | undefined,
  ): SituationalPicture {
    const { registry, sources } = this.#parts;
    const sites = registry.document.sites.filter(({ id }) => only?.has(id) !== false);
    const view = sites.length > MAX_WHOLE_SITES ? siteSummary : siteView;
    return {
      clock: this.clock(),
      sites: sites.map((site) => view(site, seen)),
      sources: sources.health().map(({ name, title, asset, lastAt, records, refused }) => ({
        name,
        title,
        asset,
        ...(lastAt === undefined ? {} : { lastAt }),
        records,
        refused,
      })),
      scenarios: [...scenarios],
      supervisionMs: this.#supervisionMs,
      replayFrom: this.replayFrom,
    };
  }
}
