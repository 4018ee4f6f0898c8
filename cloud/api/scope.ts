/**
 * What a caller may see: sites, and with them assets, people, detections and incidents. Routes ask here and nowhere
 * else; what is not seen is answered like what is not there.
 */
import type { Detection } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { DEFAULT_TENANT } from '../../devices/model/site.ts';
import { type AccountScope, EVERYTHING } from '../people/account-scope.ts';
import type { Store } from '../store/store.ts';
import { notThere, Problem } from './problem.ts';

/** What a scope rests on. */
export interface ScopeParts {
  registry: Registry;
  store: Pick<Store, 'detection'>;
}

/** Detections of one incident that are looked at when a part of it is hidden: those are rare, and small. */
const MAX_LOOKED_AT = 5_000;

/** In place of a title or summary that would name what is not the caller's. */
const HIDDEN_TITLE = 'This also concerns sites that are not yours';

export class Scope {
  /** Sites that are seen; undefined: all, and what belongs to none. */
  readonly sites: ReadonlySet<string> | undefined;
  /** The same for all who see the same: to keep answers by. */
  readonly key: string;
  readonly #parts: ScopeParts;

  constructor(of: AccountScope, parts: ScopeParts) {
    this.#parts = parts;
    this.sites = sitesOfScope(of, parts.registry);
    this.key = this.sites === undefined ? 'all' : JSON.stringify([...this.sites].sort());
  }

  get isAll(): boolean {
    return this.sites === undefined;
  }

  seesSite(site: string | undefined): boolean {
    if (this.sites === undefined) return true;
    return site !== undefined && this.sites.has(site);
  }

  /** Sites to look at when one, or none, was asked for; undefined: all. One that is not seen is none. */
  chosen(site: string | undefined): readonly string[] | undefined {
    if (site !== undefined) return this.seesSite(site) ? [site] : [];
    return this.sites === undefined ? undefined : [...this.sites];
  }

  /** Whether there is a site that both see: they may know of each other. */
  meets(other: Scope): boolean {
    if (this.sites === undefined || other.sites === undefined) return true;
    return [...this.sites].some((site) => other.seesSite(site));
  }

  /** Whether the other sees nothing that is not seen here. */
  covers(other: Scope): boolean {
    if (this.sites === undefined) return true;
    return other.sites !== undefined && [...other.sites].every((site) => this.seesSite(site));
  }

  /** What the registry does not know belongs to no site: only who sees all sees it. */
  seesAsset(asset: string): boolean {
    return this.sites === undefined || this.seesSite(this.#parts.registry.asset(asset)?.site);
  }

  seesZone(zone: string): boolean {
    return this.sites === undefined || this.seesSite(this.#parts.registry.zone(zone)?.site);
  }

  /** A person of one of the sites, or who may open, uses or drives what stands there. */
  seesPerson(id: string): boolean {
    if (this.sites === undefined) return true;
    const person = this.#parts.registry.identity(id);
    if (person === undefined) return false;
    const { sites, mayOpen, hosts = [], vehicles = [] } = person;
    return (
      sites.some((site) => this.seesSite(site)) ||
      [...mayOpen, ...hosts, ...vehicles].some((asset) => this.seesAsset(asset))
    );
  }

  /** Whether all that a detection names is the caller's. */
  seesDetection({ site, assets }: Pick<Detection, 'site' | 'assets'>): boolean {
    if (this.sites === undefined) return true;
    if (site !== undefined && !this.seesSite(site)) return false;
    const { registry } = this.#parts;
    const known = assets.flatMap((id) => registry.asset(id) ?? []);
    return known.every((asset) => this.seesSite(asset.site)) && (known.length > 0 || site !== undefined);
  }

  /** Whether any of it is the caller's; `part` tells what they may see of it. */
  seesIncident({ assets }: Pick<Incident, 'assets'>): boolean {
    return this.sites === undefined || assets.some((asset) => this.seesAsset(asset));
  }

  /** Whether nothing of it is hidden from the caller. */
  seesAllOf(incident: Pick<Incident, 'assets' | 'detections'>): boolean {
    if (this.sites === undefined) return true;
    const { registry } = this.#parts;
    const isForeign = (id: string) => {
      const asset = registry.asset(id);
      return asset !== undefined && !this.seesSite(asset.site);
    };
    if (incident.assets.some(isForeign) || !this.seesIncident(incident)) return false;
    // Something that the registry does not know: only its detections tell whose it is.
    if (incident.assets.every((id) => registry.asset(id) !== undefined)) return true;
    return this.#detectionsOf(incident).every((one) => this.seesDetection(one));
  }

  /** The same of one that may not be there: then it is not seen. */
  seesWhole(incident: Pick<Incident, 'assets' | 'detections'> | undefined): boolean {
    return incident !== undefined && this.seesAllOf(incident);
  }

  /**
   * An incident as the caller may see it: whole, without what belongs to sites of others, or not at all. A machine
   * that joins what happened at two tenants must not tell one of the other.
   */
  part(incident: Incident): Incident | undefined {
    if (!this.seesIncident(incident)) return undefined;
    if (this.seesAllOf(incident)) return incident;
    const seen = this.#detectionsOf(incident).filter((one) => this.seesDetection(one));
    const ids = new Set(seen.map(({ id }) => id));
    const own = new Set(seen.flatMap(({ identities }) => identities));
    const times = seen.map(({ at }) => at);
    const worst = seen.find(({ severity }) => severity === incident.severity) ?? seen[0];
    return {
      ...incident,
      title: worst?.summary ?? HIDDEN_TITLE,
      first: times.length === 0 ? incident.first : Math.min(...times),
      last: times.length === 0 ? incident.last : Math.max(...times),
      severity: worst?.severity ?? incident.severity,
      detections: incident.detections.filter((id) => ids.has(id)),
      assets: incident.assets.filter((asset) => this.seesAsset(asset)),
      identities: incident.identities.filter((id) => own.has(id) && this.seesPerson(id)),
      links: incident.links.filter(({ a, b }) => ids.has(a) && ids.has(b)),
    };
  }

  #detectionsOf({ detections }: Pick<Incident, 'detections'>): Detection[] {
    return detections.slice(0, MAX_LOOKED_AT).flatMap((id) => this.#parts.store.detection(id) ?? []);
  }

  /**
   * For what can only be answered as a whole: the installation's own state.
   * @throws Problem for who does not see all sites
   */
  demandAll(): void {
    if (!this.isAll) throw new Problem(403, 'not-your-sites', 'This is for those who see all sites.');
  }

  /**
   * The incident of an id or former id, where the caller may act on it: all of it is theirs.
   * @throws Problem 404 where it is not there or not theirs, 403 where a part of it is of others
   */
  demandIncident(incident: Incident | undefined): Incident {
    if (incident === undefined || !this.seesIncident(incident)) throw notThere('incident');
    if (!this.seesAllOf(incident))
      throw new Problem(
        403,
        'not-your-sites',
        'This incident also concerns sites that are not yours: who sees all of them acts on it.',
      );
    return incident;
  }
}

/** Sites by what an account was given; undefined: all. A tenant's new site is seen at once. */
export function sitesOfScope(of: AccountScope, registry: Registry): ReadonlySet<string> | undefined {
  switch (of.of) {
    case 'all':
      return undefined;
    case 'sites':
      return new Set(of.sites);
    case 'tenants': {
      const tenants = new Set(of.tenants);
      return new Set(
        registry.document.sites
          .filter(({ tenant = DEFAULT_TENANT }) => tenants.has(tenant))
          .map(({ id }) => id),
      );
    }
  }
}

/** Scopes by what accounts were given: one object for all who were given the same. */
export class Scopes {
  readonly #parts: ScopeParts;
  readonly #known = new Map<string, Scope>();
  #document: Registry['document'];

  constructor(parts: ScopeParts) {
    this.#parts = parts;
    this.#document = parts.registry.document;
  }

  of(given: AccountScope = EVERYTHING): Scope {
    // In a changed registry a tenant may have other sites.
    if (this.#document !== this.#parts.registry.document) this.#known.clear();
    this.#document = this.#parts.registry.document;
    const key = JSON.stringify(given);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    // No more than there are accounts.
    if (this.#known.size >= MAX_KEPT_SCOPES) this.#known.clear();
    const scope = new Scope(given, this.#parts);
    this.#known.set(key, scope);
    return scope;
  }
}

const MAX_KEPT_SCOPES = 5_000;
