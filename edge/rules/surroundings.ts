import type { Asset, AssetKind } from '../../devices/model/asset.ts';
import type { Registry, RegistryDocument } from '../../devices/model/registry.ts';

// By its document: a gateway's registry may be given another one while it runs.
const cache = new WeakMap<RegistryDocument, Map<string, Asset[]>>();

function indexOf({ document }: Registry): Map<string, Asset[]> {
  const known = cache.get(document);
  if (known) return known;
  const index = new Map<string, Asset[]>();
  for (const entry of document.assets) {
    const belongsTo = new Set(entry.guards);
    if (entry.hostedOn !== undefined) belongsTo.add(entry.hostedOn);
    for (const id of belongsTo) {
      const list = index.get(id);
      if (list) list.push(entry);
      else index.set(id, [entry]);
    }
  }
  cache.set(document, index);
  return index;
}

/** Assets built into this one or guarding it, of the kinds asked for: a door's readers, a door's lock. */
export function around(assetId: string, registry: Registry, kinds: readonly AssetKind[]): Asset[] {
  return (indexOf(registry).get(assetId) ?? []).filter(({ kind }) => kinds.includes(kind));
}

export const idsAround = (assetId: string, registry: Registry, kinds: readonly AssetKind[]): string[] =>
  around(assetId, registry, kinds).map(({ id }) => id);

/** What a reader or a lock belongs to: the doors and cabinets that it guards or is built into. */
export function openingsOf(assetId: string, registry: Registry): Asset[] {
  const from = registry.asset(assetId);
  if (from === undefined) return [];
  const ids = new Set(from.guards);
  if (from.hostedOn !== undefined) ids.add(from.hostedOn);
  return [...ids].flatMap((id) => {
    const entry = registry.asset(id);
    return entry && (entry.kind === 'door' || entry.kind === 'cabinet' || entry.kind === 'fridge')
      ? [entry]
      : [];
  });
}
