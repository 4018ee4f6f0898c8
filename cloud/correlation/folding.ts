import type { Items } from './items.ts';
import type { Traits } from './memory.ts';
import { NONE } from './numbers.ts';
import { at } from './run.ts';
import type { Runs } from './runs.ts';

/** Puts an item into the run it repeats, or into one of its own; joins two runs that it bridges. */
export function fold(items: Items, runs: Runs, traits: Traits, item: number, repeatMs: number): void {
  const { latest, earlier } = traits;
  if (latest === NONE) {
    traits.latest = runs.begin(traits, item);
    return;
  }
  // Detections mostly come in order: then it is about the latest run.
  const atMs = items.atOf(item);
  const endMs = items.atOf(runs.lastOf(latest));
  if (endMs >= atMs) foldBetween(items, runs, traits, item, repeatMs);
  else if (atMs - endMs <= repeatMs) runs.append(latest, item);
  else {
    if (earlier === undefined) traits.earlier = [latest];
    else earlier.push(latest);
    traits.latest = runs.begin(traits, item);
  }
}

function foldBetween(items: Items, runs: Runs, traits: Traits, item: number, repeatMs: number): void {
  const all = runsOf(traits);
  const atMs = items.atOf(item);
  const index = upTo(items, runs, all, item);
  const [before, after] = [all[index - 1], all[index]];
  const joinsAfter = after !== undefined && items.atOf(runs.firstOf(after)) - atMs <= repeatMs;
  if (before !== undefined && atMs - items.atOf(runs.lastOf(before)) <= repeatMs) {
    runs.put(before, item);
    if (!joinsAfter || items.atOf(runs.firstOf(after)) - items.atOf(runs.lastOf(before)) > repeatMs) return;
    runs.takeOver(before, after);
    setRuns(traits, all.toSpliced(index, 1));
  } else if (joinsAfter) runs.put(after, item);
  else setRuns(traits, all.toSpliced(index, 0, runs.begin(traits, item)));
}

/** How many runs of a list begin no later than an item. */
function upTo(items: Items, runs: Runs, all: readonly number[], item: number): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items.compare(runs.firstOf(at(all, middle)), item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The runs of some traits, in order of time. */
export const runsOf = ({ latest, earlier = [] }: Traits): number[] =>
  latest === NONE ? [] : [...earlier, latest];

/** @param all in order of time */
export function setRuns(traits: Traits, all: readonly number[]): void {
  traits.latest = all.at(-1) ?? NONE;
  traits.earlier = all.length > 1 ? all.slice(0, -1) : undefined;
}
