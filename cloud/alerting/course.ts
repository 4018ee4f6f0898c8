/**
 * The course of telling people of one incident, as a pure step: what has become of the incident and the time give whom
 * to tell. People hear of it once, again when it gets graver, and those further up when nobody takes it; not at every
 * piece of news.
 */
import { z } from 'zod';
import { severity, severityRank } from '../../devices/model/detection.ts';
import { instant } from '../../devices/model/identifiers.ts';
import { type IncidentState, incidentState } from '../../devices/model/incident.ts';
import { type Chain, dueSteps, type Target } from './chain.ts';

export const course = z.strictObject({
  incident: z.string().min(1).max(256),
  /** When people were first told; anew when it was opened again. */
  startedAt: instant,
  /** Severity and state when they were last told or looked at. */
  severity,
  state: incidentState,
  chain: z.string(),
  /** Steps of the chain that are done. */
  done: z.number().int().min(0),
});
export type Course = z.infer<typeof course>;

/** Why people are told. */
export type Reason = 'opened' | 'graver' | 'not-taken' | 'opened-again' | 'milder';

/** To tell these people, now. `isQuiet`: it may replace what they were told, without a sound. */
export interface Order {
  reason: Reason;
  step: number;
  to: readonly Target[];
  isQuiet: boolean;
}

export interface Standing {
  id: string;
  severity: Chain['from'];
  state: IncidentState;
}

/** Somebody has it in hand, or it is over. */
const isTaken = (state: IncidentState): boolean => state !== 'open';
const isOver = (state: IncidentState): boolean => state === 'resolved' || state === 'false-alarm';

/**
 * @param chain of this incident as it stands now; undefined where it is not grave enough
 * @returns the course from now on, whom to tell, and when to look again, ms since 1970
 */
export function follow(
  before: Course | undefined,
  incident: Standing,
  chain: Chain | undefined,
  now: number,
): { course: Course | undefined; orders: Order[]; lookAt: number | undefined } {
  if (chain === undefined || (before === undefined && isTaken(incident.state))) {
    // Too mild by now: nobody further up is called, those who know it are told once that it is milder.
    return before === undefined || chain !== undefined
      ? { course: undefined, orders: [], lookAt: undefined }
      : {
          course: { ...before, severity: incident.severity, state: incident.state },
          orders: [],
          lookAt: undefined,
        };
  }
  const steps = dueSteps(chain);
  const begin = (reason: Reason) => {
    const course: Course = {
      incident: incident.id,
      startedAt: now,
      severity: incident.severity,
      state: incident.state,
      chain: chain.id,
      done: 0,
    };
    return onwards(course, steps, now, reason);
  };
  if (before === undefined) return begin('opened');
  if (isOver(before.state) && incident.state === 'open') return begin('opened-again');

  const course: Course = { ...before, severity: incident.severity, state: incident.state, chain: chain.id };
  // A chain that was shortened since has no more steps than it has.
  course.done =
    before.chain === chain.id
      ? Math.min(before.done, steps.length)
      : doneBy(steps, before.startedAt, now, before.done);
  const difference = severityRank(incident.severity) - severityRank(before.severity);
  const told = steps.slice(0, course.done).flatMap(({ to }) => to);
  const orders: Order[] = [];
  if (difference !== 0 && !isOver(incident.state) && told.length > 0)
    orders.push({
      reason: difference > 0 ? 'graver' : 'milder',
      step: course.done - 1,
      to: unique(told),
      isQuiet: difference < 0,
    });
  if (isTaken(incident.state)) return { course, orders, lookAt: undefined };
  const next = onwards(course, steps, now, 'not-taken');
  return { ...next, orders: [...orders, ...next.orders] };
}

/** All steps that are due by now, in one go: after a standstill nobody is left out. */
function onwards(
  course: Course,
  steps: readonly { afterMs: number; to: readonly Target[] }[],
  now: number,
  reason: Reason,
): { course: Course; orders: Order[]; lookAt: number | undefined } {
  const orders: Order[] = [];
  let { done } = course;
  for (const [index, { afterMs, to }] of steps.entries()) {
    if (index < done || course.startedAt + afterMs > now) continue;
    orders.push({ reason: index === 0 ? reason : 'not-taken', step: index, to, isQuiet: false });
    done = index + 1;
  }
  const next = steps[done];
  return {
    course: { ...course, done },
    orders,
    lookAt: next === undefined ? undefined : course.startedAt + next.afterMs,
  };
}

/** In another chain those steps count as done that lie before what was done in time; the rest is to come. */
const doneBy = (
  steps: readonly { afterMs: number }[],
  startedAt: number,
  now: number,
  done: number,
): number => Math.min(done, steps.filter(({ afterMs }) => startedAt + afterMs <= now).length);

function unique(targets: readonly Target[]): Target[] {
  return [...new Map(targets.map((one) => [JSON.stringify(one), one])).values()];
}
