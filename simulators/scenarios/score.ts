/** What the product made of a pilot, held against the truth: a pure function of what the desk has told. */
import type { GroundTruth, Sign, Step } from './pilot.ts';

/** A detection in an incident, as the desk tells it. */
export interface ToldDetection {
  readonly id: string;
  readonly rule: string;
  readonly at: number;
  readonly assets: readonly string[];
  readonly observables: Readonly<Record<string, string>>;
  readonly summary: string;
  /** Why it belongs to an earlier one; empty for the first. */
  readonly because: readonly string[];
  /** When the desk first told of it, ms of the world. */
  readonly seenAt: number;
}

export interface ToldIncident {
  readonly id: string;
  readonly title: string;
  readonly severity: string;
  readonly priority: number;
  readonly sites: readonly string[];
  readonly story: readonly ToldDetection[];
}

/** The longest that the desk may need from the first step that can be seen, ms of the world. */
export const DETECTED_WITHIN_MS = 60_000;
/** Logs tell whole seconds. */
const SLACK_MS = 2_000;

export interface StepScore {
  readonly id: string;
  readonly text: string;
  /** Absent: it was never told. */
  readonly toldAt?: number;
  /** From when it could be seen until the desk told of it, ms of the world; absent: missed. */
  readonly detectMs?: number;
  /** Rules that showed it in the attack's own incident. */
  readonly rules: readonly string[];
  /** Rules that showed it in another incident. */
  readonly elsewhere: readonly string[];
  /** Why the desk says that it belongs; empty for the first of the story. */
  readonly because: readonly string[];
}

export interface IncidentScore {
  readonly id: string;
  readonly title: string;
  /** What the desk calls the incident that holds most of the steps; absent: there is none. */
  readonly told?: {
    readonly id: string;
    readonly title: string;
    readonly severity: string;
    readonly rank: number;
  };
  readonly steps: readonly StepScore[];
  /** Share of its detections that are the attack's. */
  readonly purity: number;
  /** What in it is not the attack's: rule, asset, what it says. */
  readonly noise: readonly string[];
  /** Sites that it reaches and should not. */
  readonly sitesBeyond: readonly string[];
  /** From the first step that can be seen until the desk told of any, ms of the world. */
  readonly detectMs?: number;
}

export interface Score {
  readonly scenario: string;
  readonly incidents: readonly IncidentScore[];
  /** Incidents that the desk has altogether. */
  readonly toldIncidents: number;
  /** What is not as it must be, in words; empty: all is. */
  readonly shortfalls: readonly string[];
}

/** Whether a detection is what a sign describes. */
export function isShownBy(sign: Sign, { rule, assets, observables }: ToldDetection): boolean {
  if (sign.rule !== rule) return false;
  if (sign.asset !== undefined && !assets.includes(sign.asset)) return false;
  return Object.entries(sign.observables ?? {}).every(([name, wanted]) => {
    const value = observables[name];
    return value !== undefined && (typeof wanted === 'string' ? value === wanted : wanted.includes(value));
  });
}

/** Nothing that happened before a step can be a sign of it. */
const since = (toldAt: number | undefined, { at }: ToldDetection): boolean =>
  toldAt !== undefined && at >= toldAt - SLACK_MS;

const shows = ({ signs }: Step, toldAt: number | undefined, detection: ToldDetection): boolean =>
  since(toldAt, detection) && signs.some((sign) => isShownBy(sign, detection));

interface Telling {
  readonly truth: GroundTruth;
  /** When each step was told, ms of the world. */
  readonly toldAt: ReadonlyMap<string, number>;
}

const incidentOf = ({ incidents }: GroundTruth, { incident }: Step): string =>
  incident ?? incidents[0]?.id ?? '';

function scoreOfIncident(
  id: string,
  title: string,
  { truth, toldAt }: Telling,
  told: readonly ToldIncident[],
): IncidentScore {
  const steps = truth.steps.filter((step) => incidentOf(truth, step) === id);
  const belongs = (detection: ToldDetection) =>
    steps.some(
      ({ id: step, signs, also = [] }) =>
        since(toldAt.get(step), detection) && [...signs, ...also].some((sign) => isShownBy(sign, detection)),
    );
  const stepsIn = ({ story }: ToldIncident) =>
    steps.filter((step) => story.some((one) => shows(step, toldAt.get(step.id), one))).length;
  const ranked = told.toSorted((a, b) => b.priority - a.priority);
  const best = ranked
    .map((incident, index) => ({ incident, rank: index + 1, steps: stepsIn(incident) }))
    .filter((one) => one.steps > 0)
    .sort((a, b) => b.steps - a.steps || a.rank - b.rank)[0];
  const story = best?.incident.story ?? [];
  const stepScores = steps.map((step): StepScore => {
    const at = toldAt.get(step.id);
    const own = story.filter((one) => shows(step, at, one));
    const others = told
      .filter((incident) => incident !== best?.incident)
      .flatMap((incident) => incident.story.filter((one) => shows(step, at, one)));
    const seenAt = Math.min(...[...own, ...others].map((one) => one.seenAt));
    const visibleAt = (at ?? 0) + (step.showsAfterMs ?? 0);
    return {
      id: step.id,
      text: step.text,
      ...(at === undefined ? {} : { toldAt: at }),
      ...(Number.isFinite(seenAt) ? { detectMs: Math.max(0, seenAt - visibleAt) } : {}),
      rules: [...new Set(own.map(({ rule }) => rule))].sort(),
      elsewhere: [...new Set(others.map(({ rule }) => rule))].sort(),
      because: own[0]?.because ?? [],
    };
  });
  const noise = story.filter((one) => !belongs(one));
  const visible = steps.flatMap(({ id: step, showsAfterMs = 0 }) => {
    const at = toldAt.get(step);
    return at === undefined ? [] : [at + showsAfterMs];
  });
  const seen = told.flatMap((incident) => incident.story.filter(belongs).map(({ seenAt }) => seenAt));
  return {
    id,
    title,
    ...(best === undefined
      ? {}
      : {
          told: {
            id: best.incident.id,
            title: best.incident.title,
            severity: best.incident.severity,
            rank: best.rank,
          },
        }),
    steps: stepScores,
    purity: story.length === 0 ? 0 : 1 - noise.length / story.length,
    noise: noise.map(({ rule, assets, summary }) => `${rule} (${assets[0] ?? 'no asset'}): ${summary}`),
    sitesBeyond: best?.incident.sites.filter((site) => !truth.sites.includes(site)) ?? [],
    ...(visible.length === 0 || seen.length === 0
      ? {}
      : { detectMs: Math.max(0, Math.min(...seen) - Math.min(...visible)) }),
  };
}

function shortfallsOf({ id, told, steps, noise, sitesBeyond, detectMs }: IncidentScore): string[] {
  if (told === undefined) return [`no incident shows "${id}"`];
  return [
    ...steps.flatMap(({ id: step, toldAt, rules, elsewhere }) => {
      if (toldAt === undefined) return [`step "${step}" was never told`];
      if (elsewhere.length > 0)
        return [
          `${rules.length > 0 ? 'part of step' : 'step'} "${step}" stands in another incident (${elsewhere.join(', ')})`,
        ];
      return rules.length > 0 ? [] : [`step "${step}" was missed`];
    }),
    ...noise.map((one) => `in the incident and none of the attack: ${one}`),
    ...sitesBeyond.map((site) => `the incident reaches the site "${site}"`),
    ...(detectMs !== undefined && detectMs > DETECTED_WITHIN_MS
      ? [`detected after ${Math.round(detectMs / 1_000)} s, later than ${DETECTED_WITHIN_MS / 1_000} s`]
      : []),
  ];
}

/** @param told every incident that the desk has, with its whole story */
export function scoreOf(scenario: string, telling: Telling, told: readonly ToldIncident[]): Score {
  const incidents = telling.truth.incidents.map(({ id, title }) => scoreOfIncident(id, title, telling, told));
  const apart = incidents.flatMap((one, index) =>
    incidents
      .slice(index + 1)
      .filter((other) => one.told !== undefined && one.told.id === other.told?.id)
      .map((other) => `"${one.id}" and "${other.id}" are one incident and should be two`),
  );
  return {
    scenario,
    incidents,
    toldIncidents: told.length,
    shortfalls: [...incidents.flatMap(shortfallsOf), ...apart],
  };
}

const seconds = (ms: number) => `${Math.round(ms / 1_000)} s`;

/** The score for a person. */
export function scoreText({ scenario, incidents, toldIncidents, shortfalls }: Score): string {
  const lines = incidents.flatMap(({ title, told, steps, purity, detectMs }) => {
    const found = steps.filter(({ rules }) => rules.length > 0).length;
    return [
      `${title}`,
      told === undefined
        ? '  no incident'
        : `  told as       "${told.title}" (${told.severity}), number ${told.rank} of ${toldIncidents} by priority`,
      `  steps         ${found} of ${steps.length} in it`,
      `  purity        ${(purity * 100).toFixed(1)} %`,
      `  detected      ${detectMs === undefined ? 'never' : `${seconds(detectMs)} after the first step that can be seen`}`,
      ...steps.flatMap(({ id, text, detectMs: after, rules, elsewhere, because }) => [
        `  ${rules.length > 0 ? '+' : '-'} ${id}: ${text}`,
        after === undefined
          ? '      missed'
          : `      ${seconds(after)}: ${[...rules, ...elsewhere.map((rule) => `${rule} (in another incident)`)].join(', ')}`,
        ...because.map((reason) => `      ${reason}`),
      ]),
    ];
  });
  return [
    `${scenario}: ${shortfalls.length === 0 ? 'all is as it must be' : `${shortfalls.length} shortfalls`}`,
    ...lines,
    ...shortfalls.map((one) => `! ${one}`),
    '',
  ].join('\n');
}
