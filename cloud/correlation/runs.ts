import type { Items } from './items.ts';
import type { Pace, Placed, Run, Told, Traits } from './memory.ts';
import { FIRST_ROOM, NONE, widened } from './numbers.ts';
import { at } from './run.ts';
import { NO_TRAITS } from './traits.ts';

/** What is known of a run stands together, in eight numbers: whoever asks for one of them mostly wants the others. */
const WIDTH = 8;
/** Its first and its last item. A run that another one took over has none, and says which in the place of the last. */
const FIRST = 0;
const LAST = 1;
/** Towards the root of its component (union-find); itself at the root. */
const PARENT = 2;
/** The next in the ring of its component's runs. */
const NEXT = 3;
/** At the root: how many runs, how many items, and the rank of the highest severity. */
const MEMBERS = 4;
const SIZE = 5;
const WORST = 6;
/** At the root: 1 where something was told of the component. */
const IS_TOLD = 7;

/** What was told of a component, and how it was then if it was large. */
export interface Standing {
  told: Told[];
  pace: Pace | undefined;
}

/**
 * Detections of equal traits, each within the repeat time of the next: one happening, linked to itself with
 * certainty. Whatever else links to a run links to its nearest detection, so that a thousand repeats cost one
 * comparison and not a thousand.
 *
 * Each run is a number, and stands in a component of runs that are linked (union-find), of which one is the root.
 */
export class Runs {
  readonly #items: Items;
  #rows = new Int32Array(FIRST_ROOM * WIDTH);
  readonly #traits: Traits[] = [];
  /** The items of those that have more than one, in order of time, then id. */
  readonly #lists: (number[] | undefined)[] = [];
  readonly #standing = new Map<number, Standing>();
  readonly #free: number[] = [];

  constructor(items: Items) {
    this.#items = items;
  }

  #get(run: number, field: number): number {
    return this.#rows[run * WIDTH + field] ?? NONE;
  }

  #set(run: number, field: number, value: number): void {
    this.#rows[run * WIDTH + field] = value;
  }

  /** A new run of one item, a component of its own. */
  begin(traits: Traits, item: number): number {
    const run = this.#free.pop() ?? this.#traits.length;
    const row = run * WIDTH;
    if (row >= this.#rows.length) this.#rows = widened(this.#rows, row + WIDTH);
    const rows = this.#rows;
    rows[row + FIRST] = item;
    rows[row + LAST] = item;
    rows[row + PARENT] = run;
    rows[row + NEXT] = run;
    rows[row + MEMBERS] = 1;
    rows[row + SIZE] = 1;
    rows[row + WORST] = traits.head.rank;
    rows[row + IS_TOLD] = 0;
    this.#traits[run] = traits;
    this.#lists[run] = undefined;
    this.#items.setRun(item, run);
    return run;
  }

  /** Of runs that nobody points at any more. */
  release(run: number): void {
    this.#traits[run] = NO_TRAITS;
    this.#lists[run] = undefined;
    this.#standing.delete(run);
    this.#free.push(run);
  }

  clear(): void {
    this.#rows = new Int32Array(FIRST_ROOM * WIDTH);
    this.#traits.length = 0;
    this.#lists.length = 0;
    this.#standing.clear();
    this.#free.length = 0;
  }

  traitsOf(run: number): Traits {
    return this.#traits[run] ?? NO_TRAITS;
  }

  firstOf(run: number): number {
    return this.#get(run, FIRST);
  }

  lastOf(run: number): number {
    return this.#get(run, LAST);
  }

  /** The items of one that was not taken over, in order. */
  itemsOf(run: number): readonly number[] {
    return this.#lists[run] ?? [this.firstOf(run)];
  }

  /** Puts an item behind all of a run. */
  append(run: number, item: number): void {
    const list = this.#lists[run];
    if (list === undefined) this.#lists[run] = [this.firstOf(run), item];
    else list.push(item);
    this.#set(run, LAST, item);
    this.#count(run, item);
  }

  /** Puts an item into a run, in its place. */
  put(run: number, item: number): void {
    const after = this.#indexAfter(run, item);
    const list = this.#lists[run] ?? [this.firstOf(run)];
    this.#lists[run] = list;
    list.splice(after, 0, item);
    this.#set(run, FIRST, at(list, 0));
    this.#set(run, LAST, at(list, list.length - 1));
    this.#count(run, item);
  }

  #count(run: number, item: number): void {
    this.#items.setRun(item, run);
    const root = this.rootOf(run);
    this.#set(root, SIZE, this.#get(root, SIZE) + 1);
  }

  /** How many items of a run come no later than one (by time, then id). */
  #indexAfter(run: number, item: number): number {
    const items = this.#items;
    const list = this.#lists[run];
    if (list === undefined) return items.compare(this.firstOf(run), item) <= 0 ? 1 : 0;
    let low = 0;
    let high = list.length;
    // Detections mostly come in order: look at the end first.
    if (items.compare(this.lastOf(run), item) <= 0) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (items.compare(at(list, middle), item) <= 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last item of a run that comes no later than one; NONE where all do. */
  lastUpTo(run: number, item: number): number {
    const last = this.lastOf(run);
    if (this.#items.compare(last, item) <= 0) return last;
    return this.#lists[run]?.[this.#indexAfter(run, item) - 1] ?? NONE;
  }

  /** The first item of a run that comes after one; NONE where none does. */
  firstAfter(run: number, item: number): number {
    const list = this.#lists[run];
    if (list !== undefined) return list[this.#indexAfter(run, item)] ?? NONE;
    const only = this.firstOf(run);
    return this.#items.compare(only, item) > 0 ? only : NONE;
  }

  /** The items beside one in its own run. */
  beside(item: number): { before: number; after: number } {
    const list = this.#lists[this.#items.runOf(item)];
    if (list === undefined) return { before: NONE, after: NONE };
    const after = this.#indexAfter(this.#items.runOf(item), item);
    return { before: list[after - 2] ?? NONE, after: list[after] ?? NONE };
  }

  /** The earlier run takes the items of the later one, and stands for it from now on. */
  takeOver(before: number, after: number): void {
    const moved = this.itemsOf(after);
    this.#lists[before] = [...this.itemsOf(before), ...moved];
    this.#set(before, LAST, this.lastOf(after));
    for (const item of moved) this.#items.setRun(item, before);
    this.#lists[after] = undefined;
    this.#set(after, FIRST, NONE);
    this.#set(after, LAST, before);
    this.unite(before, after);
  }

  /** The run that holds the items now. */
  living(run: number): number {
    let found = run;
    while (this.#get(found, FIRST) === NONE) found = this.#get(found, LAST);
    return found;
  }

  /** Root of the run's component; shortens the way for the next who asks. */
  rootOf(run: number): number {
    const rows = this.#rows;
    let root = rows[run * WIDTH + PARENT] ?? NONE;
    for (let above = this.#get(root, PARENT); above !== root; above = this.#get(root, PARENT)) root = above;
    for (let step = run; step !== root; ) {
      const next = rows[step * WIDTH + PARENT] ?? NONE;
      rows[step * WIDTH + PARENT] = root;
      step = next;
    }
    return root;
  }

  /** Makes one component of two. */
  unite(a: number, b: number): void {
    const [one, other] = [this.rootOf(a), this.rootOf(b)];
    if (one === other) return;
    if (this.#get(one, MEMBERS) >= this.#get(other, MEMBERS)) this.#adopt(one, other);
    else this.#adopt(other, one);
  }

  #adopt(root: number, child: number): void {
    this.#set(child, PARENT, root);
    const next = this.#get(root, NEXT);
    this.#set(root, NEXT, this.#get(child, NEXT));
    this.#set(child, NEXT, next);
    this.#set(root, MEMBERS, this.#get(root, MEMBERS) + this.#get(child, MEMBERS));
    this.#set(root, SIZE, this.#get(root, SIZE) + this.#get(child, SIZE));
    this.#set(root, WORST, Math.max(this.worstOf(root), this.worstOf(child)));
    if (this.#get(child, IS_TOLD) === 0) return;
    const [mine, its] = [this.standingOf(root), this.standingOf(child)];
    this.setStanding(child, undefined);
    this.setStanding(root, standingOfBoth(mine, its));
  }

  /** All runs of a component, and those that were taken over among them. */
  ringOf(root: number): number[] {
    const ring = [root];
    for (let run = this.#get(root, NEXT); run !== root; run = this.#get(run, NEXT)) ring.push(run);
    return ring;
  }

  /** How many detections a component holds. */
  sizeOf(root: number): number {
    return this.#get(root, SIZE);
  }

  /** The rank of the highest severity in a component. */
  worstOf(root: number): number {
    return this.#get(root, WORST);
  }

  /** What was told of a component. */
  standingOf(root: number): Standing | undefined {
    return this.#get(root, IS_TOLD) === 0 ? undefined : this.#standing.get(root);
  }

  /** Components that anything was told of, by their roots. */
  standings(): Iterable<[number, Standing]> {
    return this.#standing;
  }

  setStanding(root: number, standing: Standing | undefined): void {
    this.#set(root, IS_TOLD, standing === undefined ? 0 : 1);
    if (standing === undefined) this.#standing.delete(root);
    else this.#standing.set(root, standing);
  }

  /** The runs of a component with their detections, to be read at leisure. */
  read(root: number): Run[] {
    const found: Run[] = [];
    let run = root;
    do {
      if (this.firstOf(run) !== NONE) {
        const traits = this.traitsOf(run);
        found.push({ traits, items: this.itemsOf(run).map((item) => this.#placed(item, traits)) });
      }
      run = this.#get(run, NEXT);
    } while (run !== root);
    return found;
  }

  #placed(item: number, traits: Traits): Placed {
    return { id: this.#items.idOf(item), at: this.#items.atOf(item), traits };
  }
}

/** Of two that were told apart: as little as was ever told, as long ago as it was. */
function standingOfBoth(a: Standing | undefined, b: Standing | undefined): Standing | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const { told } = a;
  // One by one: there may be ten thousand, of which one more comes ten thousand times.
  for (const one of b.told) told.push(one);
  if (a.pace === undefined || b.pace === undefined) return { told, pace: a.pace ?? b.pace };
  return {
    told,
    pace: {
      size: Math.max(a.pace.size, b.pace.size),
      worst: Math.max(a.pace.worst, b.pace.worst),
      atMs: Math.min(a.pace.atMs, b.pace.atMs),
    },
  };
}
