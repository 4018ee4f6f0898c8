import type { Judge, Run } from './memory.ts';
import { living, rootOf, withOneMore } from './run.ts';

/**
 * Runs to compare with. Those known to be in one component already are kept apart from the rest, so that the
 * thousandth run on a key is compared until it is linked once and not a thousand times.
 */
export interface Shelf {
  /** Runs of one and the same component. */
  joined: Run[] | undefined;
  /** Runs of which that is not known. */
  rest: Run[];
}

/** Compares with as few runs as are needed to know every component on the shelf that `run` belongs to. */
export function joinShelf(shelf: Shelf, run: Run, judge: Judge): void {
  joinJoined(shelf, run, judge);
  if (shelf.rest.length === 0) return;
  let kept = 0;
  for (const noted of shelf.rest) {
    const other = living(noted);
    if (rootOf(other) !== rootOf(run) && judge.isLinked(other)) judge.unite(other);
    const first = shelf.joined?.[0];
    if (first === undefined) shelf.joined = [other];
    else if (rootOf(first) !== rootOf(other)) shelf.rest[kept++] = other;
    else if (first !== other) shelf.joined = withOneMore(shelf.joined ?? [], other);
  }
  shelf.rest.length = kept;
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
export const isAllOf = ({ joined, rest }: Shelf, run: Run): boolean => {
  const first = joined?.[0];
  return rest.length === 0 && (first === undefined || rootOf(first) === rootOf(run));
};

/** Takes runs off; whole components only, so that `joined` stays what it says. The answer: nothing is left. */
export function dropFrom(shelf: Shelf, runs: ReadonlySet<Run>): boolean {
  const joined = shelf.joined?.filter((run) => !runs.has(run));
  shelf.joined = joined === undefined || joined.length === 0 ? undefined : joined;
  shelf.rest = shelf.rest.filter((run) => !runs.has(run));
  return shelf.joined === undefined && shelf.rest.length === 0;
}
