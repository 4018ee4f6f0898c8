import { z } from 'zod';
import { assetKind } from '../../devices/model/asset.ts';
import { identifier } from '../../devices/model/identifiers.ts';
import { type Observation, type ObservationKind, observationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';

const scalar = z.union([z.string().max(512), z.number(), z.boolean()]);
const test = z.union([
  scalar,
  z.array(scalar).min(1).max(64),
  /** A text that holds this, in any case. */
  z.strictObject({ contains: z.string().min(1).max(256) }),
  z.strictObject({ present: z.boolean() }),
]);
type Test = z.infer<typeof test>;

const named = {
  kinds: z.array(observationKind).min(1).max(32),
  assets: z.array(identifier).min(1).max(1_000).optional(),
  assetKinds: z.array(assetKind).min(1).max(32).optional(),
  zones: z.array(identifier).min(1).max(1_000).optional(),
  sites: z.array(identifier).min(1).max(1_000).optional(),
  /** `facts.role: [admin, root]`, `subjects.account: {present: true}`, `log.message: {contains: backup}`; all must hold. */
  where: z
    .record(z.string().regex(/^(?:facts|observables|subjects|log)\.[\w.-]{1,64}$|^source$|^value$/), test)
    .optional(),
};
const plain = z.strictObject(named);

/** Which observations a rule speaks of. */
export const condition = z.strictObject({
  ...named,
  /** What is left out of them. */
  unless: plain.partial({ kinds: true }).optional(),
});
export type Condition = z.infer<typeof condition>;
type Plain = { [Key in keyof z.infer<typeof plain>]?: z.infer<typeof plain>[Key] | undefined };

function valueAt(observation: Observation, path: string): string | number | boolean | undefined {
  if (path === 'source') return observation.source;
  if (path === 'value') return observation.value;
  const dot = path.indexOf('.');
  const name = path.slice(dot + 1);
  const { facts, observables, subjects, log } = observation;
  const fields: Readonly<Record<string, unknown>> | undefined = {
    facts,
    observables,
    subjects,
    log: log?.fields,
  }[path.slice(0, dot)];
  const value = fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

const same = (a: unknown, b: unknown): boolean =>
  typeof a === 'string' && typeof b === 'string' ? a.toLowerCase() === b.toLowerCase() : a === b;

function holds(asked: Test, value: string | number | boolean | undefined): boolean {
  if (Array.isArray(asked)) return asked.some((one) => same(one, value));
  if (typeof asked !== 'object') return same(asked, value);
  if ('present' in asked) return (value !== undefined) === asked.present;
  return typeof value === 'string' && value.toLowerCase().includes(asked.contains.toLowerCase());
}

function holdsAll(
  { kinds, assets, assetKinds, zones, sites, where }: Plain,
  observation: Observation,
  registry: Registry,
): boolean {
  if (kinds !== undefined && !kinds.includes(observation.kind)) return false;
  if (assets !== undefined && !assets.includes(observation.asset)) return false;
  if (sites !== undefined && !sites.includes(observation.site)) return false;
  if (assetKinds !== undefined || zones !== undefined) {
    const asset = registry.asset(observation.asset);
    if (assetKinds !== undefined && (asset === undefined || !assetKinds.includes(asset.kind))) return false;
    if (zones !== undefined && !zones.includes(asset?.zone ?? '')) return false;
  }
  return Object.entries(where ?? {}).every(([path, one]) => holds(one, valueAt(observation, path)));
}

/** Pure. */
export function meets(of: Condition, observation: Observation, registry: Registry): boolean {
  if (!holdsAll(of, observation, registry)) return false;
  return of.unless === undefined || !holdsAll(of.unless, observation, registry);
}

/** Assets that a condition names by itself, or by their kind and place; undefined: any. */
export function assetsOf(
  { assets, assetKinds, zones, sites }: Condition,
  registry: Registry,
): string[] | undefined {
  if (assets !== undefined) return assets.filter((id) => registry.asset(id) !== undefined);
  if (assetKinds === undefined && zones === undefined) return undefined;
  return registry.document.assets
    .filter(
      ({ kind, zone, site }) =>
        (assetKinds === undefined || assetKinds.includes(kind)) &&
        (zones === undefined || (zone !== undefined && zones.includes(zone))) &&
        (sites === undefined || sites.includes(site)),
    )
    .map(({ id }) => id);
}

export const kindsOf = (conditions: readonly (Condition | undefined)[]): ObservationKind[] => [
  ...new Set(conditions.flatMap((one) => one?.kinds ?? [])),
];
