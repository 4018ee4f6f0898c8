/** How well a team did in an exercise, from what was recorded and nothing else. Each part says why. Pure. */
import { z } from 'zod';
import { durationMs, instant, plainText } from '../../devices/model/identifiers.ts';
import { durationText } from '../cascade/spread.ts';
import { dueAtOf, type Recovery } from './recovery.ts';

export const goals = z.strictObject({
  /** From the incident on the desk until somebody took it. */
  acknowledgeMs: durationMs.min(1_000),
  /** Until the plan was activated. */
  activateMs: durationMs.min(1_000),
  /** Until the incident was contained. */
  containMs: durationMs.min(1_000),
});
export type Goals = z.infer<typeof goals>;

export const criteria = [
  'acknowledged',
  'activated',
  'contained',
  'checklist',
  'handed-over',
  'lessons',
] as const;
/** Points of each; a hundred in all. */
const worth: Readonly<Record<(typeof criteria)[number], number>> = {
  acknowledged: 20,
  activated: 20,
  contained: 20,
  checklist: 25,
  'handed-over': 5,
  lessons: 10,
};
/** After so many times the goal nothing is left of the points. */
const NOTHING_AT = 3;

export const score = z.strictObject({
  at: instant,
  points: z.number().int().min(0).max(100),
  parts: z.array(
    z.strictObject({
      criterion: z.enum(criteria),
      points: z.number().min(0),
      of: z.number(),
      /** Absent where it did not come to it. */
      tookMs: z.exactOptional(z.number()),
      goalMs: z.exactOptional(z.number()),
      /** 0 to 1. */
      share: z.exactOptional(z.number()),
      because: plainText,
    }),
  ),
});
export type Score = z.infer<typeof score>;

/** What was recorded. Times are ms since 1970. */
export interface ExerciseFacts {
  goals: Goals;
  /** The gravest incident that the exercise brought, the first of them. */
  incident?: { title: string; openedAt: number; acknowledgedAt?: number; containedAt?: number };
  recovery?: Recovery;
  /** Notes on the incident, and hand-overs of a shift that name it. */
  handOvers: number;
  notes: number;
  /** When lessons were first written. */
  lessonsAt?: number;
}

type Part = Score['parts'][number];

export function scoreOf(facts: ExerciseFacts, now: number): Score {
  const parts = [...timed(facts), checklist(facts), handedOver(facts), lessonsPart(facts)];
  return { at: now, points: Math.round(parts.reduce((sum, { points }) => sum + points, 0)), parts };
}

/** All points within the goal, none from three times the goal on, in between evenly. */
export function pointsFor(tookMs: number, goalMs: number, of: number): number {
  const over = Math.max(0, tookMs / goalMs - 1) / (NOTHING_AT - 1);
  return Math.round(of * Math.max(0, 1 - over) * 10) / 10;
}

function timed({ goals: wanted, incident, recovery }: ExerciseFacts): Part[] {
  const part = (
    criterion: 'acknowledged' | 'activated' | 'contained',
    at: number | undefined,
    goalMs: number,
    [did, did_not]: readonly [string, string],
  ): Part => {
    const of = worth[criterion];
    if (incident === undefined)
      return { criterion, points: 0, of, goalMs, because: 'The exercise brought no incident.' };
    if (at === undefined) return { criterion, points: 0, of, goalMs, because: did_not };
    // Whoever acts on a sign before the incident is there has lost no time.
    const tookMs = Math.max(0, at - incident.openedAt);
    return {
      criterion,
      points: pointsFor(tookMs, goalMs, of),
      of,
      tookMs,
      goalMs,
      because: `${did} after ${durationText(tookMs)}; the goal was ${durationText(goalMs)}.`,
    };
  };
  return [
    part('acknowledged', incident?.acknowledgedAt, wanted.acknowledgeMs, [
      `“${incident?.title ?? ''}” was acknowledged`,
      'Nobody acknowledged the incident.',
    ]),
    part('activated', recovery?.activated.at, wanted.activateMs, [
      'The plan was activated',
      'The plan was not activated.',
    ]),
    part('contained', incident?.containedAt, wanted.containMs, [
      'The incident was contained',
      'The incident was not contained.',
    ]),
  ];
}

function checklist({ recovery }: ExerciseFacts): Part {
  const of = worth.checklist;
  const criterion = 'checklist';
  if (recovery === undefined) return { criterion, points: 0, of, because: 'The plan was not activated.' };
  const states = recovery.plan.content.steps.map((step) => {
    const item = recovery.items.find((one) => one.step === step.id);
    const dueAt = dueAtOf(recovery, step);
    return {
      isSkipped: item?.state === 'skipped',
      isDone: item?.state === 'done',
      isInTime: item?.state === 'done' && (dueAt === undefined || (item.at ?? 0) <= dueAt),
    };
  });
  const asked = states.filter(({ isSkipped }) => !isSkipped);
  const skipped = states.length - asked.length;
  if (asked.length === 0)
    return { criterion, points: 0, of, share: 0, because: 'No step of the plan was done.' };
  const inTime = asked.filter(({ isInTime }) => isInTime).length;
  const late = asked.filter(({ isDone }) => isDone).length - inTime;
  const share = inTime / asked.length;
  return {
    criterion,
    points: Math.round(of * share * 10) / 10,
    of,
    share,
    because:
      `${inTime} of ${asked.length} steps were done in time` +
      `${late === 0 ? '' : `, ${late} late`}${skipped === 0 ? '' : `; ${skipped} skipped with a reason do not count`}.`,
  };
}

function handedOver({ handOvers, notes }: ExerciseFacts): Part {
  const of = worth['handed-over'];
  const said =
    handOvers > 0 ? 'It stands in a hand-over of the shift.' : `${notes} note(s) tell the next shift.`;
  return handOvers + notes > 0
    ? { criterion: 'handed-over', points: of, of, because: said }
    : { criterion: 'handed-over', points: 0, of, because: 'Nothing was written down for the next shift.' };
}

const lessonsPart = ({ lessonsAt }: ExerciseFacts): Part =>
  lessonsAt === undefined
    ? { criterion: 'lessons', points: 0, of: worth.lessons, because: 'No lessons are written yet.' }
    : { criterion: 'lessons', points: worth.lessons, of: worth.lessons, because: 'Lessons were written.' };
