/** Brings what happens to the doors that it concerns, and makes detections and commands of what they find. */

import type { Detection } from '../../rules/rule.ts';
import { around, openingsOf } from '../../rules/surroundings.ts';
import { durationText, nameOf } from '../../rules/wording.ts';
import { each, panelDetection } from '../alarm.ts';
import { atLeastReal, type PanelContext, type PanelOutcome } from '../outcome.ts';
import type { AccessState } from './access-state.ts';
import { type AccessConfiguration, settingsOf } from './configuration.ts';
import { doorStep } from './door.ts';
import { type DoorFinding, type DoorInput, restingDoor } from './door-state.ts';
import { isWithin } from './hours.ts';
import { moved } from './whereabouts.ts';

/** A command to a lock and its answer take a while on wires and machines, however fast the day is run. */
const MIN_REAL_LOCK_MS = 1_000;

export type AccessOutcome = PanelOutcome<AccessState>;

export const nothingYet = (state: AccessState): AccessOutcome => ({
  state,
  observations: [],
  detections: [],
  actions: [],
});

/** Both, one after the other; `second` began from the first one's state. */
export const andThen = (first: AccessOutcome, second: AccessOutcome): AccessOutcome => ({
  state: second.state,
  observations: [...first.observations, ...second.observations],
  detections: [...first.detections, ...second.detections],
  actions: [...first.actions, ...second.actions],
});

/** Locks of a door, or the lock itself. */
export function locksOf(opening: string, { registry }: PanelContext): string[] {
  if (registry.asset(opening)?.kind === 'lock') return [opening];
  return around(opening, registry, ['lock']).map(({ id }) => id);
}

/** Whether there is more to see at this asset than its contact: a reader, a lock, or settings of its own. */
export function isWatchedDoor(
  asset: string,
  { doors }: AccessConfiguration,
  { registry }: PanelContext,
): boolean {
  const entry = registry.asset(asset);
  if (entry === undefined || (entry.kind !== 'door' && entry.kind !== 'cabinet')) return false;
  if (doors.some(({ door }) => door === asset)) return true;
  return !entry.public && around(asset, registry, ['reader', 'lock']).length > 0;
}

/** One thing at one door. */
export function atDoor(
  outcome: AccessOutcome,
  door: string,
  input: DoorInput,
  configuration: AccessConfiguration,
  context: PanelContext,
): AccessOutcome {
  const { state } = outcome;
  const before = state.doors[door] ?? restingDoor;
  const settings = settingsOf(door, configuration);
  const { passageMs, unlockMs } = configuration;
  const made = doorStep(
    before,
    input,
    {
      ...settings,
      passageMs: Math.max(passageMs, unlockMs),
      lockFollowsMs: atLeastReal(settings.lockFollowsMs, MIN_REAL_LOCK_MS, context),
    },
    settings.standsOpen && isSiteOpen(input.at, configuration, context),
  );
  const isRest = made.state === before && made.findings.length === 0 && made.passed.length === 0;
  if (isRest && made.buzz === undefined && made.mayLock === undefined) return outcome;
  let known = state.whereabouts;
  // Where people are is nobody's business unless a door asks for it.
  if (configuration.doors.some(({ antiPassback }) => antiPassback !== 'off'))
    for (const { person, to, at } of made.passed) known = moved(known, person, to, at);
  const after = andThen(outcome, {
    state: { ...state, whereabouts: known, doors: { ...state.doors, [door]: made.state } },
    observations: [],
    detections: made.findings.map((finding) => detectionFor(finding, door, context)),
    actions:
      made.buzz === undefined
        ? []
        : each(
            settings.buzzers,
            made.buzz === 'on' ? 'buzzer.on' : 'buzzer.off',
            `${nameOf(door, context.registry)} ${made.buzz === 'on' ? 'is still open' : 'is closed'}`,
          ),
  });
  if (made.mayLock !== true) return after;
  const mine = locksOf(door, context).filter((lock) => state.openUntil[lock] !== undefined);
  return lockNow(after, mine, input.at, 'the door has closed', configuration, context);
}

function isSiteOpen(
  at: number,
  { holidays }: AccessConfiguration,
  { site, registry }: PanelContext,
): boolean {
  const place = registry.site(site);
  return place !== undefined && isWithin(place.opening, place.timeZone, at, holidays);
}

/**
 * Locks that are to be locked again when the time is over: not those that lock by themselves, and not those that
 * somebody else holds open for the morning.
 */
export const lockedAgain = (
  locks: readonly string[],
  { openUntil, doors }: AccessState,
  { selfLocking }: AccessConfiguration,
  context: PanelContext,
): string[] =>
  locks.filter((lock) => {
    if (selfLocking.includes(lock)) return false;
    const isOurs =
      openUntil[lock] !== undefined ||
      Object.values(doors).some((door) => door.locks[lock]?.ordered !== undefined);
    return isOurs || context.lockOf?.(lock) !== 'unlocked';
  });

/** Tells locks to lock, and their doors that they were told. */
export function lockNow(
  outcome: AccessOutcome,
  locks: readonly string[],
  at: number,
  reason: string,
  configuration: AccessConfiguration,
  context: PanelContext,
): AccessOutcome {
  if (locks.length === 0) return outcome;
  const { state } = outcome;
  const told = andThen(outcome, {
    state: {
      ...state,
      openUntil: Object.fromEntries(
        Object.entries(state.openUntil).filter(([lock]) => !locks.includes(lock)),
      ),
    },
    observations: [],
    detections: [],
    actions: each(locks, 'lock.lock', reason).map((action) => ({ ...action, issuedBy: 'access' })),
  });
  return lockOrdered(told, locks, 'locked', at, configuration, context);
}

/** The doors learn what their locks were told. */
export function lockOrdered(
  outcome: AccessOutcome,
  locks: readonly string[],
  to: 'locked' | 'unlocked',
  at: number,
  configuration: AccessConfiguration,
  context: PanelContext,
): AccessOutcome {
  let next = outcome;
  for (const lock of locks)
    for (const { id } of openingsOf(lock, context.registry))
      if (isWatchedDoor(id, configuration, context))
        next = atDoor(
          next,
          id,
          { type: 'ordered', at, lock, to, is: context.lockOf?.(lock) },
          configuration,
          context,
        );
  return next;
}

function detectionFor(finding: DoorFinding, door: string, context: PanelContext): Detection {
  const { registry } = context;
  const name = nameOf(door, registry);
  const { at, trigger, evidence } = finding;
  const who = 'who' in finding ? finding.who : undefined;
  const person = who === undefined ? undefined : (registry.identity(who)?.name ?? who);
  const common = { evidence, ...(who !== undefined && { identities: [who] }) };
  const place = { asset: door };
  switch (finding.what) {
    case 'tailgating':
      return panelDetection('tailgating', 'low', trigger, at, place, context, {
        ...common,
        summary: `${name} was opened a second time on one badge${person === undefined ? '' : ` (${person})`}, ${durationText(finding.apartMs)} after the first: somebody may have come in behind.`,
        facts: { apartMs: finding.apartMs, how: 'second-opening' },
        tactic: 'TA0001',
      });
    case 'propped':
      return panelDetection('door-propped', 'medium', trigger, at, place, context, {
        ...common,
        summary: `${name} has been open for ${durationText(finding.openMs)}: it is propped${person === undefined ? '' : `; ${person} was let through last`}.`,
        facts: { openMs: finding.openMs },
      });
    case 'lock-strayed': {
      const stays = finding.to === 'locked';
      return panelDetection('lock-not-following', stays ? 'high' : 'medium', trigger, at, place, context, {
        ...common,
        assets: [door, finding.lock],
        summary: `${nameOf(finding.lock, registry)} was told to be ${finding.to} and says that it is ${finding.is ?? 'something else'}${stays ? `: ${name} may stand unlocked` : ''}.`,
        facts: {
          lock: finding.lock,
          ordered: finding.to,
          ...(finding.is !== undefined && { reported: finding.is }),
        },
      });
    }
    case 'exits-unused':
      return panelDetection('exit-unused', 'low', trigger, at, place, context, {
        ...common,
        summary: `Somebody asked to leave by ${name} ${finding.count} times and did not: what asks may have been set off from outside.`,
        facts: { count: finding.count },
        tactic: 'TA0001',
      });
  }
}
