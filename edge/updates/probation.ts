/** A configuration that is new is on probation: it stays when health comes back in time, otherwise it goes. Pure. */
import { z } from 'zod';
import { bundleState } from '../../devices/enrolment.ts';

/** Health must have come back within this, in real time. */
export const HEALTHY_WITHIN_MS = 120_000;
/** Starts of the process on probation: a configuration that makes it fall over does not get further ones. */
export const MAX_STARTS = 2;

export const updateState = z.strictObject({
  /** Highest that was ever taken, whatever became of it: never an older one again. */
  counter: z.number().int().min(0),
  state: bundleState,
  detail: z.string().max(300),
  /** Starts of the process since it went on probation. */
  starts: z.number().int().min(0),
});
export type UpdateState = z.infer<typeof updateState>;

export const NOTHING_TAKEN: UpdateState = { counter: 0, state: 'none', detail: '', starts: 0 };

export const begin = (counter: number, note: string): UpdateState => ({
  counter,
  state: 'probation',
  detail: note.slice(0, 300),
  starts: 0,
});

export const refuse = (before: UpdateState, counter: number | undefined, because: string): UpdateState => ({
  counter: Math.max(before.counter, counter ?? 0),
  state: 'refused',
  detail: because.slice(0, 300),
  starts: 0,
});

export const goBack = (before: UpdateState, because: string): UpdateState => ({
  ...before,
  state: 'returned',
  detail: because.slice(0, 300),
});

/** What a start of the process means to it. */
export function started(before: UpdateState): UpdateState {
  if (before.state !== 'probation') return before;
  const starts = before.starts + 1;
  return starts > MAX_STARTS
    ? goBack(before, `the gateway did not come up within ${MAX_STARTS} starts`)
    : { ...before, starts };
}

export interface Health {
  /** Disk and page are well. */
  isWell: boolean;
  /** What was refused when it was taken. */
  refused: string | undefined;
  /** The cloud has answered since. */
  hasContact: boolean;
  /** Since it went on probation, or since the last start. */
  elapsedMs: number;
}

/** What becomes of it: stays, goes, or waits on. */
export function judge(before: UpdateState, { isWell, refused, hasContact, elapsedMs }: Health): UpdateState {
  if (before.state !== 'probation') return before;
  if (refused !== undefined) return goBack(before, `refused: ${refused}`);
  if (isWell && hasContact) return { ...before, state: 'in-force', starts: 0 };
  if (elapsedMs < HEALTHY_WITHIN_MS) return before;
  return goBack(before, hasContact ? 'the gateway was not well in time' : 'the cloud did not answer in time');
}
