import type { Registry } from '../../devices/model/registry.ts';
import type { GraphDocument } from '../cascade/graph.ts';
import type { Scope } from './scope.ts';

/** Answers kept for those who do not see all: one graph for each scope, while it stands. */
const MAX_KEPT = 100;

/** The graph of dependencies as each scope sees it: what a cascade is reckoned with. */
export class ScopedGraphs {
  readonly #registry: Registry;
  readonly #kept = new Map<string, { whole: GraphDocument; part: GraphDocument }>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  of(whole: GraphDocument, scope: Scope): GraphDocument {
    if (scope.isAll) return whole;
    const known = this.#kept.get(scope.key);
    if (known?.whole === whole) return known.part;
    const part = graphFor(whole, scope, this.#registry);
    this.#kept.delete(scope.key);
    const oldest = this.#kept.keys().next();
    if (this.#kept.size >= MAX_KEPT && oldest.done !== true) this.#kept.delete(oldest.value);
    this.#kept.set(scope.key, { whole, part });
    return part;
  }
}

/**
 * A graph with what is the caller's, and with what stands in no registry and serves it: the power company, a
 * supplier. A service is theirs when all that it needs is. Pure.
 */
export function graphFor(graph: GraphDocument, scope: Scope, registry: Registry): GraphDocument {
  const seen = new Set(graph.assets.flatMap(({ id }) => (scope.seesAsset(id) ? [id] : [])));
  for (let before = -1; before < seen.size; ) {
    before = seen.size;
    for (const { of, on } of graph.dependencies)
      if (seen.has(of)) for (const { asset } of on) if (registry.asset(asset) === undefined) seen.add(asset);
  }
  const sees = (asset: string | undefined) => asset === undefined || seen.has(asset);
  const services = graph.services.filter(
    ({ needs }) => needs.length > 0 && needs.every(({ asset }) => seen.has(asset)),
  );
  const served = new Set(services.map(({ id }) => id));
  const threats = graph.threats.flatMap((threat) => {
    const assets = threat.assets.filter((id) => seen.has(id));
    return assets.length === 0 ? [] : [{ ...threat, assets }];
  });
  const feared = new Set(threats.map(({ id }) => id));
  const weaknesses = graph.weaknesses
    .filter(({ asset }) => seen.has(asset))
    .map((weakness) => ({ ...weakness, threats: weakness.threats.filter((id) => feared.has(id)) }))
    .filter((weakness) => weakness.threats.length > 0);
  const weak = new Set(weaknesses.map(({ id }) => id));
  return {
    ...graph,
    assets: graph.assets.filter(({ id }) => seen.has(id)),
    dependencies: graph.dependencies.flatMap(({ needed, ...dependency }) => {
      const on = dependency.on.filter(({ asset }) => seen.has(asset));
      if (!seen.has(dependency.of) || on.length === 0) return [];
      return [
        { ...dependency, on, ...(needed === undefined ? {} : { needed: Math.min(needed, on.length) }) },
      ];
    }),
    services: services.map((service) => ({
      ...service,
      dependsOn: service.dependsOn.filter(({ service: id }) => served.has(id)),
    })),
    threats,
    weaknesses,
    mitigations: graph.mitigations.flatMap((mitigation) => {
      const acts = mitigation.acts.filter(({ of, on }) => sees(of) && sees(on));
      const against = mitigation.against.filter(
        ({ threat, weakness, asset }) =>
          sees(asset) &&
          (threat === undefined || feared.has(threat)) &&
          (weakness === undefined || weak.has(weakness)),
      );
      return acts.length + against.length === 0 ? [] : [{ ...mitigation, acts, against }];
    }),
  };
}
