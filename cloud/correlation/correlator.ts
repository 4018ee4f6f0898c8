import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type Catalogue, catalogueOf } from './catalogue.ts';
import { type Decisions, spanningForest } from './forest.ts';
import { byUrgency, incidentLine, incidentOf, type Outline, outlineOf } from './incident.ts';
import { KeyTimeline } from './key-timeline.ts';
import { inOrder, type Placed, weigh } from './link.ts';
import { type LinkRules, largestWindowMs, linkRules } from './link-rules.ts';
import type { Key, Place } from './place.ts';
import {
  at,
  firstOf,
  type Item,
  indexAfter,
  lastOf,
  living,
  Run,
  rootOf,
  runsOf,
  unite,
  withOneMore,
} from './run.ts';
import { type Correlated, compareTraits, NO_HEAD, Traits } from './traits.ts';

/** Pairs of detection ids that people put together or kept apart. Apart wins over together. */
export interface DecidedPairs {
  readonly together: readonly (readonly [string, string])[];
  readonly apart: readonly (readonly [string, string])[];
}

export interface CorrelatorOptions {
  readonly rules?: LinkRules;
  readonly decisions?: DecidedPairs;
  /**
   * The caller settles one set and adds nothing later. Then the index forgets what lies behind its windows on
   * the way, which halves the memory of a large set.
   */
  readonly isOneSet?: boolean;
}

/** What became of the incidents. */
export interface Changes {
  /** New, or different from what was told before. The most urgent first. */
  readonly changed: Incident[];
  /**
   * Incidents that are no more, each with the one that now holds the detection it was named after; without one
   * where all of its detections were taken back.
   */
  readonly gone: { readonly id: string; readonly into?: string }[];
}

export interface Added extends Changes {
  /** Came again just as they were. */
  readonly duplicates: number;
  /** Ids that came again saying something else; the first word stands. */
  readonly conflicting: string[];
}

/** What left the memory, and how much is still in it. */
export interface Forgotten {
  readonly incidents: number;
  readonly detections: number;
  readonly kept: number;
}

const NO_DECISIONS: DecidedPairs = { together: [], apart: [] };

/**
 * Detections to incidents, as they come, in any order. After any sequence of calls its incidents are those
 * of the set of detections it holds: the connected components of all pairs that link, each with the
 * strongest spanning forest of its links.
 *
 * Two indexes make that cheap. Equal detections in close succession are folded into runs; a run is compared
 * once a key (asset, address, person, zone) and only with runs that are not of its component yet.
 */
export class Correlator {
  readonly #registry: Registry;
  readonly #rules: LinkRules;
  readonly #catalogue: Catalogue;
  #decisions: Decisions;
  readonly #isOneSet: boolean;
  #items = new Map<string, Item>();
  #staged = new Map<string, Item>();
  #changed: Run[] = [];

  constructor(
    registry: Registry,
    { rules = linkRules, decisions = NO_DECISIONS, isOneSet = false }: CorrelatorOptions = {},
  ) {
    this.#registry = registry;
    this.#rules = rules;
    this.#catalogue = catalogueOf(registry, rules);
    this.#decisions = decisionsOf(decisions);
    this.#isOneSet = isOneSet;
  }

  /** Detections in memory. */
  get size(): number {
    return this.#items.size;
  }

  /** Takes one detection without saying what it changed: `changes` says so for all since it was last asked. */
  absorb(detection: Correlated): 'added' | 'duplicate' | 'conflicting' {
    const traits = this.#catalogue.traitsOf(detection);
    const known = this.#items.get(detection.id);
    if (known !== undefined)
      return known.at === detection.at && known.traits === traits ? 'duplicate' : 'conflicting';
    this.#insert(newItem(detection.id, detection.at, traits));
    return 'added';
  }

  /**
   * Puts a detection aside until `settle`: the fastest way for a whole set, whatever order it comes in. Of
   * detections that share an id but say different things the one that sorts first is taken.
   */
  stage(detection: Correlated): 'staged' | 'duplicate' | 'conflicting' {
    const { id, at: atMs } = detection;
    const traits = this.#catalogue.traitsOf(detection);
    const known = this.#items.get(id) ?? this.#staged.get(id);
    if (known === undefined) {
      this.#staged.set(id, newItem(id, atMs, traits));
      return 'staged';
    }
    if (known.at === atMs && known.traits === traits) return 'duplicate';
    const isFirst = (atMs - known.at || compareTraits(traits, known.traits)) < 0;
    if (isFirst && this.#staged.has(id)) this.#staged.set(id, newItem(id, atMs, traits));
    return 'conflicting';
  }

  /** Takes what was staged, in order of time. */
  settle(): void {
    const items = [...this.#staged.values()].sort(inOrder);
    // With nothing there yet the map can be taken over as it is.
    if (this.#items.size === 0) this.#items = this.#staged;
    this.#staged = new Map();
    for (const item of items) this.#insert(item);
    if (!this.#isOneSet) return;
    this.#dropIndex();
    this.#catalogue.retain([]);
  }

  /** Takes detections and says what they changed. */
  add(detections: Iterable<Correlated>): Added {
    let duplicates = 0;
    const conflicting: string[] = [];
    for (const detection of detections) {
      const outcome = this.absorb(detection);
      if (outcome === 'duplicate') duplicates++;
      if (outcome === 'conflicting') conflicting.push(detection.id);
    }
    return { ...this.changes(), duplicates, conflicting };
  }

  /**
   * Takes detections of which the last word counts, takes others back, and says what that changed. The incidents
   * that hold a revised or withdrawn detection are taken apart and put together again; where there is none, this
   * is `add`.
   */
  revise(detections: readonly Correlated[], withdrawn: readonly string[] = []): Changes {
    const latest = new Map(detections.map((detection) => [detection.id, detection]));
    const leaving = new Set(withdrawn.filter((id) => this.#items.has(id) && !latest.has(id)));
    for (const detection of latest.values()) {
      const known = this.#items.get(detection.id);
      if (known === undefined) continue;
      if (known.at !== detection.at || known.traits !== this.#catalogue.traitsOf(detection))
        leaving.add(detection.id);
    }
    if (leaving.size === 0) return this.add(latest.values());
    const touched = new Set([...leaving].map((id) => rootOf(this.#item(id).run)));
    const told = [...touched].flatMap((root) => {
      const outlines = this.#outlinesOf(root);
      return (root.told ?? []).map(({ id, earliest }) => ({
        id,
        held: [earliest.id, ...(outlines.find((outline) => outline.id === id)?.detections ?? [])],
      }));
    });
    const staying = this.#takeApart(touched).filter(({ id }) => !leaving.has(id));
    for (const item of staying) this.#insert(item);
    for (const detection of latest.values()) this.absorb(detection);
    const gone: { id: string; into?: string }[] = [];
    for (const { id, held } of told) {
      const survivor = held.find((detection) => this.#items.has(detection));
      if (survivor === undefined) {
        gone.push({ id });
        continue;
      }
      const earliest = this.#item(survivor);
      const root = rootOf(earliest.run);
      root.told = [...(root.told ?? []), { id, earliest }];
    }
    const changes = this.changes();
    return { changed: changes.changed, gone: [...gone, ...changes.gone] };
  }

  /** Takes whole components out of memory; the answer is what they held, in order of time. */
  #takeApart(roots: ReadonlySet<Run>): Item[] {
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
    this.#changed = this.#changed.filter((run) => !leaving.has(run));
    for (const traits of kinds) {
      const runs = traits.runs?.filter((run) => !leaving.has(run)) ?? [];
      traits.runs = runs.length === 0 ? undefined : runs;
      for (const { own } of traits.places) for (const key of own) keys.add(key);
      for (const mark of traits.marks) keys.add(mark);
    }
    for (const key of keys) key.timeline?.drop(leaving);
    for (const { id } of items) this.#items.delete(id);
    return items.sort(inOrder);
  }

  /** What changed since this was last asked. */
  changes(): Changes {
    const roots = new Set(this.#changed.map(rootOf));
    for (const run of this.#changed) run.isChanged = false;
    this.#changed = [];
    const changed: Incident[] = [];
    const gone: { id: string; into?: string }[] = [];
    for (const root of roots) {
      const outlines = this.#outlinesOf(root);
      for (const outline of outlines) changed.push(incidentOf(outline, this.#registry, this.#rules));
      const ids = new Set(outlines.map(({ id }) => id));
      for (const { id, earliest } of root.told ?? []) {
        if (ids.has(id)) continue;
        const into = outlines.find(({ detections }) => detections.includes(earliest.id));
        if (into !== undefined) gone.push({ id, into: into.id });
      }
      root.told = outlines.map(({ id, detections }) => ({ id, earliest: this.#item(at(detections, 0)) }));
    }
    return { changed: changed.sort(byUrgency), gone };
  }

  /** All incidents, the most urgent first, their links not yet in words (see incidentLine, incidentOf). */
  outlines(): Outline[] {
    const roots = new Set<Run>();
    for (const { run } of this.#items.values()) roots.add(rootOf(run));
    return [...roots].flatMap((root) => this.#outlinesOf(root)).sort(byUrgency);
  }

  /** One incident as a line of JSON, in pieces: its links may be more than memory holds at once. */
  lineOf(outline: Outline): Generator<string> {
    return incidentLine(outline, this.#registry, this.#rules);
  }

  /** All incidents, the most urgent first. */
  incidents(): Incident[] {
    return this.outlines().map((outline) => incidentOf(outline, this.#registry, this.#rules));
  }

  /** Puts other decisions in the place of those before; an undone decision is one that is not in them. */
  decide(decisions: DecidedPairs): Changes {
    const before = this.incidents();
    this.#decisions = decisionsOf(decisions);
    this.#rebuild([...this.#items.values()]);
    const after = this.incidents();
    this.changes();
    const were = new Map(before.map((incident) => [incident.id, JSON.stringify(incident)]));
    const holder = new Map(
      after.flatMap(({ id, detections }) => detections.map((detection) => [detection, id])),
    );
    const are = new Set(after.map(({ id }) => id));
    return {
      changed: after.filter((incident) => were.get(incident.id) !== JSON.stringify(incident)),
      gone: before.flatMap(({ id, detections }) => {
        const into = holder.get(detections[0] ?? '');
        return are.has(id) || into === undefined ? [] : [{ id, into }];
      }),
    };
  }

  /**
   * Drops the incidents that no detection from `fromMs` on can still join. Whoever calls it promises to send
   * none from before; one that comes all the same is correlated with what is left.
   */
  forget(fromMs: number): Forgotten {
    const horizon = fromMs - largestWindowMs(this.#rules);
    const newest = new Map<Run, number>();
    for (const { run, at: atMs } of this.#items.values()) {
      const root = rootOf(run);
      newest.set(root, Math.max(newest.get(root) ?? 0, atMs));
    }
    const before = this.#items.size;
    const kept = [...this.#items.values()].filter(({ run }) => (newest.get(rootOf(run)) ?? 0) >= horizon);
    if (kept.length < before) {
      this.changes();
      const told = new Map<Item, Run['told']>();
      for (const root of newest.keys()) told.set(firstOf(at(runsOf(root), 0)), root.told);
      this.#catalogue.retain(kept.map(({ traits }) => traits));
      this.#rebuild(kept);
      for (const [item, list] of told) {
        const root = this.#items.has(item.id) ? rootOf(this.#item(item.id).run) : undefined;
        if (root !== undefined && list !== undefined)
          root.told = list.map(({ id, earliest }) => ({ id, earliest: this.#item(earliest.id) }));
      }
      this.#changed = [];
    }
    const incidents = [...newest.values()].filter((latest) => latest < horizon).length;
    return { incidents, detections: before - kept.length, kept: kept.length };
  }

  #item(id: string): Item {
    const found = this.#items.get(id);
    if (found === undefined) throw new RangeError(`no detection "${id}" here`);
    return found;
  }

  #outlinesOf(root: Run): Outline[] {
    return spanningForest(runsOf(root), this.#rules, this.#decisions).map((tree) =>
      outlineOf(tree, this.#registry),
    );
  }

  /** What linked is linked: the lists that it was found by are not needed any more. */
  #dropIndex(): void {
    for (const { traits } of this.#items.values()) {
      traits.runs = undefined;
      for (const mark of traits.marks) mark.timeline = undefined;
      for (const { own } of traits.places) for (const key of own) key.timeline = undefined;
    }
  }

  /** Starts over with these; decisions that joined components cannot be taken back in any other way. */
  #rebuild(kept: readonly Item[]): void {
    // Every list was begun by something that is in memory.
    this.#dropIndex();
    this.#items = new Map();
    this.#changed = [];
    for (const item of kept) this.#insert(item);
  }

  #insert(item: Item): void {
    const { id, traits } = item;
    if (traits.repeats) this.#fold(item);
    else put(new Run(traits), item);
    this.#items.set(id, item);
    if (!item.run.isChanged) {
      item.run.isChanged = true;
      this.#changed.push(item.run);
    }
    if (traits.placed) for (const place of traits.places) this.#meetAtPlace(item, place);
    for (const mark of traits.marks) if (!mark.hub) this.#meet(item, mark);
    if (traits.placed) for (const place of traits.places) for (const key of place.own) this.#note(item, key);
    for (const mark of traits.marks) if (!mark.hub) this.#note(item, mark);
    for (const partner of this.#decisions.together.get(id) ?? []) {
      const other = this.#items.get(partner);
      if (other !== undefined && other.run !== NOWHERE) unite(item.run, other.run);
    }
  }

  /** Puts it into the run it repeats, or into one of its own; joins two runs that it bridges. */
  #fold(item: Item): void {
    const { traits } = item;
    const { runs } = traits;
    if (runs === undefined) {
      traits.runs = [put(new Run(traits), item)];
      return;
    }
    const { repeatMs } = this.#rules;
    const index = runsUpTo(runs, item);
    const before = runs[index - 1];
    const after = runs[index];
    const joinsAfter = after !== undefined && firstOf(after).at - item.at <= repeatMs;
    if (before !== undefined && item.at - lastOf(before).at <= repeatMs) {
      put(before, item);
      if (joinsAfter && firstOf(after).at - lastOf(before).at <= repeatMs) {
        before.items = before.items.concat(after.items);
        for (const moved of after.items) moved.run = before;
        after.items = [];
        after.into = before;
        unite(before, after);
        runs.splice(index, 1);
      }
    } else if (joinsAfter) {
      put(after, item);
    } else {
      const run = put(new Run(traits), item);
      if (index === runs.length) traits.runs = withOneMore(runs, run);
      else runs.splice(index, 0, run);
    }
  }

  #meetAtPlace(item: Item, place: Place): void {
    for (const key of place.probes) this.#meet(item, key);
  }

  /** Joins the components of all that is linked to it by what stands on this key. */
  #meet(item: Item, key: Key): void {
    key.timeline?.join(
      item.run,
      item.at,
      item.at,
      (other) => this.#isLinked(item, other, key.windowMs),
      (other) => unite(item.run, other),
    );
  }

  /** Asked on a list of that window: what is further apart is linked by another list or not at all. */
  #isLinked(item: Item, other: Run, windowMs: number): boolean {
    if (other === item.run) return false;
    const { items, traits } = other;
    const index = indexAfter(items, item);
    const before = items[index - 1];
    const sinceMs = before === undefined ? Number.POSITIVE_INFINITY : item.at - before.at;
    if (sinceMs <= windowMs && weigh(traits, item.traits, sinceMs, this.#rules) > 0) return true;
    const after = items[index];
    const untilMs = after === undefined ? Number.POSITIVE_INFINITY : after.at - item.at;
    return untilMs <= windowMs && weigh(item.traits, traits, untilMs, this.#rules) > 0;
  }

  #note(item: Item, key: Key): void {
    key.timeline ??= new KeyTimeline(key.windowMs);
    const { timeline } = key;
    const number = timeline.slotNumber(item.at);
    if (this.#isOneSet) timeline.forgetBefore(number - 1);
    const { run } = item;
    // Neighbours in the run that share the slot have noted it there already.
    const index = run.items.length < 2 ? 0 : indexAfter(run.items, item) - 1;
    const [before, after] = [run.items[index - 1], run.items[index + 1]];
    const isThere =
      (before !== undefined && timeline.slotNumber(before.at) === number) ||
      (after !== undefined && timeline.slotNumber(after.at) === number);
    if (!isThere) timeline.note(living(run), item.at);
  }
}

/** How many of a trait's runs begin no later than a moment. */
function runsUpTo(runs: readonly Run[], moment: Placed): number {
  let low = 0;
  let high = runs.length;
  if (high > 0 && inOrder(firstOf(at(runs, high - 1)), moment) <= 0) return high;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (inOrder(firstOf(at(runs, middle)), moment) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Where an item stands that no run has taken yet. */
const NOWHERE = new Run(new Traits(NO_HEAD, [], [], []));

const newItem = (id: string, atMs: number, traits: Traits): Item => ({ id, at: atMs, traits, run: NOWHERE });

function put(run: Run, item: Item): Run {
  item.run = run;
  const index = indexAfter(run.items, item);
  if (index === run.items.length) run.items = withOneMore(run.items, item);
  else run.items.splice(index, 0, item);
  return run;
}

function decisionsOf({ together, apart }: DecidedPairs): Decisions {
  const bothWays = (pairs: DecidedPairs['together']) => {
    const found = new Map<string, Set<string>>();
    const note = (one: string, other: string) => {
      const set = found.get(one) ?? new Set();
      found.set(one, set.add(other));
    };
    for (const [one, other] of pairs) {
      note(one, other);
      note(other, one);
    }
    return found;
  };
  return { together: bothWays(together), apart: bothWays(apart) };
}

/** The incidents of a set of detections, the most urgent first. The same for every order of the same set. */
export function correlate(
  detections: Iterable<Correlated>,
  registry: Registry,
  options: CorrelatorOptions = {},
): Incident[] {
  const correlator = new Correlator(registry, { ...options, isOneSet: true });
  for (const detection of detections) correlator.stage(detection);
  correlator.settle();
  return correlator.incidents();
}
