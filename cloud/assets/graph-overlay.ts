/** What people at the desk lay over the graph of dependencies: kept apart from the file, the registry and what was learned. Pure. */
import { z } from 'zod';
import { identifier, plainText } from '../../devices/model/identifiers.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { graphDocument } from '../cascade/document.ts';
import { builtInEffects } from '../cascade/effects.ts';
import {
  type Dependency,
  dependency,
  dependencyType,
  type GraphDocument,
  MAX_SUPPLIERS,
} from '../cascade/graph.ts';
import { nameOfDependency } from '../cascade/network.ts';
import { atSite } from '../risk/at-site.ts';
import { type Catalogue, catalogues } from '../risk/catalogue.ts';

/** Entries written at the desk; who needs more writes a file. */
export const MAX_ADDED = 20_000;

const chance = z.number().min(0).max(1);
const time = z.string().min(1).max(32);
const times = z.union([
  time,
  z.strictObject({ from: time, to: time }),
  z.strictObject({ from: time, likely: time, to: time }),
]);

/** A dependency as a person writes it: times with their units. */
export const dependencyEntry = z.strictObject({
  of: identifier,
  effect: identifier.default('down'),
  type: dependencyType.default('other'),
  on: z
    .array(z.strictObject({ asset: identifier, effect: identifier.default('down') }))
    .min(1, 'names nothing that is needed')
    .max(MAX_SUPPLIERS),
  needed: z.number().int().min(1).max(MAX_SUPPLIERS).exactOptional(),
  probability: chance.default(1),
  delay: times.default('0 s'),
  buffer: times.default('0 s'),
  bufferedBy: plainText.max(128).exactOptional(),
});
export type DependencyEntryWritten = z.infer<typeof dependencyEntry>;

export const graphOverlay = z.strictObject({
  added: z
    .array(z.strictObject({ id: identifier, entry: dependencyEntry }))
    .max(MAX_ADDED)
    .default([]),
  /** Dependencies of the file, the registry or the records that a person took out, by `dependencyId`. */
  removed: z.array(identifier).max(MAX_ADDED).default([]),
  mitigations: z
    .array(z.strictObject({ id: identifier, inPlace: z.boolean() }))
    .max(5_000)
    .default([]),
  catalogues: z
    .array(z.strictObject({ site: identifier, catalogue: z.enum(catalogues) }))
    .max(10_000)
    .default([]),
});
export type GraphOverlay = z.infer<typeof graphOverlay>;

/** Names a dependency by what it says, not by its figures; two that say the same have one name. */
export const dependencyId = (one: Dependency): string => `dependency-${nameOfDependency(one)}`;

export interface Overlaid {
  graph: GraphDocument;
  /** Dependencies by what was written at the desk, and by catalogues. */
  added: ReadonlyMap<Dependency, string>;
  fromCatalogue: ReadonlySet<Dependency>;
  /** Entries that name something that is not there. */
  leftOut: number;
}

/** @param catalogueOf the starter files, read */
export function overlaid(
  base: GraphDocument,
  overlay: GraphOverlay,
  registry: Registry,
  catalogueOf: (name: Catalogue) => GraphDocument,
): Overlaid {
  const placed = overlay.catalogues.flatMap(({ site, catalogue }) =>
    registry.site(site) === undefined ? [] : [atSite(catalogueOf(catalogue), site, registry)],
  );
  const parts = [base, ...placed];
  const all = <
    Key extends 'assets' | 'dependencies' | 'services' | 'mitigations' | 'threats' | 'weaknesses' | 'effects',
  >(
    key: Key,
  ) => parts.flatMap((one): GraphDocument[Key][number][] => one[key]);
  const first = <Entry extends { id: string }>(entries: readonly Entry[]): Entry[] =>
    [...new Map([...entries].reverse().map((entry) => [entry.id, entry])).values()].reverse();
  const assets = first(all('assets'));
  const effects = first(all('effects'));
  const known = new Set(assets.map(({ id }) => id));
  const happens = new Set([...Object.keys(builtInEffects), ...effects.map(({ id }) => id)]);
  const removed = new Set(overlay.removed);
  const added = new Map<Dependency, string>();
  let leftOut = 0;
  for (const { id, entry } of overlay.added) {
    const parsed = dependency.safeParse(entry);
    const isKnown =
      parsed.success &&
      [{ asset: entry.of, effect: entry.effect }, ...entry.on].every(
        ({ asset, effect }) => known.has(asset) && happens.has(effect),
      );
    if (parsed.success && isKnown) added.set(parsed.data, id);
    else leftOut++;
  }
  const decided = new Map(overlay.mitigations.map(({ id, inPlace }) => [id, inPlace]));
  const kept = all('dependencies').filter((one) => removed.size === 0 || !removed.has(dependencyId(one)));
  return {
    graph: {
      ...base,
      effects,
      assets,
      dependencies: [...kept, ...added.keys()],
      services: first(all('services')),
      mitigations: first(all('mitigations')).map((one) => {
        const inPlace = decided.get(one.id);
        return inPlace === undefined ? one : { ...one, inPlace };
      }),
      threats: first(all('threats')),
      weaknesses: first(all('weaknesses')),
    },
    added,
    fromCatalogue: new Set(placed.flatMap(({ dependencies }) => dependencies)),
    leftOut,
  };
}

/** What is wrong with an entry, and at which of its fields; undefined where it fits the graph. */
export function problemOf(
  entry: DependencyEntryWritten,
  graph: GraphDocument,
): { field: string; message: string } | undefined {
  const named = [entry.of, ...entry.on.map(({ asset }) => asset)];
  const parsed = graphDocument.safeParse({
    assets: graph.assets.filter(({ id }) => named.includes(id)).map(({ id }) => ({ id })),
    effects: graph.effects,
    dependencies: [entry],
  });
  if (parsed.success) return undefined;
  const [issue] = parsed.error.issues;
  const field = issue?.path[2];
  return { field: field === undefined ? 'of' : String(field), message: issue?.message ?? 'does not fit' };
}
