import type { LinkRules } from './link-rules.ts';
import type { Placed, Run } from './memory.ts';
import { inOrder } from './order.ts';
import { at, firstOf, indexAfter, lastOf } from './run.ts';
import { weigh } from './weighing.ts';

/** One link of a forest: `early` comes before `late`. */
export interface Edge {
  readonly early: Placed;
  readonly late: Placed;
  readonly weight: number;
  /** A person said so; otherwise the evidence of the two does. */
  readonly decided: boolean;
  /** Who, when and why, where a person did. */
  readonly because?: string;
}

/** A link between two runs, by their places in the list. */
export interface Candidate {
  readonly edge: Edge;
  readonly one: number;
  readonly other: number;
}

/** The strongest link between two runs: the nearest pair, with one or the other first. */
export function compare(
  runs: readonly Run[],
  one: number,
  other: number,
  rules: LinkRules,
  found: Candidate[],
): void {
  const [a, b] = [at(runs, one), at(runs, other)];
  addLink(a, b, one, other, rules, found);
  addLink(b, a, one, other, rules, found);
}

/** The link of the nearest pair with the first from `from`, where there is one. */
function addLink(from: Run, to: Run, one: number, other: number, rules: LinkRules, found: Candidate[]): void {
  if (inOrder(firstOf(from), lastOf(to)) > 0) return;
  const pair = nearest(from, to);
  if (pair === undefined) return;
  const [early, late] = pair;
  const weight = weigh(from.traits, to.traits, late.at - early.at, rules);
  if (weight > 0) found.push({ edge: { early, late, weight, decided: false }, one, other });
}

/** The pair least apart with the first from `from`; of equals the earliest, with the latest start. */
function nearest(from: Run, to: Run): [Placed, Placed] | undefined {
  if (inOrder(lastOf(from), firstOf(to)) < 0) return [lastOf(from), firstOf(to)];
  let best: [Placed, Placed] | undefined;
  const offer = (early: Placed | undefined, late: Placed | undefined) => {
    if (early === undefined || late === undefined) return;
    const apart =
      late.at - early.at - (best === undefined ? Number.POSITIVE_INFINITY : best[1].at - best[0].at);
    if (best === undefined || apart < 0 || (apart === 0 && inOrder(late, best[1]) < 0)) best = [early, late];
  };
  // Walk the shorter one and search in the longer one.
  if (from.items.length <= to.items.length) {
    for (const early of from.items) {
      const late = to.items[indexAfter(to.items, early)];
      if (late !== undefined) offer(from.items[indexAfter(from.items, late) - 1], late);
    }
  } else {
    for (const late of to.items) offer(from.items[indexAfter(from.items, late) - 1], late);
  }
  return best;
}
