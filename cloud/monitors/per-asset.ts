import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { detectionFrom, FindingBook } from './finding.ts';
import type { Found, Judgement } from './monitor.ts';
import { RecentIds, type Standing } from './standing.ts';

/** Assets that are watched; beyond it nobody new is. */
const MAX_ASSETS = 2_000;

/** What is counted of one asset. */
export interface Tally {
  readonly source: string;
  /** True: it is so much that there may be something to find. */
  add(observation: Observation): boolean;
  /** All that is known of. */
  found(asset: string): Found[];
  /** Now and then. True: something that was found is forgotten, and stands as it was told. */
  sweep(): boolean;
}

export interface PerAssetOptions {
  rule: string;
  registry: Registry;
  concerns(observation: Observation): boolean;
  open(first: Observation): Tally;
}

/** A monitor that counts by asset. All follows from what was seen, nothing from what was not. */
export class PerAsset implements Standing {
  readonly #options: PerAssetOptions;
  readonly #tallies = new Map<string, Tally>();
  readonly #book = new FindingBook();
  readonly #recent = new RecentIds();
  forgotten = 0;

  constructor(options: PerAssetOptions) {
    this.#options = options;
  }

  observe(observations: readonly Observation[]): Judgement {
    const { rule, registry, concerns } = this.#options;
    const due = new Map<string, Tally>();
    for (const observation of observations) {
      if (!concerns(observation) || !this.#recent.add(observation.id)) continue;
      const { asset } = observation;
      const tally = this.#tallyOf(observation);
      if (tally === undefined) continue;
      const isMuch = tally.add(observation);
      if (isMuch || this.#book.has(asset)) due.set(asset, tally);
    }
    const judgement: Judgement = { put: [], withdraw: [] };
    for (const [asset, tally] of due) {
      const found = tally.found(asset);
      const detections = found.map((one) => detectionFrom(rule, asset, one, tally.source, registry));
      this.#book.put(asset, detections, judgement);
    }
    for (const [asset, tally] of this.#tallies) if (tally.sweep()) this.#book.forget(asset);
    return judgement;
  }

  pass(): Judgement {
    return { put: [], withdraw: [] };
  }

  #tallyOf(observation: Observation): Tally | undefined {
    const known = this.#tallies.get(observation.asset);
    if (known !== undefined) return known;
    if (this.#tallies.size >= MAX_ASSETS) {
      this.forgotten++;
      return undefined;
    }
    const tally = this.#options.open(observation);
    this.#tallies.set(observation.asset, tally);
    return tally;
  }
}
