import type { Observation } from '../../devices/model/observation.ts';
import type { ArmingAnswer, ArmingSchedule } from '../api/contract.ts';
import type { ArmingState } from './arming-state.ts';
import type { Actor, PanelOutcome } from './outcome.ts';

export type ArmingInput =
  | {
      type: 'arm';
      mode: 'away' | 'night';
      bypass: readonly string[];
      by: Actor;
      at: number;
      /** Instead of the usual time for leaving. */
      exitDelayMs?: number;
    }
  /** `duress`: with the code for "somebody stands behind me": it disarms like any other, and calls for help silently. */
  | { type: 'disarm'; by: Actor; at: number; duress?: boolean }
  | { type: 'schedule'; entries: ArmingSchedule['entries']; by: Actor; at: number }
  | { type: 'observation'; observation: Observation }
  | { type: 'time'; at: number };

export interface ArmingOutcome extends PanelOutcome<ArmingState> {
  /** For `arm` and `disarm`. */
  answer?: ArmingAnswer;
}

export const outcome = (state: ArmingState, more: Partial<ArmingOutcome> = {}): ArmingOutcome => ({
  state,
  observations: [],
  detections: [],
  actions: [],
  ...more,
});

/** Both, in this order; the later state and answer count. */
export const followedBy = (first: ArmingOutcome, second: ArmingOutcome): ArmingOutcome => ({
  ...first,
  ...second,
  observations: [...first.observations, ...second.observations],
  detections: [...first.detections, ...second.detections],
  actions: [...first.actions, ...second.actions],
});
