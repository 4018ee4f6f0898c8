/** A run of a playbook: what is kept of it, as it stands in the store. */
import { z } from 'zod';
import { instant, plainText } from '../../../devices/model/identifiers.ts';

/** Lines of a run's own log, the newest. */
export const MAX_LOG = 1_000;
/** Values that a run knows, and the length of each. */
const MAX_VALUES = 200;
export const MAX_VALUE = 2_000;

/**
 * What a machine is asked to do. Its id says which step, attempt and command it is of: the same id is the same deed,
 * so whoever knows ids does it once. Secrets and addresses are not in it, only their names.
 */
export const deed = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('gateway'),
    action: z.string().max(64),
    asset: z.string().max(256),
    lifetimeMs: z.number(),
    preset: z.exactOptional(z.string()),
    reason: z.string(),
  }),
  z.strictObject({
    kind: z.literal('notice'),
    site: z.string().max(256),
    text: z.string(),
    lifetimeMs: z.number(),
  }),
  z.strictObject({
    kind: z.literal('http'),
    target: z.string().max(128),
    call: z.string().max(128),
    arguments: z.record(z.string(), z.string()),
  }),
  z.strictObject({
    kind: z.literal('mail'),
    to: z.array(z.string().max(128)).max(20),
    subject: z.string(),
    text: z.string(),
  }),
]);
export type Deed = z.infer<typeof deed>;

export const effect = z.strictObject({
  id: z.string().max(256),
  deed,
  /** What is sent, in words for people. */
  says: z.string(),
  /** May be sent again under the same id without being done twice. */
  isRepeatable: z.boolean(),
  issuedAt: instant,
  state: z.enum(['sent', 'ok', 'failed', 'unknown']),
  detail: z.exactOptional(z.string()),
});
export type Effect = z.infer<typeof effect>;

/** Why somebody else must agree. */
export const danger = z.enum(['people', 'trade']);
export type Danger = z.infer<typeof danger>;

export const approval = z.strictObject({
  danger,
  /** What will be done, in words, one for each command that is dangerous: nothing else is covered. */
  says: z.array(z.string()).max(40),
  requestedBy: z.string(),
  requestedAt: instant,
  approvedBy: z.exactOptional(z.string()),
  approvedAt: z.exactOptional(instant),
  /** One person alone has agreed, in an emergency: why, and what a second person said of it afterwards. */
  alone: z.exactOptional(
    z.strictObject({
      reason: z.string(),
      review: z.exactOptional(
        z.strictObject({ by: z.string(), at: instant, wasRight: z.boolean(), text: z.string() }),
      ),
    }),
  ),
});

/**
 * `waiting`: its delay runs. `approval`: somebody else must agree. `todo`: a person is to do it. `running`: a machine is
 * at it. `unknown`: whether it was done is not known, a person must say. `failed`: it went wrong; unless it `wentOn`, a
 * person must say what now. `open`: its branches run.
 */
export const stepState = z.enum([
  'waiting',
  'approval',
  'todo',
  'running',
  'unknown',
  'failed',
  'open',
  'done',
  'skipped',
  'cancelled',
]);
export type StepState = z.infer<typeof stepState>;

export const stepRun = z.strictObject({
  /** The step's id and how often it has been begun. */
  key: z.string(),
  step: z.string(),
  thread: z.number(),
  state: stepState,
  beganAt: instant,
  /** When it came into its state. */
  since: instant,
  /** While its delay runs: until when. */
  startsAt: z.exactOptional(instant),
  /** When it counts as late. */
  dueAt: z.exactOptional(instant),
  isOverdue: z.exactOptional(z.boolean()),
  wentOn: z.exactOptional(z.boolean()),
  attempt: z.number(),
  /** Which of its commands is on. */
  command: z.number(),
  effects: z.array(effect).max(200),
  approval: z.exactOptional(approval),
  assignee: z.exactOptional(z.string()),
  /** Branches that have not ended. */
  branches: z.number(),
  rounds: z.number(),
  /** Who ended it, and what there is to say of it. */
  by: z.exactOptional(z.string()),
  text: z.exactOptional(z.string()),
});
export type StepRun = z.infer<typeof stepRun>;

export const runLine = z.strictObject({
  at: instant,
  by: z.string(),
  step: z.exactOptional(z.string()),
  what: z.string(),
  text: z.exactOptional(z.string()),
});
export type RunLine = z.infer<typeof runLine>;

export const run = z.strictObject({
  id: z.string(),
  playbook: z.string(),
  playbookName: z.string(),
  version: z.number(),
  incident: z.string(),
  title: z.string(),
  site: z.exactOptional(z.string()),
  startedAt: instant,
  startedBy: z.string(),
  status: z.enum(['running', 'done', 'cancelled']),
  endedAt: z.exactOptional(instant),
  endedBy: z.exactOptional(z.string()),
  text: z.exactOptional(plainText),
  values: z
    .record(z.string(), z.string().max(MAX_VALUE))
    .refine((all) => Object.keys(all).length <= MAX_VALUES, `at most ${MAX_VALUES} values`),
  /** Threads under way: where each is, and which step waits for its end. */
  threads: z.array(z.strictObject({ id: z.number(), at: z.string(), parent: z.exactOptional(z.string()) })),
  nextThread: z.number(),
  /** In the order in which they began. */
  steps: z.array(stepRun),
  log: z.array(runLine),
});
export type Run = z.infer<typeof run>;

export const isOver = ({ state, wentOn }: Pick<StepRun, 'state' | 'wentOn'>): boolean =>
  state === 'done' || state === 'skipped' || state === 'cancelled' || (state === 'failed' && wentOn === true);

/** A person is wanted. */
export const isAsking = (step: Pick<StepRun, 'state' | 'wentOn'>): boolean =>
  step.state === 'approval' ||
  step.state === 'todo' ||
  step.state === 'unknown' ||
  (step.state === 'failed' && step.wentOn !== true);

/** One person alone agreed to it, and nobody else has looked at that since. */
export const wantsReview = ({ approval }: Pick<StepRun, 'approval'>): boolean =>
  approval?.alone !== undefined && approval.alone.review === undefined;

/** When time alone changes something next. */
export function nextDueAt({ status, steps }: Pick<Run, 'status' | 'steps'>): number | undefined {
  if (status !== 'running') return undefined;
  const due = steps.flatMap((step) =>
    step.state === 'waiting'
      ? (step.startsAt ?? [])
      : (step.state === 'running' || step.state === 'todo') && step.isOverdue !== true
        ? (step.dueAt ?? [])
        : [],
  );
  return due.length === 0 ? undefined : Math.min(...due);
}
