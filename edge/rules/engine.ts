import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { MoveInstants } from '../clock/move-instants.ts';
import { catalog } from './catalog.ts';
import { type ActiveRule, Cell, type Live, MAX_KEYS_PER_RULE } from './cell.ts';
import type { RuleConfiguration } from './configuration.ts';
import { Heard } from './heard.ts';
import { AT_ONCE } from './kept.ts';
import { type Condition, type Keeping, Lives } from './lives.ts';
import type { AnyRuleKind, RuleContext, RuleStep } from './rule.ts';
import { type Audience, RuleIndex } from './rule-index.ts';
import { type ContextAt, SeenContext } from './seen-context.ts';
import { type RuleOutcome, Told } from './told.ts';
import { type RuleTrouble, Troubles } from './troubles.ts';

export { RULE_STATE_PREFIX } from './kept.ts';
export type { Condition } from './lives.ts';
export type { ContextAt } from './seen-context.ts';
export type { RuleOutcome } from './told.ts';
export type { RuleTrouble } from './troubles.ts';

export interface RuleEngineOptions extends Keeping {
  /** Id of the site whose rules these are. */
  site: string;
  registry: Registry;
  rules: readonly RuleConfiguration[];
  /** State of an earlier life: what was kept under RULE_STATE_PREFIX. */
  kept: ReadonlyMap<string, unknown>;
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
  #lives: Lives;
  readonly #told: Told;

  /** @throws RangeError when a rule names a kind or an asset that does not exist. */
  constructor(options: RuleEngineOptions) {
    this.#options = options;
    this.#kinds = new Map((options.kinds ?? catalog).map((kind) => [kind.kind, kind]));
    const { site, source = `rules:${site}`, keep, forget } = options;
    this.#told = new Told({ site, source, keep, forget });
    this.#seen = new SeenContext(options.registry);
    this.#index = this.#indexOf(options.rules, options.registry);
    this.#lives = this.#livesFrom(options.kept);
  }

  /**
   * What the observation gives rise to. Timers that were due before it run first, in the order of time: a door
   * closed too late is still a door held open.
   */
  observe(observation: Observation, context: RuleContext): RuleOutcome {
    // A device whose clock runs ahead must not make time pass; one that reports late finds the timers run.
    const reached = Math.min(observation.observedAt, observation.receivedAt);
    if (this.#lives.timers.earliest() <= reached) this.#run(reached, reached, context);
    const entry = this.#index.of(observation.kind);
    if (entry !== undefined) {
      this.#seen.take(observation.observedAt, context);
      const audiences = entry.byAsset.get(observation.asset);
      if (audiences !== undefined) {
        for (const audience of audiences) this.#tell(audience, observation);
      }
      for (const rule of entry.keyed) this.#stepKeyed(rule, observation);
    }
    return this.#told.outcome();
  }

  /** Runs what is due at `now` or before, in the order of time, each at its own time. */
  wake(now: number, context: ContextAt): RuleOutcome {
    this.#run(now, now, context);
    return this.#told.outcome();
  }

  /** When `wake` is next wanted; it may lie in the past. Undefined: not before an observation. */
  nextWakeAt(): number | undefined {
    return this.#lives.timers.next();
  }

  /**
   * Goes over to other rules (and another registry). A rule that keeps its name and kind keeps its states; where
   * its configuration has changed they are looked at again with the next wake.
   * @throws RangeError, before anything has changed, when a rule names a kind or an asset that does not exist.
   */
  replace(rules: readonly RuleConfiguration[], registry: Registry = this.#seen.registry): void {
    const index = this.#indexOf(rules, registry);
    const kept = new Map<string, unknown>([...this.#lives.kept(), ...this.#told.folds.kept()]);
    this.#index = index;
    this.#seen = new SeenContext(registry);
    this.#lives = this.#livesFrom(kept);
  }

  /** After a step of the clock: every state and every wake goes over to the new timeline. */
  moveInstants(move: MoveInstants): void {
    this.#lives.moveInstants(move);
    this.#told.folds.moveInstants(move);
  }

  /** What was reported and still goes on. */
  conditions(): Condition[] {
    return this.#lives.conditions();
  }

  /** What could not be done since the start, counted. */
  troubles(): RuleTrouble[] {
    return this.#troubles.list();
  }

  #indexOf(rules: readonly RuleConfiguration[], registry: Registry): RuleIndex {
    return new RuleIndex(rules, this.#kinds, registry, this.#options.site);
  }

  #livesFrom(kept: ReadonlyMap<string, unknown>): Lives {
    const lives = new Lives(this.#index, this.#options, this.#troubles);
    lives.restore(kept);
    // Without the rule that asked for it a fold would never end.
    this.#told.folds.restore(kept, (by, asset) => lives.isLive(by, asset));
    return lives;
  }

  #run(untilMs: number, now: number, context: ContextAt): void {
    const { timers } = this.#lives;
    for (let due = timers.take(untilMs); due !== undefined; due = timers.take(untilMs)) {
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
      if (step === undefined) this.#lives.keep(live);
      else this.#apply(rule, cell, position, step, `${this.#options.site}@${at}`, at);
    } catch (error) {
      this.#lives.keep(live);
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
    this.#lives.keepHeard(heard);
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
    this.#lives.keepHeard(heard);
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
    this.#told.keysFull(rule, message, observation);
  }

  /** Tells what a step has found, and remembers its state. */
  #apply(
    rule: ActiveRule,
    cell: Cell,
    position: number,
    step: RuleStep<unknown>,
    trigger: string,
    at: number,
  ): void {
    const last = this.#told.take(rule, cell.key, step, trigger, at, cell.lives[position]?.last);
    this.#lives.remember(rule, cell, position, step, last);
  }

  #failed(rule: ActiveRule, error: unknown): void {
    // One rule's mistake must not silence the others.
    this.#troubles.add(rule.name, 'failed', error instanceof Error ? error.message : String(error));
  }
}
