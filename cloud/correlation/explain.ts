import type { Incident, IncidentLink } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { holderSentence, namedByAddress } from '../registry/inside-addresses.ts';
import { catalogueOf } from './catalogue.ts';
import { linkOf } from './link.ts';
import { type LinkRules, linkRules } from './link-rules.ts';
import type { Placed } from './memory.ts';
import { inOrder } from './order.ts';
import { sentence } from './reason.ts';
import type { Correlated } from './traits.ts';
import { weigh } from './weighing.ts';

/** One step of an incident's story and why it belongs to it. */
export interface Explained {
  readonly detection: string;
  /**
   * The strongest link to an earlier step, the nearest of equals. A step that only later ones tie to the
   * incident names the strongest of those; the first step names nothing.
   */
  readonly belongs?: { readonly to: string; readonly weight: number; readonly because: string[] };
}

/** Earlier steps that a step is compared with: an incident of ten thousand must not take minutes to open. */
export const MAX_EARLIER_COMPARED = 400;

/**
 * The incident's detections in order of time, each with its reason.
 * @param detections those of the incident; others are left out
 */
export function explain(
  incident: Incident,
  detections: readonly Correlated[],
  registry: Registry,
  rules: LinkRules = linkRules,
): Explained[] {
  const catalogue = catalogueOf(registry, rules);
  const members = new Set(incident.detections);
  const steps: Placed[] = detections
    .filter(({ id }) => members.has(id))
    .map((detection) => ({ id: detection.id, at: detection.at, traits: catalogue.traitsOf(detection) }))
    .sort(inOrder);
  const told = new Map(detections.map((one) => [one.id, one]));
  const linksOf = new Map<string, IncidentLink[]>();
  for (const link of incident.links)
    for (const end of [link.a, link.b]) {
      const list = linksOf.get(end);
      if (list === undefined) linksOf.set(end, [link]);
      else list.push(link);
    }

  return steps.map((step, index) => {
    if (index === 0) return { detection: step.id };
    const known = (linksOf.get(step.id) ?? []).filter(({ b }) => b === step.id);
    const earlier = strongestEarlier(steps, index, rules);
    const found = earlier === undefined ? undefined : linkOf(earlier, step, registry, rules);
    // A person's word is no link of the machine's, and an old tie may lie behind the steps compared.
    const best = [...(found === undefined ? [] : [found]), ...known].sort((a, b) => b.weight - a.weight)[0];
    const link = best ?? (linksOf.get(step.id) ?? []).sort((a, b) => b.weight - a.weight)[0];
    if (link === undefined) return { detection: step.id };
    const to = link.b === step.id ? link.a : link.b;
    const because = [
      ...link.evidence.map((evidence) => sentence(evidence.because)),
      ...addressesOf(
        [to, step.id].flatMap((id) => told.get(id) ?? []),
        registry,
      ),
    ];
    return { detection: step.id, belongs: { to, weight: link.weight, because } };
  });
}

/** Whose the addresses are that some detections name, where they do not name the asset itself. */
function addressesOf(detections: readonly Correlated[], registry: Registry): string[] {
  return [
    ...new Set(
      detections.flatMap((one) =>
        namedByAddress(one, registry).flatMap((named) =>
          one.assets.includes(named.holder.asset.id) ? [] : [holderSentence(named, registry)],
        ),
      ),
    ),
  ];
}

function strongestEarlier(steps: readonly Placed[], index: number, rules: LinkRules): Placed | undefined {
  const step = steps[index];
  let best: Placed | undefined;
  let weight = 0;
  for (let before = index - 1; before >= Math.max(0, index - MAX_EARLIER_COMPARED); before--) {
    const other = steps[before];
    if (step === undefined || other === undefined) continue;
    const found = weigh(other.traits, step.traits, step.at - other.at, rules);
    if (found > weight) [best, weight] = [other, found];
  }
  return best;
}

/** What would fall apart if one link were wrong. */
export interface Split {
  readonly link: { readonly a: string; readonly b: string };
  /** What would leave the incident: the smaller part, of equals the later. */
  readonly without: string[];
  /** In one sentence: whether it would leave, and what else would hold it. */
  readonly because: string;
}

/** Parts larger than this are not compared pair by pair; the answer then speaks of the link alone. */
const MAX_SPLIT_PAIRS = 250_000;

/**
 * What would split the incident: for each of its links the part that hangs on it, and whether anything else
 * would still hold that part. Links are those of a spanning tree, so each of them cuts it in two.
 */
export function splitsOf(
  incident: Incident,
  detections: readonly Correlated[],
  registry: Registry,
  rules: LinkRules = linkRules,
): Split[] {
  const catalogue = catalogueOf(registry, rules);
  const placed = new Map<string, Placed>();
  for (const detection of detections)
    placed.set(detection.id, { id: detection.id, at: detection.at, traits: catalogue.traitsOf(detection) });
  return incident.links.map((link) => {
    const side = reachable(incident, link);
    const other = incident.detections.filter((id) => !side.has(id));
    const here = incident.detections.filter((id) => side.has(id));
    const [without, rest] = here.length < other.length ? [here, other] : [other, here];
    const held = heldBy(without, rest, link, placed, rules);
    const part = without.length === 1 ? 'one detection' : `${without.length} detections`;
    const because =
      held === 'not compared'
        ? `${part} hang on this link.`
        : held === 0
          ? `Without this link ${part} would be an incident apart.`
          : `Without this link ${part} would still be held by another, of weight ${held}.`;
    return { link: { a: link.a, b: link.b }, without, because };
  });
}

/** Everything on the side of the link's `b` when the link itself is taken away. */
function reachable(incident: Incident, without: IncidentLink): ReadonlySet<string> {
  const next = new Map<string, string[]>();
  for (const link of incident.links) {
    if (link === without) continue;
    next.set(link.a, [...(next.get(link.a) ?? []), link.b]);
    next.set(link.b, [...(next.get(link.b) ?? []), link.a]);
  }
  const found = new Set([without.b]);
  const waiting = [without.b];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop())
    for (const other of next.get(id) ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      waiting.push(other);
    }
  return found;
}

function heldBy(
  part: readonly string[],
  rest: readonly string[],
  but: IncidentLink,
  placed: ReadonlyMap<string, Placed>,
  rules: LinkRules,
): number | 'not compared' {
  if (part.length * rest.length > MAX_SPLIT_PAIRS) return 'not compared';
  let held = 0;
  for (const one of part)
    for (const other of rest) {
      if ((one === but.a && other === but.b) || (one === but.b && other === but.a)) continue;
      const [a, b] = [placed.get(one), placed.get(other)];
      if (a === undefined || b === undefined) continue;
      const [early, late] = inOrder(a, b) <= 0 ? [a, b] : [b, a];
      held = Math.max(held, weigh(early.traits, late.traits, late.at - early.at, rules));
    }
  return held;
}
