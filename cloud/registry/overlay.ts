/**
 * What people and the machine have added to the registry since its file was written. The file stays as it is; the
 * overlay lies with the cloud's state. Entries are whole: of an entry that is in both, the overlay's counts, because
 * it is the later word, said by somebody with the right to and written into the audit trail.
 */
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { z } from 'zod';
import { addressLease, MAX_LEASES } from '../../devices/model/address-book.ts';
import { asset } from '../../devices/model/asset.ts';
import { identifier, instant } from '../../devices/model/identifiers.ts';
import { identity } from '../../devices/model/identity.ts';
import { identityLink, linkId, linkKind } from '../../devices/model/identity-link.ts';
import { type RegistryDocument, registryDocument } from '../../devices/model/registry.ts';
import { site, zone } from '../../devices/model/site.ts';

/** Decisions on links kept; the oldest go. */
export const MAX_DECISIONS = 20_000;

/** Entries taken out; with a registry of any size somebody writes a new file before there are so many. */
export const MAX_REMOVED = 20_000;

const decision = z.strictObject({
  kind: linkKind,
  a: z.string().max(128),
  b: z.string().max(128),
  decision: z.enum(['accepted', 'rejected']),
  by: z.string().max(128),
  at: instant,
  confidence: z.number().min(0).max(1),
  together: z.number().int().min(0),
  days: z.number().int().min(0),
});
export type LinkDecision = z.infer<typeof decision>;

export const overlayDocument = z.strictObject({
  sites: z.array(site).default([]),
  zones: z.array(zone).default([]),
  assets: z.array(asset).default([]),
  identities: z.array(identity).default([]),
  sharedAddresses: z.array(z.string().max(64)).default([]),
  /** Given links that came with an import. */
  links: z.array(identityLink).default([]),
  /** What was learned and is sure enough to be used. */
  inferred: z.array(identityLink).default([]),
  /** Who had which address, as it was recorded. */
  leases: z.array(addressLease).max(MAX_LEASES).default([]),
  decisions: z.array(decision).max(MAX_DECISIONS).default([]),
  /** Entries of the file that a person took out. */
  removed: z
    .array(z.strictObject({ list: z.enum(['assets', 'identities']), id: identifier }))
    .max(MAX_REMOVED)
    .default([]),
});
export type Overlay = z.infer<typeof overlayDocument>;

export const emptyOverlay = (): Overlay => overlayDocument.parse({});

/** Of two lists the first's order, entries of the second in place of those with their name, new ones at the end. */
export function laidOver<Entry>(
  given: readonly Entry[],
  over: readonly Entry[],
  nameOf: (entry: Entry) => string,
): Entry[] {
  const later = new Map(over.map((entry) => [nameOf(entry), entry]));
  const known = new Set(given.map(nameOf));
  return [
    ...given.map((entry) => later.get(nameOf(entry)) ?? entry),
    ...[...later].flatMap(([name, entry]) => (known.has(name) ? [] : [entry])),
  ];
}

const byId = ({ id }: { readonly id: string }) => id;

/** The registry as it is: the file's, the overlay's over it, and the links that nobody rejected. */
export function wholeOf(given: RegistryDocument, overlay: Overlay): RegistryDocument {
  const decided = new Map(overlay.decisions.map((one) => [linkId(one), one]));
  const accepted = overlay.decisions.flatMap(({ decision: word, ...rest }) =>
    word === 'accepted' ? [{ ...rest, state: 'accepted' as const }] : [],
  );
  const links = laidOver(
    laidOver(laidOver(overlay.inferred, given.links ?? [], linkId), overlay.links, linkId),
    accepted,
    linkId,
  ).filter((link) => decided.get(linkId(link))?.decision !== 'rejected');
  const { links: _given, leases: _leases, ...rest } = given;
  const leases = [...(given.leases ?? []), ...overlay.leases].slice(-MAX_LEASES);
  const removed = (list: 'assets' | 'identities') => {
    const ids = new Set(overlay.removed.filter((one) => one.list === list).map(({ id }) => id));
    return ({ id }: { readonly id: string }) => !ids.has(id);
  };
  return {
    ...rest,
    sites: laidOver(given.sites, overlay.sites, byId),
    zones: laidOver(given.zones, overlay.zones, byId),
    assets: laidOver(given.assets, overlay.assets, byId).filter(removed('assets')),
    identities: laidOver(given.identities, overlay.identities, byId).filter(removed('identities')),
    sharedAddresses: [...new Set([...given.sharedAddresses, ...overlay.sharedAddresses])],
    ...(links.length === 0 ? {} : { links }),
    ...(leases.length === 0 ? {} : { leases }),
  };
}

/** @throws Error, fit for a person, where file and overlay do not fit together */
export function checkedWhole(given: RegistryDocument, overlay: Overlay, file: string): RegistryDocument {
  const whole = registryDocument.safeParse(wholeOf(given, overlay));
  if (whole.success) return whole.data;
  const [issue] = whole.error.issues;
  throw new Error(
    `${file} does not fit the registry any more: ${issue?.path.join('.')}: ${issue?.message}; correct the registry, or move that file away to start without what was added`,
  );
}

/** @throws Error, fit for a person, where the file can't be read */
export function readOverlay(file: string): { overlay: Overlay; text: string } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { overlay: emptyOverlay(), text: '' };
    throw error;
  }
  try {
    return { overlay: overlayDocument.parse(JSON.parse(text)), text };
  } catch {
    throw new Error(`${file} does not hold additions to a registry; move it away to start without them`);
  }
}

/** Beside it first, then in its place: a power cut leaves the one or the other. */
export function writeOverlay(file: string, overlay: Overlay): string {
  const text = `${JSON.stringify(overlay)}\n`;
  const beside = `${file}.new`;
  const handle = openSync(beside, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(beside, file);
  return text;
}
