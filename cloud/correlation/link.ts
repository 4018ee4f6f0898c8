import type { IncidentLink, LinkEvidence } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { LinkRules } from './link-rules.ts';
import type { Placed, Traits } from './memory.ts';
import { compareText, inOrder } from './order.ts';
import { reasonOf } from './reason.ts';
import { isTiedByOne, rounded, tiesBetween } from './tie.ts';

/** Only a repeat and a person's decision are certain. */
const MOST_CERTAIN = 0.9999;

/** 1 − ∏(1 − w), below certainty unless one of the weights is certain. */
export function noisyOr(weights: readonly number[]): number {
  let doubt = 1;
  for (const weight of weights) doubt *= 1 - weight;
  return doubt === 0 ? 1 : Math.min(MOST_CERTAIN, rounded(1 - doubt));
}

/** Combined weight of two detections; 0 where they do not belong together. */
export function weigh(early: Traits, late: Traits, apartMs: number, rules: LinkRules): number {
  const ties = tiesBetween(early, late, apartMs, rules);
  if (ties.length === 0) return 0;
  const weight = noisyOr(ties.map((tie) => tie.weight));
  return weight >= rules.threshold ? weight : 0;
}

/** The same, where only that matters: whether they belong together. */
export const belong = (early: Traits, late: Traits, apartMs: number, rules: LinkRules): boolean =>
  isTiedByOne(early, late, apartMs, rules) || weigh(early, late, apartMs, rules) > 0;

/** Puts the evidence between two detections into words, strongest first. */
export function linkOf(a: Placed, b: Placed, registry: Registry, rules: LinkRules): IncidentLink | undefined {
  const [early, late] = inOrder(a, b) <= 0 ? [a, b] : [b, a];
  const apartMs = late.at - early.at;
  const ties = tiesBetween(early.traits, late.traits, apartMs, rules);
  const weight = noisyOr(ties.map((tie) => tie.weight));
  if (ties.length === 0 || weight < rules.threshold) return undefined;
  const evidence: LinkEvidence[] = ties
    .map((tie) => ({
      kind: tie.kind,
      on: [...tie.on],
      apartMs,
      weight: tie.weight,
      because: reasonOf(tie, early.traits, late.traits, apartMs, registry),
    }))
    .sort((one, other) => other.weight - one.weight || compareText(one.kind + one.on, other.kind + other.on));
  return { a: early.id, b: late.id, evidence, weight };
}
