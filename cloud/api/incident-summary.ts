import type { AssetKind } from '../../devices/model/asset.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { worldOfKind } from '../assets/surroundings.ts';
import type { Handling } from '../store/store.ts';
import type { IncidentSummary } from './contract.ts';

/** Assets and people named in one row; an incident of hundreds says so by its number of detections. */
const MAX_NAMED = 32;

/** Something that a partner names and the registry does not know: most often a machine. */
const UNKNOWN_KIND: AssetKind = 'host';

export interface NamedAsset {
  id: string;
  name: string;
  kind: AssetKind;
}

/** What to call an asset, known or not. */
export function namedAsset(id: string, registry: Registry): NamedAsset {
  const asset = registry.asset(id);
  return { id, name: asset?.name ?? id, kind: asset?.kind ?? UNKNOWN_KIND };
}

export const namedPerson = (id: string, registry: Registry): { id: string; name: string } => ({
  id,
  name: registry.identity(id)?.name ?? id,
});

/** The sites of the assets that an incident names. */
export const sitesOf = (assets: readonly string[], registry: Registry): string[] => [
  ...new Set(assets.flatMap((id) => registry.asset(id)?.site ?? [])),
];

/** One row of the queue. Pure. */
export function summaryOf(incident: Incident, handling: Handling, registry: Registry): IncidentSummary {
  const { id, title, severity, priority, first, last, assets, identities, detections } = incident;
  const worlds = new Set(assets.map((asset) => worldOfKind(namedAsset(asset, registry).kind)));
  return {
    id,
    title,
    severity,
    priority,
    state: handling.state,
    ...(handling.assignee === undefined ? {} : { assignee: handling.assignee }),
    first,
    last,
    sites: sitesOf(assets, registry).map((site) => ({ id: site, name: registry.site(site)?.name ?? site })),
    assets: assets.slice(0, MAX_NAMED).map((asset) => namedAsset(asset, registry)),
    people: identities.slice(0, MAX_NAMED).map((person) => namedPerson(person, registry)),
    detections: detections.length,
    worlds: (['physical', 'cyber'] as const).filter((world) => worlds.has(world)),
    openedAt: handling.openedAt,
    ...(handling.acknowledgedAt === undefined ? {} : { acknowledgedAt: handling.acknowledgedAt }),
  };
}
