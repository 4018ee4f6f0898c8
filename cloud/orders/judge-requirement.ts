/** Steps that need others: a hand-over needs an order and a payment. */
import { spanText } from '../communication/wording.ts';
import { leaving, type OrderRule, type Requirement } from './model.ts';
import type { OrderCase, Says } from './order-case.ts';
import type { Step } from './step.ts';
import { moneyText, wordOf } from './wording.ts';

/** What has to be there before or beside a step, after its time to wait. */
export function judgeRequirement(order: OrderCase, requirement: Requirement): void {
  const { rule, steps, needs, when, wait, told, paidAtOnce, afterLeaving } = requirement;
  const step = order.first(...steps);
  if (step === undefined || !order.isTold(told, step.at)) return;
  if (paidAtOnce === true && order.isPaidLater()) return;
  const left = order.first(...leaving);
  if (afterLeaving === true && (left === undefined || left.at > step.at)) return;
  const { skewMs } = order.settings;
  const isThere = order.steps.some(
    ({ name, at }) => needs.includes(name) && (when === 'ever' || at <= step.at + skewMs),
  );
  if (isThere) return;
  if (rule === 'refund-without-return' && (order.isCourtesy() || !order.tellsReturns())) return;
  // An order that nobody knows has no payment either: it is told once.
  if (rule === 'hand-over-before-payment' && order.first('placed', 'known') === undefined) return;
  const waitMs = order.settings[wait];
  if (!order.isOver(step.at + waitMs)) return;
  order.say({ rule, ...saying(order, rule, step, waitMs) });
}

function saying(order: OrderCase, rule: OrderRule, step: Step, waitMs: number): Omit<Says, 'rule'> {
  const price = moneyText(step.amount ?? order.ordered()?.amount, step.currency ?? order.ordered()?.currency);
  const where = order.placeOf(step);
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
        text: `was ${wordOf(step.name)}${where}, but no shop knows such an order`,
        tactic: 'T1565',
      };
    case 'hand-over-before-payment': {
      const later = order.first('authorised', 'captured', 'paid');
      return {
        severity: 'high',
        at: step,
        text: `was ${wordOf(step.name)}${where}${price} ${later === undefined ? 'without a payment' : `${spanText(later.at - step.at)} before it was paid`}`,
        evidence: later === undefined ? [step] : [step, later],
        tactic: 'T1565',
      };
    }
    case 'refund-without-return':
      return {
        severity: 'medium',
        at: step,
        text: `was refunded${price} after it had left the house, and nothing came back within ${spanText(waitMs)}`,
        evidence: [order.first(...leaving) ?? step, step],
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
