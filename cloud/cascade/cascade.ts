/** What fails next: from a graph and what has failed to a report. Pure; the same seed gives the same report. */
import { altered, type Change, changeText } from './change.ts';
import { effectWords, type GraphDocument } from './graph.ts';
import { Losses } from './losses.ts';
import { type AssetState, compile, edgeTarget, type Network, stateKey } from './network.ts';
import type { Way, Weighed } from './outcomes.ts';
import type {
  CascadeDifference,
  CascadeEffect,
  CascadePath,
  CascadeReport,
  CascadeService,
  When,
} from './report.ts';
import { MAX_SAMPLES, type Outcomes, run } from './simulate.ts';
import { durationText } from './spread.ts';

export { MAX_SAMPLES };
export const DEFAULT_PATHS = 3;
export const MAX_PATHS = 20;
/** Effects told one by one, at most. */
export const MAX_TOLD = 1_000;
/** Effects whose paths are told: those that come first. */
const MAX_WITH_PATHS = 50;

export interface CascadeQuery {
  /** `atMs`: so much after the first of them. */
  failures: readonly (AssetState & { atMs?: number })[];
  changes?: readonly Change[];
  seed?: number;
  samples?: number | undefined;
  horizonMs?: number | undefined;
  /** Until what had failed is mended; as long as the horizon where it is not said. */
  lastingMs?: number | undefined;
  /** Strongest paths told of each effect. */
  paths?: number | undefined;
  /** Effects told, at most. */
  limit?: number | undefined;
}

interface Ran {
  network: Network;
  outcomes: Outcomes;
  report: CascadeReport;
}

/** @param query names assets and effects of the graph */
export function cascade(document: GraphDocument, query: CascadeQuery): CascadeReport {
  return ran(document, query).report;
}

/** The same failures before and after some changes, with the same luck: what differs is the changes' doing. */
export function whatIf(
  document: GraphDocument,
  query: CascadeQuery,
  changes: readonly Change[],
): CascadeDifference {
  const first = query.changes ?? [];
  const both = [...first, ...changes];
  let before = ran(document, query);
  let after = ran(document, { ...query, changes: both, ...samplesOf(before, query) });
  // Only what was counted in the same way can be compared.
  if (before.outcomes.method !== after.outcomes.method) {
    const samples = Math.min(
      ...[before, after].map(({ outcomes }) =>
        outcomes.method === 'sampled' ? outcomes.samples : MAX_SAMPLES,
      ),
    );
    before = ran(document, { ...query, samples });
    after = ran(document, { ...query, samples, changes: both });
  } else if (before.outcomes.method === 'sampled' && before.outcomes.samples !== after.outcomes.samples)
    before = ran(document, { ...query, samples: after.outcomes.samples });
  return difference(document, changes, before, after);
}

const samplesOf = ({ outcomes }: Ran, query: CascadeQuery) =>
  outcomes.method === 'sampled' ? { samples: query.samples ?? outcomes.samples } : {};

function ran(document: GraphDocument, query: CascadeQuery): Ran {
  const { alterations, failures } = altered(document, query.failures, query.changes ?? []);
  const network = compile(document, alterations, [...query.failures, ...failures]);
  const horizonMs = query.horizonMs ?? document.horizon;
  const lastingMs = Math.min(query.lastingMs ?? horizonMs, horizonMs);
  const startsAt = new Map<number, number>();
  for (const { atMs = 0, ...failure } of failures) {
    const state = network.indexOf(failure);
    if (state !== undefined) startsAt.set(state, Math.min(atMs, startsAt.get(state) ?? atMs));
  }
  const states = [...startsAt.keys()].sort((a, b) => a - b);
  const seed = query.seed ?? 1;
  const outcomes = run(document, network, {
    roots: states.map((state) => ({ state, atMs: startsAt.get(state) ?? 0 })),
    seed,
    samples: query.samples,
    horizonMs,
    lastingMs,
  });
  const teller = new Teller(document, network, outcomes, {
    horizonMs,
    lastingMs,
    paths: query.paths ?? DEFAULT_PATHS,
  });
  const roots = new Set(states);
  const following = outcomes.reachable
    .filter((state) => !roots.has(state))
    .map((state) => ({ state, chance: outcomes.tally.chanceOf(state) }))
    .filter(({ chance }) => chance > 0)
    .sort((a, b) => b.chance - a.chance || a.state - b.state);
  const told = following.slice(0, Math.min(query.limit ?? MAX_TOLD, MAX_TOLD));
  const report: CascadeReport = {
    method: outcomes.method,
    samples: outcomes.samples,
    seed,
    uncertainDependencies: outcomes.uncertain,
    horizonMs,
    lastingMs,
    currency: document.currency,
    failed: states.map((state) => teller.named(state)),
    effects: told
      .map(({ state, chance }, rank) => teller.effect(state, chance, rank < MAX_WITH_PATHS))
      .sort(
        (a, b) =>
          b.chance - a.chance || a.afterMs.p50 - b.afterMs.p50 || (stateKey(a) < stateKey(b) ? -1 : 1),
      ),
    more: following.length - told.length,
    services: teller.services(),
    loss: { perHour: outcomes.perHour, ...momentsOf(outcomes) },
  };
  return { network, outcomes, report };
}

/** Mean and quantiles of what all costs. */
function momentsOf({ totals, method }: Outcomes): Omit<CascadeReport['loss'], 'perHour'> {
  const mean = totals.reduce((sum, { value, weight }) => sum + value * weight, 0);
  const variance = totals.reduce((sum, { value, weight }) => sum + (value - mean) ** 2 * weight, 0);
  const { p10, p50, p90 } = quantilesOf(totals);
  return {
    mean,
    standardError: method === 'exact' ? 0 : Math.sqrt(variance / Math.max(1, totals.length - 1)),
    p10,
    p50,
    p90,
  };
}

const NOTHING: Weighed = { value: 0, weight: 0 };

/** The smallest value that so large a part does not exceed. */
function quantilesOf(values: readonly Weighed[]): When {
  return quantilesOfSorted([...values].sort((a, b) => a.value - b.value));
}

function quantilesOfSorted(sorted: readonly Weighed[]): When {
  let all = 0;
  for (const { weight } of sorted) all += weight;
  const at = (part: number): number => {
    let sum = 0;
    for (let index = 0; index < sorted.length; index++) {
      const { value, weight } = sorted[index] ?? NOTHING;
      sum += weight;
      // Weights are sums of fractions: half of them may be a hair less than half.
      if (sum >= part * all - 1e-9) return value;
    }
    return sorted.at(-1)?.value ?? 0;
  };
  return { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
}

class Teller {
  readonly #document: GraphDocument;
  readonly #network: Network;
  readonly #outcomes: Outcomes;
  readonly #paths: number;
  readonly #losses: Losses;
  readonly #names: ReadonlyMap<string, string>;

  constructor(
    document: GraphDocument,
    network: Network,
    outcomes: Outcomes,
    { paths, ...times }: { horizonMs: number; lastingMs: number; paths: number },
  ) {
    this.#document = document;
    this.#network = network;
    this.#outcomes = outcomes;
    this.#paths = Math.min(paths, MAX_PATHS);
    this.#losses = new Losses(document, network, times);
    this.#names = new Map(document.assets.map(({ id, name }) => [id, name ?? id]));
  }

  named(state: number): { asset: string; name: string; effect: string; words: string } {
    const { asset, effect } = this.#network.states[state] ?? { asset: '', effect: '' };
    const name = this.#names.get(asset) ?? asset;
    return { asset, name, effect, words: `${name} ${effectWords(this.#document, effect)}` };
  }

  effect(state: number, chance: number, hasPaths: boolean): CascadeEffect {
    const { tally } = this.#outcomes;
    const moments = tally.momentsOf(state);
    return {
      ...this.named(state),
      chance,
      standardError: this.#standardError(chance),
      afterMs: quantilesOfSorted(moments),
      loss: moments.reduce((sum, { value, weight }) => sum + weight * this.#losses.ownLoss(state, value), 0),
      paths: hasPaths && this.#paths > 0 ? this.#told(tally.waysTo(state), chance) : [],
    };
  }

  /** Those that lose something, the most expensive first. */
  services(): CascadeService[] {
    const { services, tally } = this.#outcomes;
    return this.#document.services
      .flatMap(({ id, name }, index): CascadeService[] => {
        const found = services[index];
        if (found === undefined || found.chance === 0) return [];
        const { chance, perHour, total, hitAtMs } = found;
        return [
          {
            id,
            name: name ?? id,
            chance,
            standardError: this.#standardError(chance),
            afterMs: quantilesOf([...hitAtMs].map(([value, weight]) => ({ value, weight }))),
            lossPerHour: perHour,
            loss: total,
            paths: this.#paths > 0 ? this.#told(tally.waysToService(index), chance, name ?? id) : [],
          },
        ];
      })
      .sort((a, b) => b.loss - a.loss || b.chance - a.chance || (a.id < b.id ? -1 : 1));
  }

  /** Binomial: how far the mean of so many samples lies from the truth. */
  #standardError(chance: number): number {
    const { method, samples } = this.#outcomes;
    return method === 'exact' ? 0 : Math.sqrt((chance * (1 - chance)) / samples);
  }

  #told(ways: readonly Way[], chance: number, service?: string): CascadePath[] {
    return ways.slice(0, this.#paths).map((way) => this.#path(way, chance, service));
  }

  #path({ edges, end, weight, atMs }: Way, chance: number, service: string | undefined): CascadePath {
    const { edgeFrom, edgeNeed, needDependency } = this.#network;
    const [first] = edges;
    const steps = [
      { ...this.#step(first === undefined ? end : (edgeFrom[first] ?? 0)), atMs: atMs[0] ?? 0 },
      ...edges.map((edge, index) => {
        const type = needDependency[edgeNeed[edge] ?? 0]?.type;
        return {
          ...this.#step(edgeTarget(this.#network, edge)),
          ...(type === undefined ? {} : { type }),
          atMs: atMs[index + 1] ?? 0,
        };
      }),
    ];
    const words = [
      first === undefined ? this.named(end).words : this.#sentence(edges, atMs),
      ...(service === undefined ? [] : [`this hits ${service}`]),
    ];
    return { chance: weight, share: Math.min(1, weight / chance), steps, words: `${words.join('; ')}.` };
  }

  #step(state: number) {
    const { asset, name, effect } = this.named(state);
    return { asset, name, effect };
  }

  /** "Mains power stops working; 40 min later Fridge 1 gets too warm (thermal time); …" */
  #sentence(edges: readonly number[], atMs: readonly number[]): string {
    const { edgeFrom, edgeNeed, needDependency, needFailures } = this.#network;
    const first = this.named(edgeFrom[edges[0] ?? 0] ?? 0).words;
    const rest = edges.map((edge, index) => {
      const apartMs = (atMs[index + 1] ?? 0) - (atMs[index] ?? 0);
      const need = edgeNeed[edge] ?? 0;
      const dependency = needDependency[need];
      const remarks = [
        ...(dependency?.bufferedBy === undefined || apartMs === 0
          ? []
          : [`once its ${dependency.bufferedBy} is used up`]),
        ...((needFailures[need] ?? 1) > 1
          ? [`${needFailures[need]} of its ${dependency?.on.length} have failed by then`]
          : []),
      ];
      const when = apartMs < 1 ? 'at once' : `${durationText(apartMs)} later`;
      const remark = remarks.length === 0 ? '' : ` (${remarks.join('; ')})`;
      return `${when} ${this.named(edgeTarget(this.#network, edge)).words}${remark}`;
    });
    return [first, ...rest].join('; ');
  }
}

function difference(
  document: GraphDocument,
  changes: readonly Change[],
  before: Ran,
  after: Ran,
): CascadeDifference {
  const chances = ({ network, outcomes }: Ran) =>
    new Map(
      outcomes.reachable.map((state) => {
        const { asset, effect } = network.states[state] ?? { asset: '', effect: '' };
        return [stateKey({ asset, effect }), outcomes.tally.chanceOf(state)];
      }),
    );
  const chanceBefore = chances(before);
  const chanceAfter = chances(after);
  const keyed = ({ report }: Ran) => new Map(report.effects.map((one) => [stateKey(one), one]));
  const toldBefore = keyed(before);
  const toldAfter = keyed(after);
  const effects = [...new Set([...toldBefore.keys(), ...toldAfter.keys()])]
    .flatMap((key) => {
      const was = toldBefore.get(key);
      const is = toldAfter.get(key);
      const one = is ?? was;
      if (one === undefined) return [];
      const { asset, name, effect, words } = one;
      return [
        {
          asset,
          name,
          effect,
          words,
          chance: { before: chanceBefore.get(key) ?? 0, after: chanceAfter.get(key) ?? 0 },
          afterMs: {
            ...(was === undefined ? {} : { before: was.afterMs.p50 }),
            ...(is === undefined ? {} : { after: is.afterMs.p50 }),
          },
        },
      ];
    })
    .filter(({ chance, afterMs }) => chance.before !== chance.after || afterMs.before !== afterMs.after)
    .sort(
      (a, b) =>
        Math.abs(b.chance.after - b.chance.before) - Math.abs(a.chance.after - a.chance.before) ||
        (stateKey(a) < stateKey(b) ? -1 : 1),
    );
  const lossesOf = ({ report }: Ran) => new Map(report.services.map((one) => [one.id, one.loss]));
  const lossBefore = lossesOf(before);
  const lossAfter = lossesOf(after);
  return {
    changes: changes.map((change) => changeText(change, document)),
    before: before.report,
    after: after.report,
    effects,
    services: document.services.flatMap(({ id, name }) => {
      const loss = { before: lossBefore.get(id) ?? 0, after: lossAfter.get(id) ?? 0 };
      return loss.before === loss.after ? [] : [{ id, name: name ?? id, loss }];
    }),
    loss: {
      mean: after.report.loss.mean - before.report.loss.mean,
      standardError: pairedError(before.outcomes, after.outcomes),
      perHour: after.report.loss.perHour - before.report.loss.perHour,
    },
  };
}

/** Of the mean difference, sample by sample. */
function pairedError(before: Outcomes, after: Outcomes): number {
  if (before.method === 'exact') return 0;
  const differences = before.totals.map(({ value }, index) => (after.totals[index]?.value ?? 0) - value);
  const count = differences.length;
  const mean = differences.reduce((sum, one) => sum + one, 0) / count;
  const variance = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, count - 1);
  return Math.sqrt(variance / count);
}
