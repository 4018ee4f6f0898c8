/** A plan that was activated: what was done of it, by whom, when, and the recovery clock. Pure. */
import { z } from 'zod';
import { instant, plainText } from '../../devices/model/identifiers.ts';
import { type Phase, planContent } from './plan.ts';
import { ContinuityProblem } from './problem.ts';

export const RECOVERY_DOCUMENT = 'continuity.recovery';
/** Kept of an installation, those that are over as well. */
export const MAX_RECOVERIES = 20_000;
/** Lines of one recovery's log. */
export const MAX_LOG = 500;

const said = { at: instant, by: plainText, text: plainText };
const id = z.string().min(1).max(128);

export const recovery = z.strictObject({
  id,
  /** As it was when it was activated: later changes of the plan do not change what is under way. */
  plan: z.strictObject({ id, version: z.number().int().min(1), content: planContent }),
  incident: z.exactOptional(z.string().min(1).max(256)),
  /** It belongs to an exercise: nothing of it is real. */
  exercise: z.exactOptional(id),
  activated: z.strictObject(said),
  /** Where the recovery clock starts, and why there. */
  clock: z.strictObject({
    at: instant,
    basis: z.enum(['failed', 'activated', 'corrected']),
    because: plainText,
  }),
  items: z.array(
    z.strictObject({
      step: id,
      state: z.enum(['open', 'done', 'skipped']),
      at: z.exactOptional(instant),
      by: z.exactOptional(plainText),
      text: z.exactOptional(plainText),
    }),
  ),
  /** Fall-backs that were taken. */
  taken: z.array(
    z.strictObject({
      fallback: id,
      at: instant,
      by: plainText,
      text: plainText,
      ended: z.exactOptional(z.strictObject({ at: instant, by: plainText })),
    }),
  ),
  /** The service works again, by a fall-back or as it used to. */
  serving: z.exactOptional(z.strictObject({ ...said, how: z.enum(['fall-back', 'normal']) })),
  ended: z.exactOptional(z.strictObject({ ...said, how: z.enum(['normal', 'given-up']) })),
  log: z.array(z.strictObject({ at: instant, by: plainText, what: plainText, text: plainText })).max(MAX_LOG),
});
export type Recovery = z.infer<typeof recovery>;

const words = plainText.max(1_000).default('');
const reason = plainText.max(1_000).refine((text) => text.trim().length >= 3, 'must say why');

/** What a person may say to a recovery. */
export const word = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('done'), step: id, text: words }),
  z.strictObject({ type: z.literal('skipped'), step: id, text: reason }),
  z.strictObject({ type: z.literal('open'), step: id, text: words }),
  z.strictObject({ type: z.literal('take'), fallback: id, text: words }),
  z.strictObject({ type: z.literal('leave'), fallback: id, text: words }),
  z.strictObject({ type: z.literal('serving'), how: z.enum(['fall-back', 'normal']), text: words }),
  z.strictObject({ type: z.literal('down'), text: reason }),
  z.strictObject({ type: z.literal('clock'), at: instant, text: reason }),
  z.strictObject({ type: z.literal('note'), text: reason }),
  z.strictObject({ type: z.literal('end'), how: z.enum(['normal', 'given-up']), text: reason }),
]);
export type Word = z.infer<typeof word>;

/** How the recovery clock stands. */
export interface RecoveryClock {
  startsAt: number;
  objectiveMs: number;
  /** Until the service worked again, or until now. */
  elapsedMs: number;
  state: 'running' | 'overdue' | 'met' | 'missed' | 'given-up';
  stoppedAt?: number;
}

export function clockOf({ clock, plan, serving, ended }: Recovery, now: number): RecoveryClock {
  const objectiveMs = plan.content.rtoMs;
  const stoppedAt = serving?.at ?? ended?.at;
  const elapsedMs = Math.max(0, (stoppedAt ?? now) - clock.at);
  const isLate = elapsedMs > objectiveMs;
  const state =
    serving !== undefined
      ? isLate
        ? 'missed'
        : 'met'
      : ended !== undefined
        ? 'given-up'
        : isLate
          ? 'overdue'
          : 'running';
  return {
    startsAt: clock.at,
    objectiveMs,
    elapsedMs,
    state,
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
  };
}

/** By when a step should be done; undefined: the plan does not say, or its clock has not started. */
export function dueAtOf(
  of: Recovery,
  { phase, withinMs }: { phase: Phase; withinMs?: number },
): number | undefined {
  const from = phase === 'normal' ? of.serving?.at : of.clock.at;
  return withinMs === undefined || from === undefined ? undefined : from + withinMs;
}

/** What it is after somebody's word. @throws ContinuityProblem when that cannot be */
export function after(of: Recovery, said: Word, { at, by }: { at: number; by: string }): Recovery {
  if (of.ended !== undefined) throw new ContinuityProblem('over', 'This recovery is over.');
  if (of.log.length >= MAX_LOG && said.type !== 'end')
    throw new ContinuityProblem('too-many', 'Its log is full. End it, and activate the plan anew.');
  const changed = changedBy(of, said, { at, by });
  const entry = { at, by, what: whatOf(of, said), text: said.text };
  return { ...changed, log: [...of.log.slice(-(MAX_LOG - 1)), entry] };
}

function changedBy(of: Recovery, said: Word, { at, by }: { at: number; by: string }): Recovery {
  const { text } = said;
  switch (said.type) {
    case 'done':
    case 'skipped':
    case 'open': {
      const item = of.items.find(({ step }) => step === said.step);
      if (item === undefined) throw new ContinuityProblem('not-found', 'There is no such step.');
      if (item.state === said.type)
        throw new ContinuityProblem('changed', `Somebody said so already: it is ${said.type}.`);
      const after =
        said.type === 'open'
          ? { step: said.step, state: said.type }
          : { step: said.step, state: said.type, at, by, ...(text === '' ? {} : { text }) };
      return { ...of, items: of.items.map((one) => (one === item ? after : one)) };
    }
    case 'take': {
      if (!of.plan.content.fallbacks.some(({ id: known }) => known === said.fallback))
        throw new ContinuityProblem('not-found', 'There is no such fall-back.');
      if (of.taken.some(({ fallback, ended }) => fallback === said.fallback && ended === undefined))
        throw new ContinuityProblem('changed', 'This fall-back is in use already.');
      return { ...of, taken: [...of.taken, { fallback: said.fallback, at, by, text }] };
    }
    case 'leave': {
      const open = of.taken.find(({ fallback, ended }) => fallback === said.fallback && ended === undefined);
      if (open === undefined) throw new ContinuityProblem('changed', 'This fall-back is not in use.');
      return { ...of, taken: of.taken.map((one) => (one === open ? { ...one, ended: { at, by } } : one)) };
    }
    case 'serving':
      if (of.serving?.how === said.how) throw new ContinuityProblem('changed', 'Somebody said so already.');
      // The clock stopped when it first worked again; that it now works as it used to does not move it.
      return { ...of, serving: { at: of.serving?.at ?? at, by, text, how: said.how } };
    case 'down': {
      if (of.serving === undefined) throw new ContinuityProblem('changed', 'The service is down as it is.');
      const { serving: _before, ...rest } = of;
      return rest;
    }
    case 'clock':
      if (said.at > at) throw new ContinuityProblem('in-future', 'It cannot have failed in the future.');
      return { ...of, clock: { at: said.at, basis: 'corrected', because: `${by}: ${text}` } };
    case 'note':
      return of;
    case 'end': {
      if (said.how === 'given-up') return { ...of, ended: { at, by, text, how: said.how } };
      if (of.serving === undefined)
        throw new ContinuityProblem('down', 'The service is still down. Say first that it works again.');
      const open = of.items.filter(({ state }) => state === 'open').length;
      if (open > 0)
        throw new ContinuityProblem(
          'open-items',
          `${open === 1 ? 'One step is' : `${open} steps are`} still open: do or skip each, with its reason.`,
        );
      if (of.taken.some(({ ended }) => ended === undefined))
        throw new ContinuityProblem('on-fall-back', 'A fall-back is still in use: leave it first.');
      return { ...of, ended: { at, by, text, how: said.how } };
    }
  }
}

function whatOf(of: Recovery, said: Word): string {
  const { steps, fallbacks } = of.plan.content;
  switch (said.type) {
    case 'done':
    case 'skipped':
    case 'open':
      return `${said.type}: ${steps.find(({ id: known }) => known === said.step)?.text ?? said.step}`;
    case 'take':
    case 'leave':
      return `${said.type === 'take' ? 'fall-back taken' : 'fall-back left'}: ${
        fallbacks.find(({ id: known }) => known === said.fallback)?.title ?? said.fallback
      }`;
    case 'serving':
      return said.how === 'normal' ? 'works as it used to' : 'works by a fall-back';
    case 'down':
      return 'down again';
    case 'clock':
      return `clock starts ${new Date(said.at).toISOString()}`;
    case 'note':
      return 'note';
    case 'end':
      return said.how === 'normal' ? 'back to normal' : 'given up';
  }
}
