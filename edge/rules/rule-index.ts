import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { RuleConfiguration } from './configuration.ts';
import type { AnyRuleKind } from './rule.ts';
import { ActiveRule, Slot } from './slot.ts';

/** Rules times assets, at most: some 50 MB at rest. */
export const MAX_SLOTS = 1_000_000;

/** Who is to hear of one kind of observation. */
export interface IndexEntry {
  readonly byAsset: ReadonlyMap<string, readonly Slot[]>;
  readonly keyed: readonly ActiveRule[];
}

/**
 * Which rules can care about an observation: by its kind, then by its asset. Built once for a set of rules, so
 * that an observation costs as much as the rules it concerns and nothing for the others.
 */
export class RuleIndex {
  readonly #rules = new Map<string, ActiveRule>();
  readonly #entries = new Map<ObservationKind, { byAsset: Map<string, Slot[]>; keyed: ActiveRule[] }>();
  #slots = 0;

  /** @throws RangeError when a rule names a kind or an asset that does not exist, or there are too many. */
  constructor(
    rules: readonly RuleConfiguration[],
    kinds: ReadonlyMap<string, AnyRuleKind>,
    registry: Registry,
    site: string,
  ) {
    rules.forEach((configured, order) => {
      const kind = kinds.get(configured.kind);
      if (kind === undefined) throw new RangeError(`rules: there is no kind "${configured.kind}"`);
      if (this.#rules.has(configured.name))
        throw new RangeError(`rules: the name "${configured.name}" is already taken`);
      const rule = new ActiveRule(configured, kind, order);
      this.#rules.set(configured.name, rule);
      if (kind.key === undefined) this.#addByAsset(rule, configured, registry, site);
      else this.#addKeyed(rule, configured, registry);
    });
  }

  of(kind: Observation['kind']): IndexEntry | undefined {
    return this.#entries.get(kind);
  }

  rule(name: string): ActiveRule | undefined {
    return this.#rules.get(name);
  }

  #addByAsset(rule: ActiveRule, configured: RuleConfiguration, registry: Registry, site: string): void {
    const { kind } = rule;
    const except = new Set(configured.except);
    const watched = configured.assets
      ? configured.assets.map((id) => known(id, configured, registry))
      : registry.assetsOf(site).filter((asset) => kind.fits(asset, registry));
    for (const asset of watched) {
      if (except.has(asset.id)) continue;
      if (++this.#slots > MAX_SLOTS)
        throw new RangeError(`rules: ${rule.name}: more than ${MAX_SLOTS} pairs of rule and asset`);
      const slot = new Slot(rule, asset.id);
      rule.slots.set(asset.id, slot);
      const heard = kind.listensTo?.(asset, rule.configuration, registry) ?? [];
      for (const id of new Set([asset.id, ...heard])) {
        for (const observed of kind.observes) {
          const { byAsset } = this.#entry(observed);
          const slots = byAsset.get(id);
          if (slots) slots.push(slot);
          else byAsset.set(id, [slot]);
        }
      }
    }
  }

  #addKeyed(rule: ActiveRule, configured: RuleConfiguration, registry: Registry): void {
    const wanted = configured.assets && new Set(configured.assets);
    for (const id of wanted ?? []) known(id, configured, registry);
    const except = new Set(configured.except);
    rule.concerns = (asset) => !except.has(asset) && (wanted === undefined || wanted.has(asset));
    for (const observed of rule.kind.observes) this.#entry(observed).keyed.push(rule);
  }

  #entry(kind: ObservationKind) {
    let entry = this.#entries.get(kind);
    if (entry === undefined) {
      entry = { byAsset: new Map(), keyed: [] };
      this.#entries.set(kind, entry);
    }
    return entry;
  }
}

function known(id: string, configured: RuleConfiguration, registry: Registry) {
  const asset = registry.asset(id);
  if (asset === undefined) throw new RangeError(`rules: ${configured.name}: there is no asset "${id}"`);
  return asset;
}
