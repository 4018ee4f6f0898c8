import type { Judge, Run, Shelf } from './memory.ts';
import { living, rootOf, withOneMore } from './run.ts';

/** Runs on it. */
export const countOn = ({ only, joined, rest }: Shelf): number =>
  only === undefined ? (joined?.length ?? 0) + (rest?.length ?? 0) : 1;

/** Puts one more run on it, which is not there yet. */
export function putOn(shelf: Shelf, run: Run): void {
  const { only, joined, rest } = shelf;
  if (only !== undefined) {
    shelf.rest = [only, run];
    shelf.only = undefined;
  } else if (joined === undefined && rest === undefined) shelf.only = run;
  else shelf.rest = rest === undefined ? [run] : withOneMore(rest, run);
}

/** All runs on it. */
export const allOn = ({ only, joined = [], rest = [] }: Shelf): readonly Run[] =>
  only === undefined ? [...joined, ...rest] : [only];

/** Compares with as few runs as are needed to know every component on the shelf that `run` belongs to. */
export function joinShelf(shelf: Shelf, run: Run, judge: Judge): void {
  const { only } = shelf;
  if (only !== undefined) {
    const other = living(only);
    if (rootOf(other) !== rootOf(run) && judge.isLinked(other)) judge.unite(other);
    return;
  }
  joinJoined(shelf, run, judge);
  const { rest } = shelf;
  if (rest === undefined) return;
  let kept = 0;
  for (let index = 0; index < rest.length; index++) {
    const noted = rest[index];
    if (noted === undefined) continue;
    const other = living(noted);
    if (rootOf(other) !== rootOf(run) && judge.isLinked(other)) judge.unite(other);
    const first = shelf.joined?.[0];
    if (first === undefined) shelf.joined = [other];
    else if (rootOf(first) !== rootOf(other)) rest[kept++] = other;
    else if (first !== other) shelf.joined = withOneMore(shelf.joined ?? [], other);
  }
  if (kept === 0) shelf.rest = undefined;
  else rest.length = kept;
}

/** One link to any of them makes all of them one. */
function joinJoined({ joined }: Shelf, run: Run, judge: Judge): void {
  const first = joined?.[0];
  if (joined === undefined || first === undefined || rootOf(first) === rootOf(run)) return;
  // The latest first: it is the most likely to be near.
  for (let index = joined.length - 1; index >= 0; index--) {
    const other = joined[index];
    if (other === undefined || !judge.isLinked(living(other))) continue;
    judge.unite(other);
    return;
  }
}

/** Whether nothing on it could be news to the run: it is of the component already. */
export function isAllOf({ only, joined, rest }: Shelf, run: Run): boolean {
  if (only !== undefined) return rootOf(only) === rootOf(run);
  const first = joined?.[0];
  return rest === undefined && (first === undefined || rootOf(first) === rootOf(run));
}

/** Takes runs off; whole components only, so that `joined` stays what it says. The answer: nothing is left. */
export function dropFrom(shelf: Shelf, runs: ReadonlySet<Run>): boolean {
  if (shelf.only !== undefined && runs.has(shelf.only)) shelf.only = undefined;
  shelf.joined = staying(shelf.joined, runs);
  shelf.rest = staying(shelf.rest, runs);
  return countOn(shelf) === 0;
}

function staying(list: Run[] | undefined, runs: ReadonlySet<Run>): Run[] | undefined {
  const kept = list?.filter((run) => !runs.has(run));
  return kept === undefined || kept.length === 0 ? undefined : kept;
}
