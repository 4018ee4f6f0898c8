import type { Asset, AssetKind } from '../../devices/model/asset.ts';
import type { Registry } from '../../devices/model/registry.ts';

/** What lies around an asset, both ways: what correlation asks of the registry beyond looking things up. */
export interface Surroundings {
  /** Zones that an asset belongs to: its own and, for a door, those on its two sides. */
  zonesOf(asset: Asset): readonly string[];
  guardians(assetId: string): readonly string[];
  hosted(assetId: string): readonly string[];
  dependents(assetId: string): readonly string[];
}

const cyberKinds: ReadonlySet<AssetKind> = new Set(['host', 'shop', 'payment-service', 'network']);

/** Which world an asset of this kind stands in. */
export const worldOfKind = (kind: AssetKind): 'physical' | 'cyber' =>
  cyberKinds.has(kind) ? 'cyber' : 'physical';

const nothing: readonly string[] = [];

/** Pure; walks the registry once. */
export function surroundingsOf(registry: Registry): Surroundings {
  const guardians = new Map<string, string[]>();
  const hosted = new Map<string, string[]>();
  const dependents = new Map<string, string[]>();
  const note = (into: Map<string, string[]>, key: string, id: string) => {
    const list = into.get(key);
    if (list === undefined) into.set(key, [id]);
    else list.push(id);
  };
  for (const asset of registry.document.assets) {
    for (const guarded of asset.guards) note(guardians, guarded, asset.id);
    for (const needed of asset.dependsOn) note(dependents, needed, asset.id);
    if (asset.hostedOn !== undefined) note(hosted, asset.hostedOn, asset.id);
  }
  return {
    zonesOf: ({ zone, connects }) => [
      ...new Set([...(zone === undefined ? [] : [zone]), ...(connects ?? [])]),
    ],
    guardians: (id) => guardians.get(id) ?? nothing,
    hosted: (id) => hosted.get(id) ?? nothing,
    dependents: (id) => dependents.get(id) ?? nothing,
  };
}
