/** What came out of many samples, or of all outcomes there are: how often, when, and by which way. */
import type { Network } from './network.ts';
import { type Propagation, ROOT } from './propagation.ts';

/** A way into a state: dependencies from what failed to it. */
export interface Way {
  /** Dependencies, the first one first; empty for what failed by itself. */
  edges: readonly number[];
  /** The state that it leads to. */
  end: number;
  /** Part of all outcomes in which it came about by this way. */
  weight: number;
  /** When each of its states came about, on average, what failed first. */
  atMs: readonly number[];
}

/** Weights add up to 1 over all outcomes. */
export interface Weighed {
  value: number;
  weight: number;
}

/** Weights of one tally add up to 1 over all that was added. */
export interface Tally {
  /** `hits`: the state that hit each service first. */
  add(propagation: Propagation, weight: number, hits: Int32Array): void;
  chanceOf(state: number): number;
  /** When it came about, the earliest first. */
  momentsOf(state: number): Weighed[];
  /** The likeliest first. */
  waysTo(state: number): Way[];
  waysToService(service: number): Way[];
}

const NEVER = 0xffff_ffff;
/** Times and ways that are kept, at most: 8 bytes each. */
export const MAX_KEPT = 12_000_000;

const byWeight = (a: Way, b: Way): number =>
  b.weight - a.weight || a.edges.length - b.edges.length || (a.edges.join() < b.edges.join() ? -1 : 1);

/** Equally likely samples, one after the other; each keeps a row. */
export class SampledTally implements Tally {
  readonly #network: Network;
  readonly #samples: number;
  readonly #columnOf: Int32Array;
  readonly #columns: number;
  readonly #services: number;
  readonly #atMs: Uint32Array;
  readonly #by: Int32Array;
  readonly #counts: Int32Array;
  readonly #hits: Int32Array;
  #row = 0;

  /** @param reachable states that may come about at all */
  constructor(network: Network, reachable: readonly number[], samples: number, services: number) {
    this.#network = network;
    this.#samples = samples;
    this.#columns = reachable.length;
    this.#services = services;
    this.#columnOf = new Int32Array(network.states.length).fill(-1);
    reachable.forEach((state, column) => {
      this.#columnOf[state] = column;
    });
    this.#atMs = new Uint32Array(samples * reachable.length).fill(NEVER);
    this.#by = new Int32Array(samples * reachable.length);
    this.#counts = new Int32Array(reachable.length);
    this.#hits = new Int32Array(samples * services).fill(-1);
  }

  add({ order, reached, arrivalMs, by }: Propagation, _weight: number, hits: Int32Array): void {
    const start = this.#row * this.#columns;
    for (let index = 0; index < reached; index++) {
      const state = order[index] ?? 0;
      const column = this.#columnOf[state] ?? -1;
      this.#atMs[start + column] = Math.round(arrivalMs[state] ?? 0);
      this.#by[start + column] = by[state] ?? ROOT;
      this.#counts[column] = (this.#counts[column] ?? 0) + 1;
    }
    this.#hits.set(hits, this.#row * this.#services);
    this.#row++;
  }

  chanceOf(state: number): number {
    const column = this.#columnOf[state] ?? -1;
    return column === -1 ? 0 : (this.#counts[column] ?? 0) / this.#samples;
  }

  momentsOf(state: number): Weighed[] {
    const column = this.#columnOf[state] ?? -1;
    if (column === -1) return [];
    const found = new Float64Array(this.#counts[column] ?? 0);
    let count = 0;
    for (let row = 0; row < this.#row; row++) {
      const ms = this.#atMs[row * this.#columns + column] ?? NEVER;
      if (ms !== NEVER) found[count++] = ms;
    }
    const weight = 1 / this.#samples;
    const sorted = found.sort();
    const moments = new Array<Weighed>(count);
    for (let at = 0; at < count; at++) moments[at] = { value: sorted[at] ?? 0, weight };
    return moments;
  }

  waysTo(state: number): Way[] {
    const column = this.#columnOf[state] ?? -1;
    if (column === -1 || this.#counts[column] === 0) return [];
    return this.#ways((row) => (this.#atMs[row * this.#columns + column] === NEVER ? undefined : state));
  }

  waysToService(service: number): Way[] {
    return this.#ways((row) => {
      const state = this.#hits[row * this.#services + service] ?? -1;
      return state === -1 ? undefined : state;
    });
  }

  #ways(endOf: (row: number) => number | undefined): Way[] {
    const found = new Map<string, { edges: number[]; end: number; rows: number; sumMs: number[] }>();
    const { edgeFrom } = this.#network;
    for (let row = 0; row < this.#row; row++) {
      const end = endOf(row);
      if (end === undefined) continue;
      const start = row * this.#columns;
      const edges: number[] = [];
      const atMs: number[] = [];
      for (let state = end; ; ) {
        const place = start + (this.#columnOf[state] ?? 0);
        atMs.push(this.#atMs[place] ?? 0);
        const edge = this.#by[place] ?? ROOT;
        if (edge === ROOT) break;
        edges.push(edge);
        state = edgeFrom[edge] ?? 0;
      }
      const key = edges.length === 0 ? `=${end}` : edges.join();
      const known = found.get(key);
      if (known === undefined)
        found.set(key, { edges: edges.reverse(), end, rows: 1, sumMs: atMs.reverse() });
      else {
        known.rows++;
        atMs.reverse().forEach((ms, at) => {
          known.sumMs[at] = (known.sumMs[at] ?? 0) + ms;
        });
      }
    }
    return [...found.values()]
      .map(({ edges, end, rows, sumMs }) => ({
        edges,
        end,
        weight: rows / this.#samples,
        atMs: sumMs.map((ms) => ms / rows),
      }))
      .sort(byWeight);
  }
}

interface Trail {
  parent: number;
  edge: number;
  state: number;
  ms: number;
  weight: number;
}

/** All outcomes with their probabilities. Delays are fixed: a way says when. */
export class ExactTally implements Tally {
  readonly #network: Network;
  readonly #trails: Trail[] = [];
  readonly #idOf = new Map<number, number>();
  readonly #now: Int32Array;
  readonly #services: Map<number, number>[];

  constructor(network: Network, services: number) {
    this.#network = network;
    this.#now = new Int32Array(network.states.length);
    this.#services = Array.from({ length: services }, () => new Map<number, number>());
  }

  add({ order, reached, arrivalMs, by }: Propagation, weight: number, hits: Int32Array): void {
    const { edgeFrom, states } = this.#network;
    const width = edgeFrom.length + states.length;
    for (let index = 0; index < reached; index++) {
      const state = order[index] ?? 0;
      const edge = by[state] ?? ROOT;
      const parent = edge === ROOT ? -1 : (this.#now[edgeFrom[edge] ?? 0] ?? -1);
      const key = (parent + 1) * width + (edge === ROOT ? edgeFrom.length + state : edge);
      let id = this.#idOf.get(key);
      if (id === undefined) {
        id = this.#trails.length;
        this.#idOf.set(key, id);
        this.#trails.push({ parent, edge, state, ms: arrivalMs[state] ?? 0, weight: 0 });
      }
      const trail = this.#trails[id];
      if (trail !== undefined) trail.weight += weight;
      this.#now[state] = id;
    }
    hits.forEach((state, service) => {
      if (state === -1) return;
      const id = this.#now[state] ?? -1;
      const ways = this.#services[service];
      ways?.set(id, (ways.get(id) ?? 0) + weight);
    });
  }

  chanceOf(state: number): number {
    return this.#of(state).reduce((sum, { weight }) => sum + weight, 0);
  }

  momentsOf(state: number): Weighed[] {
    return this.#of(state)
      .map(({ ms, weight }) => ({ value: ms, weight }))
      .sort((a, b) => a.value - b.value);
  }

  waysTo(state: number): Way[] {
    return this.#of(state)
      .map((trail) => this.#wayOf(trail, trail.weight))
      .sort(byWeight);
  }

  waysToService(service: number): Way[] {
    return [...(this.#services[service] ?? [])]
      .flatMap(([id, weight]) => {
        const trail = this.#trails[id];
        return trail === undefined ? [] : [this.#wayOf(trail, weight)];
      })
      .sort(byWeight);
  }

  #byState: Map<number, Trail[]> | undefined;
  #of(state: number): readonly Trail[] {
    this.#byState ??= Map.groupBy(this.#trails, (trail) => trail.state);
    return this.#byState.get(state) ?? [];
  }

  #wayOf(end: Trail, weight: number): Way {
    const edges: number[] = [];
    const atMs: number[] = [];
    for (let trail: Trail | undefined = end; trail !== undefined; trail = this.#trails[trail.parent]) {
      atMs.push(trail.ms);
      if (trail.edge !== ROOT) edges.push(trail.edge);
    }
    return { edges: edges.reverse(), end: end.state, weight, atMs: atMs.reverse() };
  }
}
