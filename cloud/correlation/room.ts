import type { Catalogue } from './catalogue.ts';
import type { Components } from './components.ts';
import type { Placed } from './memory.ts';

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

interface Left {
  readonly incidents: number;
  readonly detections: number;
}

/** Sees to it that what is held stays within bounds, and counts what leaves: whole components only. */
export class Room {
  readonly #components: Components;
  readonly #catalogue: Catalogue;
  readonly #most: number;
  #outdated: Left = { incidents: 0, detections: 0 };
  #crowdedOut: Left = { incidents: 0, detections: 0 };

  constructor(components: Components, catalogue: Catalogue, most: number) {
    this.#components = components;
    this.#catalogue = catalogue;
    this.#most = most;
  }

  get isFull(): boolean {
    return this.#components.size > this.#most;
  }

  get dropped(): Omit<Dropped, 'forgottenHabits'> {
    return {
      outdatedDetections: this.#outdated.detections,
      outdatedIncidents: this.#outdated.incidents,
      crowdedOutDetections: this.#crowdedOut.detections,
      crowdedOutIncidents: this.#crowdedOut.incidents,
    };
  }

  /** Drops what was quiet since before a time. */
  forget(horizon: number): Left {
    const left = this.#dropQuietBefore(horizon, this.#newest());
    this.#outdated = sumOf(this.#outdated, left);
    return left;
  }

  /** Drops the incidents that have been quiet for longest, until there is room again; the one that spoke last stays. */
  make(): void {
    const newest = this.#newest();
    const room = this.#most * HELD_AFTER;
    let held = this.#components.size;
    let horizon = Number.NEGATIVE_INFINITY;
    for (const [root, latest] of [...newest].sort(([, a], [, b]) => a - b)) {
      if (held <= room) break;
      horizon = latest;
      held -= this.#components.standing.sizeOf(root);
    }
    const last = [...newest.values()].reduce((most, latest) => Math.max(most, latest), horizon);
    this.#crowdedOut = sumOf(this.#crowdedOut, this.#dropQuietBefore(Math.min(horizon + 1, last), newest));
  }

  /** When each component was last heard of, by its root. */
  #newest(): Map<number, number> {
    const components = this.#components;
    const newest = new Map<number, number>();
    for (const item of components.items()) {
      const root = components.rootOf(item);
      newest.set(root, Math.max(newest.get(root) ?? 0, components.atOf(item)));
    }
    return newest;
  }

  #dropQuietBefore(horizon: number, newest: ReadonlyMap<number, number>): Left {
    const components = this.#components;
    const before = components.size;
    const kept: Placed[] = [];
    /** One detection of each component that stays. */
    const ones = new Map<number, string>();
    for (const item of components.items()) {
      const root = components.rootOf(item);
      if ((newest.get(root) ?? 0) < horizon) continue;
      const one = components.read(item);
      kept.push(one);
      ones.set(root, one.id);
    }
    if (kept.length === before) return { incidents: 0, detections: 0 };
    this.#keepOnly(kept, ones);
    return { incidents: newest.size - ones.size, detections: before - kept.length };
  }

  /** Starts over with what is kept; what was told of it, and what was not, stays so. */
  #keepOnly(kept: readonly Placed[], ones: ReadonlyMap<number, string>): void {
    const components = this.#components;
    const untold = components.untold.takeAll();
    const former = Array.from(ones, ([root, one]) => ({
      one,
      standing: components.standing.standingOf(root),
      isUntold: untold.has(root),
    }));
    this.#catalogue.retain(kept.map(({ traits }) => traits));
    components.rebuild(kept);
    components.untold.takeAll();
    for (const { one, standing, isUntold } of former) {
      const root = components.rootOf(components.find(one));
      components.standing.setStanding(root, standing);
      if (isUntold) components.untold.note(root);
    }
  }
}

const sumOf = (a: Left, b: Left): Left => ({
  incidents: a.incidents + b.incidents,
  detections: a.detections + b.detections,
});
