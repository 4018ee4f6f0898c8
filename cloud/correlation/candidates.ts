import { addConnecting } from './connecting.ts';
import { type Candidate, compare } from './edge.ts';
import { ownOf, probesOf } from './keys.ts';
import type { LinkRules } from './link-rules.ts';
import type { Key, Run } from './memory.ts';
import { at, firstOf, lastOf } from './run.ts';

/** Up to here every pair of runs is compared; beyond, each with its nearest on every key. */
export const MAX_RUNS_COMPARED = 64;

/** In larger components a run is compared with fewer on each key, about this many comparisons a key in all… */
const COMPARISONS = 64 * 1_024;
/** …but with no fewer than so many. */
const FEWEST_COMPARED = 2;

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
