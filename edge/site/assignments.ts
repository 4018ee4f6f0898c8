/** Which part of which device tells about which asset: the `devices:` entries of the gateway's configuration. */
import { z } from 'zod';
import type { Asset } from '../../devices/model/asset.ts';
import { durationMs, identifier, plainText } from '../../devices/model/identifiers.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type Meaning, meaningFor, meanings, type Property } from './properties.ts';

/** Parts of one device. */
export const MAX_PARTS = 64;

const part = plainText.min(1).max(200);
const bounded = <Schema extends z.ZodType>(value: Schema) =>
  z.record(part, value).refine((map) => Object.keys(map).length <= MAX_PARTS, `at most ${MAX_PARTS} parts`);

/** One device and what its parts are for. */
export const assignment = z
  .strictObject({
    /** `<profile>:<name>`, as the inbox of found devices shows it. */
    device: plainText
      .max(256)
      .regex(/^[a-z0-9-]+:[^\n\t]+$/, 'expected <profile>:<name>, e.g. zigbee2mqtt:0x00158d…'),
    name: plainText.min(1).max(128).optional(),
    /** For all parts that `assets` does not name. */
    asset: identifier.optional(),
    assets: bounded(identifier).default({}),
    /** After this long without a word the device is offline; otherwise what is usual for its family. */
    superviseMs: durationMs.min(1_000).optional(),
    /** Parts that are wired the other way round. */
    invert: z.array(part).max(MAX_PARTS).default([]),
    /** What a part stands for, where the device can't know: an input, a relay. */
    treatAs: bounded(z.enum(meanings)).default({}),
    /** The door that a reader's or an exit button's part stands at, where the registry does not say. */
    doors: bounded(identifier).default({}),
  })
  .refine(
    ({ asset, assets }) => asset !== undefined || Object.keys(assets).length > 0,
    'needs asset, or assets for its parts',
  );
export type Assignment = z.infer<typeof assignment>;

/** The whole `devices:` section. */
export const assignments = z
  .array(assignment)
  .max(2_000)
  .superRefine((entries, context) => {
    const seen = new Set<string>();
    for (const [index, { device }] of entries.entries()) {
      if (seen.has(device))
        context.addIssue({
          code: 'custom',
          path: [index, 'device'],
          message: `"${device}" is already assigned`,
        });
      seen.add(device);
    }
  });

export interface AssignmentProblem {
  path: (string | number)[];
  message: string;
}

/** Assets that are not there or belong to another site. */
export function assignmentProblems(
  entries: readonly Assignment[],
  registry: Registry,
  siteId: string,
): AssignmentProblem[] {
  const problems: AssignmentProblem[] = [];
  const expect = (id: string | undefined, path: (string | number)[]) => {
    const found = id === undefined ? undefined : registry.asset(id);
    if (id === undefined || found?.site === siteId) return;
    const message =
      found === undefined ? `there is no asset "${id}"` : `"${id}" belongs to site "${found.site}"`;
    problems.push({ path, message });
  };
  for (const [index, entry] of entries.entries()) {
    expect(entry.asset, [index, 'asset']);
    for (const [name, id] of Object.entries(entry.assets)) expect(id, [index, 'assets', name]);
    for (const [name, id] of Object.entries(entry.doors)) expect(id, [index, 'doors', name]);
  }
  return problems;
}

/** The asset that a part tells about. */
export const assetOf = (entry: Assignment, name: string): string | undefined =>
  Object.hasOwn(entry.assets, name) ? entry.assets[name] : entry.asset;

/** The asset that a part's property tells about; what concerns the whole device goes to its main asset. */
export const assetFor = (entry: Assignment, name: string, property: string): string | undefined =>
  assetOf(entry, name) ?? (property === 'tamper' || property === 'battery' ? assetsOf(entry)[0] : undefined);

/** Every asset that the device has to do with, the main one first. */
export function assetsOf(entry: Assignment): string[] {
  const main = entry.asset === undefined ? [] : [entry.asset];
  return [...new Set([...main, ...Object.values(entry.assets)])];
}

/** What a part was declared to stand for. */
export const declaredOf = (entry: Assignment, name: string): Meaning | undefined =>
  Object.hasOwn(entry.treatAs, name) ? entry.treatAs[name] : undefined;

/** What a part's property stands for: as declared, otherwise as the asset's kind suggests. */
export function propertyOf(
  entry: Assignment,
  name: string,
  property: Property,
  about: Asset | undefined,
): Property {
  return declaredOf(entry, name) ?? meaningFor(property, about?.kind);
}

/** The door that a badge or a request to exit at this part is for. */
export function doorOf(
  entry: Assignment,
  name: string,
  assetId: string,
  registry: Registry,
): string | undefined {
  if (Object.hasOwn(entry.doors, name)) return entry.doors[name];
  const about = registry.asset(assetId);
  const candidates = [about?.id, ...(about?.guards ?? []), about?.hostedOn];
  return candidates.find((id) => id !== undefined && registry.asset(id)?.kind === 'door');
}

/** How an assignment reads its device's states: when this changes, the states known so far mean nothing any more. */
export const readingOf = (entry: Assignment): string =>
  JSON.stringify([
    entry.asset ?? null,
    Object.entries(entry.assets).sort(),
    [...entry.invert].sort(),
    Object.entries(entry.treatAs).sort(),
  ]);
