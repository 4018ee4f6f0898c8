import { candidatesOf } from './candidates.ts';
import { decidedForest } from './decided-forest.ts';
import type { Decisions } from './decisions.ts';
import type { Candidate, Edge } from './edge.ts';
import type { LinkRules } from './link-rules.ts';
import type { Run } from './memory.ts';
import { inOrder } from './order.ts';
import { at, firstOf } from './run.ts';
import { inStoryOrder, repeatsOf, strongerFirst, type Tree } from './tree.ts';

/**
 * The strongest spanning forest over one component. It is the one over all pairs of its detections, unless
 * more than MAX_RUNS_COMPARED runs share a key (FEWEST_COMPARED in an incident of many thousands); then it is
 * one over each run's nearest on each key. Either way it follows from the set of detections alone. More than
 * one tree only where a person kept some apart.
 */
export function spanningForest(runs: readonly Run[], rules: LinkRules, decisions: Decisions): Tree[] {
  const only = runs.length === 1 ? runs[0] : undefined;
  const items = only === undefined ? runs.flatMap((run) => run.items).sort(inOrder) : only.items;
  if (!decisions.isEmpty && items.some(({ id }) => decisions.has(id)))
    return decidedForest(runs, items, rules, decisions);
  if (only !== undefined) return [{ items, edges: repeatsOf(runs) }];
  const ordered = [...runs].sort((a, b) => inOrder(firstOf(a), firstOf(b)));
  const chosen = strongest(ordered, rules);
  return [{ items, edges: [...repeatsOf(runs), ...chosen].sort(inStoryOrder) }];
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
