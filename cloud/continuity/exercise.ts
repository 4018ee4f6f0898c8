/** An exercise: a simulator's scenario, a plan, the people who take part. Which incidents are its own is pure. */
import { z } from 'zod';
import { durationMs, identifier, instant, plainText } from '../../devices/model/identifiers.ts';
import type { Incident } from '../../devices/model/incident.ts';
import { goals, score } from './score.ts';

export const EXERCISE_DOCUMENT = 'continuity.exercise';
export const MAX_EXERCISES = 5_000;
/** What it brings counts as an exercise for no longer, whoever forgets to end it. */
export const MAX_LASTS_MS = 24 * 3_600_000;

const said = z.strictObject({ at: instant, by: plainText, text: plainText });

export const exerciseRequest = z.strictObject({
  title: plainText.min(3).max(160),
  /** Of the simulator. */
  scenario: z.string().min(1).max(128),
  /** The plan that is exercised. */
  plan: identifier,
  /** Where the scenario takes place: an incident that touches any other site is real. */
  sites: z.array(identifier).min(1).max(100),
  participants: z.array(plainText.min(1).max(128)).min(1).max(100),
  plannedFor: z.exactOptional(instant),
  lastsMs: durationMs.min(60_000).max(MAX_LASTS_MS),
  goals,
});
export type ExerciseRequest = z.infer<typeof exerciseRequest>;

export const exercise = exerciseRequest.extend({
  id: z.string().min(1).max(128),
  scenarioTitle: plainText,
  created: z.strictObject({ at: instant, by: plainText }),
  begun: z.exactOptional(z.strictObject({ at: instant, by: plainText })),
  ended: z.exactOptional(z.strictObject({ at: instant, by: plainText })),
  cancelled: z.exactOptional(said),
  /** Incidents of which a person said that they are real. */
  real: z.array(said.extend({ incident: z.string().max(256) })).max(200),
  /** Kept when it ended, and again when lessons were written. */
  score: z.exactOptional(score),
});
export type Exercise = z.infer<typeof exercise>;

export type ExerciseState = 'planned' | 'running' | 'over' | 'cancelled';
export const stateOf = ({ begun, ended, cancelled }: Exercise): ExerciseState =>
  cancelled !== undefined
    ? 'cancelled'
    : begun === undefined
      ? 'planned'
      : ended === undefined
        ? 'running'
        : 'over';

/** Until when what happens belongs to it. */
export const endOf = ({ begun, ended, lastsMs }: Exercise): number | undefined =>
  begun === undefined ? undefined : Math.min(ended?.at ?? Number.MAX_SAFE_INTEGER, begun.at + lastsMs);

/**
 * The exercise that an incident belongs to: all of it happened at the exercise's sites and the first of it while it was
 * under way. Where there is any doubt it is real: what began before, what touches another site or an asset that nobody
 * knows, what a person said is real.
 */
export function exerciseOfIncident(
  { first, assets }: Pick<Incident, 'first' | 'assets'>,
  exercises: readonly Exercise[],
  siteOf: (asset: string) => string | undefined,
  isReal: (exercise: Exercise) => boolean,
): Exercise | undefined {
  if (assets.length === 0) return undefined;
  return exercises.find((one) => {
    const end = endOf(one);
    if (one.begun === undefined || end === undefined || first < one.begun.at || first >= end) return false;
    const sites = new Set(one.sites);
    return assets.every((asset) => sites.has(siteOf(asset) ?? '')) && !isReal(one);
  });
}
