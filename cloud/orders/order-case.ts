/** One order under judgement: its steps, what can be asked of them, and what was found. */
import type { Severity } from '../../devices/model/detection.ts';
import type { Facts, Observables } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type Found, identitiesOf } from '../monitors/monitor.ts';
import type { OrderRule, Requirement } from './model.ts';
import type { OrderSettings } from './settings.ts';
import type { Step, StepName } from './step.ts';

const MAX_EVIDENCE = 12;
const MAX_ASSETS = 6;

/** Since when shops and payment services tell anything; undefined: never heard. */
export interface Told {
  readonly shop: number | undefined;
  readonly payments: number | undefined;
}

export interface Judged {
  found: { rule: OrderRule; found: Found }[];
  /** When a waiting is over that is not yet. */
  dueAt: number | undefined;
}

/** What is said of an order. */
export interface Says {
  rule: OrderRule;
  severity: Severity;
  at: Step;
  text: string;
  evidence?: readonly Step[];
  facts?: Facts;
  tactic?: string;
}

/** One look at one order. */
export class OrderCase {
  readonly #order: string;
  readonly steps: readonly Step[];
  readonly settings: OrderSettings;
  readonly #told: Told;
  readonly #now: number;
  readonly #registry: Registry;
  readonly #found: Judged['found'] = [];
  #dueAt: number | undefined;

  constructor(
    order: string,
    steps: readonly Step[],
    settings: OrderSettings,
    told: Told,
    now: number,
    registry: Registry,
  ) {
    this.#order = order;
    this.steps = steps;
    this.settings = settings;
    this.#told = told;
    this.#now = now;
    this.#registry = registry;
  }

  judged(): Judged {
    return { found: this.#found, dueAt: this.#dueAt };
  }

  first(...names: readonly StepName[]): Step | undefined {
    return this.steps.find(({ name }) => names.includes(name));
  }

  /** Whether the time to wait is over; where not, it is judged again then. */
  isOver(at: number): boolean {
    if (this.#now >= at) return true;
    this.#dueAt = Math.min(this.#dueAt ?? at, at);
    return false;
  }

  isPaidLater(): boolean {
    return this.steps.some(({ observation: { facts } }) => {
      const method = facts?.method;
      return typeof method === 'string' && this.settings.payLater.includes(method.toLowerCase());
    });
  }

  isTold(by: Requirement['told'], at: number): boolean {
    if (by === undefined) return true;
    if (by === 'payments' && this.settings.expectsPayments !== undefined)
      return this.settings.expectsPayments;
    const since = this.#told[by];
    return since !== undefined && since <= at;
  }

  /** Whether the house asks for a courier's proof of this order. */
  needsProof(): boolean {
    const { shops, fromAmount } = this.settings.proof;
    const price = this.ordered()?.amount ?? this.taken().amount;
    return (
      (fromAmount !== undefined && price >= fromAmount) ||
      this.steps.some(({ observation: { kind, asset } }) => kind === 'order.changed' && shops.includes(asset))
    );
  }

  tellsReturns(): boolean {
    const { expectsReturns, scanners } = this.settings;
    return (
      expectsReturns ??
      (Object.values(scanners).includes('returned') ||
        !this.steps.some(({ teller }) => teller.startsWith('woocommerce:')))
    );
  }

  ordered(): Step | undefined {
    // What a shop says last before it is paid: a customer may change the order until then.
    const paidAt = this.first('paid', 'captured', 'authorised')?.at ?? Number.POSITIVE_INFINITY;
    const priced = this.steps.filter(
      ({ name, amount }) =>
        (name === 'placed' || name === 'known' || name === 'paid') && amount !== undefined,
    );
    return priced.filter(({ at }) => at <= paidAt + this.settings.skewMs).at(-1) ?? priced[0];
  }

  /** What a payment service took, or holds: of each payment the most that was said of it. */
  taken(): { amount: number; currency: string | undefined; steps: Step[] } {
    const byPayment = new Map<string, Step>();
    for (const step of this.steps) {
      if (step.name !== 'authorised' && step.name !== 'captured') continue;
      const name = step.observation.observables?.payment ?? '';
      const known = byPayment.get(name);
      const isBetter = known === undefined || (step.name === 'captured' && known.name === 'authorised');
      if (step.amount !== undefined && isBetter) byPayment.set(name, step);
    }
    const voided = new Set(
      this.steps.flatMap(({ name, observation }) =>
        name === 'voided' ? [observation.observables?.payment ?? ''] : [],
      ),
    );
    const steps = [...byPayment].flatMap(([payment, step]) => (voided.has(payment) ? [] : [step]));
    const amount = steps.reduce((sum, step) => sum + (step.amount ?? 0), 0);
    return { amount, currency: steps[0]?.currency, steps };
  }

  isLess(amount: number, than: number): boolean {
    return amount < than - Math.max(0.01, than * this.settings.tolerance) - 1e-9;
  }

  /** Shop and payment service tell of the same refunds: the sum of whoever tells most. */
  refunded(): { amount: number; steps: Step[] } {
    const byTeller = Map.groupBy(
      this.steps.filter(({ name, amount }) => name === 'refunded' && amount !== undefined),
      ({ teller }) => teller,
    );
    let most: { amount: number; steps: Step[] } = { amount: 0, steps: [] };
    for (const steps of byTeller.values()) {
      const parts = steps.filter(({ isWhole }) => !isWhole);
      const whole = Math.max(0, ...steps.filter(({ isWhole }) => isWhole).map(({ amount }) => amount ?? 0));
      const sum = Math.max(
        whole,
        parts.reduce((total, { amount }) => total + (amount ?? 0), 0),
      );
      if (sum > most.amount) most = { amount: sum, steps };
    }
    return most;
  }

  isCourtesy(): boolean {
    const price = this.ordered()?.amount ?? this.taken().amount;
    const { amount } = this.refunded();
    return amount > 0 && amount <= price * this.settings.courtesyShare;
  }

  placeOf({ observation: { kind, asset } }: Step): string {
    return kind === 'item.scanned' || kind.startsWith('handover.')
      ? ` at ${this.#registry.asset(asset)?.name ?? asset}`
      : '';
  }

  say({ rule, severity, at, text, evidence = [at], facts = {}, tactic }: Says): void {
    const steps = [...new Set([...evidence, at])];
    const placed = this.first('placed', 'known', 'authorised');
    const all = placed === undefined || steps.includes(placed) ? steps : [placed, ...steps];
    const assets = [at, ...steps, ...all].map(({ observation }) => observation.asset);
    this.#found.push({
      rule,
      found: {
        anchor: rule,
        at: at.at,
        severity,
        summary: `Order ${this.#order} ${text}`.slice(0, 1_000),
        assets: [...new Set(assets)].slice(0, MAX_ASSETS),
        site: at.observation.site,
        identities: [...new Set(all.flatMap(({ observation }) => identitiesOf(observation, this.#registry)))],
        observables: this.#observables(),
        facts: { order: this.#order, ...facts },
        evidence: [...new Set(all.map(({ id }) => id))].slice(0, MAX_EVIDENCE),
        ...(tactic === undefined ? {} : { tactic }),
      },
    });
  }

  /** What ties an order to whoever is behind it; an address or a card only where there was but one. */
  #observables(): Observables {
    const found: Observables = { order: this.#order };
    for (const name of ['ip', 'card', 'device', 'email', 'payment'] as const) {
      const values = new Set(this.steps.flatMap(({ observation }) => observation.observables?.[name] ?? []));
      const [only] = values;
      if (only !== undefined && values.size === 1) found[name] = only;
    }
    const accounts = new Set(
      this.steps.flatMap(({ name, observation }) =>
        name === 'placed' || name === 'known' ? (observation.subjects?.account ?? []) : [],
      ),
    );
    const [account] = accounts;
    if (account !== undefined && accounts.size === 1) found.account = account;
    return found;
  }
}
