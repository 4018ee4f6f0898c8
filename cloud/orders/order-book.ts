/** All orders that are under way, by every name that a step may know one by. */
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { detectionFrom, FindingBook } from '../monitors/finding.ts';
import type { Judgement } from '../monitors/monitor.ts';
import type { Standing } from '../monitors/standing.ts';
import { judgeOrder } from './judge-order.ts';
import type { OrderSettings } from './settings.ts';
import { readStep, type Step } from './step.ts';

/** Orders in memory; beyond it those quiet for longest go, and are counted. */
export const MAX_ORDERS = 50_000;
/** Payments and sessions in memory; beyond it the longest known go. */
export const MAX_TIES = 100_000;
/** Steps of one order, payment or session: a shop that tells more tells them over and over. */
const MAX_STEPS = 128;
/** A session's cart counts for the orders placed within this time. */
const CART_MS = 24 * 3_600_000;

interface Order {
  steps: Map<string, Step>;
  payments: Set<string>;
  sessions: Set<string>;
  parcels: Set<string>;
  dueAt?: number | undefined;
}

/** What is known by another name than the order's, and which orders that turned out to be. */
interface Tie {
  steps: Map<string, Step>;
  orders: Set<string>;
}

export class OrderBook implements Standing {
  readonly #settings: OrderSettings;
  readonly #registry: Registry;
  readonly #orders = new Map<string, Order>();
  readonly #payments = new Map<string, Tie>();
  readonly #sessions = new Map<string, Tie>();
  readonly #parcels = new Map<string, Tie>();
  readonly #book = new FindingBook();
  /** Since when each tells anything. */
  #told: { shop: number | undefined; payments: number | undefined } = {
    shop: undefined,
    payments: undefined,
  };
  #now = Number.NEGATIVE_INFINITY;
  #dueAt = Number.POSITIVE_INFINITY;
  forgotten = 0;

  constructor(settings: OrderSettings, registry: Registry) {
    this.#settings = settings;
    this.#registry = registry;
  }

  observe(observations: readonly Observation[]): Judgement {
    const touched = new Set<string>();
    for (const observation of observations) this.#take(observation, touched);
    return this.#judgeAll(touched);
  }

  pass(now: number): Judgement {
    this.#now = Math.max(this.#now, now);
    if (now < this.#dueAt) return { put: [], withdraw: [] };
    const due = [...this.#orders].flatMap(([name, { dueAt }]) =>
      dueAt !== undefined && dueAt <= now ? [name] : [],
    );
    const judgement = this.#judgeAll(new Set(due));
    this.#dueAt = Number.POSITIVE_INFINITY;
    for (const { dueAt } of this.#orders.values()) this.#dueAt = Math.min(this.#dueAt, dueAt ?? this.#dueAt);
    return judgement;
  }

  #take(observation: Observation, touched: Set<string>): void {
    const named = readStep(observation, this.#settings);
    if (named === undefined) return;
    const { step, order: said, payment, session, parcel } = named;
    // A parcel of which no more is known stands for an order until one names it.
    const order = said ?? (payment === undefined ? parcel : undefined);
    this.#hear(observation, touched);
    if (order !== undefined) {
      const entry = this.#orderOf(order);
      if (said !== undefined) put(entry.steps, step);
      touched.add(order);
      if (parcel !== undefined)
        this.#tieParcel(parcel, entry, order, said === undefined ? step : undefined, touched);
      if (payment !== undefined) this.#tie(this.#payments, payment, entry.payments, order);
      if (session !== undefined) this.#tie(this.#sessions, session, entry.sessions, order);
      return;
    }
    const ties = payment === undefined ? this.#sessions : this.#payments;
    const name = payment ?? session;
    if (name === undefined) return;
    const tie = tieOf(ties, name);
    put(tie.steps, step);
    for (const one of tie.orders) touched.add(one);
  }

  /** The first word of a shop or a payment service: from then on it may be missed. */
  #hear({ kind, observedAt }: Observation, touched: Set<string>): void {
    const by = kind === 'order.changed' ? 'shop' : kind === 'payment.decided' ? 'payments' : undefined;
    if (by === undefined || observedAt >= (this.#told[by] ?? Number.POSITIVE_INFINITY)) return;
    this.#told = { ...this.#told, [by]: observedAt };
    for (const name of this.#orders.keys()) touched.add(name);
  }

  #tie(ties: Map<string, Tie>, name: string, known: Set<string>, order: string): void {
    known.add(name);
    tieOf(ties, name).orders.add(order);
  }

  /** @param step of which only the parcel is known */
  #tieParcel(
    parcel: string,
    entry: Order,
    order: string,
    step: Step | undefined,
    touched: Set<string>,
  ): void {
    this.#tie(this.#parcels, parcel, entry.parcels, order);
    const tie = tieOf(this.#parcels, parcel);
    if (step !== undefined) put(tie.steps, step);
    for (const one of tie.orders) touched.add(one);
  }

  #orderOf(name: string): Order {
    let order = this.#orders.get(name);
    if (order === undefined)
      order = { steps: new Map(), payments: new Set(), sessions: new Set(), parcels: new Set() };
    // The order heard of last goes to the end: the first is the one to forget.
    this.#orders.delete(name);
    this.#orders.set(name, order);
    if (this.#orders.size > MAX_ORDERS) {
      const quietest = this.#orders.keys().next().value;
      if (quietest !== undefined) {
        this.#orders.delete(quietest);
        this.#book.forget(quietest);
        this.forgotten++;
      }
    }
    return order;
  }

  #judgeAll(names: ReadonlySet<string>): Judgement {
    const judgement: Judgement = { put: [], withdraw: [] };
    for (const name of names) {
      const order = this.#orders.get(name);
      if (order === undefined) continue;
      const steps = this.#stepsOf(name, order);
      const { found, dueAt } = judgeOrder(name, steps, this.#settings, this.#told, this.#now, this.#registry);
      order.dueAt = dueAt;
      this.#dueAt = Math.min(this.#dueAt, dueAt ?? this.#dueAt);
      const teller = new Map(steps.map(({ id, teller: source }) => [id, source]));
      const detections = found.map(({ rule, found: one }) =>
        detectionFrom(rule, name, one, teller.get(one.evidence.at(-1) ?? '') ?? 'monitor', this.#registry),
      );
      this.#book.put(name, detections, judgement);
    }
    return judgement;
  }

  /** Its own steps, those of its payments, and of its session what came before it and after the order before. */
  #stepsOf(name: string, order: Order): Step[] {
    const steps = [...order.steps.values()];
    for (const payment of order.payments) steps.push(...(this.#payments.get(payment)?.steps.values() ?? []));
    for (const parcel of order.parcels) {
      const tie = this.#parcels.get(parcel);
      // What only stood for an order is nobody's once one names the parcel.
      const isNamed = parcel === name && (tie?.orders.size ?? 0) > 1;
      if (!isNamed) steps.push(...(tie?.steps.values() ?? []));
    }
    const placedAt = placing(order);
    if (placedAt === undefined) return steps;
    for (const session of order.sessions) {
      const tie = this.#sessions.get(session);
      if (tie === undefined) continue;
      let from = placedAt - CART_MS;
      for (const other of tie.orders) {
        const at = other === name ? undefined : placing(this.#orders.get(other));
        if (at !== undefined && at < placedAt) from = Math.max(from, at);
      }
      for (const step of tie.steps.values())
        if (step.at > from && step.at <= placedAt + this.#settings.skewMs) steps.push(step);
    }
    return steps;
  }
}

function placing(order: Order | undefined): number | undefined {
  let first: number | undefined;
  for (const { name, at } of order?.steps.values() ?? [])
    if (name === 'placed') first = Math.min(first ?? at, at);
  return first;
}

/** Keeps the earliest. */
function put(steps: Map<string, Step>, step: Step): void {
  steps.set(step.id, step);
  if (steps.size <= MAX_STEPS) return;
  let last = step;
  for (const one of steps.values())
    if (one.at > last.at || (one.at === last.at && one.id > last.id)) last = one;
  steps.delete(last.id);
}

function tieOf(ties: Map<string, Tie>, name: string): Tie {
  let tie = ties.get(name);
  if (tie !== undefined) return tie;
  tie = { steps: new Map(), orders: new Set() };
  ties.set(name, tie);
  if (ties.size > MAX_TIES) {
    const oldest = ties.keys().next().value;
    if (oldest !== undefined) ties.delete(oldest);
  }
  return tie;
}
