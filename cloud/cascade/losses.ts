/** What one sample costs: assets that are lost, and services that do not run, hour by hour. */
import type { GraphDocument } from './graph.ts';
import { Coupling } from './inoperability.ts';
import type { Network } from './network.ts';
import type { Propagation } from './propagation.ts';

const HOUR_MS = 3_600_000;
/** A service with a settling time is followed in steps of this part of the horizon. */
const STEPS = 96;

interface Link {
  service: number;
  share: number;
}

interface Change {
  atMs: number;
  service: number;
  share: number;
  begins: boolean;
}

/** No state has hit it. */
export const UNHURT = -1;

export class Losses {
  /** Of the sample that was last looked at. */
  total = 0;
  /** Lost per hour when it was worst. */
  peakPerHour = 0;
  readonly serviceLoss: Float64Array;
  /** Part of each service that did not run when it was worst. */
  readonly servicePeak: Float64Array;
  /** The state that hit each service first; UNHURT. */
  readonly hitBy: Int32Array;
  readonly hitAtMs: Float64Array;
  readonly #horizonMs: number;
  readonly #lastingMs: number;
  readonly #recoveryMs: Float64Array;
  readonly #links: readonly (readonly Link[] | undefined)[];
  readonly #once: Float64Array;
  readonly #perHour: Float64Array;
  readonly #hasOwn: boolean;
  readonly #servicePerHour: Float64Array;
  readonly #coupling: Coupling;
  readonly #q: Float64Array;
  readonly #c: Float64Array;
  readonly #dependsOnOthers: boolean;
  readonly #stepMs: number;

  constructor(
    document: Pick<GraphDocument, 'assets' | 'services'>,
    network: Network,
    { horizonMs, lastingMs }: { horizonMs: number; lastingMs: number },
  ) {
    const { services } = document;
    const states = network.states.length;
    this.#horizonMs = horizonMs;
    this.#lastingMs = lastingMs;
    this.#recoveryMs = network.recoveryMs;
    const links = new Array<Link[] | undefined>(states);
    services.forEach(({ needs }, service) => {
      for (const need of needs) {
        const state = network.indexOf(need);
        if (state === undefined) continue;
        links[state] = [...(links[state] ?? []), { service, share: need.share }];
      }
    });
    this.#links = links;
    this.#once = new Float64Array(states);
    this.#perHour = new Float64Array(states);
    for (const { id, losses } of document.assets)
      for (const { effect, once, perHour } of losses) {
        const state = network.indexOf({ asset: id, effect });
        if (state === undefined) continue;
        this.#once[state] = (this.#once[state] ?? 0) + once;
        this.#perHour[state] = (this.#perHour[state] ?? 0) + perHour;
      }
    this.#hasOwn = this.#once.some((one) => one > 0) || this.#perHour.some((one) => one > 0);
    this.#servicePerHour = Float64Array.from(services, ({ perHour }) => perHour);
    this.#coupling = new Coupling(services);
    this.#dependsOnOthers = this.#coupling.isCoupled;
    this.#q = new Float64Array(services.length);
    this.#c = new Float64Array(services.length);
    this.serviceLoss = new Float64Array(services.length);
    this.servicePeak = new Float64Array(services.length);
    this.hitBy = new Int32Array(services.length);
    this.hitAtMs = new Float64Array(services.length);
    this.#stepMs = this.#coupling.isSlow ? horizonMs / STEPS : Number.POSITIVE_INFINITY;
  }

  /** What a state costs by itself, in one sample in which it comes about then. */
  ownLoss(state: number, atMs: number): number {
    const hours = Math.max(0, this.#endOf(state) - atMs) / HOUR_MS;
    return (this.#once[state] ?? 0) + (this.#perHour[state] ?? 0) * hours;
  }

  /** Looks at what a propagation has found. */
  take({ arrivalMs, order, reached }: Propagation): void {
    this.total = 0;
    this.peakPerHour = 0;
    this.serviceLoss.fill(0);
    this.servicePeak.fill(0);
    this.hitBy.fill(UNHURT);
    this.hitAtMs.fill(Number.POSITIVE_INFINITY);
    const changes: Change[] = [];
    for (let index = 0; index < reached; index++) {
      const state = order[index] ?? 0;
      const atMs = arrivalMs[state] ?? 0;
      if (this.#hasOwn) {
        this.total += this.ownLoss(state, atMs);
        this.peakPerHour += this.#perHour[state] ?? 0;
      }
      const links = this.#links[state];
      if (links === undefined) continue;
      const endMs = this.#endOf(state);
      for (const { service, share } of links) {
        if (this.hitBy[service] === UNHURT) {
          this.hitBy[service] = state;
          this.hitAtMs[service] = atMs;
        }
        changes.push({ atMs, service, share, begins: true });
        if (endMs < this.#horizonMs) changes.push({ atMs: endMs, service, share, begins: false });
      }
    }
    if (changes.length > 0) this.#follow(changes);
  }

  #endOf(state: number): number {
    return Math.min(this.#horizonMs, this.#lastingMs + (this.#recoveryMs[state] ?? 0));
  }

  #follow(changes: Change[]): void {
    const q = this.#q.fill(0);
    const c = this.#c.fill(0);
    changes.sort((a, b) => a.atMs - b.atMs);
    const active = new Map<number, number[]>();
    let nowMs = 0;
    for (const { atMs, service, share, begins } of changes) {
      this.#pass(nowMs, atMs);
      nowMs = atMs;
      const shares = active.get(service) ?? [];
      active.set(service, shares);
      if (begins) shares.push(share);
      else shares.splice(shares.indexOf(share), 1);
      // What is lost twice is lost once.
      c[service] = 1 - shares.reduce((left, one) => left * (1 - one), 1);
    }
    this.#pass(nowMs, this.#horizonMs);
    q.forEach((_, service) => {
      const loss = this.serviceLoss[service] ?? 0;
      this.total += loss;
      // One that suffers only by others is hit when they are.
      if (this.#dependsOnOthers && this.hitBy[service] === UNHURT && (this.servicePeak[service] ?? 0) > 0)
        this.hitAtMs[service] = Math.min(...changes.map(({ atMs }) => atMs));
    });
    this.peakPerHour += this.#worstRate;
    this.#worstRate = 0;
  }

  #worstRate = 0;

  #pass(fromMs: number, toMs: number): void {
    const q = this.#q;
    for (let nowMs = fromMs; nowMs < toMs; ) {
      const stepMs = Math.min(toMs - nowMs, this.#stepMs);
      if (this.#dependsOnOthers || this.#stepMs !== Number.POSITIVE_INFINITY)
        this.#coupling.advance(q, this.#c, stepMs);
      else q.set(this.#c);
      let rate = 0;
      for (let service = 0; service < q.length; service++) {
        const lost = (q[service] ?? 0) * (this.#servicePerHour[service] ?? 0);
        if ((q[service] ?? 0) > (this.servicePeak[service] ?? 0)) this.servicePeak[service] = q[service] ?? 0;
        this.serviceLoss[service] = (this.serviceLoss[service] ?? 0) + (lost * stepMs) / HOUR_MS;
        rate += lost;
      }
      this.#worstRate = Math.max(this.#worstRate, rate);
      nowMs += stepMs;
    }
  }
}
