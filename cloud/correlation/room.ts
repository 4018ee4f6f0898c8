/** Which components leave the memory: those that have been quiet for longest. */
import type { Components } from './components.ts';

/**
 * Detections in memory, at most, of a correlator that is told of them bit by bit: about a gigabyte. A set that is
 * settled at once is held whole.
 */
export const MAX_HELD = 1_000_000;
/** So much of that is left once what has been quiet for longest has left: leaving costs the whole memory once. */
const HELD_AFTER = 3 / 4;

/** What left the memory since the start. */
export interface Dropped {
  /** Too old for anything to join it. */
  readonly outdatedDetections: number;
  readonly outdatedIncidents: number;
  /** For want of room: what comes later can no longer join these. They stay in the store as they were told. */
  readonly crowdedOutDetections: number;
  readonly crowdedOutIncidents: number;
  /** Habits of a rule and an asset that found no room: what they were of is neither rare nor everyday. */
  readonly forgottenHabits: number;
}

/** When each component was last heard of, by its root. */
export function newestOf(components: Components): Map<number, number> {
  const newest = new Map<number, number>();
  for (const item of components.items()) {
    const root = components.rootOf(item);
    newest.set(root, Math.max(newest.get(root) ?? 0, components.atOf(item)));
  }
  return newest;
}

/** What was quiet since before this time leaves, so that there is room again; the one that spoke last stays. */
export function quietFrom(components: Components, newest: ReadonlyMap<number, number>, most: number): number {
  const room = most * HELD_AFTER;
  let held = components.size;
  let horizon = Number.NEGATIVE_INFINITY;
  for (const [root, latest] of [...newest].sort(([, a], [, b]) => a - b)) {
    if (held <= room) break;
    horizon = latest;
    held -= components.standing.sizeOf(root);
  }
  const last = [...newest.values()].reduce((one, latest) => Math.max(one, latest), horizon);
  return Math.min(horizon + 1, last);
}
