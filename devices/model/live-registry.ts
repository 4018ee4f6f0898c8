import type { Registry } from './registry.ts';

/** A registry that everybody may hold on to while what stands in it is exchanged. */
export interface LiveRegistry extends Registry {
  replace(next: Registry): void;
}

export function liveRegistry(first: Registry): LiveRegistry {
  let current = first;
  return {
    get document() {
      return current.document;
    },
    site: (id) => current.site(id),
    zone: (id) => current.zone(id),
    asset: (id) => current.asset(id),
    identity: (id) => current.identity(id),
    touching: (zoneId) => current.touching(zoneId),
    resolve: (subjects, host) => current.resolve(subjects, host),
    resolved: (subjects, host) => current.resolved(subjects, host),
    userOf: (assetId) => current.userOf(assetId),
    assetAt: (address) => current.assetAt(address),
    holderOf: (address, at) => current.holderOf(address, at),
    assetsOf: (siteId) => current.assetsOf(siteId),
    zonesOf: (siteId) => current.zonesOf(siteId),
    replace(next) {
      current = next;
    },
  };
}
