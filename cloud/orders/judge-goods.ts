/** Where the goods of an order went. */
import { spanText } from '../communication/wording.ts';
import { type GoodsState, leaving, transitions } from './model.ts';
import type { OrderCase } from './order-case.ts';
import type { Step, StepName } from './step.ts';
import { moneyText, wordOf } from './wording.ts';

/** A step from where it can't come: a cancelled order is shipped. */
export function judgeStates(order: OrderCase): void {
  let state: GoodsState = 'none';
  let last: Step | undefined;
  const done = new Set<StepName>();
  for (const step of order.steps) {
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
    order.say({
      rule: 'order-step-not-allowed',
      severity: 'high',
      at: step,
      text: `was ${wordOf(step.name)}${order.placeOf(step)} ${last === undefined ? '' : `${spanText(step.at - last.at)} after it was ${wordOf(last.name)}`}`.trimEnd(),
      evidence: last === undefined ? [step] : [last, step],
      facts: { state, step: step.name },
      tactic: 'T1565',
    });
    return;
  }
}

export function judgeAddress(order: OrderCase): void {
  const paid = order.first('paid', 'captured', 'authorised');
  const changed = order.steps.findLast(({ name }) => name === 'address-changed');
  const left = order.first(...leaving);
  if (paid === undefined || changed === undefined || left === undefined) return;
  const { skewMs } = order.settings;
  if (changed.at <= paid.at + skewMs || left.at <= changed.at) return;
  order.say({
    rule: 'shipped-to-changed-address',
    severity: 'medium',
    at: left,
    text: `was ${wordOf(left.name)} to another address: it was changed ${spanText(changed.at - paid.at)} after the payment`,
    evidence: [paid, changed, left],
    facts: { changedAfterSeconds: Math.round((changed.at - paid.at) / 1_000) },
    tactic: 'T1657',
  });
}

export function judgeDispute(order: OrderCase): void {
  const disputed = order.first('disputed');
  const left = order.first(...leaving);
  if (disputed === undefined || left === undefined || disputed.at < left.at) return;
  order.say({
    rule: 'chargeback-after-hand-over',
    severity: 'medium',
    at: disputed,
    text: `is charged back${moneyText(disputed.amount, disputed.currency)}, ${spanText(disputed.at - left.at)} after it was ${wordOf(left.name)}`,
    evidence: [left, disputed],
    tactic: 'T1657',
  });
}

/** Somebody was given at one place what somebody else was given at another. */
export function judgeHandOvers(order: OrderCase): void {
  // A parcel is scanned at the counter and its courier proves himself at the door: the like are compared.
  const [first, other] = (['item.scanned', 'handover.proved'] as const)
    .map((kind) => {
      const given = order.steps.filter(
        ({ name, observation }) => name === 'handed-over' && observation.kind === kind,
      );
      return [
        given[0],
        given.find(({ observation }) => observation.asset !== given[0]?.observation.asset),
      ] as const;
    })
    .find((pair) => pair[1] !== undefined) ?? [undefined, undefined];
  if (first === undefined || other === undefined) return;
  order.say({
    rule: 'handed-over-twice',
    severity: 'high',
    at: other,
    text: `was handed over${order.placeOf(other)}, ${spanText(other.at - first.at)} after it had been handed over${order.placeOf(first)}`,
    evidence: [first, other],
    tactic: 'T1565',
  });
}

/** Where the house asks for a courier's proof, goods went without one; a proof that was refused is none. */
export function judgeProof(order: OrderCase): void {
  const given = order.first('handed-over', 'delivered');
  if (given === undefined || !order.needsProof()) return;
  if (order.steps.some(({ observation }) => observation.kind === 'handover.proved')) return;
  if (!order.isOver(given.at + order.settings.waitMs)) return;
  const refused = order.steps.findLast(
    ({ name, at }) => name === 'refused' && at <= given.at + order.settings.skewMs,
  );
  order.say({
    rule: 'hand-over-not-proved',
    severity: refused === undefined ? 'medium' : 'high',
    at: given,
    text: `was ${wordOf(given.name)}${order.placeOf(given)} ${refused === undefined ? 'without a courier’s proof, which the house asks for' : `although the courier’s proof was refused ${spanText(Math.max(0, given.at - refused.at))} before`}`,
    evidence: refused === undefined ? [given] : [refused, given],
    facts: { refused: refused !== undefined },
    tactic: 'T1656',
  });
}
