import { severityRank } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { type MoveInstants, moved } from '../clock/move-instants.ts';
import { catalog } from './catalog.ts';
import { type ActiveRule, Cell, Live, MAX_KEYS_PER_RULE } from './cell.ts';
import type { RuleConfiguration } from './configuration.ts';
import { fittingId } from './detection-id.ts';
import { detectionOf, keysFull } from './detection-of.ts';
import { Folds } from './fold.ts';
import { Heard, keptHeard } from './heard.ts';
import { AT_ONCE, HEARD_PREFIX, keptSlot, keptValue, RULE_PREFIX, SLOT_PREFIX } from './kept.ts';
import type { AnyRuleKind, Detection, LocalAction, RuleContext, RuleStep } from './rule.ts';
import { type Audience, RuleIndex } from './rule-index.ts';
import { type ContextAt, SeenContext } from './seen-context.ts';
import { TimerQueue } from './timers.ts';
import { type RuleTrouble, Troubles } from './troubles.ts';

export { RULE_STATE_PREFIX } from './kept.ts';
export type { ContextAt } from './seen-context.ts';
export type { RuleTrouble } from './troubles.ts';

/** What came of an observation or of time passing. Detections in the order in which they were made. */
export interface RuleOutcome {
  readonly detections: readonly Detection[];
  readonly actions: readonly LocalAction[];
}

const NOTHING: RuleOutcome = Object.freeze({ detections: Object.freeze([]), actions: Object.freeze([]) });

/** Something that a rule reported and that still goes on. */
export interface Condition {
  rule: string;
  kind: string;
  /** The asset, or what the rule counts by. */
  key: string;
  /** The newest detection about it. */
  detection: string;
}

export interface RuleEngineOptions {
  /** Id of the site whose rules these are. */
  site: string;
  registry: Registry;
  rules: readonly RuleConfiguration[];
  /** State of an earlier life: what was kept under RULE_STATE_PREFIX. */
  kept: ReadonlyMap<string, unknown>;
  /** Called for every state that changed, within the call that changed it. The value is plain JSON and not touched again. */
  keep: (key: string, value: unknown) => void;
  forget: (key: string) => void;
  /** What a detection names as its source. */
  source?: string;
  kinds?: readonly AnyRuleKind[];
}

/**
 * Runs the rules of a site. It has no clock and does no I/O: time comes with observations and with `wake`, and
 * what must outlive the process goes out through `keep`. The same observations, wakes and configuration give
 * the same detections, ids included, whether or not the process was restarted between any two of them.
 */
export class RuleEngine {
  readonly #options: RuleEngineOptions;
  readonly #kinds: Map<string, AnyRuleKind>;
  readonly #troubles = new Troubles();
  #seen: SeenContext;
  #index: RuleIndex;
  #timers = new TimerQueue<Live | Heard>();
  #live = new Set<Live>();
  readonly #folds: Folds;
  #detections: Detection[] = [];
  #actions: LocalAction[] = [];

  /** @throws RangeError when a rule names a kind or an asset that does not exist. */
  constructor(options: RuleEngineOptions) {
    this.#options = options;
    this.#kinds = new Map((options.kinds ?? catalog).map((kind) => [kind.kind, kind]));
    this.#folds = new Folds(options.keep, options.forget);
    this.#seen = new SeenContext(options.registry);
    this.#index = this.#indexOf(options.rules, options.registry);
    this.#restore(options.kept);
  }

  /**
   * What the observation gives rise to. Timers that were due before it run first, in the order of time: a door
   * closed too late is still a door held open.
   */
  observe(observation: Observation, context: RuleContext): RuleOutcome {
    // A device whose clock runs ahead must not make time pass; one that reports late finds the timers run.
    const reached = Math.min(observation.observedAt, observation.receivedAt);
    if (this.#timers.earliest() <= reached) this.#run(reached, reached, context);
    const entry = this.#index.of(observation.kind);
    if (entry !== undefined) {
      this.#seen.take(observation.observedAt, context);
      const audiences = entry.byAsset.get(observation.asset);
      if (audiences !== undefined) {
        for (const audience of audiences) this.#tell(audience, observation);
      }
      for (const rule of entry.keyed) this.#stepKeyed(rule, observation);
    }
    return this.#outcome();
  }

  /** Runs what is due at `now` or before, in the order of time, each at its own time. */
  wake(now: number, context: ContextAt): RuleOutcome {
    this.#run(now, now, context);
    return this.#outcome();
  }

  /** When `wake` is next wanted; it may lie in the past. Undefined: not before an observation. */
  nextWakeAt(): number | undefined {
    return this.#timers.next();
  }

  /**
   * Goes over to other rules (and another registry). A rule that keeps its name and kind keeps its states; where
   * its configuration has changed they are looked at again with the next wake.
   * @throws RangeError, before anything has changed, when a rule names a kind or an asset that does not exist.
   */
  replace(rules: readonly RuleConfiguration[], registry: Registry = this.#seen.registry): void {
    const index = this.#indexOf(rules, registry);
    const entries = new Map<string, unknown>();
    for (const live of this.#live) entries.set(live.keptAs, keptValue(live));
    for (const { name, fingerprint } of this.#index.rules()) entries.set(RULE_PREFIX + name, fingerprint);
    for (const [key, value] of this.#folds.kept()) entries.set(key, value);
    for (const heard of this.#index.allHeard())
      if (heard.at > Number.NEGATIVE_INFINITY) entries.set(heard.keptAs, heard.kept);
    this.#index = index;
    this.#seen = new SeenContext(registry);
    this.#timers = new TimerQueue();
    this.#live = new Set();
    this.#restore(entries);
  }

  /** After a step of the clock: every state and every wake goes over to the new timeline. */
  moveInstants(move: MoveInstants): void {
    this.#timers = new TimerQueue();
    for (const live of this.#live) {
      const state = live.rule.kind.state.safeParse(move(live.state));
      if (state.success) live.state = state.data;
      live.queuedAt = Number.POSITIVE_INFINITY;
      this.#timers.schedule(live, moved(live.wakeAt, move));
      this.#keep(live);
    }
    for (const heard of this.#index.allHeard()) {
      heard.queuedAt = Number.POSITIVE_INFINITY;
      if (heard.at === Number.NEGATIVE_INFINITY) continue;
      heard.at = moved(heard.at, move);
      this.#timers.schedule(heard, heard.dueAt);
      this.#options.keep(heard.keptAs, heard.kept);
    }
    this.#folds.moveInstants(move);
  }

  /** What was reported and still goes on. */
  conditions(): Condition[] {
    const conditions: Condition[] = [];
    for (const { rule, cell, state, last } of this.#live) {
      if (last === undefined || rule.kind.active?.(state) !== true) continue;
      conditions.push({ rule: rule.name, kind: rule.kind.kind, key: cell.key, detection: last });
    }
    return conditions;
  }

  /** What could not be done since the start, counted. */
  troubles(): RuleTrouble[] {
    return this.#troubles.list();
  }

  #indexOf(rules: readonly RuleConfiguration[], registry: Registry): RuleIndex {
    return new RuleIndex(rules, this.#kinds, registry, this.#options.site);
  }

  #outcome(): RuleOutcome {
    if (this.#detections.length === 0 && this.#actions.length === 0) return NOTHING;
    const outcome = { detections: this.#detections, actions: this.#actions };
    this.#detections = [];
    this.#actions = [];
    return outcome;
  }

  #run(untilMs: number, now: number, context: ContextAt): void {
    for (let due = this.#timers.take(untilMs); due !== undefined; due = this.#timers.take(untilMs)) {
      const at = due.wakeAt === AT_ONCE ? now : due.wakeAt;
      this.#seen.take(at, typeof context === 'function' ? context(at) : context);
      due.wakeAt = Number.POSITIVE_INFINITY;
      if (due instanceof Heard) this.#notHeard(due, at);
      else this.#wake(due, at);
    }
  }

  #wake(live: Live, at: number): void {
    const { rule, cell, position } = live;
    try {
      const step = rule.kind.wake?.(live.state, cell.key, rule.configuration, this.#seen);
      // A rule that asks to be woken when it has just been woken would never let time go on.
      if (step?.wakeAt !== undefined && step.wakeAt <= at) step.wakeAt = at + 1;
      if (step === undefined) this.#keep(live);
      else this.#apply(rule, cell, position, step, `${this.#options.site}@${at}`, at);
    } catch (error) {
      this.#keep(live);
      this.#failed(rule, error);
    }
  }

  /** Tells the rules that expected to hear by now. One that remembers something has its own timers. */
  #notHeard(heard: Heard, at: number): void {
    const { cell, positions, rest } = heard;
    const silentMs = at - heard.at;
    for (let index = 0; index < positions.length; index++) {
      const [position, expectsMs] = [positions[index], rest.expectsMs[index]];
      if (position === undefined || expectsMs === undefined) return;
      const rule = cell.rules[position];
      if (expectsMs > silentMs || expectsMs <= heard.toldMs || rule === undefined) continue;
      if (cell.lives[position] !== undefined) continue;
      this.#seen.heardBefore(heard.at, heard.value);
      try {
        const step = rule.kind.wake?.(rule.resting, cell.key, rule.configuration, this.#seen);
        if (step?.wakeAt !== undefined && step.wakeAt <= at) step.wakeAt = at + 1;
        if (step !== undefined) this.#apply(rule, cell, position, step, `${this.#options.site}@${at}`, at);
      } catch (error) {
        this.#failed(rule, error);
      }
    }
    heard.toldMs = silentMs;
    this.#timers.schedule(heard, heard.dueAt);
    this.#options.keep(heard.keptAs, heard.kept);
  }

  #tell({ cell, positions, rest, heard }: Audience, observation: Observation): void {
    // Without a value nothing can be at rest within a range: NaN is in none.
    const value = observation.value ?? Number.NaN;
    // At the first time there is nothing to compare with: NaN is no change.
    const change = heard === undefined ? Number.NaN : Math.abs(value - heard.value);
    if (heard === undefined) this.#seen.before = undefined;
    else this.#hear(heard, observation.observedAt, value);
    if (cell.liveCount === 0 && value >= rest.allMin && value <= rest.allMax && !(change > rest.allChange))
      return;
    const { rules, lives } = cell;
    const { min, max, change: most } = rest;
    for (let index = 0; index < positions.length; index++) {
      const position = positions[index];
      if (position === undefined) return;
      if (lives[position] === undefined) {
        if (value >= (min[index] ?? Number.NaN) && value <= (max[index] ?? Number.NaN)) continue;
        const rests = most[index] ?? -1;
        if (rests >= 0 && !(change > rests)) continue;
      }
      const rule = rules[position];
      if (rule !== undefined) this.#step(rule, cell, position, observation);
    }
  }

  /** Notes an observation for those that compare and expect; they are shown the one before. */
  #hear(heard: Heard, at: number, value: number): void {
    this.#seen.heardBefore(heard.at, heard.value);
    heard.take(at, value);
    this.#timers.schedule(heard, heard.dueAt);
    this.#options.keep(heard.keptAs, heard.kept);
  }

  #step(rule: ActiveRule, cell: Cell, position: number, observation: Observation): void {
    const live = cell.lives[position];
    try {
      const step = rule.step(
        live === undefined ? rule.resting : live.state,
        observation,
        cell.key,
        rule.configuration,
        this.#seen,
      );
      if (step !== undefined) this.#apply(rule, cell, position, step, observation.id, observation.observedAt);
    } catch (error) {
      this.#failed(rule, error);
    }
  }

  #stepKeyed(rule: ActiveRule, observation: Observation): void {
    if (!rule.concerns(observation.asset)) return;
    const key = this.#keyOf(rule, observation);
    if (key === undefined) return;
    let cell = rule.cells.get(key);
    if (cell === undefined) {
      if (rule.cells.size >= MAX_KEYS_PER_RULE) {
        this.#full(rule, observation);
        return;
      }
      cell = new Cell(key, [rule]);
      rule.cells.set(key, cell);
    }
    this.#step(rule, cell, 0, observation);
    if (cell.lives[0] === undefined) rule.cells.delete(key);
    if (rule.full && rule.cells.size < MAX_KEYS_PER_RULE / 2) rule.full = false;
  }

  #keyOf(rule: ActiveRule, observation: Observation): string | undefined {
    try {
      return rule.kind.key?.(observation, rule.configuration);
    } catch (error) {
      this.#failed(rule, error);
      return undefined;
    }
  }

  /** Says once that a rule can take no further key, and again when it had room in between. */
  #full(rule: ActiveRule, observation: Observation): void {
    const message = `more than ${MAX_KEYS_PER_RULE} keys at once: further ones are not watched`;
    this.#troubles.add(rule.name, 'keys-full', message);
    if (rule.full) return;
    rule.full = true;
    this.#detections.push(
      keysFull(rule, message, observation, { site: this.#options.site, source: this.#source }),
    );
  }

  get #source(): string {
    return this.#options.source ?? `rules:${this.#options.site}`;
  }

  #apply(
    rule: ActiveRule,
    cell: Cell,
    position: number,
    step: RuleStep<unknown>,
    trigger: string,
    at: number,
  ): void {
    let last = cell.lives[position]?.last;
    if (step.fold === 'start') this.#folds.start(cell.key, rule.name, at);
    if (step.findings !== undefined && step.findings.length > 0)
      last = this.#report(rule, cell.key, step, trigger, at, last);
    else if (step.actions !== undefined)
      this.#actions.push(...step.actions.map((action) => ({ issuedBy: rule.name, ...action })));
    if (step.fold === 'stop') this.#folds.stop(cell.key);
    this.#remember(rule, cell, position, step, last);
  }

  /** Makes detections of a step's findings, and what they set off; gives back the newest one's id. */
  #report(
    rule: ActiveRule,
    key: string,
    step: RuleStep<unknown>,
    trigger: string,
    at: number,
    before: string | undefined,
  ): string | undefined {
    let last = before;
    const { site } = this.#options;
    const told = step.fold === 'report' || step.fold === 'stop' ? this.#folds.report(key) : undefined;
    step.findings?.forEach((finding, index) => {
      const id = fittingId(`${rule.name}/${key}/${trigger}${index === 0 ? '' : `/${index + 1}`}`);
      const made = detectionOf(rule, finding, { id, at, last, told, site, source: this.#source });
      if (!this.#folds.passes(made)) return;
      last = id;
      this.#detections.push(made);
      for (const { action, asset, lifetimeMs, fromSeverity, preset } of rule.actions) {
        if (severityRank(made.severity) < severityRank(fromSeverity)) continue;
        const reason = made.summary;
        const more = { issuedBy: rule.name, detection: id, ...(preset === undefined ? {} : { preset }) };
        this.#actions.push({ action, asset, reason, lifetimeMs, ...more });
      }
      for (const action of index === 0 ? (step.actions ?? []) : [])
        this.#actions.push({ issuedBy: rule.name, detection: id, ...action });
    });
    return last;
  }

  #remember(
    rule: ActiveRule,
    cell: Cell,
    position: number,
    { state, wakeAt }: RuleStep<unknown>,
    last: string | undefined,
  ): void {
    let live = cell.lives[position];
    if (state === undefined) {
      if (live === undefined) return;
      this.#timers.schedule(live, Number.POSITIVE_INFINITY);
      this.#live.delete(live);
      cell.lives[position] = undefined;
      cell.liveCount--;
      if (rule.kind.key !== undefined) rule.cells.delete(cell.key);
      this.#options.forget(live.keptAs);
      return;
    }
    if (live === undefined) live = this.#enliven(rule, cell, position, state);
    live.state = state;
    live.last = last;
    this.#timers.schedule(live, wakeAt ?? Number.POSITIVE_INFINITY);
    this.#keep(live);
  }

  #enliven(rule: ActiveRule, cell: Cell, position: number, state: unknown): Live {
    const live = new Live(rule, cell, position, state, `${SLOT_PREFIX}${rule.name}/${cell.key}`);
    cell.lives[position] = live;
    cell.liveCount++;
    this.#live.add(live);
    return live;
  }

  #keep(live: Live): void {
    this.#options.keep(live.keptAs, keptValue(live));
  }

  /** Takes back kept states; what belongs to no rule any more is forgotten. */
  #restore(kept: ReadonlyMap<string, unknown>): void {
    for (const [key, value] of kept) {
      if (key.startsWith(SLOT_PREFIX) && !this.#restoreSlot(key, value, kept)) this.#options.forget(key);
      if (key.startsWith(HEARD_PREFIX) && !this.#restoreHeard(key, value)) this.#options.forget(key);
    }
    // Without the rule that asked for it a fold would never end.
    this.#folds.restore(kept, (by, asset) => this.#isLive(by, asset));
    for (const key of kept.keys()) {
      if (key.startsWith(RULE_PREFIX) && this.#index.rule(key.slice(RULE_PREFIX.length)) === undefined)
        this.#options.forget(key);
    }
    for (const { name, fingerprint } of this.#index.rules())
      if (kept.get(RULE_PREFIX + name) !== fingerprint) this.#options.keep(RULE_PREFIX + name, fingerprint);
  }

  #isLive(ruleName: string, key: string): boolean {
    const rule = this.#index.rule(ruleName);
    const cell = rule && this.#index.cellOf(rule, key);
    return cell?.lives.some((live) => live?.rule === rule) ?? false;
  }

  #restoreSlot(keptAs: string, value: unknown, kept: ReadonlyMap<string, unknown>): boolean {
    const text = keptAs.slice(SLOT_PREFIX.length);
    const cut = text.indexOf('/');
    const rule = this.#index.rule(text.slice(0, cut));
    if (rule === undefined) return false;
    const key = text.slice(cut + 1);
    const entry = keptSlot.safeParse(value);
    const state = entry.success ? rule.kind.state.safeParse(entry.data.state) : undefined;
    if (!entry.success || state?.success !== true) {
      this.#troubles.add(
        rule.name,
        'state-unreadable',
        `what was kept for ${key} could not be read; it starts anew`,
      );
      return false;
    }
    let cell = this.#index.cellOf(rule, key);
    if (cell === undefined) {
      if (rule.kind.key === undefined || rule.cells.size >= MAX_KEYS_PER_RULE) return false;
      cell = new Cell(key, [rule]);
      rule.cells.set(key, cell);
    }
    const position = cell.rules.indexOf(rule);
    if (position < 0) return false;
    const live = this.#enliven(rule, cell, position, state.data);
    live.last = entry.data.last;
    const changed = kept.get(RULE_PREFIX + rule.name) !== rule.fingerprint && rule.kind.wake !== undefined;
    const wakeAt = changed ? AT_ONCE : entry.data.wakeAt;
    if (wakeAt !== undefined) this.#timers.schedule(live, wakeAt);
    if (changed) this.#keep(live);
    return true;
  }

  #restoreHeard(keptAs: string, value: unknown): boolean {
    const heard = this.#index.heard(keptAs);
    const kept = keptHeard.safeParse(value);
    if (heard === undefined || !kept.success) return false;
    heard.restore(kept.data);
    this.#timers.schedule(heard, heard.dueAt);
    return true;
  }

  #failed(rule: ActiveRule, error: unknown): void {
    // One rule's mistake must not silence the others.
    this.#troubles.add(rule.name, 'failed', error instanceof Error ? error.message : String(error));
  }
}
