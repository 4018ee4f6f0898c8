import type { Asset } from '../../devices/model/asset.ts';
import type { ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { ActiveRule, Cell } from './cell.ts';
import type { RuleConfiguration } from './configuration.ts';
import { Heard } from './heard.ts';
import { type PlaceRest, type Rest, restOf, restOfAll } from './rest.ts';
import type { AnyRuleKind } from './rule.ts';

/** Pairs of rule and asset, at most. */
export const MAX_PAIRS = 1_000_000;

/** Rules of one cell that are to hear of an observation: their places in the cell. */
export interface Audience {
  readonly cell: Cell;
  /** Shared by all that are alike. */
  readonly positions: readonly number[];
  readonly rest: Rest;
  /** Where a rule among them compares with what was heard before or expects to hear again. */
  readonly heard: Heard | undefined;
}

/** Who is to hear of one kind of observation. */
export interface IndexEntry {
  readonly byAsset: ReadonlyMap<string, readonly Audience[]>;
  readonly keyed: readonly ActiveRule[];
}

/**
 * Which rules can care about an observation: by its kind, then by its asset. Built once for a set of rules, so
 * that an observation costs as much as the rules it concerns and nothing for the others.
 */
export class RuleIndex {
  readonly #rules = new Map<string, ActiveRule>();
  readonly #cells = new Map<string, Cell>();
  readonly #heard = new Map<string, Heard>();
  readonly #entries = new Map<ObservationKind, { byAsset: Map<string, Audience[]>; keyed: ActiveRule[] }>();

  /** @throws RangeError when a rule names a kind or an asset that does not exist, or there are too many. */
  constructor(
    rules: readonly RuleConfiguration[],
    kinds: ReadonlyMap<string, AnyRuleKind>,
    registry: Registry,
    site: string,
  ) {
    const watchedBy = new Map<Asset, ActiveRule[]>();
    let pairs = 0;
    rules.forEach((configured, order) => {
      const kind = kinds.get(configured.kind);
      if (kind === undefined) throw new RangeError(`rules: there is no kind "${configured.kind}"`);
      if (this.#rules.has(configured.name))
        throw new RangeError(`rules: the name "${configured.name}" is already taken`);
      const rule = new ActiveRule(configured, kind, order);
      this.#rules.set(configured.name, rule);
      if (kind.key !== undefined) {
        this.#addKeyed(rule, configured, registry);
        return;
      }
      for (const asset of watchedAssets(rule, configured, registry, site)) {
        if (++pairs > MAX_PAIRS)
          throw new RangeError(`rules: ${rule.name}: more than ${MAX_PAIRS} pairs of rule and asset`);
        const list = watchedBy.get(asset);
        if (list) list.push(rule);
        else watchedBy.set(asset, [rule]);
      }
    });
    const shared = new Shared();
    for (const [asset, watching] of watchedBy) this.#addCell(asset, watching, registry, shared);
  }

  of(kind: ObservationKind): IndexEntry | undefined {
    return this.#entries.get(kind);
  }

  /** What is known to have been heard, by the name under which it is kept. */
  heard(keptAs: string): Heard | undefined {
    return this.#heard.get(keptAs);
  }

  /** Everything that is listened for again. */
  allHeard(): Iterable<Heard> {
    return this.#heard.values();
  }

  rule(name: string): ActiveRule | undefined {
    return this.#rules.get(name);
  }

  rules(): Iterable<ActiveRule> {
    return this.#rules.values();
  }

  /** The cell in which a rule has its state for a key, as far as there is one. */
  cellOf(rule: ActiveRule, key: string): Cell | undefined {
    return rule.kind.key === undefined ? this.#cells.get(key) : rule.cells.get(key);
  }

  #addCell(asset: Asset, watching: readonly ActiveRule[], registry: Registry, shared: Shared): void {
    const cell = new Cell(asset.id, shared.rules(watching));
    this.#cells.set(asset.id, cell);
    const audiences = new Map<ObservationKind, Map<string, number[]>>();
    watching.forEach((rule, position) => {
      const heard = rule.kind.listensTo?.(asset, rule.configuration, registry) ?? [];
      for (const id of new Set([asset.id, ...heard])) {
        for (const kind of rule.kind.observes) {
          const byAsset = audiences.get(kind) ?? new Map<string, number[]>();
          audiences.set(kind, byAsset);
          const positions = byAsset.get(id);
          if (positions) positions.push(position);
          else byAsset.set(id, [position]);
        }
      }
    });
    for (const [kind, positionsByAsset] of audiences) {
      const { byAsset } = this.#entry(kind);
      for (const [id, positions] of positionsByAsset) {
        const rest = shared.rest(positions.map((position) => restOf(watching[position], kind, asset)));
        const places = shared.positions(positions);
        const heard = rest.needsHeard ? new Heard(cell, places, rest, kind, id) : undefined;
        if (heard !== undefined) this.#heard.set(heard.keptAs, heard);
        const audience = { cell, positions: places, rest, heard };
        const list = byAsset.get(id);
        if (list) list.push(audience);
        else byAsset.set(id, [audience]);
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

/** One list for all that are alike: a site has thousands of devices and a few kinds of them. */
class Shared {
  readonly #rules = new Map<string, readonly ActiveRule[]>();
  readonly #positions = new Map<string, readonly number[]>();
  readonly #rests = new Map<string, Rest>();

  rules(list: readonly ActiveRule[]): readonly ActiveRule[] {
    return one(this.#rules, list.map(({ order }) => order).join(), () => list);
  }

  rest(places: readonly PlaceRest[]): Rest {
    const name = places.map(({ min, max, change, expectsMs }) => `${min},${max},${change},${expectsMs}`);
    return one(this.#rests, name.join(';'), () => restOfAll(places));
  }

  positions(list: readonly number[]): readonly number[] {
    return one(this.#positions, list.join(), () => list);
  }
}

function one<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const before = known.get(key);
  if (before !== undefined) return before;
  const value = make();
  known.set(key, value);
  return value;
}

function watchedAssets(
  { kind }: ActiveRule,
  configured: RuleConfiguration,
  registry: Registry,
  site: string,
): Set<Asset> {
  const except = new Set(configured.except);
  const watched = configured.assets
    ? configured.assets.map((id) => known(id, configured, registry))
    : registry.assetsOf(site).filter((asset) => kind.fits(asset, registry));
  return new Set(watched.filter(({ id }) => !except.has(id)));
}

function known(id: string, configured: RuleConfiguration, registry: Registry): Asset {
  const asset = registry.asset(id);
  if (asset === undefined) throw new RangeError(`rules: ${configured.name}: there is no asset "${id}"`);
  return asset;
}
