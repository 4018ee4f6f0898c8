/** One order against the model. Pure: follows from its steps, the settings and the time alone. */
import type { Registry } from '../../devices/model/registry.ts';
import { judgeAddress, judgeDispute, judgeHandOvers, judgeProof, judgeStates } from './judge-goods.ts';
import { judgeAmounts, judgePrice, judgeRefunds } from './judge-money.ts';
import { judgeRequirement } from './judge-requirement.ts';
import { requirements, usualOrder } from './model.ts';
import { type Judged, OrderCase, type Told } from './order-case.ts';
import type { OrderSettings } from './settings.ts';
import type { Step, StepName } from './step.ts';

const judges = [
  judgeStates,
  judgeAmounts,
  judgePrice,
  judgeRefunds,
  judgeAddress,
  judgeDispute,
  judgeHandOvers,
  judgeProof,
];

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
  name: string,
  steps: readonly Step[],
  settings: OrderSettings,
  told: Told,
  now: number,
  registry: Registry,
): Judged {
  const order = new OrderCase(name, inUsualOrder(steps, settings.skewMs), settings, told, now, registry);
  for (const requirement of requirements) judgeRequirement(order, requirement);
  for (const judge of judges) judge(order);
  return order.judged();
}
