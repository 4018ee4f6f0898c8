/** What an order costs, and what was paid and given back for it. */
import { spanText } from '../communication/wording.ts';
import type { OrderCase } from './order-case.ts';
import { moneyText } from './wording.ts';

export function judgeAmounts(order: OrderCase): void {
  const ordered = order.ordered();
  const taken = order.taken();
  const first = taken.steps[0];
  if (ordered?.amount === undefined || first === undefined || order.isPaidLater()) return;
  const isOther =
    ordered.currency !== undefined && taken.currency !== undefined && ordered.currency !== taken.currency;
  const less = order.isLess(taken.amount, ordered.amount);
  if (!isOther && !less && !order.isLess(ordered.amount, taken.amount)) return;
  // A second payment may complete the first.
  const last = taken.steps.reduce((late, step) => (step.at > late.at ? step : late), first);
  if (!order.isOver(last.at + order.settings.waitMs)) return;
  order.say({
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
export function judgePrice(order: OrderCase): void {
  const placed = order.first('placed');
  if (placed?.amount === undefined) return;
  const before = order.steps.filter(({ at }) => at <= placed.at + order.settings.skewMs);
  const cart = before.filter(({ name, amount }) => name === 'carted' && amount !== undefined).at(-1);
  if (cart?.amount === undefined || !order.isLess(placed.amount, cart.amount)) return;
  if (before.some(({ name, at }) => name === 'discounted' && at >= cart.at - order.settings.skewMs)) return;
  if (!order.isOver(placed.at + order.settings.waitMs)) return;
  order.say({
    rule: 'checkout-price-changed',
    severity: 'high',
    at: placed,
    text: `was placed for${moneyText(placed.amount, placed.currency)}, but its cart had shown${moneyText(cart.amount, cart.currency)} ${spanText(Math.max(0, placed.at - cart.at))} before, and no coupon was used`,
    evidence: [cart, placed],
    facts: { cart: cart.amount, ordered: placed.amount },
    tactic: 'T1565',
  });
}

export function judgeRefunds(order: OrderCase): void {
  const refunded = order.refunded();
  const taken = order.taken();
  const ordered = order.ordered();
  const paid = taken.steps.length > 0 ? taken.amount : ordered?.amount;
  const last = refunded.steps.at(-1);
  if (last === undefined || paid === undefined || !order.isLess(paid, refunded.amount)) return;
  if (!order.isOver(last.at + order.settings.waitMs)) return;
  order.say({
    rule: 'refund-exceeds-payment',
    severity: 'high',
    at: last,
    text: `was refunded${moneyText(refunded.amount, last.currency)}, more than the${moneyText(paid, taken.currency ?? ordered?.currency)} paid for it`,
    evidence: [...taken.steps, ...refunded.steps],
    facts: { refunded: refunded.amount, paid },
    tactic: 'T1657',
  });
}
