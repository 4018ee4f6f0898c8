import type { IncidentLink, LinkEvidence } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { LinkRules } from './link-rules.ts';
import type { Placed } from './memory.ts';
import { compareText, inOrder } from './order.ts';
import { reasonOf } from './reason.ts';
import { tiesBetween } from './tie.ts';
import { noisyOr } from './weighing.ts';

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
