/** Runs a network: through all outcomes where they are few, else through seeded samples. Pure. */
import type { GraphDocument } from './graph.ts';
import { Losses, UNHURT } from './losses.ts';
import { EDGE_TIMES, edgeTarget, type Network } from './network.ts';
import { ExactTally, MAX_KEPT, SampledTally, type Tally, type Weighed } from './outcomes.ts';
import { Propagation, type Root } from './propagation.ts';
import { sampleKey } from './random.ts';

/** More uncertain dependencies than this are sampled. */
export const MAX_EXACT_UNCERTAIN = 20;
/** Dependencies looked at in all outcomes together; beyond it is sampled after all. */
const MAX_EXACT_WORK = 40_000_000;
export const DEFAULT_SAMPLES = 2_000;
export const MAX_SAMPLES = 200_000;
/** Where nobody says how many samples: no fewer than this, however large the graph. */
const MIN_SAMPLES = 200;
/** And beyond MIN_SAMPLES no more than fit into so many dependencies looked at: half a second. */
const SAMPLED_WORK = 6_000_000;

export interface RunOptions {
  roots: readonly Root[];
  seed: number;
  /** Exactly so many; where it is not said as many as the size of the graph allows. */
  samples?: number | undefined;
  /** `sampled`: even where all outcomes could be gone through. */
  method?: 'sampled' | undefined;
  horizonMs: number;
  lastingMs: number;
}

export interface Outcomes {
  method: 'exact' | 'sampled';
  /** Samples drawn; of an exact run, outcomes gone through. */
  samples: number;
  /** Uncertain dependencies within reach. */
  uncertain: number;
  reachable: readonly number[];
  tally: Tally;
  /** Of a sampled run, in the order of the samples. */
  totals: Weighed[];
  perHour: number;
  /** Of those that were hit; `hitAtMs`: when, and the weight of it. */
  services: { chance: number; perHour: number; total: number; hitAtMs: Map<number, number> }[];
}

interface Reach {
  states: number[];
  uncertain: number;
  hasFixedTimes: boolean;
}

/** What may come about at all, leaving chance and redundancy aside. */
function reachOf(network: Network, roots: readonly Root[]): Reach {
  const seen = new Uint8Array(network.states.length);
  const states: number[] = [];
  const visit = (state: number) => {
    if (seen[state] === 1) return;
    seen[state] = 1;
    states.push(state);
  };
  for (const { state } of roots) visit(state);
  let uncertain = 0;
  let hasFixedTimes = true;
  for (let at = 0; at < states.length; at++) {
    const state = states[at] ?? 0;
    const end = network.edgeStart[state + 1] ?? 0;
    for (let edge = network.edgeStart[state] ?? 0; edge < end; edge++) {
      const chance = network.edgeChance[edge] ?? 0;
      if (chance === 0) continue;
      if (chance < 1) uncertain++;
      if (network.edgeTimes[edge * EDGE_TIMES + 1] !== 0) hasFixedTimes = false;
      if (network.needSpread[network.edgeNeed[edge] ?? 0] !== undefined) hasFixedTimes = false;
      visit(edgeTarget(network, edge));
    }
  }
  return { states, uncertain, hasFixedTimes };
}

export function run(
  document: Pick<GraphDocument, 'assets' | 'services'>,
  network: Network,
  options: RunOptions,
): Outcomes {
  const reach = reachOf(network, options.roots);
  const isSmall = reach.hasFixedTimes && reach.uncertain <= MAX_EXACT_UNCERTAIN;
  if (isSmall && options.method !== 'sampled' && options.samples === undefined) {
    const found = new Gathering(document, network, options, reach).exact();
    if (found !== undefined) return found;
  }
  return new Gathering(document, network, options, reach).sampled();
}

class Gathering {
  readonly #network: Network;
  readonly #options: RunOptions;
  readonly #reach: Reach;
  readonly #propagation: Propagation;
  readonly #losses: Losses;
  readonly #untilMs: number;
  readonly #services: Outcomes['services'];
  readonly #servicePerHour: readonly number[];
  #perHour = 0;

  constructor(
    document: Pick<GraphDocument, 'assets' | 'services'>,
    network: Network,
    options: RunOptions,
    reach: Reach,
  ) {
    this.#network = network;
    this.#options = options;
    this.#reach = reach;
    this.#propagation = new Propagation(network);
    this.#losses = new Losses(document, network, options);
    this.#untilMs = Math.min(options.horizonMs, options.lastingMs);
    this.#services = document.services.map(() => ({ chance: 0, perHour: 0, total: 0, hitAtMs: new Map() }));
    this.#servicePerHour = document.services.map(({ perHour }) => perHour);
  }

  /** Every outcome once: of each question, first yes, then no. Undefined where they are too many after all. */
  exact(): Outcomes | undefined {
    const network = this.#network;
    const tally = new ExactTally(network, this.#services.length);
    const totals = new Map<number, number>();
    const answers: boolean[] = [];
    let asked = 0;
    let weight = 1;
    let outcomes = 0;
    const decide = (edge: number): boolean => {
      const answer = answers[asked] ?? true;
      answers[asked++] = answer;
      const chance = network.edgeChance[edge] ?? 0;
      weight *= answer ? chance : 1 - chance;
      return answer;
    };
    do {
      asked = 0;
      weight = 1;
      this.#propagation.run(this.#options.roots, this.#untilMs, 0, decide);
      if (this.#propagation.work > MAX_EXACT_WORK) return undefined;
      outcomes++;
      this.#take(tally, weight);
      const total = this.#losses.total;
      totals.set(total, (totals.get(total) ?? 0) + weight);
      while (answers.at(-1) === false) answers.pop();
      if (answers.length > 0) answers[answers.length - 1] = false;
    } while (answers.length > 0);
    return this.#outcomes(
      'exact',
      outcomes,
      tally,
      [...totals].map(([value, part]) => ({ value, weight: part })),
    );
  }

  sampled(): Outcomes {
    const { seed, roots } = this.#options;
    const columns = Math.max(1, this.#reach.states.length);
    const room = Math.max(1, Math.floor(MAX_KEPT / columns));
    const most = Math.min(this.#options.samples ?? DEFAULT_SAMPLES, MAX_SAMPLES, room);
    // How much one sample costs, by the first few; by what they did and not by the clock: any machine gives the same.
    let samples = most;
    if (this.#options.samples === undefined && most > MIN_SAMPLES) {
      const PROBES = 8;
      for (let sample = 0; sample < PROBES; sample++)
        this.#propagation.run(roots, this.#untilMs, sampleKey(seed, sample));
      const each = Math.max(1, this.#propagation.work / PROBES);
      samples = Math.min(most, Math.max(MIN_SAMPLES, Math.floor(SAMPLED_WORK / each)));
    }
    const tally = new SampledTally(this.#network, this.#reach.states, samples, this.#services.length);
    const totals: Weighed[] = [];
    for (let sample = 0; sample < samples; sample++) {
      this.#propagation.run(roots, this.#untilMs, sampleKey(seed, sample));
      this.#take(tally, 1 / samples);
      totals.push({ value: this.#losses.total, weight: 1 / samples });
    }
    return this.#outcomes('sampled', samples, tally, totals);
  }

  #take(tally: Tally, weight: number): void {
    const losses = this.#losses;
    losses.take(this.#propagation);
    tally.add(this.#propagation, weight, losses.hitBy);
    this.#perHour += losses.peakPerHour * weight;
    this.#services.forEach((service, index) => {
      const peak = losses.servicePeak[index] ?? 0;
      if (peak === 0 && losses.hitBy[index] === UNHURT) return;
      service.chance += weight;
      service.perHour += weight * peak * (this.#servicePerHour[index] ?? 0);
      service.total += weight * (losses.serviceLoss[index] ?? 0);
      const hitAtMs = Math.round(losses.hitAtMs[index] ?? 0);
      service.hitAtMs.set(hitAtMs, (service.hitAtMs.get(hitAtMs) ?? 0) + weight);
    });
  }

  #outcomes(method: Outcomes['method'], samples: number, tally: Tally, totals: Weighed[]): Outcomes {
    return {
      method,
      samples,
      uncertain: this.#reach.uncertain,
      reachable: this.#reach.states,
      tally,
      totals,
      perHour: this.#perHour,
      services: this.#services,
    };
  }
}
