import type { Bond, Decisions } from './decisions.ts';
import { fold, runsOf, setRuns } from './folding.ts';
import { ItemJudge } from './item-judge.ts';
import { Items } from './items.ts';
import type { LinkRules } from './link-rules.ts';
import type { Key, Placed, Run, Traits } from './memory.ts';
import { NONE } from './numbers.ts';
import { inOrder } from './order.ts';
import { Runs } from './runs.ts';
import { slotNumber, Timelines } from './timelines.ts';
import { Untold } from './untold.ts';

/**
 * The detections in memory as connected components of all pairs that link, as they come, in any order. Detections
 * and components (by their roots) are numbers.
 *
 * Two indexes make that cheap. Equal detections in close succession are folded into runs; a run is compared once a
 * key (asset, address, person, zone) and only with runs that are not of its component yet.
 */
export class Components {
  readonly #rules: LinkRules;
  readonly #isOneSet: boolean;
  readonly #items = new Items();
  readonly #runs = new Runs(this.#items);
  readonly #timelines = new Timelines((run) => this.#runs.traitsOf(run));
  readonly #judge: ItemJudge;
  #decisions: Decisions;
  /** Of what a person keeps together, one that is here. */
  readonly #anchors = new Map<Bond, number>();
  /** What changed and was not told yet. */
  readonly untold = new Untold(this.#runs);

  /** @param isOneSet nothing earlier is added later: the index forgets what lies behind its windows on the way */
  constructor(rules: LinkRules, decisions: Decisions, isOneSet: boolean) {
    this.#rules = rules;
    this.#judge = new ItemJudge(this.#items, this.#runs, this.#timelines, rules);
    this.#decisions = decisions;
    this.#isOneSet = isOneSet;
  }

  get size(): number {
    return this.#items.size;
  }

  /** NONE where it is not there. */
  find(id: string): number {
    return this.#items.find(id);
  }

  has(id: string): boolean {
    return this.#items.find(id) !== NONE;
  }

  items(): Iterable<number> {
    return this.#items.all();
  }

  /** One as it was put in. */
  read(item: number): Placed {
    return { id: this.#items.idOf(item), at: this.atOf(item), traits: this.traitsOf(item) };
  }

  idOf(item: number): string {
    return this.#items.idOf(item);
  }

  atOf(item: number): number {
    return this.#items.atOf(item);
  }

  traitsOf(item: number): Traits {
    return this.#runs.traitsOf(this.#items.runOf(item));
  }

  /** The component that an item is of. */
  rootOf(item: number): number {
    return this.#runs.rootOf(this.#items.runOf(item));
  }

  roots(): ReadonlySet<number> {
    const roots = new Set<number>();
    for (const item of this.#items.all()) roots.add(this.rootOf(item));
    return roots;
  }

  /** Whether there is anything of a component that was not told yet. */
  isUntold(root: number): boolean {
    return this.#runs.ringOf(root).some((run) => this.untold.isChanged(run));
  }

  /** The runs of a component. */
  runsOf(root: number): Run[] {
    return this.#runs.read(root);
  }

  /** What is known of whole components. */
  get standing(): Pick<Runs, 'sizeOf' | 'worstOf' | 'standingOf' | 'standings' | 'setStanding'> {
    return this.#runs;
  }

  insert({ id, at: atMs, traits }: Placed): void {
    const item = this.admit(id, atMs);
    if (item !== NONE) this.place(item, traits);
  }

  /** A number for a detection that is new, to be given its place at once; NONE where it is there already. */
  admit(id: string, atMs: number): number {
    return this.#items.add(id, atMs);
  }

  place(item: number, traits: Traits): void {
    this.#begin(item, traits);
    this.untold.note(this.#items.runOf(item));
    this.#joinAll(traits, item);
    this.#noteAll(traits, item);
    if (!this.#decisions.isEmpty) this.#bind(item);
  }

  /** The same for one whose component is known (see unite): it is compared with nothing, and no news. */
  reinsert(item: number, traits: Traits): void {
    this.#begin(item, traits);
    this.#noteAll(traits, item);
    if (!this.#decisions.isEmpty) this.#bind(item);
  }

  /** Two that are known to be of one component. */
  unite(one: number, other: number): void {
    this.#runs.unite(this.#items.runOf(one), this.#items.runOf(other));
  }

  #begin(item: number, traits: Traits): void {
    if (traits.repeats) fold(this.#items, this.#runs, traits, item, this.#rules.repeatMs);
    else this.#runs.begin(traits, item);
  }

  #joinAll({ head, places, marks, rarity }: Traits, item: number): void {
    const judge = this.#judge;
    judge.take(item);
    if (head.placed) for (const { probes } of places) judge.joinAllOnEach(probes);
    for (const mark of marks) if (!mark.hub) judge.joinAllOn(mark);
    if (rarity !== undefined) judge.joinAllOn(rarity);
  }

  /** For those that come later. */
  #noteAll({ head, places, marks, rarity }: Traits, item: number): void {
    const run = this.#items.runOf(item);
    const isAlone = this.#runs.firstOf(run) === this.#runs.lastOf(run);
    const { before, after } = isAlone ? NOBODY : this.#runs.beside(item);
    if (head.placed)
      for (const { own } of places) for (const key of own) this.#note(key, run, item, before, after);
    for (const mark of marks) if (!mark.hub) this.#note(mark, run, item, before, after);
    if (rarity !== undefined) this.#note(rarity, run, item, before, after);
  }

  /** @param before its neighbours in the run */
  #note(key: Key, run: number, item: number, before: number, after: number): void {
    const items = this.#items;
    const number = slotNumber(key, items.atOf(item));
    if (this.#isOneSet) this.#timelines.forgetBefore(key, number - 1);
    // Neighbours that share the slot have noted the run there already.
    if (before !== NONE && slotNumber(key, items.atOf(before)) === number) return;
    if (after !== NONE && slotNumber(key, items.atOf(after)) === number) return;
    this.#timelines.note(key, run, number);
  }

  #bind(item: number): void {
    for (const bond of this.#decisions.bondsOf(this.#items.idOf(item))) {
      const anchor = this.#anchors.get(bond);
      if (anchor === undefined) this.#anchors.set(bond, item);
      else this.#runs.unite(this.#items.runOf(item), this.#items.runOf(anchor));
    }
  }

  /** Takes whole components out of memory; the answer is what they held, in order of time. */
  takeApart(roots: Iterable<number>): Placed[] {
    const leaving = new Set<number>();
    for (const root of roots) for (const run of this.#runs.ringOf(root)) leaving.add(run);
    const kinds = new Set<Traits>();
    const items: number[] = [];
    for (const run of leaving) {
      this.untold.drop(run);
      kinds.add(this.#runs.traitsOf(run));
      if (this.#runs.firstOf(run) !== NONE) for (const item of this.#runs.itemsOf(run)) items.push(item);
    }
    for (const traits of kinds)
      setRuns(
        traits,
        runsOf(traits).filter((run) => !leaving.has(run)),
      );
    for (const key of keysOf(kinds)) this.#timelines.drop(key, leaving);
    const found = items.map((item) => this.read(item)).sort(inOrder);
    for (const item of items) {
      // All that is bound with it leaves with it.
      for (const bond of this.#decisions.bondsOf(this.#items.idOf(item))) this.#anchors.delete(bond);
      this.#items.remove(item);
    }
    for (const run of leaving) this.#runs.release(run);
    return found;
  }

  /** From now on these count. What they or those before concern must be taken apart and put in again. */
  decide(decisions: Decisions): void {
    this.#decisions = decisions;
    this.#anchors.clear();
    for (const bond of decisions.bonds) {
      const present = [...bond.one, ...bond.other].find((id) => this.has(id));
      if (present !== undefined) this.#anchors.set(bond, this.find(present));
    }
  }

  /** Starts over with these. */
  rebuild(kept: readonly Placed[]): void {
    // Every list was begun by something that is in memory.
    this.dropIndex();
    this.#anchors.clear();
    this.untold.clear();
    this.#runs.clear();
    this.#items.clear();
    for (const item of kept) this.insert(item);
  }

  /** What linked is linked: the lists that it was found by are not needed any more. */
  dropIndex(): void {
    const kinds = new Set<Traits>();
    for (const item of this.#items.all()) kinds.add(this.traitsOf(item));
    for (const traits of kinds) setRuns(traits, []);
    for (const key of keysOf(kinds)) key.slot = NONE;
    this.#timelines.clear();
  }
}

const NOBODY = { before: NONE, after: NONE } as const;

/** Every list that some detections stand on. */
function keysOf(kinds: Iterable<Traits>): Set<Key> {
  const keys = new Set<Key>();
  for (const { places, marks, rarity } of kinds) {
    for (const { own } of places) for (const key of own) keys.add(key);
    for (const mark of marks) keys.add(mark);
    if (rarity !== undefined) keys.add(rarity);
  }
  return keys;
}
