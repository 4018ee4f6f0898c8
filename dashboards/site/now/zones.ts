/** Arming by zone: what each zone would do, and the list of what is left out. Pure. */
import type { WatchedPoint } from '../../../edge/api/contract.ts';

export interface ZonePlan {
  id: string;
  name: string;
  /** Points that this mode watches. */
  points: (WatchedPoint & { isOut: boolean })[];
  state: 'ready' | 'blocked' | 'left-out';
  /** Something in it can be left out. */
  canLeaveOut: boolean;
  /** Names of what is watched at all times, also where the zone is left out. */
  kept: string[];
}

/** One leaves by an entry door: that it is open does not block while the exit delay runs. */
const blocks = ({ because }: WatchedPoint): boolean => because !== undefined;

export function zonePlans(
  watched: readonly WatchedPoint[],
  mode: 'away' | 'night',
  leftOut: ReadonlySet<string>,
): ZonePlan[] {
  const inMode = watched.filter(({ role }) => mode === 'away' || role !== 'interior');
  const ids = [...new Set(inMode.map(({ zone }) => zone?.id ?? ''))];
  return ids.map((id) => {
    const own = inMode.filter(({ zone }) => (zone?.id ?? '') === id);
    const isLeft = leftOut.has(id);
    const points = own.map((point) => ({ ...point, isOut: isLeft && point.role !== 'always' }));
    const canLeaveOut = own.some(({ role }) => role !== 'always');
    const isBlocked = points.some((point) => !point.isOut && blocks(point));
    return {
      id,
      name: own[0]?.zone?.name ?? '',
      points,
      state: isBlocked ? 'blocked' : isLeft && canLeaveOut ? 'left-out' : 'ready',
      canLeaveOut,
      kept: own.filter(({ role }) => role === 'always').map(({ name }) => name),
    };
  });
}

/** What arming is asked to leave out, each by name. */
export const bypassFor = (plans: readonly ZonePlan[]): string[] =>
  plans.flatMap(({ points }) => points.filter(({ isOut }) => isOut).map(({ asset }) => asset));
