/** One order against the model. Pure: follows from its steps, the settings and the time alone. */
import type { Severity } from '../../devices/model/detection.ts';
import type { Facts, Observables } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { spanText } from '../communication/wording.ts';
import { type Found, identitiesOf } from '../monitors/monitor.ts';
import {
  type GoodsState,
  leaving,
  type OrderRule,
  type Requirement,
  requirements,
  transitions,
  usualOrder,
} from './model.ts';
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

const rankOf = (name: StepName): number => usualOrder.indexOf(name);

/** In order of time; steps nearer to one another than clocks differ, in their usual order. */
export function inUsualOrder(steps: Iterable<Step>, skewMs: number): Step[] {
  const sorted = [...steps].sort(
    (a, b) => a.at - b.at || rankOf(a.name) - rankOf(b.name) || (a.id < b.id ? -1 : 1),
  );
  for (let end = 1; end < sorted.length; end++)
    for (let index = end; index > 0; index--) {
      const [early, late] = [sorted[index - 1], sorted[index]];
      if (early === undefined || late === undefined) break;
      if (late.at - early.at > skewMs || rankOf(late.name) >= rankOf(early.name)) break;
      sorted[index - 1] = late;
      sorted[index] = early;
    }
  return sorted;
}

export function judgeOrder(
  order: string,
  steps: readonly Step[],
  settings: OrderSettings,
  told: Told,
  now: number,
  registry: Registry,
): Judged {
  return new OrderCase(order, inUsualOrder(steps, settings.skewMs), settings, told, now, registry).judge();
}

interface Says {
  rule: OrderRule;
  severity: Severity;
  at: Step;
  text: string;
  evidence?: readonly Step[];
  facts?: Facts;
  tactic?: string;
}

/** One look at one order. */
class OrderCase {
  readonly #order: string;
  readonly #steps: readonly Step[];
  readonly #settings: OrderSettings;
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
    this.#steps = steps;
    this.#settings = settings;
    this.#told = told;
    this.#now = now;
    this.#registry = registry;
  }

  judge(): Judged {
    for (const requirement of requirements) this.#require(requirement);
    this.#judgeStates();
    this.#judgeAmounts();
    this.#judgePrice();
    this.#judgeRefunds();
    this.#judgeAddress();
    this.#judgeDispute();
    this.#judgeHandOvers();
    return { found: this.#found, dueAt: this.#dueAt };
  }

  #first(...names: readonly StepName[]): Step | undefined {
    return this.#steps.find(({ name }) => names.includes(name));
  }

  /** Whether the time to wait is over; where not, it is judged again then. */
  #isOver(at: number): boolean {
    if (this.#now >= at) return true;
    this.#dueAt = Math.min(this.#dueAt ?? at, at);
    return false;
  }

  #isPaidLater(): boolean {
    return this.#steps.some(({ observation: { facts } }) => {
      const method = facts?.method;
      return typeof method === 'string' && this.#settings.payLater.includes(method.toLowerCase());
    });
  }

  #isTold(by: Requirement['told'], at: number): boolean {
    if (by === undefined) return true;
    if (by === 'payments' && this.#settings.expectsPayments !== undefined)
      return this.#settings.expectsPayments;
    const since = this.#told[by];
    return since !== undefined && since <= at;
  }

  #tellsReturns(): boolean {
    const { expectsReturns, scanners } = this.#settings;
    return (
      expectsReturns ??
      (Object.values(scanners).includes('returned') ||
        !this.#steps.some(({ teller }) => teller.startsWith('woocommerce:')))
    );
  }

  #require(requirement: Requirement): void {
    const { rule, steps, needs, when, wait, told, paidAtOnce, afterLeaving } = requirement;
    const step = this.#first(...steps);
    if (step === undefined || !this.#isTold(told, step.at)) return;
    if (paidAtOnce === true && this.#isPaidLater()) return;
    const left = this.#first(...leaving);
    if (afterLeaving === true && (left === undefined || left.at > step.at)) return;
    const { skewMs } = this.#settings;
    const isThere = this.#steps.some(
      ({ name, at }) => needs.includes(name) && (when === 'ever' || at <= step.at + skewMs),
    );
    if (isThere) return;
    if (rule === 'refund-without-return' && (this.#isCourtesy() || !this.#tellsReturns())) return;
    // An order that nobody knows has no payment either: it is told once.
    if (rule === 'hand-over-before-payment' && this.#first('placed', 'known') === undefined) return;
    const waitMs = this.#settings[wait];
    if (!this.#isOver(step.at + waitMs)) return;
    this.#say({ rule, ...this.#words(rule, step, waitMs) });
  }

  #words(rule: OrderRule, step: Step, waitMs: number): Omit<Says, 'rule'> {
    const price = moneyText(
      step.amount ?? this.#ordered()?.amount,
      step.currency ?? this.#ordered()?.currency,
    );
    const where = this.#placeOf(step);
    switch (rule) {
      case 'payment-not-authorised':
        return {
          severity: 'high',
          at: step,
          text: `counts as paid${price}, but no payment service authorised anything for it within ${spanText(waitMs)}`,
          tactic: 'T1565',
        };
      case 'hand-over-without-order':
        return {
          severity: 'high',
          at: step,
          text: `was ${words[step.name] ?? step.name}${where}, but no shop knows such an order`,
          tactic: 'T1565',
        };
      case 'hand-over-before-payment': {
        const later = this.#first('authorised', 'captured', 'paid');
        return {
          severity: 'high',
          at: step,
          text: `was ${words[step.name] ?? step.name}${where}${price} ${later === undefined ? 'without a payment' : `${spanText(later.at - step.at)} before it was paid`}`,
          evidence: later === undefined ? [step] : [step, later],
          tactic: 'T1565',
        };
      }
      case 'refund-without-return':
        return {
          severity: 'medium',
          at: step,
          text: `was refunded${price} after it had left the house, and nothing came back within ${spanText(waitMs)}`,
          evidence: [this.#first(...leaving) ?? step, step],
          tactic: 'T1657',
        };
      default:
        return {
          severity: 'low',
          at: step,
          text: `was paid${price}, but has not left the house within ${spanText(waitMs)}`,
          tactic: 'T1657',
        };
    }
  }

  /** A step from where it can't come: a cancelled order is shipped. */
  #judgeStates(): void {
    let state: GoodsState = 'none';
    let last: Step | undefined;
    const done = new Set<StepName>();
    for (const step of this.#steps) {
      const transition = transitions.find((one) => one.step === step.name);
      // Shops say the same again with each change; scanners, when somebody scans twice.
      if (transition === undefined || done.has(step.name)) continue;
      if (transition.from.includes(state)) {
        done.add(step.name);
        state = transition.to;
        last = step;
        continue;
      }
      if (transition.oldNews?.includes(state) === true) continue;
      this.#say({
        rule: 'order-step-not-allowed',
        severity: 'high',
        at: step,
        text: `was ${words[step.name] ?? step.name}${this.#placeOf(step)} ${last === undefined ? '' : `${spanText(step.at - last.at)} after it was ${words[last.name] ?? last.name}`}`.trimEnd(),
        evidence: last === undefined ? [step] : [last, step],
        facts: { state, step: step.name },
        tactic: 'T1565',
      });
      return;
    }
  }

  #ordered(): Step | undefined {
    // What a shop says last before it is paid: a customer may change the order until then.
    const paidAt = this.#first('paid', 'captured', 'authorised')?.at ?? Number.POSITIVE_INFINITY;
    const priced = this.#steps.filter(
      ({ name, amount }) =>
        (name === 'placed' || name === 'known' || name === 'paid') && amount !== undefined,
    );
    return priced.filter(({ at }) => at <= paidAt + this.#settings.skewMs).at(-1) ?? priced[0];
  }

  /** What a payment service took, or holds: of each payment the most that was said of it. */
  #taken(): { amount: number; currency: string | undefined; steps: Step[] } {
    const byPayment = new Map<string, Step>();
    for (const step of this.#steps) {
      if (step.name !== 'authorised' && step.name !== 'captured') continue;
      const name = step.observation.observables?.payment ?? '';
      const known = byPayment.get(name);
      const isBetter = known === undefined || (step.name === 'captured' && known.name === 'authorised');
      if (step.amount !== undefined && isBetter) byPayment.set(name, step);
    }
    const voided = new Set(
      this.#steps.flatMap(({ name, observation }) =>
        name === 'voided' ? [observation.observables?.payment ?? ''] : [],
      ),
    );
    const steps = [...byPayment].flatMap(([payment, step]) => (voided.has(payment) ? [] : [step]));
    const amount = steps.reduce((sum, step) => sum + (step.amount ?? 0), 0);
    return { amount, currency: steps[0]?.currency, steps };
  }

  #isLess(amount: number, than: number): boolean {
    return amount < than - Math.max(0.01, than * this.#settings.tolerance) - 1e-9;
  }

  #judgeAmounts(): void {
    const ordered = this.#ordered();
    const taken = this.#taken();
    const first = taken.steps[0];
    if (ordered?.amount === undefined || first === undefined || this.#isPaidLater()) return;
    const isOther =
      ordered.currency !== undefined && taken.currency !== undefined && ordered.currency !== taken.currency;
    const less = this.#isLess(taken.amount, ordered.amount);
    if (!isOther && !less && !this.#isLess(ordered.amount, taken.amount)) return;
    // A second payment may complete the first.
    const last = taken.steps.reduce((late, step) => (step.at > late.at ? step : late), first);
    if (!this.#isOver(last.at + this.#settings.waitMs)) return;
    this.#say({
      rule: 'payment-amount-differs',
      severity: less || isOther ? 'high' : 'medium',
      at: last,
      text: `costs${moneyText(ordered.amount, ordered.currency)}, but${moneyText(taken.amount, taken.currency)} was paid`,
      evidence: [ordered, ...taken.steps],
      facts: { ordered: ordered.amount, paid: taken.amount },
      tactic: 'T1565',
    });
  }

  /** Ordered for less than the cart had shown last, without a coupon. */
  #judgePrice(): void {
    const placed = this.#first('placed');
    if (placed?.amount === undefined) return;
    const before = this.#steps.filter(({ at }) => at <= placed.at + this.#settings.skewMs);
    const cart = before.filter(({ name, amount }) => name === 'carted' && amount !== undefined).at(-1);
    if (cart?.amount === undefined || !this.#isLess(placed.amount, cart.amount)) return;
    if (before.some(({ name, at }) => name === 'discounted' && at >= cart.at - this.#settings.skewMs)) return;
    if (!this.#isOver(placed.at + this.#settings.waitMs)) return;
    this.#say({
      rule: 'checkout-price-changed',
      severity: 'high',
      at: placed,
      text: `was placed for${moneyText(placed.amount, placed.currency)}, but its cart had shown${moneyText(cart.amount, cart.currency)} ${spanText(Math.max(0, placed.at - cart.at))} before, and no coupon was used`,
      evidence: [cart, placed],
      facts: { cart: cart.amount, ordered: placed.amount },
      tactic: 'T1565',
    });
  }

  /** Shop and payment service tell of the same refunds: the sum of whoever tells most. */
  #refunded(): { amount: number; steps: Step[] } {
    const byTeller = Map.groupBy(
      this.#steps.filter(({ name, amount }) => name === 'refunded' && amount !== undefined),
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

  #isCourtesy(): boolean {
    const price = this.#ordered()?.amount ?? this.#taken().amount;
    const { amount } = this.#refunded();
    return amount > 0 && amount <= price * this.#settings.courtesyShare;
  }

  #judgeRefunds(): void {
    const refunded = this.#refunded();
    const taken = this.#taken();
    const ordered = this.#ordered();
    const paid = taken.steps.length > 0 ? taken.amount : ordered?.amount;
    const last = refunded.steps.at(-1);
    if (last === undefined || paid === undefined || !this.#isLess(paid, refunded.amount)) return;
    if (!this.#isOver(last.at + this.#settings.waitMs)) return;
    this.#say({
      rule: 'refund-exceeds-payment',
      severity: 'high',
      at: last,
      text: `was refunded${moneyText(refunded.amount, last.currency)}, more than the${moneyText(paid, taken.currency ?? ordered?.currency)} paid for it`,
      evidence: [...taken.steps, ...refunded.steps],
      facts: { refunded: refunded.amount, paid },
      tactic: 'T1657',
    });
  }

  #judgeAddress(): void {
    const paid = this.#first('paid', 'captured', 'authorised');
    const changed = this.#steps.findLast(({ name }) => name === 'address-changed');
    const left = this.#first(...leaving);
    if (paid === undefined || changed === undefined || left === undefined) return;
    const { skewMs } = this.#settings;
    if (changed.at <= paid.at + skewMs || left.at <= changed.at) return;
    this.#say({
      rule: 'shipped-to-changed-address',
      severity: 'medium',
      at: left,
      text: `was ${words[left.name] ?? left.name} to another address: it was changed ${spanText(changed.at - paid.at)} after the payment`,
      evidence: [paid, changed, left],
      facts: { changedAfterSeconds: Math.round((changed.at - paid.at) / 1_000) },
      tactic: 'T1657',
    });
  }

  #judgeDispute(): void {
    const disputed = this.#first('disputed');
    const left = this.#first(...leaving);
    if (disputed === undefined || left === undefined || disputed.at < left.at) return;
    this.#say({
      rule: 'chargeback-after-hand-over',
      severity: 'medium',
      at: disputed,
      text: `is charged back${moneyText(disputed.amount, disputed.currency)}, ${spanText(disputed.at - left.at)} after it was ${words[left.name] ?? left.name}`,
      evidence: [left, disputed],
      tactic: 'T1657',
    });
  }

  /** Somebody was given at one place what somebody else was given at another. */
  #judgeHandOvers(): void {
    const given = this.#steps.filter(
      ({ name, observation }) => name === 'handed-over' && observation.kind === 'item.scanned',
    );
    const first = given[0];
    const other = given.find(({ observation }) => observation.asset !== first?.observation.asset);
    if (first === undefined || other === undefined) return;
    this.#say({
      rule: 'handed-over-twice',
      severity: 'high',
      at: other,
      text: `was handed over${this.#placeOf(other)}, ${spanText(other.at - first.at)} after it had been handed over${this.#placeOf(first)}`,
      evidence: [first, other],
      tactic: 'T1565',
    });
  }

  #placeOf({ observation: { kind, asset } }: Step): string {
    return kind === 'item.scanned' ? ` at ${this.#registry.asset(asset)?.name ?? asset}` : '';
  }

  #say({ rule, severity, at, text, evidence = [at], facts = {}, tactic }: Says): void {
    const steps = [...new Set([...evidence, at])];
    const placed = this.#first('placed', 'known', 'authorised');
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
      const values = new Set(this.#steps.flatMap(({ observation }) => observation.observables?.[name] ?? []));
      const [only] = values;
      if (only !== undefined && values.size === 1) found[name] = only;
    }
    const accounts = new Set(
      this.#steps.flatMap(({ name, observation }) =>
        name === 'placed' || name === 'known' ? (observation.subjects?.account ?? []) : [],
      ),
    );
    const [account] = accounts;
    if (account !== undefined && accounts.size === 1) found.account = account;
    return found;
  }
}

const words: Readonly<Partial<Record<StepName, string>>> = {
  placed: 'placed',
  picked: 'picked',
  packed: 'packed',
  shipped: 'shipped',
  'handed-over': 'handed over',
  delivered: 'delivered',
  returned: 'returned',
  cancelled: 'cancelled',
};

/** ` 29.35 EUR`, with the blank in front; nothing where it is not known. */
const moneyText = (amount: number | undefined, currency: string | undefined): string =>
  amount === undefined ? '' : ` ${amount.toFixed(2)}${currency === undefined ? '' : ` ${currency}`}`;
