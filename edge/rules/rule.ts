import type { ZodType } from 'zod';
import type { CommandAction } from '../../devices/model/command.ts';
import type { Detection, Severity } from '../../devices/model/detection.ts';
import type { Facts, Observables, Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';

/** What the rule engine knows besides the observation: given, never fetched, so that a rule stays pure. */
export interface RuleContext {
  /** The observation's time, or the due time of the timer. */
  readonly now: number;
  readonly registry: Registry;
  readonly armingMode: 'disarmed' | 'away' | 'night';
  /** Whether the site's registered opening hours cover this moment. */
  readonly isOpen: boolean;
}

/** A detection without what the engine adds (id, rule, source, site). */
export interface Finding {
  severity: Severity;
  summary: string;
  assets: string[];
  identities?: string[];
  observables?: Observables;
  facts?: Facts;
  evidence: string[];
  tactic?: string;
  /** Folded repeats. */
  count?: number;
}

/** Something to do on the spot. */
export interface LocalAction {
  action: CommandAction;
  asset: string;
  reason: string;
}

/** What one step of a rule gives back. `wakeAt` asks for `wake` at that time; undefined cancels it. */
export interface RuleStep<State> {
  state: State;
  findings?: Finding[];
  actions?: LocalAction[];
  wakeAt?: number;
}

/** A recorded case: observations in, findings out. Each rule carries its own, true and false. */
export interface RuleSample {
  name: string;
  configuration?: Record<string, unknown>;
  context?: Partial<Omit<RuleContext, 'now' | 'registry'>>;
  observations: (Pick<Observation, 'kind' | 'asset' | 'observedAt'> & Partial<Observation>)[];
  /** The clock runs on to here after the last observation. */
  until?: number;
  expect: { at: number; severity: Severity; asset: string }[];
}

/**
 * One kind of rule: one file with its schema, its behaviour and its samples, and one line in catalog.ts.
 * State is kept for each key (usually the asset), is plain JSON and survives a restart.
 */
export interface RuleKind<Configuration, State> {
  readonly kind: string;
  readonly title: string;
  /** What a person at the site should do; shown beside the alarm. */
  readonly instruction: string;
  readonly configuration: ZodType<Configuration>;
  readonly observes: readonly ObservationKind[];
  /** Which state an observation belongs to; undefined: not for this rule. */
  key(observation: Observation, configuration: Configuration, registry: Registry): string | undefined;
  initial(configuration: Configuration): State;
  step(
    state: State,
    observation: Observation,
    configuration: Configuration,
    context: RuleContext,
  ): RuleStep<State>;
  wake?(state: State, key: string, configuration: Configuration, context: RuleContext): RuleStep<State>;
  readonly samples: readonly RuleSample[];
}

export type { Detection };
