/**
 * Detectors as rules: one reading of one measured quantity of one asset after the other, an alert said once while it
 * lasts, all memory in the rule's state. The rules are hints, of low or medium severity, and watch only assets that
 * their configuration names: what is worth learning is for the site to say.
 */
import { z } from 'zod';
import type { Severity } from '../../../devices/model/detection.ts';
import { durationMs } from '../../../devices/model/identifiers.ts';
import type { Observation, ObservationKind } from '../../../devices/model/observation.ts';
import type { Finding, RuleContext, RuleKind, RuleStep } from '../rule.ts';
import { nameOf } from '../wording.ts';
import { ALERT_SCORE, type Detector, type Explanation } from './detector.ts';
import { SnapshotError } from './state-block.ts';

const quantities = {
  temperature: { kind: 'temperature.measured', unit: '°C', name: 'temperature' },
  humidity: { kind: 'humidity.measured', unit: '%', name: 'humidity' },
  battery: { kind: 'battery.measured', unit: '%', name: 'battery' },
} as const satisfies Record<string, { kind: ObservationKind; unit: string; name: string }>;

export const measuredKinds: readonly ObservationKind[] = Object.values(quantities).map(({ kind }) => kind);

interface MeasuredDefaults {
  intervalMs: number;
  learnMs: number;
  alertScore?: number;
}

/** What every one of these rules can be told. */
export const measuredConfiguration = (defaults: MeasuredDefaults) =>
  z.strictObject({
    quantity: z.enum(['temperature', 'humidity', 'battery']).default('temperature'),
    /** At most one reading within this time is looked at; the state is written with each that is. */
    intervalMs: durationMs.default(defaults.intervalMs),
    /** Nothing is said before the asset was watched for so long. */
    learnMs: durationMs.default(defaults.learnMs),
    /** From this score on it is said. */
    alertScore: z
      .number()
      .min(0.1)
      .max(0.99)
      .default(defaults.alertScore ?? ALERT_SCORE),
    /** Nothing unusual for this long: it is over. */
    calmMs: durationMs.min(1_000).default(3_600_000),
  });
export type MeasuredConfiguration = z.infer<ReturnType<typeof measuredConfiguration>>;

/** Longest snapshot of any detector here: the goal of 32 KB, as base64. */
const MAX_SNAPSHOT_CHARACTERS = 44_000;

export const measuredState = z.object({
  snapshot: z.string().max(MAX_SNAPSHOT_CHARACTERS),
  first: z.number(),
  newest: z.number(),
  said: z.object({ at: z.number(), rank: z.number() }).optional(),
});
export type MeasuredState = z.infer<typeof measuredState>;

/** Clear of the working point by that much it is more than a remark. */
export const MEDIUM_SCORE = 0.7;
const severities: readonly Severity[] = ['low', 'medium'];
export const rankOf = (score: number): number => (score >= MEDIUM_SCORE ? 1 : 0);

/** What a detector found, in the words of a rule. */
export function anomalyFinding(
  key: string,
  evidence: string,
  score: number,
  explanation: Explanation | undefined,
  subject: string,
  { registry }: RuleContext,
  continues: boolean,
): Finding {
  return {
    severity: severities[rankOf(score)] ?? 'low',
    summary: `${nameOf(key, registry)}, ${subject}: ${explanation?.text ?? 'this is unusual'}.`,
    assets: [key],
    facts: {
      score: Math.round(score * 1_000) / 1_000,
      ...(explanation && {
        measure: explanation.measure,
        side: explanation.side,
        seen: explanation.seen,
        usual: explanation.usual,
        watchedMs: explanation.watchedMs,
      }),
    },
    evidence: [evidence],
    continues,
  };
}

/** A detector as it was, or a new one where its memory is of another version: it then learns anew. */
export function takenBack<Kind extends Detector>(
  snapshot: string,
  make: () => Kind,
  restore: (snapshot: string) => Kind,
): Kind {
  if (snapshot === '') return make();
  try {
    return restore(snapshot);
  } catch (error) {
    if (error instanceof SnapshotError) return make();
    throw error;
  }
}

interface MeasuredKind {
  kind: string;
  title: string;
  instruction: string;
  defaults: MeasuredDefaults;
  make: () => Detector;
  restore: (snapshot: string) => Detector;
  samples: RuleKind<MeasuredConfiguration, MeasuredState | null>['samples'];
}

export function measuredRule(of: MeasuredKind): RuleKind<MeasuredConfiguration, MeasuredState | null> {
  return {
    kind: of.kind,
    title: of.title,
    instruction: of.instruction,
    configuration: measuredConfiguration(of.defaults),
    state: measuredState.nullable(),
    observes: measuredKinds,
    fits: () => false,
    initial: () => null,
    step: (before, observation, key, settings, context) =>
      stepMeasured(of, before, observation, key, settings, context),
    wake: (before, _key, { calmMs }, { now }) => {
      if (before?.said === undefined) return undefined;
      const calmAt = before.said.at + calmMs;
      if (now < calmAt) return { state: before, wakeAt: calmAt };
      const { said: _over, ...rest } = before;
      return { state: rest };
    },
    active: (state) => state?.said !== undefined,
    samples: of.samples,
  };
}

function stepMeasured(
  of: Pick<MeasuredKind, 'make' | 'restore'>,
  before: MeasuredState | null,
  observation: Observation,
  key: string,
  settings: MeasuredConfiguration,
  context: RuleContext,
): RuleStep<MeasuredState | null> | undefined {
  const { kind, unit, name } = quantities[settings.quantity];
  const { observedAt: at, value, id } = observation;
  if (observation.kind !== kind || value === undefined) return undefined;
  // Late or too soon after the last one: a stream has one pace.
  if (before !== null && at < before.newest + Math.max(1, settings.intervalMs)) return undefined;
  const detector = takenBack(before?.snapshot ?? '', of.make, of.restore);
  const score = detector.sample(at, value);
  const first = before?.first ?? at;
  const state = { snapshot: detector.snapshot(), first, newest: at };
  const said = before?.said;
  const calmAt = said && said.at + settings.calmMs;
  if (score < settings.alertScore || at - first < settings.learnMs)
    return { state: said ? { ...state, said } : state, wakeAt: calmAt };
  const rank = rankOf(score);
  const isNews = said === undefined || rank > said.rank;
  return {
    state: { ...state, said: { at, rank: Math.max(rank, said?.rank ?? 0) } },
    wakeAt: at + settings.calmMs,
    findings: isNews
      ? [anomalyFinding(key, id, score, detector.explanation(unit), name, context, said !== undefined)]
      : [],
  };
}
