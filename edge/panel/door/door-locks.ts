/** Whether a door's locks do what they were told. */
import { type DoorInput, type DoorOutcome, type DoorState, type LockState, unchanged } from './door-state.ts';

/** Locks of one door; a bank's has three. */
const MAX_LOCKS = 16;

/** Unlocked by somebody else's word: everybody may go through. */
export const isHeldUnlocked = ({ locks }: DoorState): boolean =>
  Object.values(locks).some(({ is, ordered: told }) => is === 'unlocked' && told === undefined);

const withLock = (state: DoorState, lock: string, next: LockState): DoorState =>
  Object.keys(state.locks).length >= MAX_LOCKS && state.locks[lock] === undefined
    ? state
    : { ...state, locks: { ...state.locks, [lock]: next } };

/** A lock has said how it stands. */
export function reported(
  state: DoorState,
  lock: string,
  is: NonNullable<LockState['is']>,
  at: number,
): DoorState {
  const known = state.locks[lock] ?? {};
  if (known.ordered === is) return withLock(state, lock, { is, ordered: is });
  // Still on its way: the report of before may have been slow.
  if (known.dueAt !== undefined && at < known.dueAt && is !== 'jammed')
    return withLock(state, lock, { ...known, is });
  // Between the two, whatever it was told: that is reported at once.
  if (is === 'jammed')
    return withLock(state, lock, { ...known, is, ordered: known.ordered ?? 'locked', dueAt: at });
  // Somebody else has told it, or turned it by hand.
  return withLock(state, lock, {
    is,
    ...(known.strayed !== undefined &&
      known.ordered !== undefined && { ordered: known.ordered, strayed: known.strayed }),
  });
}

/** A lock was told something: it has until then to say that it is so. */
export function ordered(
  state: DoorState,
  { lock, to, at, is }: Extract<DoorInput, { type: 'ordered' }>,
  lockFollowsMs: number,
): DoorState {
  const known = state.locks[lock] ?? {};
  const now = is ?? known.is;
  const next: LockState = {
    ...(now !== undefined && { is: now }),
    ordered: to,
    // One that has never said how it stands will not say it now.
    ...(now !== undefined && now !== to && { dueAt: at + lockFollowsMs }),
    ...(known.strayed !== undefined && now !== to && { strayed: known.strayed }),
  };
  return withLock(state, lock, next);
}

export function failed(
  state: DoorState,
  { lock, to, at, observation }: Extract<DoorInput, { type: 'failed' }>,
): DoorOutcome {
  const known = state.locks[lock];
  if (known?.ordered !== to || known.is === to) return unchanged(state);
  return strayed(state, lock, known, at, observation);
}

/** Reported once, until the lock has followed. A lock that has never said how it stands can't be told of. */
export function strayed(
  state: DoorState,
  lock: string,
  known: LockState,
  at: number,
  trigger: string,
): DoorOutcome {
  const { dueAt: _due, ...rest } = known;
  if (known.is === undefined || known.ordered === undefined || known.strayed !== undefined)
    return unchanged(withLock(state, lock, rest));
  return {
    state: withLock(state, lock, { ...rest, strayed: trigger }),
    findings: [
      {
        what: 'lock-strayed',
        at,
        trigger,
        lock,
        to: known.ordered,
        is: known.is,
        evidence: trigger.includes('@') ? [] : [trigger],
      },
    ],
    passed: [],
  };
}
