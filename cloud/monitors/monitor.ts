import type { ZodType } from 'zod';
import type { Detection, Severity } from '../../devices/model/detection.ts';
import type { Facts, Observables, Observation, ObservationKind } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';

/** Observations of one key that had to leave memory, summed up so that a long attack keeps its beginning. */
export interface Carried {
  count: number;
  firstId: string;
  firstAt: number;
  lastAt: number;
}

/** All that is known of one key: the observations in order of (observedAt, id), and what came before them. */
export interface Course {
  /** The key. */
  readonly name?: string;
  readonly observations: readonly Observation[];
  readonly carried?: Carried;
}

/** A detection without what the runner adds (rule, site, source). */
export interface Found {
  /** Names the thing found among those of its key: usually the id of the observation that it began with. */
  anchor: string;
  at: number;
  severity: Severity;
  summary: string;
  assets: string[];
  /** Where it happened, as far as no asset says so. */
  site?: string;
  identities: string[];
  observables: Observables;
  facts?: Facts;
  evidence: string[];
  tactic?: string;
  count?: number;
}

export interface MonitorSample {
  name: string;
  configuration?: Record<string, unknown>;
  observations: (Pick<Observation, 'kind' | 'asset' | 'observedAt'> & Partial<Observation>)[];
  expect: { at: number; severity: Severity; count?: number }[];
}

/**
 * Judges what servers and networks report, by the time of the event and not of its arrival: a pure function of
 * all that is known of one key. The order in which things arrived can't matter, and what arrives late changes
 * the judgement, which the runner puts and withdraws. One file each, one line in catalog.ts.
 */
export interface Monitor<Configuration> {
  readonly kind: string;
  readonly title: string;
  readonly configuration: ZodType<Configuration>;
  readonly observes: readonly ObservationKind[];
  /** Whom or what an observation is about, for this monitor; empty: nothing. */
  keys(observation: Observation, registry: Registry): readonly string[];
  /** How far back an observation can still change a judgement. */
  rememberMs(configuration: Configuration): number;
  judge(course: Course, configuration: Configuration, registry: Registry): Found[];
  /** How much these count for once they are summed up, where it is not as many as they are. */
  counts?(observations: readonly Observation[]): number;
  readonly samples: readonly MonitorSample[];
}

/** A monitor whose configuration is known to itself alone. */
export type AnyMonitor = Monitor<unknown>;

/** The person or the account's bare name, for a detection's identities. */
export function identitiesOf(observation: Observation, registry: Registry): string[] {
  const person = registry.resolve(observation.subjects ?? {}, observation.asset);
  return person === undefined ? [] : [person.id];
}

/** The observables that detections carry on: where it came from and which account. */
export function whoAndWhence(observation: Observation): Observables {
  const account = observation.subjects?.account;
  const ip = observation.observables?.ip;
  return { ...(ip === undefined ? {} : { ip }), ...(account === undefined ? {} : { account }) };
}

/** What new observations changed: detections new or revised, and those that no longer hold. */
export interface Judgement {
  put: Detection[];
  withdraw: string[];
}
