import type { ZodType } from 'zod';
import type { Asset } from '../../devices/model/asset.ts';
import type { CommandAction } from '../../devices/model/command.ts';
import type { Detection, Severity } from '../../devices/model/detection.ts';
import type { Facts, Observables, Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';

/** What the rule engine knows besides the observation: given, never fetched, so that a rule stays pure. */
export interface RuleContext {
  /** The observation's time, or the due time of the timer. */
  readonly now: number;
  readonly registry: Registry;
  /** The mode in force: while an exit delay runs, nothing is armed yet. */
  readonly armingMode: 'disarmed' | 'away' | 'night';
  /** Absent where nobody says: the same as `settled`. */
  readonly armingPhase?: 'settled' | 'exit-delay' | 'entry-delay' | 'triggered';
  /** Whether the site's registered opening hours cover this moment. */
  readonly isOpen: boolean;
  /**
   * For rules with `restsWithinChange` or `expectsWithinMs`: when the asset was heard of before, and what it measured
   * then. Not there at the first time.
   */
  readonly before?: { readonly at: number; readonly value: number } | undefined;
}

/** A detection without what the engine adds (id, rule, source, site). */
export interface Finding {
  severity: Severity;
  summary: string;
  /** The asset that it is about first. */
  assets: string[];
  identities?: string[];
  observables?: Observables;
  facts?: Facts;
  /** Ids of observations, oldest first; the engine keeps the newest MAX_EVIDENCE. */
  evidence: string[];
  tactic?: string;
  /** Folded repeats. */
  count?: number;
  /** More about a condition already reported: the engine names the earlier detection in `facts.follows`. */
  continues?: boolean;
}

/** Something to do on the spot. */
export interface LocalAction {
  action: CommandAction;
  asset: string;
  reason: string;
  /** Not done within this time, the command is dead; absent: DEFAULT_ACTION_LIFETIME_MS. */
  lifetimeMs?: number;
  /** The rule or the part of the panel that wants it; filled in by the engine. */
  issuedBy?: string;
  /** The detection that it answers: a picture taken for it belongs to it. */
  detection?: string;
  /** For `camera.go-to-preset`. */
  preset?: string;
}

/** Commands act within seconds or not at all: nobody wants yesterday's siren. */
export const DEFAULT_ACTION_LIFETIME_MS = 10_000;

/** What one step of a rule gives back. Where nothing changes, a step gives back `undefined` instead. */
export interface RuleStep<State> {
  /** Undefined: at rest again; nothing is kept for this key and its timer is gone. */
  state: State | undefined;
  findings?: Finding[];
  actions?: LocalAction[];
  /** Asks for `wake` at that time; absent or undefined: no timer. */
  wakeAt?: number | undefined;
  /**
   * Folds what the other rules find about this key's asset, from now on (`start`) or no longer (`stop`).
   * With `report` and `stop` the step's finding is given the counts of what was folded since.
   */
  fold?: 'start' | 'report' | 'stop';
}

/** A recorded case: observations in, findings out. Each rule carries its own, true and false. */
export interface RuleSample {
  name: string;
  configuration?: Record<string, unknown>;
  context?: Partial<Omit<RuleContext, 'now' | 'registry'>>;
  /** Of assets of the sample site (sample-site.ts). */
  observations: (Pick<Observation, 'kind' | 'asset' | 'observedAt'> & Partial<Observation>)[];
  /** The clock runs on to here after the last observation. */
  until?: number;
  /** Every detection, in order; `asset` is the first one it names. */
  expect: { at: number; severity: Severity; asset: string }[];
}

/** Both ends included. */
export interface ValueRange {
  min: number;
  max: number;
}

/**
 * One kind of rule: one file with its schema, its behaviour and its samples, and one line in catalog.ts.
 * State is kept for each key, is plain JSON and survives a restart. The functions are pure, never change a
 * state they were given, and do not use `this`.
 */
export interface RuleKind<Configuration, State> {
  readonly kind: string;
  readonly title: string;
  /** What a person at the site should do; shown beside the alarm. */
  readonly instruction: string;
  readonly configuration: ZodType<Configuration>;
  /** What a kept state must look like to be taken back after a restart. */
  readonly state: ZodType<State>;
  readonly observes: readonly ObservationKind[];
  /** Whether it watches this asset where its configuration names none. */
  fits(asset: Asset, registry: Registry): boolean;
  /** Further assets whose observations belong to this asset's state: a door's readers and its lock. */
  listensTo?(asset: Asset, configuration: Configuration, registry: Registry): readonly string[];
  /**
   * Only for rules that count across assets: which state an observation belongs to; undefined: none. Without
   * it there is one state an asset, its key is the asset's id, and the engine finds it without asking.
   */
  key?(observation: Observation, configuration: Configuration): string | undefined;
  initial(configuration: Configuration): State;
  /**
   * Measured values that a rule at rest has nothing to say to: the engine then does not ask it. Most readings
   * are in band, so this is what most of them cost.
   */
  restsWithin?(observed: ObservationKind, configuration: Configuration, asset: Asset): ValueRange | undefined;
  /**
   * A rule that compares each value with the one before (`context.before`): at rest it has nothing to say to a change
   * of at most this much, and is not asked. It needs no state for the comparison.
   */
  restsWithinChange?(configuration: Configuration): number;
  /**
   * A rule that expects to hear of its asset again within this: at rest its `wake` is called when that has not been so
   * for this long, once for each silence. Hearing in time costs nothing.
   */
  expectsWithinMs?(configuration: Configuration): number;
  step(
    state: State,
    observation: Observation,
    key: string,
    configuration: Configuration,
    context: RuleContext,
  ): RuleStep<State> | undefined;
  /** Looks again with nothing but time passed. Called when a timer is due or the configuration has changed. */
  wake?(
    state: State,
    key: string,
    configuration: Configuration,
    context: RuleContext,
  ): RuleStep<State> | undefined;
  /** Whether what was reported still goes on; absent: the rule reports moments, not conditions. */
  active?(state: State): boolean;
  readonly samples: readonly RuleSample[];
}

/** Any kind, for those who handle all alike: configuration and state went through the kind's own schemas. */
export type AnyRuleKind = RuleKind<unknown, unknown>;

export type { Detection };
