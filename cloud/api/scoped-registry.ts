import type { IdentityLink } from '../../devices/model/identity-link.ts';
import type { Registry, RegistryDocument } from '../../devices/model/registry.ts';
import type { Scope } from './scope.ts';

/** The registry as a scope sees it: its sites, and nothing that names what stands or works elsewhere. Pure. */
export function documentFor(document: RegistryDocument, scope: Scope, registry: Registry): RegistryDocument {
  if (scope.isAll) return document;
  const zones = document.zones.filter(({ site }) => scope.seesSite(site));
  const ownZones = new Set(zones.map(({ id }) => id));
  const assets = document.assets.filter(({ site }) => scope.seesSite(site));
  const own = new Set(assets.map(({ id }) => id));
  const isOwn = (id: string) => own.has(id);
  const { links, leases } = document;
  return {
    ...document,
    sites: document.sites.filter(({ id }) => scope.seesSite(id)),
    zones: zones.map((zone) => ({ ...zone, touches: zone.touches.filter((id) => ownZones.has(id)) })),
    assets: assets.map(({ hostedOn, connects, ...asset }) => ({
      ...asset,
      ...(hostedOn !== undefined && own.has(hostedOn) ? { hostedOn } : {}),
      ...(connects?.every((id) => ownZones.has(id)) === true ? { connects } : {}),
      guards: asset.guards.filter(isOwn),
      dependsOn: asset.dependsOn.filter(isOwn),
    })),
    identities: document.identities
      .filter(({ id }) => scope.seesPerson(id))
      .map(({ hosts, vehicles, ...person }) => ({
        ...person,
        sites: person.sites.filter((site) => scope.seesSite(site)),
        mayOpen: person.mayOpen.filter(isOwn),
        ...(hosts === undefined ? {} : { hosts: hosts.filter(isOwn) }),
        ...(vehicles === undefined ? {} : { vehicles: vehicles.filter(isOwn) }),
      })),
    // Addresses that many share say nothing of whose they are.
    sharedAddresses: [],
    ...(leases === undefined
      ? {}
      : { leases: leases.filter((lease) => lease.asset !== undefined && own.has(lease.asset)) }),
    ...(links === undefined ? {} : { links: links.filter((link) => seesLink(link, scope, registry)) }),
  };
}

/** Whether both ends of a learned link are known, and the caller's. */
export function seesLink(
  { kind, a, b }: Pick<IdentityLink, 'kind' | 'a' | 'b'>,
  scope: Scope,
  registry: Registry,
): boolean {
  if (scope.isAll) return true;
  const seesNamed = (subjects: { badge: string } | { account: string }) => {
    const person = registry.resolve(subjects);
    return person === undefined ? undefined : scope.seesPerson(person.id);
  };
  const first =
    kind === 'address-asset'
      ? undefined
      : kind.startsWith('badge-')
        ? seesNamed({ badge: a })
        : seesNamed({ account: a });
  const second = kind.endsWith('-account') ? seesNamed({ account: b }) : scope.seesAsset(b);
  return first !== false && second !== false && (first === true || second === true);
}
