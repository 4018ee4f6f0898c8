import { createHash } from 'node:crypto';
import { z } from 'zod';
import { MAX_EVIDENCE, severityRank } from '../../devices/model/detection.ts';
import { MAX_TEXT_LENGTH } from '../../devices/model/identifiers.ts';
import { MAX_FIELDS, type Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { catalog } from './catalog.ts';
import type { RuleConfiguration } from './configuration.ts';
import { emptyFold, type Fold, fold, foldedFacts, throughFold } from './fold.ts';
import type { AnyRuleKind, Detection, Finding, LocalAction, RuleContext, RuleStep } from './rule.ts';
import { RuleIndex } from './rule-index.ts';
import { type ActiveRule, Live, MAX_KEYS_PER_RULE, Slot } from './slot.ts';
import { TimerQueue } from './timers.ts';

/** Everything the engine keeps lies under this prefix. */
export const RULE_STATE_PREFIX = 'rules/';
const SLOT_PREFIX = `${RULE_STATE_PREFIX}slot/`;
const FOLD_PREFIX = `${RULE_STATE_PREFIX}fold/`;

/** Longest id of a detection; a longer one is shortened by a hash. */
const MAX_ID_LENGTH = 256;
/** Kinds of trouble that are remembered, per rule. */
const MAX_TROUBLES = 1_000;
/** `wakeAt` of a state whose rule has been changed: it is looked at again with the next wake. */
const AT_ONCE = -1;

const keptSlot = z.object({
  state: z.unknown(),
  wakeAt: z.number().optional(),
  last: z.string().optional(),
  configuration: z.string(),
});
type KeptSlot = z.infer<typeof keptSlot>;

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

/** Something that the engine could not do and went on without. */
export interface RuleTrouble {
  rule: string;
  what: 'failed' | 'keys-full' | 'state-unreadable';
  message: string;
  count: number;
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

/** The context at a time: for timers that come due late, when it may have been another one. */
export type ContextAt = RuleContext | ((at: number) => RuleContext);

/** The context that rules are shown; one object, so that an observation without result costs no memory. */
class Seen implements RuleContext {
  now = 0;
  registry: Registry;
  armingMode: RuleContext['armingMode'] = 'disarmed';
  armingPhase: NonNullable<RuleContext['armingPhase']> = 'settled';
  isOpen = false;

  constructor(registry: Registry) {
    this.registry = registry;
  }

  take(now: number, context: RuleContext): void {
    this.now = now;
    this.armingMode = context.armingMode;
    this.armingPhase = context.armingPhase ?? 'settled';
    this.isOpen = context.isOpen;
  }
}

/**
 * Runs the rules of a site. It has no clock and does no I/O: time comes with observations and with `wake`, and
 * what must outlive the process goes out through `keep`. The same observations, wakes and configuration give
 * the same detections, ids included, whether or not the process was restarted between any two of them.
 */
export class RuleEngine {
  readonly #options: RuleEngineOptions;
  readonly #kinds: Map<string, AnyRuleKind>;
  readonly #troubles = new Map<string, RuleTrouble>();
  #seen: Seen;
  #index: RuleIndex;
  #timers = new TimerQueue<Live>();
  #live = new Set<Live>();
  #folds = new Map<string, Fold>();
  #detections: Detection[] = [];
  #actions: LocalAction[] = [];

  /** @throws RangeError when a rule names a kind or an asset that does not exist. */
  constructor(options: RuleEngineOptions) {
    this.#options = options;
    this.#kinds = new Map((options.kinds ?? catalog).map((kind) => [kind.kind, kind]));
    this.#seen = new Seen(options.registry);
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
      const slots = entry.byAsset.get(observation.asset);
      if (slots !== undefined) for (const slot of slots) this.#step(slot, observation);
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
    for (const live of this.#live) entries.set(slotKey(live.slot), keptValue(live));
    for (const [asset, value] of this.#folds) entries.set(FOLD_PREFIX + asset, value);
    this.#index = index;
    this.#seen = new Seen(registry);
    this.#timers = new TimerQueue();
    this.#live = new Set();
    this.#folds = new Map();
    this.#restore(entries);
  }

  /** What was reported and still goes on. */
  conditions(): Condition[] {
    const conditions: Condition[] = [];
    for (const { slot, state, last } of this.#live) {
      if (last === undefined || slot.rule.kind.active?.(state) !== true) continue;
      conditions.push({ rule: slot.rule.name, kind: slot.rule.kind.kind, key: slot.key, detection: last });
    }
    return conditions;
  }

  /** What could not be done since the start, counted. */
  troubles(): RuleTrouble[] {
    return [...this.#troubles.values()];
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
    for (let live = this.#timers.take(untilMs); live !== undefined; live = this.#timers.take(untilMs)) {
      const at = live.wakeAt === AT_ONCE ? now : live.wakeAt;
      const { slot } = live;
      this.#seen.take(at, typeof context === 'function' ? context(at) : context);
      live.wakeAt = Number.POSITIVE_INFINITY;
      const { rule } = slot;
      try {
        const step = rule.kind.wake?.(live.state, slot.key, rule.configuration, this.#seen);
        // A rule that asks to be woken when it has just been woken would never let time go on.
        if (step?.wakeAt !== undefined && step.wakeAt <= at) step.wakeAt = at + 1;
        if (step === undefined) this.#keep(live);
        else this.#apply(slot, step, `${this.#options.site}@${at}`, at);
      } catch (error) {
        this.#keep(live);
        this.#trouble(rule.name, 'failed', error instanceof Error ? error.message : String(error));
      }
    }
  }

  #step(slot: Slot, observation: Observation): void {
    const { rule, live } = slot;
    try {
      const step = rule.step(
        live === undefined ? rule.resting : live.state,
        observation,
        slot.key,
        rule.configuration,
        this.#seen,
      );
      if (step !== undefined) this.#apply(slot, step, observation.id, observation.observedAt);
    } catch (error) {
      // One rule's mistake must not silence the others.
      this.#trouble(rule.name, 'failed', error instanceof Error ? error.message : String(error));
    }
  }

  #stepKeyed(rule: ActiveRule, observation: Observation): void {
    if (!rule.concerns(observation.asset)) return;
    const key = rule.kind.key?.(observation, rule.configuration);
    if (key === undefined) return;
    let slot = rule.slots.get(key);
    if (slot === undefined) {
      if (rule.slots.size >= MAX_KEYS_PER_RULE) {
        this.#full(rule, observation);
        return;
      }
      slot = new Slot(rule, key);
      rule.slots.set(key, slot);
    }
    this.#step(slot, observation);
    if (slot.live === undefined) rule.slots.delete(key);
    if (rule.full && rule.slots.size < MAX_KEYS_PER_RULE / 2) rule.full = false;
  }

  /** Says once that a rule can take no further key, and again when it had room in between. */
  #full(rule: ActiveRule, observation: Observation): void {
    const message = `more than ${MAX_KEYS_PER_RULE} keys at once: further ones are not watched`;
    this.#trouble(rule.name, 'keys-full', message);
    if (rule.full) return;
    rule.full = true;
    this.#detections.push({
      id: shortId(`${rule.name}/keys-full/${observation.id}`),
      at: observation.observedAt,
      rule: 'rule-keys-full',
      severity: 'medium',
      source: this.#source,
      site: this.#options.site,
      assets: [observation.asset],
      identities: [],
      observables: {},
      summary: `The rule ${rule.name} has ${message}.`,
      facts: { ruleName: rule.name, bound: MAX_KEYS_PER_RULE },
      evidence: [observation.id],
      count: 1,
    });
  }

  get #source(): string {
    return this.#options.source ?? `rules:${this.#options.site}`;
  }

  #apply(slot: Slot, step: RuleStep<unknown>, trigger: string, at: number): void {
    let last = slot.live?.last;
    if (step.fold === 'start') this.#setFold(slot.key, emptyFold(slot.rule.name, at));
    let passed = step.findings === undefined || step.findings.length === 0;
    step.findings?.forEach((finding, index) => {
      const id = shortId(`${slot.rule.name}/${slot.key}/${trigger}${index === 0 ? '' : `/${index + 1}`}`);
      const made = this.#detectionOf(slot, step, finding, id, at, last);
      if (!this.#passes(made)) return;
      passed = true;
      last = id;
      this.#detections.push(made);
      for (const { action, asset, lifetimeMs, fromSeverity } of slot.rule.actions) {
        if (severityRank(made.severity) < severityRank(fromSeverity)) continue;
        const reason = made.summary;
        this.#actions.push({ action, asset, reason, lifetimeMs, issuedBy: slot.rule.name, detection: id });
      }
    });
    if (passed && step.actions !== undefined)
      for (const action of step.actions) this.#actions.push({ issuedBy: slot.rule.name, ...action });
    if (step.fold === 'stop') this.#dropFold(slot.key);
    this.#remember(slot, step.state, step.wakeAt, last);
  }

  #remember(slot: Slot, state: unknown, wakeAt: number | undefined, last: string | undefined): void {
    if (state === undefined) {
      if (slot.live === undefined) return;
      this.#timers.schedule(slot.live, Number.POSITIVE_INFINITY);
      this.#live.delete(slot.live);
      slot.live = undefined;
      if (slot.rule.kind.key !== undefined) slot.rule.slots.delete(slot.key);
      this.#options.forget(slotKey(slot));
      return;
    }
    if (slot.live === undefined) {
      slot.live = new Live(slot, state);
      this.#live.add(slot.live);
    }
    slot.live.state = state;
    slot.live.last = last;
    this.#timers.schedule(slot.live, wakeAt ?? Number.POSITIVE_INFINITY);
    this.#keep(slot.live);
  }

  #keep(live: Live): void {
    this.#options.keep(slotKey(live.slot), keptValue(live));
  }

  #detectionOf(
    slot: Slot,
    step: RuleStep<unknown>,
    finding: Finding,
    id: string,
    at: number,
    last: string | undefined,
  ): Detection {
    const told = step.fold === 'report' || step.fold === 'stop' ? this.#folds.get(slot.key) : undefined;
    if (told !== undefined && step.fold === 'report')
      this.#setFold(slot.key, emptyFold(slot.rule.name, told.since));
    const facts = Object.entries({
      ...(finding.continues && last !== undefined && { follows: last }),
      ...(told && foldedFacts(told)),
      ...finding.facts,
    }).slice(0, MAX_FIELDS);
    return {
      id,
      at,
      rule: slot.rule.name,
      severity: slot.rule.severityOf(finding.severity),
      source: this.#source,
      site: this.#options.site,
      assets: [...new Set(finding.assets)].slice(0, 64),
      identities: [...new Set(finding.identities)].slice(0, 64),
      observables: finding.observables ?? {},
      summary: finding.summary.slice(0, MAX_TEXT_LENGTH),
      facts: Object.fromEntries(
        facts.map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, 512) : value]),
      ),
      evidence: finding.evidence.slice(-MAX_EVIDENCE),
      ...(finding.tactic !== undefined && { tactic: finding.tactic }),
      count: finding.count ?? 1,
    };
  }

  #passes(made: Detection): boolean {
    const [asset] = made.assets;
    const known = asset === undefined ? undefined : this.#folds.get(asset);
    if (asset === undefined || known === undefined) return true;
    const result = throughFold(known, made.rule, made.severity);
    if (result.fold !== known) this.#setFold(asset, result.fold);
    return result.passes;
  }

  #setFold(asset: string, value: Fold): void {
    this.#folds.set(asset, value);
    this.#options.keep(FOLD_PREFIX + asset, value);
  }

  #dropFold(asset: string): void {
    if (this.#folds.delete(asset)) this.#options.forget(FOLD_PREFIX + asset);
  }

  /** Takes back kept states; what belongs to no rule any more is forgotten. */
  #restore(kept: ReadonlyMap<string, unknown>): void {
    for (const [key, value] of kept) {
      if (key.startsWith(SLOT_PREFIX) && !this.#restoreSlot(key, value)) this.#options.forget(key);
    }
    for (const [key, value] of kept) {
      if (!key.startsWith(FOLD_PREFIX)) continue;
      const parsed = fold.safeParse(value);
      const asset = key.slice(FOLD_PREFIX.length);
      // Without the rule that asked for it a fold would never end.
      const owner = parsed.success ? this.#index.rule(parsed.data.by)?.slots.get(asset) : undefined;
      if (parsed.success && owner?.live !== undefined) this.#folds.set(asset, parsed.data);
      else this.#options.forget(key);
    }
  }

  #restoreSlot(keptKey: string, value: unknown): boolean {
    const text = keptKey.slice(SLOT_PREFIX.length);
    const cut = text.indexOf('/');
    const rule = this.#index.rule(text.slice(0, cut));
    if (rule === undefined) return false;
    const key = text.slice(cut + 1);
    const entry = keptSlot.safeParse(value);
    const state = entry.success ? rule.kind.state.safeParse(entry.data.state) : undefined;
    if (!entry.success || state?.success !== true) {
      this.#trouble(
        rule.name,
        'state-unreadable',
        `what was kept for ${key} could not be read; it starts anew`,
      );
      return false;
    }
    let slot = rule.slots.get(key);
    if (slot === undefined) {
      if (rule.kind.key === undefined || rule.slots.size >= MAX_KEYS_PER_RULE) return false;
      slot = new Slot(rule, key);
      rule.slots.set(key, slot);
    }
    const live = new Live(slot, state.data);
    slot.live = live;
    live.last = entry.data.last;
    this.#live.add(live);
    const changed = entry.data.configuration !== rule.fingerprint && rule.kind.wake !== undefined;
    const wakeAt = changed ? AT_ONCE : entry.data.wakeAt;
    if (wakeAt !== undefined) this.#timers.schedule(live, wakeAt);
    if (changed) this.#keep(live);
    return true;
  }

  #trouble(rule: string, what: RuleTrouble['what'], message: string): void {
    const key = `${rule}/${what}`;
    const known = this.#troubles.get(key);
    if (known) {
      known.count++;
      known.message = message;
    } else if (this.#troubles.size < MAX_TROUBLES)
      this.#troubles.set(key, { rule, what, message: message.slice(0, MAX_TEXT_LENGTH), count: 1 });
  }
}

const slotKey = ({ rule, key }: Slot): string => `${SLOT_PREFIX}${rule.name}/${key}`;

const keptValue = ({ slot, state, wakeAt, last }: Live): KeptSlot => ({
  state,
  ...(wakeAt !== Number.POSITIVE_INFINITY && { wakeAt }),
  ...(last !== undefined && { last }),
  configuration: slot.rule.fingerprint,
});

/** An id that fits; a longer one keeps its beginning and ends in a hash of the whole. */
const shortId = (id: string): string =>
  id.length <= MAX_ID_LENGTH
    ? id
    : `${id.slice(0, MAX_ID_LENGTH - 33)}~${createHash('sha256').update(id).digest('hex').slice(0, 32)}`;
