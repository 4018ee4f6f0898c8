import { couldLink } from './crowd.ts';
import { isCrowded, joinOn, newTimeline, noteIn, slotNumber } from './key-timeline.ts';
import { weigh } from './link.ts';
import type { LinkRules } from './link-rules.ts';
import { type Item, type Judge, type Key, type Mark, Run, type Timeline, type Traits } from './memory.ts';
import { inOrder } from './order.ts';
import { at, firstOf, indexAfter, lastOf, unite } from './run.ts';

/** One link of a forest: `early` comes before `late`. */
export interface Edge {
  readonly early: Item;
  readonly late: Item;
  readonly weight: number;
  /** A person said so; otherwise the evidence of the two does. */
  readonly decided: boolean;
  /** Who, when and why, where a person did. */
  readonly because?: string;
}

/** Up to here every pair of runs is compared; beyond, each with its nearest on every key. */
export const MAX_RUNS_COMPARED = 64;

/** In larger components a run is compared with fewer on each key, about this many comparisons a key in all… */
const COMPARISONS = 64 * 1_024;
/** …but with no fewer than so many. */
const FEWEST_COMPARED = 2;

/** A link between two runs, by their places in the list. */
export interface Candidate {
  readonly edge: Edge;
  readonly one: number;
  readonly other: number;
}

function allPairs(runs: readonly Run[], rules: LinkRules): Candidate[] {
  const found: Candidate[] = [];
  for (let other = 1; other < runs.length; other++)
    for (let one = 0; one < other; one++) compare(runs, one, other, rules, found);
  return found;
}

/**
 * The links that a strongest spanning forest is chosen from: all of them in a component of ordinary size. In a
 * larger one, each run's with the nearest on each key, and as many others as hold the component together.
 * @param runs of one component, in order of their first detections
 */
export function candidatesOf(runs: readonly Run[], rules: LinkRules): Candidate[] {
  if (runs.length <= MAX_RUNS_COMPARED) return allPairs(runs, rules);
  const compared = Math.min(MAX_RUNS_COMPARED, Math.floor(COMPARISONS / runs.length));
  const found = withNearest(runs, rules, Math.max(FEWEST_COMPARED, compared));
  addConnecting(runs, rules, found);
  return found;
}

/** In which lists a detection is looked for, and in which it stands. */
const probesOf = ({ placed, places, marks, rarity }: Traits): Key[] => [
  ...(placed ? places.flatMap(({ probes }) => probes) : []),
  ...marks.filter(({ hub }) => !hub),
  ...(rarity === undefined ? [] : [rarity]),
];
const ownOf = ({ placed, places, marks, rarity }: Traits): Key[] => [
  ...(placed ? places.flatMap(({ own }) => own) : []),
  ...marks.filter(({ hub }) => !hub),
  ...(rarity === undefined ? [] : [rarity]),
];

function withNearest(runs: readonly Run[], rules: LinkRules, compared: number): Candidate[] {
  const found: Candidate[] = [];
  const byKey = new Map<Key, number[]>();
  const seenBy = new Int32Array(runs.length).fill(-1);
  for (const [other, run] of runs.entries()) {
    const since = firstOf(run).at;
    for (const key of probesOf(run.traits)) {
      const list = byKey.get(key) ?? [];
      for (let index = list.length - 1; index >= Math.max(0, list.length - compared); index--) {
        const one = at(list, index);
        if (seenBy[one] === other || since - lastOf(at(runs, one)).at > key.windowMs) continue;
        seenBy[one] = other;
        compare(runs, one, other, rules, found);
      }
    }
    for (const key of ownOf(run.traits)) {
      const list = byKey.get(key);
      if (list === undefined) byKey.set(key, [other]);
      else list.push(other);
    }
  }
  return found;
}

/** The way the correlator itself finds components, over whole runs in order of time: one link for each joining. */
function addConnecting(runs: readonly Run[], rules: LinkRules, found: Candidate[]): void {
  const timelines = new Map<Key, Timeline>();
  const indexOf = new Map<Run, number>();
  for (const [index, { traits, items }] of runs.entries()) {
    const stand = new Run(traits);
    stand.items = items;
    indexOf.set(stand, index);
    const [fromMs, toMs] = [firstOf(stand).at, lastOf(stand).at];
    let crowded: readonly Mark[] | undefined;
    const judge: Judge = {
      isLinked(other) {
        const before = found.length;
        compare(runs, indexOf.get(other) ?? -1, index, rules, found);
        return found.length > before;
      },
      unite: (other) => unite(stand, other),
      mayLink(like, sharesHubs) {
        crowded ??= traits.marks.filter((mark) => {
          const timeline = mark.hub ? undefined : timelines.get(mark);
          return timeline !== undefined && isCrowded(timeline, fromMs, toMs);
        });
        return couldLink(traits, like, crowded, sharesHubs, rules);
      },
    };
    for (const key of probesOf(traits)) {
      const timeline = timelines.get(key);
      if (timeline !== undefined) joinOn(timeline, stand, fromMs, toMs, judge);
    }
    for (const key of ownOf(traits)) {
      const timeline = timelines.get(key) ?? newTimeline(key.windowMs);
      timelines.set(key, timeline);
      for (let slot = slotNumber(timeline, fromMs); slot <= slotNumber(timeline, toMs); slot++)
        noteIn(timeline, stand, slot);
    }
  }
}

/** The strongest link between two runs: the nearest pair, with one or the other first. */
function compare(
  runs: readonly Run[],
  one: number,
  other: number,
  rules: LinkRules,
  found: Candidate[],
): void {
  const [a, b] = [at(runs, one), at(runs, other)];
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const pair = nearest(from, to);
    if (pair === undefined) continue;
    const [early, late] = pair;
    const weight = weigh(from.traits, to.traits, late.at - early.at, rules);
    if (weight > 0) found.push({ edge: { early, late, weight, decided: false }, one, other });
  }
}

/** The pair least apart with the first from `from`; of equals the earliest, with the latest start. */
function nearest(from: Run, to: Run): [Item, Item] | undefined {
  if (inOrder(firstOf(from), lastOf(to)) > 0) return undefined;
  if (inOrder(lastOf(from), firstOf(to)) < 0) return [lastOf(from), firstOf(to)];
  let best: [Item, Item] | undefined;
  const offer = (early: Item | undefined, late: Item | undefined) => {
    if (early === undefined || late === undefined) return;
    const apart =
      late.at - early.at - (best === undefined ? Number.POSITIVE_INFINITY : best[1].at - best[0].at);
    if (best === undefined || apart < 0 || (apart === 0 && inOrder(late, best[1]) < 0)) best = [early, late];
  };
  // Walk the shorter one and search in the longer one.
  if (from.items.length <= to.items.length) {
    for (const early of from.items) {
      const late = to.items[indexAfter(to.items, early)];
      if (late !== undefined) offer(from.items[indexAfter(from.items, late) - 1], late);
    }
  } else {
    for (const late of to.items) offer(from.items[indexAfter(from.items, late) - 1], late);
  }
  return best;
}
