/** The dependency graph of a whole installation: what the registry says by itself, and what a file adds. */
import type { Asset, AssetKind } from '../../devices/model/asset.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { graphDocument } from '../cascade/document.ts';
import type { GraphDocument } from '../cascade/graph.ts';
import { surroundingsOf } from './surroundings.ts';

/** What is hosted on a host that is taken over, is taken over as well: nearly always. */
const HOSTED_TAKEN = 0.9;
/** What an asset needs to work, it may do without for a while or in part. */
const DEPENDS = 0.9;
/** Whoever is in a room gets at what stands in it. */
const REACHED = 0.4;
const REACHED_AFTER = { from: '1 min', to: '10 min' };
/** Dependencies that rooms give, at most: a hall of ten thousand assets is no riddle. */
const MAX_OF_ROOMS = 20_000;

/** Kinds through which somebody comes in. */
const entrances: ReadonlySet<AssetKind> = new Set(['door', 'lock', 'motion-sensor']);
/** Kinds that are worth it. */
const prey: ReadonlySet<AssetKind> = new Set(['cabinet', 'fridge', 'host', 'payment-service', 'network']);

interface Entry {
  of: string;
  effect: string;
  type: string;
  on: { asset: string; effect: string }[];
  probability: number;
  delay?: { from: string; to: string };
}

function entriesOf(registry: Registry): Entry[] {
  const { assets } = registry.document;
  const { zonesOf } = surroundingsOf(registry);
  const entries: Entry[] = [];
  const add = (of: string, effect: string, on: string, cause: string, type: string, probability: number) =>
    entries.push({ of, effect, type, on: [{ asset: on, effect: cause }], probability });
  for (const { id, hostedOn, dependsOn, guards } of assets) {
    if (hostedOn !== undefined && hostedOn !== id) {
      add(id, 'down', hostedOn, 'down', 'hosting', 1);
      add(id, 'compromised', hostedOn, 'compromised', 'hosting', HOSTED_TAKEN);
    }
    for (const needed of dependsOn) if (needed !== id) add(id, 'down', needed, 'down', 'other', DEPENDS);
    for (const guarded of guards) if (guarded !== id) add(guarded, 'unguarded', id, 'down', 'guard', 1);
  }
  const byZone = new Map<string, Asset[]>();
  for (const asset of assets)
    for (const zone of zonesOf(asset)) byZone.set(zone, [...(byZone.get(zone) ?? []), asset]);
  let rooms = 0;
  for (const inside of byZone.values()) {
    const worth = inside.filter(({ kind }) => prey.has(kind));
    for (const entrance of inside.filter(({ kind }) => entrances.has(kind)))
      for (const { id } of worth) {
        if (rooms++ >= MAX_OF_ROOMS) return entries;
        entries.push({
          of: id,
          effect: 'intruded',
          type: 'access',
          on: [{ asset: entrance.id, effect: 'intruded' }],
          probability: REACHED,
          delay: REACHED_AFTER,
        });
      }
  }
  return entries;
}

/**
 * A file's graph with what the registry adds: its assets and their names, and `hostedOn`, `dependsOn`, `guards` and
 * the rooms, each where the file says nothing of these two assets. Pure.
 */
export function installationGraph(registry: Registry, file?: GraphDocument): GraphDocument {
  const named = new Set(file?.assets.map(({ id }) => id));
  const said = new Set(
    file?.dependencies.flatMap(({ of, on }) => on.map(({ asset }) => `${asset}>${of}`)) ?? [],
  );
  const derived = graphDocument.parse({
    assets: registry.document.assets.map(({ id, name, kind }) => ({
      id,
      kind,
      ...(name.trim() === '' ? {} : { name: name.slice(0, 256) }),
    })),
    dependencies: entriesOf(registry).filter(({ of, on }) =>
      on.every(({ asset }) => !said.has(`${asset}>${of}`)),
    ),
  });
  if (file === undefined) return derived;
  return {
    ...file,
    assets: [
      ...file.assets.map((one) => {
        const name = one.name ?? registry.asset(one.id)?.name;
        return name === undefined ? one : { ...one, name };
      }),
      ...derived.assets.filter(({ id }) => !named.has(id)),
    ],
    dependencies: [...file.dependencies, ...derived.dependencies],
  };
}
