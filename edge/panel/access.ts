/**
 * Who may open which door, and what happens there: a badge is presented, a code typed, a door opened, a lock reports.
 * Pure: it gives back the observations that say how it answered, the commands to locks, buzzers and readers, and
 * what it found out. The decision is in door/decision.ts, the answer in door/admission.ts, a door in door/door.ts.
 */
import type { Observation, ObservationKind } from '../../devices/model/observation.ts';
import { fittingId } from '../rules/detection-id.ts';
import { openingsOf } from '../rules/surroundings.ts';
import { each } from './alarm.ts';
import { type AccessState, activeTriggers, nextAccessWake } from './door/access-state.ts';
import { type AccessRules, missed, presented, type Typed, typed, typing } from './door/admission.ts';
import { type AccessConfiguration, settingsOf } from './door/configuration.ts';
import { isForSignInAlone } from './door/decision.ts';
import type { DoorInput } from './door/door-state.ts';
import {
  type AccessOutcome,
  andThen,
  atDoor,
  isWatchedDoor,
  lockedAgain,
  lockNow,
  lockOrdered,
  locksOf,
  nothingYet,
} from './door/doors.ts';
import type { PanelContext } from './outcome.ts';

export type AccessInput =
  | { type: 'observation'; observation: Observation }
  | ({ type: 'code' } & Typed)
  /** A code was typed; what it is comes with `code`. */
  | { type: 'typing'; reader: string; at: number }
  | { type: 'time'; at: number };

/** Observations that can change anything here; to all others access has nothing to say. */
export const accessKinds: ReadonlySet<ObservationKind> = new Set([
  'badge.presented',
  'door.opened',
  'door.closed',
  'lock.locked',
  'lock.unlocked',
  'lock.jammed',
  'exit.requested',
  'command.failed',
]);

/**
 * One step. What has fallen due before it is done first.
 * @param dueAt when time alone changes something, for whoever has worked that out already
 */
export function accessStep(
  before: AccessState,
  input: AccessInput,
  configuration: AccessConfiguration,
  context: PanelContext,
  rules: AccessRules = {},
  dueAt = nextAccessWake(before, configuration),
): AccessOutcome {
  const at =
    input.type === 'observation'
      ? Math.min(input.observation.observedAt, input.observation.receivedAt)
      : input.at;
  const isDue = dueAt !== undefined && dueAt <= at;
  const due = isDue ? passTime(before, at, configuration, context) : nothingYet(before);
  if (input.type === 'time') return due;
  const reader = input.type === 'observation' ? input.observation.asset : input.reader;
  const isAtReader = input.type !== 'observation' || input.observation.kind === 'badge.presented';
  if (isAtReader && isForSignInAlone(reader, configuration, context)) return due;
  if (input.type === 'code') return andThen(due, typed(due.state, input, configuration, context, rules));
  if (input.type === 'typing') return { ...due, state: typing(due.state, reader, at) };
  const { observation } = input;
  if (observation.kind !== 'badge.presented') return atDoors(due, observation, at, configuration, context);
  const badge = observation.subjects?.badge;
  if (badge === undefined || rules.isVehicle?.(badge) === true) return due;
  const { receivedAt, id } = observation;
  const shown = { reader, badge, at, now: receivedAt, observation: id };
  return andThen(due, presented(due.state, shown, configuration, context, rules));
}

/** Locks whose time is over, people whose second factor did not come, doors that have stood open. */
function passTime(
  before: AccessState,
  at: number,
  configuration: AccessConfiguration,
  context: PanelContext,
): AccessOutcome {
  let outcome = nothingYet(before);
  const over = Object.entries(before.openUntil)
    .filter(([, until]) => until <= at)
    .sort(([a, untilA], [b, untilB]) => untilA - untilB || (a < b ? -1 : 1))
    .map(([lock]) => lock);
  outcome = lockNow(outcome, over, at, 'the time for the badge is over', configuration, context);
  for (const [reader, waiting] of Object.entries(before.waiting))
    if (waiting.until <= at) {
      outcome = missed(outcome, reader, waiting, at);
      if (waiting.next !== undefined)
        outcome = andThen(
          outcome,
          presented(outcome.state, { ...waiting.next, now: at }, configuration, context),
        );
    }
  for (const door of Object.keys(outcome.state.doors))
    outcome = atDoor(outcome, door, { type: 'time', at }, configuration, context);
  return outcome;
}

const contacts: Partial<Record<ObservationKind, 'opened' | 'closed'>> = {
  'door.opened': 'opened',
  'door.closed': 'closed',
};
const lockWords: Partial<Record<ObservationKind, 'locked' | 'unlocked' | 'jammed'>> = {
  'lock.locked': 'locked',
  'lock.unlocked': 'unlocked',
  'lock.jammed': 'jammed',
};

/** What an observation is to the doors that it concerns. */
function atDoors(
  given: AccessOutcome,
  observation: Observation,
  at: number,
  configuration: AccessConfiguration,
  context: PanelContext,
): AccessOutcome {
  const { asset, id, kind, facts } = observation;
  const { registry } = context;
  let outcome = given;
  const tell = (doors: readonly string[], input: DoorInput) => {
    for (const door of doors)
      if (isWatchedDoor(door, configuration, context))
        outcome = atDoor(outcome, door, input, configuration, context);
  };
  const contact = contacts[kind];
  const lockWord = lockWords[kind];
  const beyond = () => openingsOf(asset, registry).map((opening) => opening.id);
  if (contact !== undefined) tell([asset], { type: contact, at, observation: id });
  else if (lockWord !== undefined)
    tell(beyond(), { type: 'lock', at, observation: id, lock: asset, is: lockWord });
  else if (kind === 'exit.requested') {
    const door = typeof facts?.door === 'string' ? facts.door : undefined;
    const doors = door !== undefined ? [door] : registry.asset(asset)?.kind === 'door' ? [asset] : beyond();
    tell(doors, { type: 'exit', at, observation: id });
    for (const each of doors)
      if (settingsOf(each, configuration).unlocksForExit)
        outcome = unlockForExit(outcome, each, at, configuration, context);
  } else if (kind === 'command.failed') {
    const to =
      facts?.action === 'lock.lock' ? 'locked' : facts?.action === 'lock.unlock' ? 'unlocked' : undefined;
    if (to !== undefined) tell(beyond(), { type: 'failed', at, observation: id, lock: asset, to });
  }
  return outcome;
}

function unlockForExit(
  given: AccessOutcome,
  door: string,
  at: number,
  configuration: AccessConfiguration,
  context: PanelContext,
): AccessOutcome {
  const locks = locksOf(door, context);
  const timed = lockedAgain(locks, given.state, configuration, context);
  const until = at + configuration.unlockMs;
  const { state } = given;
  const told = andThen(given, {
    state: {
      ...state,
      openUntil: { ...state.openUntil, ...Object.fromEntries(timed.map((lock) => [lock, until])) },
    },
    observations: [],
    detections: [],
    actions: each(locks, 'lock.unlock', 'somebody asks to leave').map((action) => ({
      ...action,
      lifetimeMs: Math.min(action.lifetimeMs ?? configuration.unlockMs, configuration.unlockMs),
      issuedBy: 'access',
    })),
  });
  return lockOrdered(told, locks, 'unlocked', at, configuration, context);
}

/** Ids of detections whose condition goes on. */
export const activeAccessDetections = (state: AccessState): string[] =>
  activeTriggers(state).map(({ door, rule, trigger }) => fittingId(`${rule}/${door}/${trigger}`));
