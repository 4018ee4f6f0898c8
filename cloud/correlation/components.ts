import { couldLink } from './crowd.ts';
import type { Bond, Decisions } from './decisions.ts';
import { dropRuns, forgetAll, forgetSlots, isCrowded, joinOn, noteIn, slotNumber } from './key-timeline.ts';
import { belong } from './link.ts';
import type { LinkRules } from './link-rules.ts';
import { type Item, type Judge, type Key, type Mark, Run, Traits } from './memory.ts';
import { inOrder } from './order.ts';
import { fold, indexAfter, living, put, rootOf, unite } from './run.ts';
import { NO_HEAD } from './traits.ts';
import { Untold } from './untold.ts';

/** Where an item stands that no run has taken yet. */
const NOWHERE = new Run(new Traits(NO_HEAD, [], [], []));

export const newItem = (id: string, atMs: number, traits: Traits): Item => ({
  id,
  at: atMs,
  traits,
  run: NOWHERE,
});

/**
 * The detections in memory as connected components of all pairs that link, as they come, in any order.
 *
 * Two indexes make that cheap. Equal detections in close succession are folded into runs; a run is compared once a
 * key (asset, address, person, zone) and only with runs that are not of its component yet.
 */
export class Components {
  readonly #rules: LinkRules;
  readonly #isOneSet: boolean;
  readonly #judge: ItemJudge;
  #decisions: Decisions;
  /** Of what a person keeps together, one that is here. */
  readonly #anchors = new Map<Bond, Item>();
  #items = new Map<string, Item>();
  /** What changed and was not told yet. */
  readonly untold = new Untold();

  /** @param isOneSet nothing earlier is added later: the index forgets what lies behind its windows on the way */
  constructor(rules: LinkRules, decisions: Decisions, isOneSet: boolean) {
    this.#rules = rules;
    this.#judge = new ItemJudge(rules);
    this.#decisions = decisions;
    this.#isOneSet = isOneSet;
  }

  get size(): number {
    return this.#items.size;
  }

  find(id: string): Item | undefined {
    return this.#items.get(id);
  }

  /** @throws RangeError when it is not there */
  item(id: string): Item {
    const found = this.#items.get(id);
    if (found === undefined) throw new RangeError(`no detection "${id}" here`);
    return found;
  }

  items(): Iterable<Item> {
    return this.#items.values();
  }

  roots(): ReadonlySet<Run> {
    const roots = new Set<Run>();
    for (const { run } of this.#items.values()) roots.add(rootOf(run));
    return roots;
  }

  /** Takes many at once, in order of time: the fastest way. */
  insertAll(items: Map<string, Item>): void {
    const ordered = [...items.values()].sort(inOrder);
    // With nothing there yet the map can be taken over as it is.
    if (this.#items.size === 0) this.#items = items;
    for (const item of ordered) this.insert(item);
  }

  insert(item: Item): void {
    const { id, traits } = item;
    if (traits.repeats) fold(item, this.#rules.repeatMs);
    else put(new Run(traits), item);
    this.#items.set(id, item);
    this.untold.note(item.run);
    const judge = this.#judge;
    judge.take(item);
    if (traits.placed) for (const { probes } of traits.places) for (const key of probes) judge.joinAllOn(key);
    for (const mark of traits.marks) if (!mark.hub) judge.joinAllOn(mark);
    if (traits.rarity !== undefined) judge.joinAllOn(traits.rarity);
    if (traits.placed) for (const { own } of traits.places) for (const key of own) this.#note(item, key);
    for (const mark of traits.marks) if (!mark.hub) this.#note(item, mark);
    if (traits.rarity !== undefined) this.#note(item, traits.rarity);
    for (const bond of this.#decisions.bondsOf(id)) {
      const anchor = this.#anchors.get(bond);
      if (anchor === undefined) this.#anchors.set(bond, item);
      else unite(item.run, anchor.run);
    }
  }

  /** Takes whole components out of memory; the answer is what they held, in order of time. */
  takeApart(roots: ReadonlySet<Run>): Item[] {
    const leaving = new Set<Run>();
    const kinds = new Set<Traits>();
    const keys = new Set<Key>();
    const items: Item[] = [];
    for (const root of roots)
      for (const run of [root, ...(root.others ?? [])]) {
        leaving.add(run);
        kinds.add(run.traits);
        for (const item of run.items) items.push(item);
      }
    for (const run of leaving) this.untold.drop(run);
    for (const traits of kinds) {
      const runs = traits.runs?.filter((run) => !leaving.has(run)) ?? [];
      traits.runs = runs.length === 0 ? undefined : runs;
      for (const { own } of traits.places) for (const key of own) keys.add(key);
      for (const mark of traits.marks) keys.add(mark);
      if (traits.rarity !== undefined) keys.add(traits.rarity);
    }
    for (const key of keys) dropRuns(key, leaving);
    for (const { id } of items) {
      this.#items.delete(id);
      // All that is bound with it leaves with it.
      for (const bond of this.#decisions.bondsOf(id)) this.#anchors.delete(bond);
    }
    return items.sort(inOrder);
  }

  /** From now on these count. What they or those before concern must be taken apart and put in again. */
  decide(decisions: Decisions): void {
    this.#decisions = decisions;
    this.#anchors.clear();
    for (const bond of decisions.bonds) {
      const present = [...bond.one, ...bond.other].find((id) => this.#items.has(id));
      const anchor = present === undefined ? undefined : this.#items.get(present);
      if (anchor !== undefined) this.#anchors.set(bond, anchor);
    }
  }

  /** Starts over with these. */
  rebuild(kept: readonly Item[]): void {
    // Every list was begun by something that is in memory.
    this.dropIndex();
    this.#anchors.clear();
    this.#items = new Map();
    this.untold.clear();
    for (const item of kept) this.insert(item);
  }

  /** What linked is linked: the lists that it was found by are not needed any more. */
  dropIndex(): void {
    for (const { traits } of this.#items.values()) {
      traits.runs = undefined;
      for (const mark of traits.marks) forgetAll(mark);
      for (const { own } of traits.places) for (const key of own) forgetAll(key);
      if (traits.rarity !== undefined) forgetAll(traits.rarity);
    }
  }

  #note(item: Item, key: Key): void {
    const number = slotNumber(key, item.at);
    if (this.#isOneSet) forgetSlots(key, number - 1);
    const { run } = item;
    // Neighbours in the run that share the slot have noted it there already.
    const { length } = run.items;
    if (length > 1 && run.items[length - 1] === item) {
      const before = run.items[length - 2];
      if (before !== undefined && slotNumber(key, before.at) === number) return;
    } else if (length > 1) {
      const index = indexAfter(run.items, item) - 1;
      const [before, after] = [run.items[index - 1], run.items[index + 1]];
      if (before !== undefined && slotNumber(key, before.at) === number) return;
      if (after !== undefined && slotNumber(key, after.at) === number) return;
    }
    noteIn(key, living(run), number);
  }
}

/** Joins the components of all that is linked to one item, and then to the next. */
class ItemJudge implements Judge {
  readonly #rules: LinkRules;
  #item: Item = newItem('', 0, NOWHERE.traits);
  #windowMs = 0;
  #crowded: readonly Mark[] | undefined;

  constructor(rules: LinkRules) {
    this.#rules = rules;
  }

  /** From now on it is about this one. */
  take(item: Item): void {
    this.#item = item;
    this.#crowded = undefined;
  }

  joinAllOn(key: Key): void {
    if (key.last === undefined) return;
    this.#windowMs = key.windowMs;
    joinOn(key, this.#item.run, this.#item.at, this.#item.at, this);
  }

  /** Asked on a list of some window: what is further apart is linked by another list or not at all. */
  isLinked(other: Run): boolean {
    const item = this.#item;
    if (other === item.run) return false;
    const { items, traits } = other;
    const latest = items[items.length - 1];
    const index = latest !== undefined && latest.at < item.at ? items.length : indexAfter(items, item);
    const before = items[index - 1];
    const sinceMs = before === undefined ? Number.POSITIVE_INFINITY : item.at - before.at;
    if (sinceMs <= this.#windowMs && belong(traits, item.traits, sinceMs, this.#rules)) return true;
    const after = items[index];
    if (after === undefined) return false;
    const untilMs = after.at - item.at;
    return untilMs <= this.#windowMs && belong(item.traits, traits, untilMs, this.#rules);
  }

  unite(other: Run): void {
    unite(this.#item.run, other);
  }

  /** Whoever shares a mark of which there is no crowd is compared with there, one by one. */
  mayLink(like: Traits, sharesHubs: boolean): boolean {
    const { at, traits } = this.#item;
    this.#crowded ??= traits.marks.filter((mark) => !mark.hub && isCrowded(mark, at, at));
    return couldLink(traits, like, this.#crowded, sharesHubs, this.#rules);
  }
}
