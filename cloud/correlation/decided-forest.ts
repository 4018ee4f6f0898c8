/** What a person's decisions make of one component: the strongest forest among those that keep to them. */
import { candidatesOf } from './candidates.ts';
import type { Bond, Decisions, Side } from './decisions.ts';
import type { Edge } from './edge.ts';
import type { LinkRules } from './link-rules.ts';
import type { Placed, Run } from './memory.ts';
import { inOrder } from './order.ts';
import { at, firstOf } from './run.ts';
import { inStoryOrder, repeatsOf, strongerFirst, type Tree } from './tree.ts';
import { weigh } from './weighing.ts';

/** Components with a decision in them compare every pair of detections up to here; beyond, those of the runs. */
export const MAX_DECIDED_ITEMS = 1_500;

/**
 * Every detection stands for itself: a person may cut through a run. First what was joined is joined, by one link;
 * then the evidence, the strongest first, as far as nothing meets that was kept apart; then what a person keeps
 * together and no evidence holds. So it follows from the detections and the decisions alone.
 */
export function decidedForest(
  runs: readonly Run[],
  items: readonly Placed[],
  rules: LinkRules,
  decisions: Decisions,
): Tree[] {
  const groups = new Map(items.map((item) => [item.id, new Group(decisions.sidesOf(item.id))]));
  const chosen: Edge[] = [];
  const groupOf = (id: string): Group => {
    const found = groups.get(id);
    if (found === undefined) throw new RangeError(`no detection "${id}" in this component`);
    return found.root();
  };
  /** False: the two must not meet. */
  const join = (edge: Edge): boolean => {
    const [one, other] = [groupOf(edge.early.id), groupOf(edge.late.id)];
    if (one === other) return true;
    if (one.mustStayApartFrom(other)) return false;
    one.takeOver(other);
    chosen.push(edge);
    return true;
  };
  const bonds = bondsOf(items, decisions);
  for (const { one, other, because } of bonds)
    joined: for (const a of one) for (const b of other) if (join(decidedEdge(a, b, because))) break joined;
  for (const edge of evidenceOf(runs, items, rules, decisions).sort(strongerFirst)) join(edge);
  for (const { one, other, because } of bonds) {
    const all = [...one, ...other].sort(inOrder);
    for (const [index, item] of all.entries()) {
      if (index === 0) continue;
      if (!join(decidedEdge(at(all, index - 1), item, because))) join(decidedEdge(at(all, 0), item, because));
    }
  }
  const members = Map.groupBy(items, ({ id }) => groupOf(id));
  const edges = Map.groupBy(chosen, ({ early }) => groupOf(early.id));
  return [...members].map(([group, found]) => ({
    items: found,
    edges: (edges.get(group) ?? []).sort(inStoryOrder),
  }));
}

function decidedEdge(a: Placed, b: Placed, because: string): Edge {
  const [early, late] = inOrder(a, b) <= 0 ? [a, b] : [b, a];
  return { early, late, weight: 1, decided: true, because };
}

/** Bonds with the items of theirs that are here, in order of time, the earliest decided first. */
function bondsOf(
  items: readonly Placed[],
  decisions: Decisions,
): { one: Placed[]; other: Placed[]; because: string }[] {
  const here = new Map(items.map((item) => [item.id, item]));
  const present = (ids: readonly string[]) => ids.flatMap((id) => here.get(id) ?? []).sort(inOrder);
  const found = new Set<Bond>();
  for (const { id } of items) for (const bond of decisions.bondsOf(id)) found.add(bond);
  return [...found]
    .sort((a, b) => a.order - b.order)
    .map(({ one, other, because }) => ({ one: present(one), other: present(other), because }));
}

/** Links that the evidence gives. */
function evidenceOf(
  runs: readonly Run[],
  items: readonly Placed[],
  rules: LinkRules,
  decisions: Decisions,
): Edge[] {
  const edges: Edge[] = [];
  if (items.length <= MAX_DECIDED_ITEMS) {
    for (const [index, late] of items.entries())
      for (const early of items.slice(0, index)) {
        const weight = weigh(early.traits, late.traits, late.at - early.at, rules);
        if (weight > 0) edges.push({ early, late, weight, decided: false });
      }
    return edges;
  }
  const ordered = [...runs].sort((a, b) => inOrder(firstOf(a), firstOf(b)));
  edges.push(...repeatsOf(runs), ...candidatesOf(ordered, rules).map(({ edge }) => edge));
  // Whom a person took out of the middle of a run leaves the others of it beside each other.
  for (const run of runs) edges.push(...besideEachOther(run, decisions));
  return edges;
}

function besideEachOther({ items }: Run, decisions: Decisions): Edge[] {
  const bySides = Map.groupBy(items, ({ id }) =>
    decisions
      .sidesOf(id)
      .map(({ number }) => number)
      .join(),
  );
  if (bySides.size < 2) return [];
  return [...bySides.values()].flatMap((alike) =>
    alike.slice(1).map((late, index) => ({ early: at(alike, index), late, weight: 1, decided: false })),
  );
}

const NOTHING: ReadonlySet<number> = new Set();

/** A part of a component that is growing together, with whom it must not meet. */
class Group {
  #parent: Group | undefined;
  #sides: ReadonlySet<number> = NOTHING;
  #opposites: ReadonlySet<number> = NOTHING;

  constructor(sides: readonly Side[]) {
    if (sides.length === 0) return;
    this.#sides = new Set(sides.map(({ number }) => number));
    this.#opposites = new Set(sides.map(({ opposite }) => opposite));
  }

  root(): Group {
    let root: Group = this;
    while (root.#parent !== undefined) root = root.#parent;
    for (let step: Group = this; step !== root; ) {
      const next: Group = step.#parent ?? root;
      step.#parent = root;
      step = next;
    }
    return root;
  }

  mustStayApartFrom(other: Group): boolean {
    if (this.#opposites.size === 0) return false;
    for (const side of other.#sides) if (this.#opposites.has(side)) return true;
    return false;
  }

  /** Both must be roots. */
  takeOver(other: Group): void {
    other.#parent = this;
    if (other.#sides.size === 0) return;
    this.#sides = new Set([...this.#sides, ...other.#sides]);
    this.#opposites = new Set([...this.#opposites, ...other.#opposites]);
  }
}
