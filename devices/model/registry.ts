import { z } from 'zod';
import { type Asset, asset } from './asset.ts';
import { type Identity, identity } from './identity.ts';
import type { Subjects } from './observation.ts';
import { type Site, site, type Zone, zone } from './site.ts';

/** Where physical and cyber meet: the sites, zones, assets and identities that observations speak of. */
export const registryDocument = z
  .strictObject({
    sites: z.array(site).max(100_000),
    zones: z.array(zone).max(1_000_000).default([]),
    assets: z.array(asset).max(1_000_000).default([]),
    identities: z.array(identity).max(1_000_000).default([]),
    /** Addresses many unrelated parties share (the shop's own NAT address, a proxy): they never join detections. */
    sharedAddresses: z.array(z.string().max(64)).max(10_000).default([]),
  })
  .superRefine((document, context) => {
    for (const problem of danglingReferences(document)) context.addIssue({ code: 'custom', ...problem });
  });
export type RegistryDocument = z.infer<typeof registryDocument>;

interface Reference {
  path: (string | number)[];
  message: string;
}

function danglingReferences(document: {
  sites: Site[];
  zones: Zone[];
  assets: Asset[];
  identities: Identity[];
}): Reference[] {
  const problems: Reference[] = [];
  const sites = new Set(document.sites.map(({ id }) => id));
  const zones = new Set(document.zones.map(({ id }) => id));
  const assets = new Set(document.assets.map(({ id }) => id));
  const expect = (known: Set<string>, what: string, id: string | undefined, path: (string | number)[]) => {
    if (id !== undefined && !known.has(id)) problems.push({ path, message: `there is no ${what} "${id}"` });
  };
  const unique = (ids: string[], list: string) => {
    const seen = new Set<string>();
    ids.forEach((id, index) => {
      if (seen.has(id)) problems.push({ path: [list, index, 'id'], message: `"${id}" is already taken` });
      seen.add(id);
    });
  };
  unique(
    document.sites.map(({ id }) => id),
    'sites',
  );
  unique(
    document.zones.map(({ id }) => id),
    'zones',
  );
  unique(
    document.assets.map(({ id }) => id),
    'assets',
  );
  unique(
    document.identities.map(({ id }) => id),
    'identities',
  );
  document.zones.forEach((entry, index) => {
    expect(sites, 'site', entry.site, ['zones', index, 'site']);
    entry.touches.forEach((id, at) => expect(zones, 'zone', id, ['zones', index, 'touches', at]));
  });
  document.assets.forEach((entry, index) => {
    expect(sites, 'site', entry.site, ['assets', index, 'site']);
    expect(zones, 'zone', entry.zone, ['assets', index, 'zone']);
    expect(assets, 'asset', entry.hostedOn, ['assets', index, 'hostedOn']);
    entry.connects?.forEach((id, at) => expect(zones, 'zone', id, ['assets', index, 'connects', at]));
    entry.guards.forEach((id, at) => expect(assets, 'asset', id, ['assets', index, 'guards', at]));
    entry.dependsOn.forEach((id, at) => expect(assets, 'asset', id, ['assets', index, 'dependsOn', at]));
  });
  document.identities.forEach((entry, index) => {
    entry.sites.forEach((id, at) => expect(sites, 'site', id, ['identities', index, 'sites', at]));
    entry.mayOpen.forEach((id, at) => expect(assets, 'asset', id, ['identities', index, 'mayOpen', at]));
  });
  return problems;
}

/** A registry made quick to ask. Immutable: a changed document makes a new one. */
export interface Registry {
  readonly document: RegistryDocument;
  site(id: string): Site | undefined;
  zone(id: string): Zone | undefined;
  asset(id: string): Asset | undefined;
  identity(id: string): Identity | undefined;
  /** Zones one step away. */
  touching(zoneId: string): ReadonlySet<string>;
  /** The person behind a badge or an account, as far as it is known. `host` tells apart equal account names. */
  resolve(subjects: Subjects, host?: string): Identity | undefined;
  assetsOf(siteId: string): readonly Asset[];
  zonesOf(siteId: string): readonly Zone[];
}

export function registryOf(document: RegistryDocument): Registry {
  const sites = new Map(document.sites.map((entry) => [entry.id, entry]));
  const zones = new Map(document.zones.map((entry) => [entry.id, entry]));
  const assets = new Map(document.assets.map((entry) => [entry.id, entry]));
  const identities = new Map(document.identities.map((entry) => [entry.id, entry]));
  const byBadge = new Map<string, Identity>();
  const byAccount = new Map<string, Identity>();
  for (const person of document.identities) {
    for (const badge of person.badges) byBadge.set(badge.toLowerCase(), person);
    for (const account of person.accounts) byAccount.set(account.toLowerCase(), person);
  }
  const touching = new Map<string, Set<string>>(document.zones.map(({ id }) => [id, new Set()]));
  const join = (one: string, other: string) => {
    touching.get(one)?.add(other);
    touching.get(other)?.add(one);
  };
  for (const entry of document.zones) for (const other of entry.touches) join(entry.id, other);
  for (const entry of document.assets) if (entry.connects) join(...entry.connects);
  const nothing: ReadonlySet<string> = new Set();
  const grouped = <Entry extends { site: string }>(entries: Entry[]) =>
    Map.groupBy(entries, (entry) => entry.site);
  const assetsBySite = grouped(document.assets);
  const zonesBySite = grouped(document.zones);

  return {
    document,
    site: (id) => sites.get(id),
    zone: (id) => zones.get(id),
    asset: (id) => assets.get(id),
    identity: (id) => identities.get(id),
    touching: (zoneId) => touching.get(zoneId) ?? nothing,
    resolve(subjects, host) {
      if (subjects.identity !== undefined) return identities.get(subjects.identity);
      if (subjects.badge !== undefined) return byBadge.get(subjects.badge.toLowerCase());
      const account = subjects.account?.toLowerCase();
      if (account === undefined) return undefined;
      const there = host === undefined ? undefined : byAccount.get(`${account}@${host.toLowerCase()}`);
      return there ?? byAccount.get(account);
    },
    assetsOf: (siteId) => assetsBySite.get(siteId) ?? [],
    zonesOf: (siteId) => zonesBySite.get(siteId) ?? [],
  };
}
