import { hash } from 'node:crypto';
import { type Severity, severityRank } from '../../devices/model/detection.ts';
import type { Incident, IncidentLink } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Edge } from './edge.ts';
import { linkOf } from './link.ts';
import type { LinkRules } from './link-rules.ts';
import type { Placed, Traits } from './memory.ts';
import { compareText } from './order.ts';
import { priorityOf, priorityOfOne } from './priority.ts';
import { at } from './run.ts';
import { titleOf } from './title.ts';
import type { Tree } from './tree.ts';
import { howNamed } from './via.ts';

/** An incident whose links are not yet put into words: there may be a million of them. */
export interface Outline extends Omit<Incident, 'links'> {
  readonly edges: readonly Edge[];
}

/** Short, fit for an address, and the same whatever else the incident comes to hold later. */
export const incidentId = (earliestDetection: string): string =>
  `incident-${hash('sha256', earliestDetection).slice(0, 16)}`;

/** Pure: everything follows from the tree's detections, the registry and the rules. */
export function outlineOf({ items, edges }: Tree, registry: Registry, { habit }: LinkRules): Outline {
  const earliest = at(items, 0);
  const kinds = kindsOf(items);
  let worst: Severity = 'info';
  for (const { severity } of kinds) if (severityRank(severity) > severityRank(worst)) worst = severity;
  const [only] = kinds;
  return {
    id: incidentId(earliest.id),
    title: titleOf(kinds, registry),
    first: earliest.at,
    last: at(items, items.length - 1).at,
    severity: worst,
    priority: only === undefined || kinds.length > 1 ? priorityOf(items, habit) : priorityOfOne(only, habit),
    detections: items.map(({ id }) => id),
    assets: namesOf(kinds, ({ places }) => places.map(({ id }) => id)),
    identities: namesOf(kinds, identitiesOf),
    edges,
  };
}

/** The traits of some detections, each once, in the order in which they come. */
function kindsOf(items: readonly Placed[]): readonly Traits[] {
  const first = at(items, 0).traits;
  return items.every(({ traits }) => traits === first)
    ? [first]
    : [...new Set(items.map(({ traits }) => traits))];
}

const identitiesOf = ({ marks, via }: Traits): string[] =>
  marks
    .filter((mark, index) => mark.class === 'identity' || howNamed(via[index]) === 'identity')
    .map(({ value }) => value);

function namesOf(kinds: readonly Traits[], of: (traits: Traits) => string[]): string[] {
  const names = new Set<string>();
  for (const traits of kinds) for (const name of of(traits)) names.add(name);
  return [...names].sort(compareText);
}

/** One link in words. */
export function worded(
  { early, late, weight, decided, because = 'a person put the two together' }: Edge,
  registry: Registry,
  rules: LinkRules,
): IncidentLink {
  const found = linkOf(early, late, registry, rules);
  if (!decided && found !== undefined) return found;
  const decision = {
    kind: 'decision',
    on: [early.id, late.id],
    apartMs: late.at - early.at,
    weight,
    because,
  };
  return { a: early.id, b: late.id, evidence: [decision, ...(found?.evidence ?? [])], weight };
}

/** Links of one incident that are put into words, at most, wherever incidents are kept and told. */
export const MAX_TOLD_LINKS = 2_000;

/** Puts its links into words; of more than `most` the repeats are left out first, then the latest. */
export function incidentOf(
  { edges, ...rest }: Outline,
  registry: Registry,
  rules: LinkRules,
  most = Number.POSITIVE_INFINITY,
): Incident {
  return { ...rest, links: mostTelling(edges, most).map((edge) => worded(edge, registry, rules)) };
}

function mostTelling(edges: readonly Edge[], most: number): readonly Edge[] {
  if (edges.length <= most) return edges;
  const isRepeat = ({ early, late }: Edge) => early.traits === late.traits;
  const firstOnes = [...edges.filter((edge) => !isRepeat(edge)), ...edges.filter(isRepeat)].slice(0, most);
  const told = new Set(firstOnes);
  return edges.filter((edge) => told.has(edge));
}

/** The most urgent first, then the earliest, then by id. */
export const byUrgency = (
  a: Pick<Incident, 'priority' | 'first' | 'id'>,
  b: Pick<Incident, 'priority' | 'first' | 'id'>,
): number => b.priority - a.priority || a.first - b.first || compareText(a.id, b.id);

/** One line of JSON in pieces of bounded size, keys in the order of the format. */
export function* incidentLine(outline: Outline, registry: Registry, rules: LinkRules): Generator<string> {
  const { edges, ...rest } = outline;
  const { id, title, first, last, severity, priority, detections, assets, identities } = rest;
  const head = JSON.stringify({ id, title, first, last, severity, priority, detections, assets, identities });
  yield `${head.slice(0, -1)},"links":[`;
  for (const [index, edge] of edges.entries())
    yield `${index === 0 ? '' : ','}${JSON.stringify(worded(edge, registry, rules))}`;
  yield ']}\n';
}
