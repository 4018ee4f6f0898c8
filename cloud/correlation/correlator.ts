import { severityRank } from '../../devices/model/detection.ts';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type Catalogue, catalogueOf, type RaritySayer } from './catalogue.ts';
import { type Added, bothOf, type Changes, type Forgotten } from './changes.ts';
import { Components } from './components.ts';
import { type Decision, Decisions } from './decisions.ts';
import { Habits } from './habits.ts';
import { byUrgency, incidentLine, incidentOf, type Outline } from './incident.ts';
import { type LinkRules, largestWindowMs, linkRules } from './link-rules.ts';
import type { Placed } from './memory.ts';
import { NONE } from './numbers.ts';
import { inOrder } from './order.ts';
import { isDue } from './pace.ts';
import { type Dropped, MAX_HELD, Room } from './room.ts';
import { Reviving, type SavedPart, savedParts } from './saved.ts';
import { Teller } from './teller.ts';
import { type Correlated, compareTraits } from './traits.ts';

export { type Dropped, MAX_HELD } from './room.ts';

export interface CorrelatorOptions {
  readonly rules?: LinkRules;
  /** What people decided, in the order in which they did. */
  readonly decisions?: readonly Decision[];
  /**
   * The caller settles one set and adds nothing later. Then the index forgets what lies behind its windows on
   * the way, which halves the memory of a large set.
   */
  readonly isOneSet?: boolean;
  /** Detections in memory at which the incidents that have been quiet for longest leave; for tests. */
  readonly mostHeld?: number;
}

/**
 * Detections to incidents, as they come, in any order. After any sequence of calls its incidents are those
 * of the set of detections it holds: the connected components of all pairs that link (see components.ts), each
 * with the strongest spanning forest of its links.
 */
export class Correlator {
  readonly #registry: Registry;
  readonly #rules: LinkRules;
  readonly #catalogue: Catalogue;
  readonly #components: Components;
  readonly #teller: Teller;
  readonly #habits: Habits;
  /** Notes what is asked about before it answers. */
  readonly #noting: RaritySayer = {
    bitsOf: (head, places, atMs) => {
      this.#habits.note(head, places, atMs);
      return this.#habits.bitsOf(head, places, atMs);
    },
  };
  readonly #isOneSet: boolean;
  readonly #room: Room;
  #decided: readonly Decision[];
  #decisions: Decisions;
  #staged = new Map<string, Placed>();
  /** Revisions and, undefined, withdrawals that wait for their incident to be told again. */
  readonly #waiting = new Map<string, Correlated | undefined>();

  constructor(
    registry: Registry,
    { rules = linkRules, decisions = [], isOneSet = false, mostHeld = MAX_HELD }: CorrelatorOptions = {},
  ) {
    this.#registry = registry;
    this.#rules = rules;
    this.#catalogue = catalogueOf(registry, rules);
    this.#decided = decisions;
    this.#decisions = new Decisions(decisions);
    this.#habits = new Habits(rules.habit);
    this.#components = new Components(rules, this.#decisions, isOneSet);
    this.#teller = new Teller(this.#components, registry, rules);
    this.#isOneSet = isOneSet;
    this.#room = new Room(this.#components, this.#catalogue, mostHeld);
  }

  /** Detections in memory. */
  get size(): number {
    return this.#components.size;
  }

  /** What is in memory. */
  *held(): Generator<{ id: string; at: number }> {
    for (const item of this.#components.items())
      yield { id: this.#components.idOf(item), at: this.#components.atOf(item) };
  }

  /** Whether a detection is in memory. */
  holds(id: string): boolean {
    return this.#components.has(id);
  }

  /** The incidents of some detections, as they were last told. */
  holdersOf(ids: readonly string[]): string[] {
    const those = new Set(ids.filter((id) => this.holds(id)));
    const roots = this.#rootsOf(those);
    const outlines = [...roots].flatMap((root) => this.#outlinesOf(root));
    return outlines.filter(({ detections }) => detections.some((id) => those.has(id))).map(({ id }) => id);
  }

  /** The components of detections that are in memory. */
  #rootsOf(ids: Iterable<string>): Set<number> {
    return new Set(Array.from(ids, (id) => this.#components.rootOf(this.#components.find(id))));
  }

  /** Pairs of a rule and an asset whose habits are in memory. */
  get habits(): number {
    return this.#habits.size;
  }

  get dropped(): Dropped {
    return { ...this.#room.dropped, forgottenHabits: this.#habits.unknown };
  }

  /** Whether there is anything that was not told yet: `revise` without a time tells it. */
  get hasChanges(): boolean {
    return !this.#components.untold.isEmpty || this.#waiting.size > 0;
  }

  /**
   * Takes note of how usual these are and of nothing else: what lay before a start, back to as far as habits reach
   * behind the first detection that is taken (see habitsReachMs).
   */
  learn(detections: Iterable<Correlated>): void {
    for (const detection of detections) {
      const { head, places } = this.#catalogue.traitsOf(detection);
      this.#habits.note(head, places, detection.at);
    }
    this.#catalogue.retain(Array.from(this.#components.items(), (item) => this.#components.traitsOf(item)));
  }

  /** All that it knows, in parts; nothing may be taken, told or forgotten between the first and the last. */
  saved(): Generator<SavedPart> {
    return savedParts({ components: this.#components, habits: this.#habits, waiting: this.#waiting.keys() });
  }

  /** What one with the same registry, rules and decisions has saved; where nothing was taken yet. */
  revive(): Reviving {
    return new Reviving(this.#components, this.#catalogue, this.#habits);
  }

  /** Takes one detection without saying what it changed: `changes` says so for all since it was last asked. */
  absorb(detection: Correlated): 'added' | 'duplicate' | 'conflicting' {
    const { id, at: atMs } = detection;
    const item = this.#components.admit(id, atMs);
    if (item === NONE) {
      const known = this.#components.read(this.#components.find(id));
      return this.#saysSame(known, detection) ? 'duplicate' : 'conflicting';
    }
    this.#components.place(item, this.#catalogue.traitsOf(detection, this.#noting));
    return 'added';
  }

  #saysSame({ at: knownAt, traits }: Placed, detection: Correlated): boolean {
    return (
      knownAt === detection.at &&
      traits === this.#catalogue.traitsOf(detection, { bitsOf: () => traits.bits })
    );
  }

  #bitsOf({ traits: { head, places }, at: atMs }: Placed): number | undefined {
    return this.#habits.bitsOf(head, places, atMs);
  }

  /** The same, as rare as it is by what is known now. */
  #judged(item: Placed): Placed {
    const traits = this.#catalogue.judged(item.traits, this.#bitsOf(item));
    return traits === item.traits ? item : { id: item.id, at: item.at, traits };
  }

  /**
   * Puts a detection aside until `settle`: the fastest way for a whole set, whatever order it comes in. Of
   * detections that share an id but say different things the one that sorts first is taken.
   */
  stage(detection: Correlated): 'staged' | 'duplicate' | 'conflicting' {
    const { id, at: atMs } = detection;
    const traits = this.#catalogue.traitsOf(detection);
    const item = this.#components.find(id);
    const known = item === NONE ? this.#staged.get(id) : this.#components.read(item);
    if (known === undefined) {
      this.#staged.set(id, { id, at: atMs, traits });
      return 'staged';
    }
    if (this.#saysSame(known, detection)) return 'duplicate';
    const isFirst = (atMs - known.at || compareTraits(traits, known.traits)) < 0;
    if (isFirst && this.#staged.has(id)) this.#staged.set(id, { id, at: atMs, traits });
    return 'conflicting';
  }

  /** Takes what was staged, in order of time. */
  settle(): void {
    const staged = [...this.#staged.values()].sort(inOrder);
    this.#staged = new Map();
    for (const { traits, at: atMs } of staged) this.#habits.note(traits.head, traits.places, atMs);
    for (const item of staged) this.#components.insert(this.#judged(item));
    if (!this.#isOneSet) return;
    this.#components.dropIndex();
    this.#catalogue.retain([]);
  }

  /** Takes detections and says what they changed; about `nowMs` see `changes`. */
  add(detections: Iterable<Correlated>, nowMs?: number): Added {
    let duplicates = 0;
    const conflicting: string[] = [];
    for (const detection of detections) {
      const outcome = this.absorb(detection);
      if (outcome === 'duplicate') duplicates++;
      if (outcome === 'conflicting') conflicting.push(detection.id);
    }
    return { ...this.changes(nowMs), duplicates, conflicting };
  }

  /**
   * Takes detections of which the last word counts, takes others back, and says what that changed. The incidents
   * that hold a revised or withdrawn detection are taken apart and put together again; where there is none, this
   * is `add`. With `nowMs`, what would take a large incident apart waits until that is told again.
   */
  revise(detections: readonly Correlated[], withdrawn: readonly string[] = [], nowMs?: number): Changes {
    if (withdrawn.length === 0 && this.#waiting.size === 0) {
      const conflicting = this.#absorbNew(detections);
      return conflicting.length === 0 ? this.changes(nowMs) : this.#reviseTo(conflicting, [], nowMs);
    }
    return this.#reviseTo(detections, withdrawn, nowMs);
  }

  /** Takes what is new; the answer is the last word on what was there and said something else. */
  #absorbNew(detections: readonly Correlated[]): readonly Correlated[] {
    let conflicting: Map<string, Correlated> | undefined;
    for (const detection of detections) {
      const isConflicting = this.absorb(detection) === 'conflicting';
      if (!isConflicting && conflicting?.has(detection.id) !== true) continue;
      conflicting ??= new Map();
      conflicting.set(detection.id, detection);
    }
    return conflicting === undefined ? NO_DETECTIONS : [...conflicting.values()];
  }

  #reviseTo(
    detections: readonly Correlated[],
    withdrawn: readonly string[],
    nowMs: number | undefined,
  ): Changes {
    const latest = new Map(this.#waiting);
    this.#waiting.clear();
    for (const id of withdrawn) latest.set(id, undefined);
    for (const detection of detections) latest.set(detection.id, detection);
    this.#judgeAnew();
    const leaving = this.#leaving(latest);
    if (nowMs !== undefined) this.#letWait(latest, leaving, nowMs);
    const coming = [...latest.values()].filter((one) => one !== undefined);
    if (leaving.size === 0) return this.add(coming, nowMs);
    for (const id of leaving) {
      const { traits, at: atMs } = this.#components.read(this.#components.find(id));
      this.#habits.withdraw(traits.head, traits.places, atMs);
    }
    const gone = this.#rearrange(leaving, leaving, () => {
      for (const detection of coming) this.absorb(detection);
    });
    const changes = this.changes(nowMs);
    return { changed: changes.changed, gone: [...gone, ...changes.gone] };
  }

  /**
   * Takes the incidents that hold any of some detections apart and puts them together again, without those that
   * leave for good. The answer: what was told and is no more.
   */
  #rearrange(
    touching: Iterable<string>,
    leaving: ReadonlySet<string>,
    then: () => void,
    decisions?: Decisions,
  ): { id: string; into?: string }[] {
    const touched = this.#rootsOf(touching);
    const heirs = [...touched].flatMap((root) => this.#teller.heirsOf(root, leaving, this.#decisions));
    const staying = this.#components.takeApart(touched).filter(({ id }) => !leaving.has(id));
    if (decisions !== undefined) this.#components.decide(decisions);
    for (const item of staying) this.#components.insert(this.#judged(item));
    then();
    return this.#teller.hand(heirs);
  }

  /** What arrived late, or was taken back, may have made later detections more or less usual. */
  #judgeAnew(): void {
    if (!this.#habits.isAnyDue) return;
    const isDueAnew = this.#habits.takeDue();
    const others: string[] = [];
    for (const one of this.#components.items()) {
      const item = this.#components.read(one);
      if (isDueAnew(item.traits.rule, item.at) && this.#bitsOf(item) !== item.traits.bits)
        others.push(item.id);
    }
    // Nothing leaves, so nothing that was told is gone but by `changes`.
    if (others.length > 0) this.#rearrange(others, NOBODY, () => {});
  }

  /** Ids in memory that are taken back (undefined), or say something else from now on. */
  #leaving(latest: ReadonlyMap<string, Correlated | undefined>): Set<string> {
    const leaving = new Set<string>();
    for (const [id, detection] of latest) {
      const known = this.#components.find(id);
      if (known === NONE) continue;
      const isSame = detection !== undefined && this.#saysSame(this.#components.read(known), detection);
      if (!isSame) leaving.add(id);
    }
    return leaving;
  }

  /** Sets aside what is about a large incident that was told just before, unless it makes that graver. */
  #letWait(latest: Map<string, Correlated | undefined>, leaving: Set<string>, nowMs: number): void {
    const { standing } = this.#components;
    for (const id of leaving) {
      const root = this.#components.rootOf(this.#components.find(id));
      const said = latest.get(id);
      const worst = Math.max(standing.worstOf(root), said === undefined ? 0 : severityRank(said.severity));
      const pace = standing.standingOf(root)?.pace;
      if (isDue({ size: standing.sizeOf(root), worst, pace }, nowMs)) continue;
      this.#waiting.set(id, said);
      latest.delete(id);
      leaving.delete(id);
    }
  }

  /**
   * What changed since this was last asked.
   * @param nowMs on a clock that never jumps. Large incidents that were told just before are then put off (see
   *   pace.ts), for one that grows a detection at a time would cost its whole size each time. Without it all is told.
   *   Where there is no more room, all is told too, and what has been quiet for longest leaves the memory.
   */
  changes(nowMs?: number): Changes {
    this.#judgeAnew();
    if (!this.#room.isFull) return this.#teller.changesSince(nowMs, this.#decisions);
    const changes = this.#teller.changesSince(undefined, this.#decisions);
    this.#room.make();
    this.#waitForNoneGone();
    return changes;
  }

  /**
   * Some of what changed: incidents that hold about so many detections together, or one that holds more. Who has much
   * to tell, and others to let go on in between, asks until `hasChanges` says that there is no more.
   */
  someChanges(most: number): Changes {
    if (this.#waiting.size > 0 || this.#room.isFull) return this.changes();
    this.#judgeAnew();
    return this.#teller.someChanges(most, this.#decisions);
  }

  /** These incidents are told again with the next changes; the answer: those that were never told, or are no more. */
  retell(incidents: readonly string[]): string[] {
    return this.#teller.retell(incidents);
  }

  /** All incidents, the most urgent first, their links not yet in words (see incidentLine, incidentOf). */
  outlines(): Outline[] {
    this.#judgeAnew();
    return [...this.#components.roots()].flatMap((root) => this.#outlinesOf(root)).sort(byUrgency);
  }

  /** One incident as a line of JSON, in pieces: its links may be more than memory holds at once. */
  lineOf(outline: Outline): Generator<string> {
    return incidentLine(outline, this.#registry, this.#rules);
  }

  /** One incident as `changes` tells it: of very many links not all. */
  tell(outline: Outline): Incident {
    return this.#teller.tell(outline);
  }

  /** All incidents, the most urgent first. */
  incidents(): Incident[] {
    return this.outlines().map((outline) => incidentOf(outline, this.#registry, this.#rules));
  }

  /**
   * Puts other decisions in the place of those before; an undone decision is one that is not in them. Only incidents
   * that hold a detection of a decision that came or went are taken apart and put together again. All is told.
   */
  decide(decisions: readonly Decision[]): Changes {
    const before = this.changes();
    const known = new Set(this.#decided);
    const next = new Set(decisions);
    const touching = new Set<string>();
    for (const decision of [...this.#decided, ...decisions])
      if (!known.has(decision) || !next.has(decision))
        for (const id of [...decision.one, ...decision.other]) if (this.#components.has(id)) touching.add(id);
    this.#decided = decisions;
    this.#decisions = new Decisions(decisions);
    const gone = this.#rearrange(touching, NOBODY, () => {}, this.#decisions);
    const after = this.changes();
    return bothOf(before, { changed: after.changed, gone: [...gone, ...after.gone] });
  }

  /**
   * Drops the incidents that no detection from `fromMs` on can still join. Whoever calls it promises to send
   * none from before; one that comes all the same is correlated with what is left. What was not told yet of an
   * incident that is dropped is never told.
   */
  forget(fromMs: number): Forgotten {
    this.#judgeAnew();
    const horizon = fromMs - largestWindowMs(this.#rules);
    const left = this.#room.forget(horizon);
    this.#waitForNoneGone();
    this.#habits.forget(horizon);
    return { ...left, kept: this.#components.size };
  }

  /** What would have been said of detections that left is said no more. */
  #waitForNoneGone(): void {
    for (const id of this.#waiting.keys()) if (!this.#components.has(id)) this.#waiting.delete(id);
  }

  #outlinesOf(root: number): Outline[] {
    return this.#teller.outlinesOf(root, this.#decisions);
  }
}

const NOBODY: ReadonlySet<string> = new Set();
const NO_DETECTIONS: readonly Correlated[] = [];

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
