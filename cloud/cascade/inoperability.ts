/**
 * Services lose by one another: the dynamic inoperability input-output model. q' = K (A q + c − q), where q is the
 * part of each service that does not run, c what it loses by assets, A what it loses by other services, K how fast.
 */
import type { Service } from './graph.ts';

/** A loss that grows beyond this feeds itself. */
const RUNAWAY = 1e6;
const MAX_ROUNDS = 10_000;
const CLOSE_ENOUGH = 1e-12;
/** A steady state is found to within this part of a service. */
const SETTLED = 1e-10;

type Coupled = Pick<Service, 'id' | 'dependsOn'>;

/** Whether the spectral radius of the shares reaches 1: then (I − A)⁻¹ is not there, and no steady state either. */
export function isSelfFeeding(services: readonly Coupled[]): boolean {
  const indexOf = new Map(services.map(({ id }, index) => [id, index]));
  const links = services.map(({ dependsOn }) =>
    dependsOn.flatMap(({ service, share }) => {
      const from = indexOf.get(service);
      return from === undefined ? [] : [{ from, share }];
    }),
  );
  if (links.every((list) => list.length === 0)) return false;
  // x = A x + 1 stays bounded exactly where the radius is below 1: A is not negative.
  let x = services.map(() => 1);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = links.map((list) => list.reduce((sum, { from, share }) => sum + share * (x[from] ?? 0), 1));
    const change = Math.max(...next.map((value, index) => Math.abs(value - (x[index] ?? 0))));
    x = next;
    if (Math.max(...x) > RUNAWAY) return true;
    if (change < CLOSE_ENOUGH * Math.max(...x)) return false;
  }
  return true;
}

/** Services in arrays, for many samples. */
export class Coupling {
  readonly #starts: Int32Array;
  readonly #from: Int32Array;
  readonly #share: Float64Array;
  readonly #settlingMs: Float64Array;
  readonly isCoupled: boolean;
  readonly #step: Float64Array;

  constructor(services: readonly Pick<Service, 'id' | 'dependsOn' | 'settling'>[]) {
    const indexOf = new Map(services.map(({ id }, index) => [id, index]));
    const links = services.flatMap(({ dependsOn }) => dependsOn);
    this.#starts = new Int32Array(services.length + 1);
    services.forEach(({ dependsOn }, index) => {
      this.#starts[index + 1] = (this.#starts[index] ?? 0) + dependsOn.length;
    });
    this.#from = Int32Array.from(links, ({ service }) => indexOf.get(service) ?? 0);
    this.#share = Float64Array.from(links, ({ share }) => share);
    this.#settlingMs = Float64Array.from(services, ({ settling }) => settling);
    this.isCoupled = links.length > 0;
    this.#step = new Float64Array(services.length);
  }

  /** Some service does not follow its causes at once. */
  get isSlow(): boolean {
    return this.#settlingMs.some((ms) => ms > 0);
  }

  /**
   * Moves `q` on by `stepMs` under the direct losses `c`, both 0 to 1: an implicit step, so that a service without a
   * settling time is at its steady state, and no step is too long.
   */
  advance(q: Float64Array, c: Float64Array, stepMs: number): void {
    const step = this.#step;
    for (let index = 0; index < q.length; index++) {
      const settlingMs = this.#settlingMs[index] ?? 0;
      step[index] = settlingMs === 0 ? 1 : 1 - Math.exp(-stepMs / settlingMs);
    }
    const before = Float64Array.from(q);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      let change = 0;
      for (let index = 0; index < q.length; index++) {
        let target = c[index] ?? 0;
        const end = this.#starts[index + 1] ?? 0;
        for (let link = this.#starts[index] ?? 0; link < end; link++)
          target += (this.#share[link] ?? 0) * (q[this.#from[link] ?? 0] ?? 0);
        const was = before[index] ?? 0;
        const value = Math.min(1, was + (step[index] ?? 1) * (target - was));
        change = Math.max(change, Math.abs(value - (q[index] ?? 0)));
        q[index] = value;
      }
      if (!this.isCoupled || change < SETTLED) return;
    }
  }
}
