import { type Severity, severityRank } from '../../devices/model/detection.ts';
import type { Incident, IncidentState } from '../../devices/model/incident.ts';

/** States in which somebody still has to do something. */
export const unresolvedStates: readonly IncidentState[] = ['open', 'acknowledged', 'contained'];

interface Entry {
  severity: Severity;
  assets: readonly string[];
  sites: readonly string[];
}

/** Incidents that are not resolved, by what they concern: what alarms the picture shows. */
export class Unresolved {
  readonly #entries = new Map<string, Entry>();
  readonly #byAsset = new Map<string, Set<string>>();
  readonly #bySite = new Map<string, Set<string>>();

  /** Takes an incident as it is now; gives the sites whose picture may have changed. */
  put(
    { id, severity, assets }: Pick<Incident, 'id' | 'severity'> & { assets: readonly string[] },
    state: IncidentState,
    sites: readonly string[],
  ): string[] {
    const before = this.drop(id);
    if (!unresolvedStates.includes(state)) return before;
    this.#entries.set(id, { severity, assets, sites });
    for (const asset of assets) note(this.#byAsset, asset, id);
    for (const site of sites) note(this.#bySite, site, id);
    return [...new Set([...before, ...sites])];
  }

  /** Takes one out; gives the sites that it concerned. */
  drop(id: string): string[] {
    const entry = this.#entries.get(id);
    if (entry === undefined) return [];
    this.#entries.delete(id);
    for (const asset of entry.assets) unnote(this.#byAsset, asset, id);
    for (const site of entry.sites) unnote(this.#bySite, site, id);
    return [...entry.sites];
  }

  /** Highest severity of those that the asset is part of. */
  alarmOf(asset: string): Severity | undefined {
    return this.#worst(this.#byAsset.get(asset));
  }

  idsOfSite(site: string): readonly string[] {
    return [...(this.#bySite.get(site) ?? [])];
  }

  ofSite(site: string): { openIncidents: number; worst?: Severity } {
    const ids = this.#bySite.get(site);
    const worst = this.#worst(ids);
    return { openIncidents: ids?.size ?? 0, ...(worst === undefined ? {} : { worst }) };
  }

  get size(): number {
    return this.#entries.size;
  }

  #worst(ids: ReadonlySet<string> | undefined): Severity | undefined {
    let worst: Severity | undefined;
    for (const id of ids ?? []) {
      const severity = this.#entries.get(id)?.severity;
      if (severity !== undefined) worst = worse(worst, severity);
    }
    return worst;
  }
}

/** The graver of two; the other where there is only one. */
export const worse = (one: Severity | undefined, other: Severity): Severity =>
  one === undefined || severityRank(other) > severityRank(one) ? other : one;

function note(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

function unnote(index: Map<string, Set<string>>, key: string, id: string): void {
  const ids = index.get(key);
  ids?.delete(id);
  if (ids?.size === 0) index.delete(key);
}
