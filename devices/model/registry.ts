import { z } from 'zod';
import { addressText } from './address.ts';
import { addressBookOf, addressLease, type Holder, MAX_LEASES } from './address-book.ts';
import { type Asset, asset } from './asset.ts';
import { type Identity, identity } from './identity.ts';
import { identityLink } from './identity-link.ts';
import type { Subjects } from './observation.ts';
import { type Resolved, resolverOf, type User } from './resolution.ts';
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
    /** What belongs together by what was seen: weaker than what is written above, and never against it. */
    links: z.array(identityLink).max(100_000).optional(),
    /** Addresses that were somebody's for a time. */
    leases: z.array(addressLease).max(MAX_LEASES).optional(),
  })
  .superRefine((document, context) => {
    for (const problem of danglingReferences(document)) context.addIssue({ code: 'custom', ...problem });
  });
export type RegistryDocument = z.infer<typeof registryDocument>;

export interface Reference {
  path: (string | number)[];
  message: string;
}

/** Names that nothing has, and things that are there twice. */
export function danglingReferences(document: {
  sites: readonly Site[];
  zones: readonly Zone[];
  assets: readonly Asset[];
  identities: readonly Identity[];
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
  const holders = new Map<string, string>();
  document.assets.forEach((entry, index) => {
    expect(sites, 'site', entry.site, ['assets', index, 'site']);
    expect(zones, 'zone', entry.zone, ['assets', index, 'zone']);
    expect(assets, 'asset', entry.hostedOn, ['assets', index, 'hostedOn']);
    entry.connects?.forEach((id, at) => expect(zones, 'zone', id, ['assets', index, 'connects', at]));
    entry.guards.forEach((id, at) => expect(assets, 'asset', id, ['assets', index, 'guards', at]));
    entry.dependsOn.forEach((id, at) => expect(assets, 'asset', id, ['assets', index, 'dependsOn', at]));
    entry.addresses?.forEach((text, at) => {
      const holder = holders.get(text);
      if (holder !== undefined && holder !== entry.id)
        problems.push({
          path: ['assets', index, 'addresses', at],
          message: `"${text}" is the address of "${holder}" already`,
        });
      holders.set(text, entry.id);
    });
  });
  document.identities.forEach((entry, index) => {
    entry.sites.forEach((id, at) => expect(sites, 'site', id, ['identities', index, 'sites', at]));
    entry.mayOpen.forEach((id, at) => expect(assets, 'asset', id, ['identities', index, 'mayOpen', at]));
    entry.hosts?.forEach((id, at) => expect(assets, 'asset', id, ['identities', index, 'hosts', at]));
    entry.vehicles?.forEach((id, at) => expect(assets, 'asset', id, ['identities', index, 'vehicles', at]));
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
  /** The same, with the learned link that it rests on, where it rests on one. */
  resolved(subjects: Subjects, host?: string): Resolved | undefined;
  /** Who alone uses a host or drives a vehicle. */
  userOf(assetId: string): User | undefined;
  /** Whose address this is. */
  assetAt(address: string): Asset | undefined;
  /** Whose address this was at that moment, and how that is known. */
  holderOf(address: string, at: number): Holder | undefined;
  assetsOf(siteId: string): readonly Asset[];
  zonesOf(siteId: string): readonly Zone[];
}

export function registryOf(document: RegistryDocument): Registry {
  const sites = new Map(document.sites.map((entry) => [entry.id, entry]));
  const zones = new Map(document.zones.map((entry) => [entry.id, entry]));
  const assets = new Map(document.assets.map((entry) => [entry.id, entry]));
  const identities = new Map(document.identities.map((entry) => [entry.id, entry]));
  const resolver = resolverOf(document);
  for (const made of resolver.made) if (!identities.has(made.id)) identities.set(made.id, made);
  const byAddress = new Map<string, Asset>();
  for (const entry of document.assets) for (const text of entry.addresses ?? []) byAddress.set(text, entry);
  for (const { kind, a, b } of document.links ?? []) {
    const holder = kind === 'address-asset' ? assets.get(b) : undefined;
    if (holder !== undefined && !byAddress.has(addressText(a))) byAddress.set(addressText(a), holder);
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
    resolve: (subjects, host) =>
      subjects.identity === undefined
        ? resolver.resolved(subjects, host)?.person
        : identities.get(subjects.identity),
    resolved(subjects, host) {
      if (subjects.identity === undefined) return resolver.resolved(subjects, host);
      const person = identities.get(subjects.identity);
      return person === undefined ? undefined : { person };
    },
    userOf: (assetId) => resolver.userOf(assetId),
    assetAt: (address) => byAddress.get(address),
    holderOf: addressBookOf(document),
    assetsOf: (siteId) => assetsBySite.get(siteId) ?? [],
    zonesOf: (siteId) => zonesBySite.get(siteId) ?? [],
  };
}
