import { type Candidate, candidatesOf, type Edge } from './candidates.ts';
import type { Decisions } from './decisions.ts';
import { weigh } from './link.ts';
import type { LinkRules } from './link-rules.ts';
import type { Item, Run } from './memory.ts';
import { inOrder } from './order.ts';
import { at, firstOf } from './run.ts';

/** Detections of one incident, in order, with the links that hold it together, in order of their later end. */
export interface Tree {
  readonly items: readonly Item[];
  readonly edges: Edge[];
}

/** Components with a decision in them compare every pair of detections up to here; beyond, those of the runs. */
export const MAX_DECIDED_ITEMS = 1_500;

/**
 * Stronger first; of equals the nearer in time, then the earlier end, then the nearer start. A strict order,
 * so that there is exactly one strongest spanning forest, whatever came in first.
 */
export function strongerFirst(a: Edge, b: Edge): number {
  if (a.decided !== b.decided) return a.decided ? -1 : 1;
  return (
    b.weight - a.weight ||
    a.late.at - a.early.at - (b.late.at - b.early.at) ||
    inOrder(a.late, b.late) ||
    inOrder(b.early, a.early)
  );
}

const inStoryOrder = (a: Edge, b: Edge): number => inOrder(a.late, b.late) || inOrder(a.early, b.early);

/**
 * The strongest spanning forest over one component. It is the one over all pairs of its detections, unless
 * more than MAX_RUNS_COMPARED runs share a key (FEWEST_COMPARED in an incident of many thousands); then it is
 * one over each run's nearest on each key. Either way it follows from the set of detections alone. More than
 * one tree only where a person kept some apart.
 */
export function spanningForest(runs: readonly Run[], rules: LinkRules, decisions: Decisions): Tree[] {
  const only = runs.length === 1 ? runs[0] : undefined;
  const items = only === undefined ? runs.flatMap((run) => run.items).sort(inOrder) : only.items;
  const isDecided = (id: string) => decisions.apart.has(id) || decisions.together.has(id);
  const { apart, together } = decisions;
  if (apart.size + together.size > 0 && items.some(({ id }) => isDecided(id)))
    return decidedForest(runs, items, rules, decisions);
  if (only !== undefined) return [{ items, edges: repeatsOf(runs) }];
  const ordered = [...runs].sort((a, b) => inOrder(firstOf(a), firstOf(b)));
  const chosen = strongest(ordered, rules);
  return [{ items, edges: [...repeatsOf(runs), ...chosen].sort(inStoryOrder) }];
}

/** Links within the runs: each detection with the one before it. */
function repeatsOf(runs: readonly Run[]): Edge[] {
  const edges: Edge[] = [];
  for (const { items } of runs)
    for (let index = 1; index < items.length; index++)
      edges.push({ early: at(items, index - 1), late: at(items, index), weight: 1, decided: false });
  return edges;
}

/** Kruskal over whole runs, each of which is one already: its own links are the strongest there are. */
const strongest = (runs: readonly Run[], rules: LinkRules): Edge[] =>
  kruskal(runs.length, candidatesOf(runs, rules)).map(({ edge }) => edge);

function kruskal(size: number, candidatesFound: Candidate[]): Candidate[] {
  const parent = Array.from({ length: size }, (_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (at(parent, root) !== root) {
      parent[root] = at(parent, at(parent, root));
      root = at(parent, root);
    }
    return root;
  };
  const chosen: Candidate[] = [];
  for (const candidate of candidatesFound.sort((a, b) => strongerFirst(a.edge, b.edge))) {
    const [one, other] = [rootOf(candidate.one), rootOf(candidate.other)];
    if (one === other) continue;
    parent[one] = other;
    chosen.push(candidate);
    if (chosen.length === size - 1) break;
  }
  return chosen;
}

/** With decisions every detection stands for itself: a person may cut through a run. */
function decidedForest(
  runs: readonly Run[],
  items: readonly Item[],
  rules: LinkRules,
  { together, apart }: Decisions,
): Tree[] {
  const edges: Edge[] = [];
  const indexOf = new Map(items.map((item, index) => [item.id, index]));
  for (const late of items)
    for (const id of together.get(late.id) ?? []) {
      const early = items[indexOf.get(id) ?? -1];
      if (early !== undefined && inOrder(early, late) < 0)
        edges.push({ early, late, weight: 1, decided: true });
    }
  if (items.length <= MAX_DECIDED_ITEMS) {
    for (const [index, late] of items.entries())
      for (const early of items.slice(0, index)) {
        const weight = weigh(early.run.traits, late.run.traits, late.at - early.at, rules);
        if (weight > 0) edges.push({ early, late, weight, decided: false });
      }
  } else {
    const ordered = [...runs].sort((a, b) => inOrder(firstOf(a), firstOf(b)));
    edges.push(...repeatsOf(runs), ...candidatesOf(ordered, rules).map(({ edge }) => edge));
  }
  const groups = items.map((item) => new Group(item, apart));
  const trees = new Map<Group, Edge[]>();
  for (const edge of edges.sort(strongerFirst)) {
    const one = at(groups, indexOf.get(edge.early.id) ?? -1).root();
    const other = at(groups, indexOf.get(edge.late.id) ?? -1).root();
    if (one === other || one.mustStayApartFrom(other)) continue;
    one.takeOver(other);
    trees.set(one, [...(trees.get(one) ?? []), ...(trees.get(other) ?? []), edge]);
    trees.delete(other);
  }
  const members = Map.groupBy(items, (item) => at(groups, indexOf.get(item.id) ?? -1).root());
  return [...members].map(([group, found]) => ({
    items: found,
    edges: (trees.get(group) ?? []).sort(inStoryOrder),
  }));
}

/** A part of a component that is growing together, with whom it must not meet. */
class Group {
  #parent: Group | undefined;
  #decided: string[] = [];
  #enemies = new Set<string>();

  constructor({ id }: Item, apart: Decisions['apart']) {
    const enemies = apart.get(id);
    if (enemies === undefined) return;
    this.#decided.push(id);
    for (const enemy of enemies) this.#enemies.add(enemy);
  }

  root(): Group {
    let root: Group = this;
    while (root.#parent !== undefined) root = root.#parent;
    return root;
  }

  mustStayApartFrom(other: Group): boolean {
    return this.#enemies.size > 0 && other.#decided.some((id) => this.#enemies.has(id));
  }

  takeOver(other: Group): void {
    other.#parent = this;
    this.#decided.push(...other.#decided);
    for (const enemy of other.#enemies) this.#enemies.add(enemy);
  }
}
