import { severityRank } from '../../devices/model/detection.ts';
import { type Item, type Pace, type Placed, Run } from './memory.ts';
import { inOrder } from './order.ts';

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
  const { parent } = run;
  if (parent.parent === parent) return parent;
  let root = parent;
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

const runCount = (root: Run): number => 1 + (root.others?.length ?? 0);

/** Of two that were told apart: as little as was ever told, as long ago as it was. */
const paceOfBoth = (a: Pace | undefined, b: Pace | undefined): Pace | undefined =>
  a === undefined || b === undefined
    ? (a ?? b)
    : {
        size: Math.max(a.size, b.size),
        worst: Math.max(a.worst, b.worst),
        atMs: Math.min(a.atMs, b.atMs),
      };

/** Makes one component of two; the answer is its root. */
export function unite(a: Run, b: Run): Run {
  const [one, other] = [rootOf(a), rootOf(b)];
  if (one === other) return one;
  const [root, child] = runCount(one) >= runCount(other) ? [one, other] : [other, one];
  child.parent = root;
  root.others = root.others === undefined ? [child] : withOneMore(root.others, child);
  if (child.others !== undefined) for (const run of child.others) root.others = withOneMore(root.others, run);
  child.others = undefined;
  root.size += child.size;
  root.worst = Math.max(root.worst, child.worst);
  root.pace = paceOfBoth(root.pace, child.pace);
  child.pace = undefined;
  if (child.told !== undefined) {
    if (root.told === undefined) root.told = child.told;
    else for (const told of child.told) root.told = withOneMore(root.told, told);
    child.told = undefined;
  }
  return root;
}

/** The runs of a component that still hold items. */
export function runsOf(root: Run): Run[] {
  const runs = root.others === undefined ? [root] : [root, ...root.others];
  return runs.filter(({ into }) => into === undefined);
}

/** Puts an item into a run, in its place. */
export function put(run: Run, item: Item): Run {
  item.run = run;
  const index = indexAfter(run.items, item);
  if (index === run.items.length) run.items = withOneMore(run.items, item);
  else run.items.splice(index, 0, item);
  const root = rootOf(run);
  root.size++;
  root.worst = Math.max(root.worst, severityRank(item.traits.severity));
  return run;
}

/** Puts an item behind all of a run. */
function append(run: Run, item: Item): void {
  item.run = run;
  run.items = withOneMore(run.items, item);
  rootOf(run).size++;
}

/** Puts an item into the run it repeats, or into one of its own; joins two runs that it bridges. */
export function fold(item: Item, repeatMs: number): void {
  const { traits } = item;
  const { runs } = traits;
  if (runs === undefined) {
    traits.runs = [put(new Run(traits), item)];
    return;
  }
  // Detections mostly come in order: then it is about the latest run.
  const latest = runs[runs.length - 1];
  const end = latest?.items[latest.items.length - 1];
  if (latest !== undefined && end !== undefined && end.at < item.at) {
    if (item.at - end.at <= repeatMs) append(latest, item);
    else traits.runs = withOneMore(runs, put(new Run(traits), item));
    return;
  }
  const index = runsUpTo(runs, item);
  const before = runs[index - 1];
  const after = runs[index];
  const joinsAfter = after !== undefined && firstOf(after).at - item.at <= repeatMs;
  if (before !== undefined && item.at - lastOf(before).at <= repeatMs) {
    put(before, item);
    if (joinsAfter && firstOf(after).at - lastOf(before).at <= repeatMs) {
      takeOver(before, after);
      runs.splice(index, 1);
    }
  } else if (joinsAfter) {
    put(after, item);
  } else {
    const run = put(new Run(traits), item);
    if (index === runs.length) traits.runs = withOneMore(runs, run);
    else runs.splice(index, 0, run);
  }
}

/** The earlier run takes the items of the later one, and stands for it from now on. */
function takeOver(before: Run, after: Run): void {
  before.items = before.items.concat(after.items);
  for (const moved of after.items) moved.run = before;
  after.items = [];
  after.into = before;
  unite(before, after);
}

/** How many of a trait's runs begin no later than a moment. */
function runsUpTo(runs: readonly Run[], moment: Placed): number {
  let low = 0;
  let high = runs.length;
  if (high > 0 && inOrder(firstOf(at(runs, high - 1)), moment) <= 0) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (inOrder(firstOf(at(runs, middle)), moment) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
