/** A starter catalogue laid over a site: its assets are the site's own where there are such, and assumed where there are none. Pure. */
import type { Asset } from '../../devices/model/asset.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { GraphDocument } from '../cascade/graph.ts';
import type { Catalogue } from './catalogue.ts';

/** Which asset of the site each asset of the catalogue is; those that are assumed get a name of their own. */
export function standsFor(
  { assets }: Pick<GraphDocument, 'assets'>,
  site: string,
  registry: Registry,
): ReadonlyMap<string, string> {
  const free = [...registry.assetsOf(site)].sort((a, b) => (a.id < b.id ? -1 : 1));
  const found = new Map<string, string>();
  const take = (id: string, fits: (asset: Asset) => boolean) => {
    const at = found.has(id) ? -1 : free.findIndex(fits);
    const [one] = at === -1 ? [] : free.splice(at, 1);
    if (one !== undefined) found.set(id, one.id);
  };
  // Whoever is called alike first, then whoever is of the same kind.
  for (const { id, name, kind } of assets)
    take(id, (one) => one.kind === kind && (one.id === id || one.name === name || one.id.endsWith(`-${id}`)));
  for (const { id, kind } of assets) take(id, (one) => one.kind === kind);
  return new Map(assets.map(({ id }) => [id, found.get(id) ?? `${site}.${id}`]));
}

/** The catalogue in the site's words; what it names itself (services, threats, …) bears the site's name. */
export function atSite(catalogue: GraphDocument, site: string, registry: Registry): GraphDocument {
  const stands = standsFor(catalogue, site, registry);
  const asset = (id: string) => stands.get(id) ?? id;
  const own = (id: string) => `${site}.${id}`;
  const siteName = registry.site(site)?.name ?? site;
  return {
    ...catalogue,
    assets: catalogue.assets.map((one) => {
      const id = asset(one.id);
      const name = registry.asset(id)?.name ?? `${one.name ?? one.id}, ${siteName}`;
      return { ...one, id, name: name.slice(0, 256) };
    }),
    dependencies: catalogue.dependencies.map(({ id, ...one }) => ({
      ...one,
      ...(id === undefined ? {} : { id: own(id) }),
      of: asset(one.of),
      on: one.on.map((supplier) => ({ ...supplier, asset: asset(supplier.asset) })),
    })),
    services: catalogue.services.map((one) => ({
      ...one,
      id: own(one.id),
      name: `${one.name ?? one.id}, ${siteName}`.slice(0, 256),
      needs: one.needs.map((need) => ({ ...need, asset: asset(need.asset) })),
      dependsOn: one.dependsOn.map((other) => ({ ...other, service: own(other.service) })),
    })),
    mitigations: catalogue.mitigations.map((one) => ({
      ...one,
      id: own(one.id),
      name: `${one.name}, ${siteName}`.slice(0, 256),
      acts: one.acts.map((lever) => ({
        ...lever,
        ...(lever.of === undefined ? {} : { of: asset(lever.of) }),
        ...(lever.on === undefined ? {} : { on: asset(lever.on) }),
      })),
      against: one.against.map((counter) => ({
        ...counter,
        ...(counter.threat === undefined ? {} : { threat: own(counter.threat) }),
        ...(counter.weakness === undefined ? {} : { weakness: own(counter.weakness) }),
        ...(counter.asset === undefined ? {} : { asset: asset(counter.asset) }),
      })),
    })),
    threats: catalogue.threats.map((one) => ({ ...one, id: own(one.id), assets: one.assets.map(asset) })),
    weaknesses: catalogue.weaknesses.map((one) => ({
      ...one,
      id: own(one.id),
      asset: asset(one.asset),
      threats: one.threats.map(own),
    })),
  };
}

const told: readonly (readonly [Catalogue, RegExp])[] = [
  ['pharmacy', /pharma|apothek|drug/],
  ['warehouse', /warehouse|depot|lager|logisti|dock/],
  ['bank-branch', /bank|branch|filiale|atm/],
];

/** Which catalogue seems to fit a site, by its name and by what stands there. */
export function seemingCatalogue(site: string, registry: Registry): Catalogue {
  const name = `${site} ${registry.site(site)?.name ?? ''}`.toLowerCase();
  const byName = told.find(([, words]) => words.test(name))?.[0];
  if (byName !== undefined) return byName;
  const kinds = new Set(registry.assetsOf(site).map(({ kind }) => kind));
  return kinds.has('fridge') ? 'pharmacy' : kinds.has('vehicle') ? 'warehouse' : 'shop';
}
