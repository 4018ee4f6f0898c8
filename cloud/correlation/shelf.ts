import type { Judge, Shelf } from './memory.ts';

/** Several runs on a shelf of their own, of which nothing is known yet. */
export const shelfOf = (...runs: number[]): Shelf => ({ joined: undefined, rest: runs });

/** Runs on it. */
export const countOn = ({ joined, rest }: Shelf): number => (joined?.length ?? 0) + (rest?.length ?? 0);

/** Puts one more run on it, which is not there yet. */
export function putOn(shelf: Shelf, run: number): void {
  if (shelf.rest === undefined) shelf.rest = [run];
  else shelf.rest.push(run);
}

/** All runs on it. */
export const allOn = ({ joined = [], rest = [] }: Shelf): readonly number[] => [...joined, ...rest];

/** Compares with as few runs as are needed to know every component on the shelf that the judge's run belongs to. */
export function joinShelf(shelf: Shelf, judge: Judge): void {
  joinJoined(shelf, judge);
  const { rest } = shelf;
  if (rest === undefined) return;
  let kept = 0;
  for (let index = 0; index < rest.length; index++) {
    const noted = rest[index];
    if (noted === undefined) continue;
    const other = judge.living(noted);
    judge.join(other);
    const first = shelf.joined?.[0];
    if (first === undefined) shelf.joined = [other];
    else if (judge.rootOf(first) !== judge.rootOf(other)) rest[kept++] = other;
    else if (first !== other) shelf.joined?.push(other);
  }
  if (kept === 0) shelf.rest = undefined;
  else rest.length = kept;
}

/** One link to any of them makes all of them one. */
function joinJoined({ joined }: Shelf, judge: Judge): void {
  const first = joined?.[0];
  if (joined === undefined || first === undefined || judge.isJoined(first)) return;
  // The latest first: it is the most likely to be near.
  for (let index = joined.length - 1; index >= 0; index--) {
    const other = joined[index];
    if (other !== undefined && judge.join(judge.living(other))) return;
  }
}

/** Whether nothing on it could be news to the judge's run: it is of the component already. */
export function isAllOf({ joined, rest }: Shelf, judge: Judge): boolean {
  const first = joined?.[0];
  const only = rest?.[0];
  if (only === undefined) return first === undefined || judge.isJoined(first);
  return first === undefined && rest?.length === 1 && judge.isJoined(only);
}

/** Takes runs off; whole components only, so that `joined` stays what it says. The answer: nothing is left. */
export function dropFrom(shelf: Shelf, runs: ReadonlySet<number>): boolean {
  shelf.joined = staying(shelf.joined, runs);
  shelf.rest = staying(shelf.rest, runs);
  return countOn(shelf) === 0;
}

function staying(list: number[] | undefined, runs: ReadonlySet<number>): number[] | undefined {
  const kept = list?.filter((run) => !runs.has(run));
  return kept === undefined || kept.length === 0 ? undefined : kept;
}
