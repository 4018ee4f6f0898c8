/** What any one failure is expected to lead to: worked out once for each, from one compiled graph. */
import { effectWords, type GraphDocument } from './graph.ts';
import { type AssetState, compile, type Network, stateKey } from './network.ts';
import { run } from './simulate.ts';

/** In a graph of more dependencies each state is sampled so often, and no more; in a smaller one as a question would be. */
const SMALL_DEPENDENCIES = 2_000;
const SAMPLES = 400;
const SEED = 1;

/** What follows a failure. */
export interface Harm {
  /** Expected over the graph's horizon, in its currency. */
  loss: number;
  /** Sum over all assets that may follow: chance × (criticality ÷ 5)². */
  hurt: number;
  /** What hurts most of it, in words, with its chance. */
  gravest?: { asset: string; words: string; chance: number };
}

/** Compiled when it is first asked. The same graph gives the same answers, in whatever order they are asked. */
export class Foresight {
  readonly #document: GraphDocument;
  readonly #criticalityOf: (asset: string) => number;
  readonly #known = new Map<string, Harm | undefined>();
  #network: Network | undefined;

  /** @param criticalityOf 1 to 5; 0 for what nobody would miss by itself */
  constructor(document: GraphDocument, criticalityOf: (asset: string) => number) {
    this.#document = document;
    this.#criticalityOf = criticalityOf;
  }

  /** Undefined where the graph knows of nothing that follows. */
  harmOf(state: AssetState): Harm | undefined {
    const key = stateKey(state);
    if (!this.#known.has(key)) this.#known.set(key, this.#workedOut(state));
    return this.#known.get(key);
  }

  #workedOut(failure: AssetState): Harm | undefined {
    this.#network ??= compile(this.#document);
    const network = this.#network;
    const root = network.indexOf(failure);
    if (root === undefined) return undefined;
    const horizonMs = this.#document.horizon;
    const { reachable, tally, totals } = run(this.#document, network, {
      roots: [{ state: root, atMs: 0 }],
      seed: SEED,
      samples: this.#document.dependencies.length > SMALL_DEPENDENCIES ? SAMPLES : undefined,
      horizonMs,
      lastingMs: horizonMs,
    });
    const loss = totals.reduce((sum, { value, weight }) => sum + value * weight, 0);
    // An asset to which two things happen is missed once.
    const chances = new Map<string, { chance: number; effect: string }>();
    for (const state of reachable) {
      const { asset, effect } = network.states[state] ?? failure;
      if (asset === failure.asset) continue;
      const chance = tally.chanceOf(state);
      if (chance > (chances.get(asset)?.chance ?? 0)) chances.set(asset, { chance, effect });
    }
    let hurt = 0;
    let gravest: { asset: string; effect: string; chance: number; hurt: number } | undefined;
    for (const [asset, { chance, effect }] of [...chances].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const own = chance * (this.#criticalityOf(asset) / 5) ** 2;
      hurt += own;
      if (own > (gravest?.hurt ?? 0)) gravest = { asset, effect, chance, hurt: own };
    }
    if (loss === 0 && hurt === 0) return undefined;
    return {
      loss,
      hurt,
      ...(gravest === undefined
        ? {}
        : {
            gravest: {
              asset: gravest.asset,
              words: `${this.#nameOf(gravest.asset)} ${effectWords(this.#document, gravest.effect)}`,
              chance: gravest.chance,
            },
          }),
    };
  }

  #nameOf(asset: string): string {
    return this.#document.assets.find(({ id }) => id === asset)?.name ?? asset;
  }
}
