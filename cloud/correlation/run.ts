import { inOrder, type Placed } from './link.ts';
import type { Traits } from './traits.ts';

/**
 * One detection in memory. A folded run holds any number of them, so they are as small as they can be.
 */
export interface Item extends Placed {
  run: Run;
}

/** An incident that somebody was told of, by the detection that it was named after. */
export interface Told {
  readonly id: string;
  readonly earliest: Item;
}

/**
 * Detections of equal traits, each within the repeat time of the next: one happening, linked to itself with
 * certainty. Whatever else links to a run links to its nearest detection, so that a thousand repeats cost one
 * comparison and not a thousand.
 */
export class Run {
  readonly traits: Traits;
  /** In order of time, then id; never empty once the run is in use. */
  items: Item[] = [];
  /** Towards the root of its component (union-find); itself at the root. */
  parent: Run;
  /** At the root: the component's other runs. */
  others: Run[] | undefined = undefined;
  /** At the root: what was told of this component last. */
  told: Told[] | undefined = undefined;
  /** Whether it is on the list of what changed. */
  isChanged = false;
  /** Set when another run took its items over. */
  into: Run | undefined = undefined;

  constructor(traits: Traits) {
    this.traits = traits;
    this.parent = this;
  }
}

export const firstOf = (run: Run): Item => at(run.items, 0);
export const lastOf = (run: Run): Item => at(run.items, run.items.length - 1);

/** Longest list that is copied rather than grown: growing reserves room for sixteen more. */
const SMALL_LIST = 4;

/** The list with one more; most lists of a correlator hold one or two, and there are millions of them. */
export function withOneMore<Value>(list: Value[], value: Value): Value[] {
  if (list.length < SMALL_LIST) return [...list, value];
  list.push(value);
  return list;
}

/** An entry that is known to be there. */
export function at<Value>(list: readonly Value[], index: number): Value {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no entry ${index} of ${list.length}`);
  return found;
}

/** Index of the first item behind (time, id); the items before it come earlier or are it. */
export function indexAfter(items: readonly Item[], moment: { at: number; id: string }): number {
  let low = 0;
  let high = items.length;
  // Detections mostly come in order: look at the end first.
  if (high > 0 && inOrder(at(items, high - 1), moment) <= 0) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (inOrder(at(items, middle), moment) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Root of the run's component; shortens the way for the next who asks. */
export function rootOf(run: Run): Run {
  let root = run;
  while (root.parent !== root) root = root.parent;
  for (let step = run; step.parent !== root; ) {
    const next = step.parent;
    step.parent = root;
    step = next;
  }
  return root;
}

/** The run that holds the items now. */
export function living(run: Run): Run {
  let found = run;
  while (found.into !== undefined) found = found.into;
  return found;
}

const sizeOf = (root: Run): number => 1 + (root.others?.length ?? 0);

/** Makes one component of two; the answer is its root. */
export function unite(a: Run, b: Run): Run {
  const [one, other] = [rootOf(a), rootOf(b)];
  if (one === other) return one;
  const [root, child] = sizeOf(one) >= sizeOf(other) ? [one, other] : [other, one];
  child.parent = root;
  root.others ??= [];
  root.others.push(child);
  if (child.others !== undefined) for (const run of child.others) root.others.push(run);
  child.others = undefined;
  if (child.told !== undefined) {
    root.told = root.told === undefined ? child.told : [...root.told, ...child.told];
    child.told = undefined;
  }
  return root;
}

/** The runs of a component that still hold items. */
export function runsOf(root: Run): Run[] {
  const runs = root.others === undefined ? [root] : [root, ...root.others];
  return runs.filter(({ into }) => into === undefined);
}
