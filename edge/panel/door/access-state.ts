/** What the panel remembers of people and doors. */
import { z } from 'zod';
import type { AccessConfiguration } from './configuration.ts';
import { settingsOf } from './configuration.ts';
import { nextDoorWake } from './door.ts';
import { doorState } from './door-state.ts';
import { whereabouts } from './whereabouts.ts';

/** Somebody who has shown a badge and not yet all that is wanted. */
export const holder = z.object({
  identity: z.string(),
  badge: z.string(),
  /** Id of the observation that the badge was presented. */
  presented: z.string(),
  remark: z.enum(['passed-back', 'came-otherwise']).optional(),
  withCode: z.boolean(),
});
export type Holder = z.infer<typeof holder>;

/** A badge at a reader. */
export const presentedBadge = z.object({
  reader: z.string(),
  badge: z.string(),
  at: z.number(),
  /** When the commands that follow from it go out: a badge from before a gap must not open a door now. */
  now: z.number(),
  /** Id of its observation. */
  observation: z.string(),
});
export type Presented = z.infer<typeof presentedBadge>;

const waiting = z.object({
  wants: z.enum(['code', 'second-person']),
  /** Who is asked for a code; with `second-person`, who waits. */
  who: holder,
  opens: z.array(z.string()),
  until: z.number(),
  /** Who waits while the second person is asked for a code. */
  first: z.object({ who: holder, until: z.number(), opens: z.array(z.string()) }).optional(),
  /** The code has been typed and is being compared. */
  comparing: z.boolean().optional(),
  /** A badge that was shown meanwhile: it has its turn after the code. */
  next: presentedBadge.optional(),
});
export type Waiting = z.infer<typeof waiting>;

export const accessState = z.object({
  /** Locks that are open for a badge, and until when. */
  openUntil: z.record(z.string(), z.number()),
  /** By reader. */
  waiting: z.record(z.string(), waiting).default({}),
  /** Wrong codes in a row, by person. */
  wrongCodes: z.record(z.string(), z.object({ count: z.number(), lockedUntil: z.number() })).default({}),
  whereabouts: whereabouts.default({}),
  doors: z.record(z.string(), doorState).default({}),
});
export type AccessState = z.infer<typeof accessState>;

export const initialAccess = (): AccessState => ({
  openUntil: {},
  waiting: {},
  wrongCodes: {},
  whereabouts: {},
  doors: {},
});

/** When time alone changes something; undefined: never. */
export function nextAccessWake(state: AccessState, configuration: AccessConfiguration): number | undefined {
  const times = [
    ...Object.values(state.openUntil),
    ...Object.values(state.waiting).map(({ until }) => until),
    ...Object.entries(state.doors).flatMap(
      ([door, known]) => nextDoorWake(known, settingsOf(door, configuration)) ?? [],
    ),
  ];
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Detections whose condition goes on: doors that are propped, locks that have not followed. */
export const activeTriggers = ({
  doors,
}: AccessState): { door: string; rule: 'door-propped' | 'lock-not-following'; trigger: string }[] =>
  Object.entries(doors).flatMap(([door, { open, locks }]) => [
    ...(open?.propped === undefined ? [] : [{ door, rule: 'door-propped' as const, trigger: open.propped }]),
    ...Object.values(locks).flatMap(({ strayed }) =>
      strayed === undefined ? [] : [{ door, rule: 'lock-not-following' as const, trigger: strayed }],
    ),
  ]);
