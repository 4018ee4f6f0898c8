import type { Registry } from '../../devices/model/registry.ts';
import type { ArmingCheck, ArmingMode, ArmingStatus } from '../api/contract.ts';
import {
  type ArmingConfiguration,
  type ArmingState,
  isWatched,
  type Point,
  type PointRole,
  roleOf,
} from './arming-state.ts';

/** Why this point is in the way of arming; undefined: it is not. */
function hindrance(
  known: Point | undefined,
  role: PointRole,
  isDoor: boolean,
  leavingBy: boolean,
): string | undefined {
  if (known?.tamper) return 'it is being tampered with';
  if (known?.offline) return 'it is silent';
  // One leaves through the entry door: it is looked at again when the exit delay is over.
  if (role === 'entry' && leavingBy) return undefined;
  if (known?.contact === 'open') return 'it is open';
  if (isDoor && known?.contact === undefined) return 'nobody knows yet whether it is open';
  return undefined;
}

/**
 * What stands in the way of arming and what arming would leave out. A point is left out only when it was asked
 * for by name, and then it is named here; a point watched at all times can't be left out.
 */
export function checkArming(
  state: ArmingState,
  mode: ArmingMode,
  bypass: readonly { asset: string; by: string }[],
  configuration: ArmingConfiguration,
  registry: Registry,
  leaving: boolean,
): ArmingCheck {
  const blockedBy: ArmingCheck['blockedBy'] = [];
  const bypassed: ArmingCheck['bypassed'] = [];
  if (mode === 'disarmed') return { ready: true, blockedBy, bypassed };
  const watched = [
    ...configuration.entryDoors,
    ...configuration.perimeter,
    ...configuration.interior,
    ...configuration.always,
  ];
  for (const asset of watched) {
    const role = roleOf(asset, configuration);
    if (role === undefined || !isWatched(role, mode)) continue;
    const entry = registry.asset(asset);
    const name = entry?.name ?? asset;
    const left = bypass.find((wanted) => wanted.asset === asset);
    if (left && role !== 'always') {
      bypassed.push({ asset, name, by: left.by });
      continue;
    }
    const isDoor = entry?.kind !== 'motion-sensor' && entry?.kind !== 'camera';
    const because = hindrance(state.points[asset], role, isDoor, leaving);
    if (because !== undefined)
      blockedBy.push({
        asset,
        name,
        because: left ? `${because}, and it is watched at all times: it can't be left out` : because,
      });
  }
  return { ready: blockedBy.length === 0, blockedBy, bypassed };
}

/** What the site page shows. While nothing is armed: what would stand in the way of arming `away` now. */
export function armingStatus(
  state: ArmingState,
  configuration: ArmingConfiguration,
  registry: Registry,
): ArmingStatus {
  const idle = state.mode === 'disarmed' && state.phase === 'settled';
  const check = idle
    ? checkArming(state, 'away', [], configuration, registry, configuration.exitDelayMs > 0)
    : { ready: true, blockedBy: [], bypassed: named(state, registry) };
  const { changedAt, changedBy, entries } = state.schedule;
  return {
    ...check,
    mode: state.mode,
    phase: state.phase,
    ...(state.until !== undefined && { until: state.until }),
    since: state.since,
    by: state.by.name,
    schedule: {
      entries,
      ...(changedAt !== undefined && { changedAt }),
      ...(changedBy !== undefined && { changedBy }),
    },
  };
}

const named = ({ bypassed }: ArmingState, registry: Registry): ArmingCheck['bypassed'] =>
  bypassed.map(({ asset, by }) => ({ asset, by, name: registry.asset(asset)?.name ?? asset }));
