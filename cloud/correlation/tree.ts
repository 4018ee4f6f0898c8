import type { Edge } from './edge.ts';
import type { Placed, Run } from './memory.ts';
import { inOrder } from './order.ts';
import { at } from './run.ts';

/** Detections of one incident, in order, with the links that hold it together, in order of their later end. */
export interface Tree {
  readonly items: readonly Placed[];
  readonly edges: Edge[];
}

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

export const inStoryOrder = (a: Edge, b: Edge): number =>
  inOrder(a.late, b.late) || inOrder(a.early, b.early);

/** Links within the runs: each detection with the one before it. */
export function repeatsOf(runs: readonly Run[]): Edge[] {
  const edges: Edge[] = [];
  for (const { items } of runs)
    for (let index = 1; index < items.length; index++)
      edges.push({ early: at(items, index - 1), late: at(items, index), weight: 1, decided: false });
  return edges;
}
