/** Arming, and what stands in its way. */
import type { AssetKind } from '../../../devices/model/asset.ts';
import type { OpeningHours } from '../../../devices/model/site.ts';

export type ArmingMode = 'disarmed' | 'away' | 'night';

/** What stands in the way of arming, and what arming would leave out. Nothing is bypassed without being named. */
export interface ArmingCheck {
  ready: boolean;
  /** `canLeaveOut`: naming it in `bypass` would leave it out. */
  blockedBy: { asset: string; name: string; because: string; canLeaveOut?: boolean }[];
  bypassed: { asset: string; name: string; by: string }[];
}

export interface ArmingStatus extends ArmingCheck {
  mode: ArmingMode;
  phase: 'settled' | 'exit-delay' | 'entry-delay' | 'triggered';
  /** When the delay under way ends. */
  until?: number;
  since: number;
  by: string;
  schedule: ArmingSchedule;
}

/** When the gateway arms and disarms by itself. */
export interface ArmingSchedule {
  entries: { days: OpeningHours['days']; at: string; mode: ArmingMode }[];
  changedAt?: number;
  changedBy?: string;
}

/** POST /api/arming {mode, bypass: [asset]} answers this, with 409 when blocked. */
export interface ArmingAnswer extends ArmingCheck {
  result: 'armed' | 'arming' | 'disarmed' | 'blocked';
  until?: number;
}

/** One point of the alarm. `always` is watched in every mode and can't be left out; `interior` not at night. */
export interface WatchedPoint {
  asset: string;
  name: string;
  kind: AssetKind;
  role: 'entry' | 'perimeter' | 'interior' | 'always';
  zone?: { id: string; name: string };
  /** What would stand in the way now. */
  because?: string;
}
