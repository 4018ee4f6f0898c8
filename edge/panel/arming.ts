/**
 * Arming, as a pure state machine: what somebody wants, what was seen, or that time has passed goes in; the new
 * state, observations, detections and commands come out. Nothing is left out without being named, arming that
 * fails says so, and every change says who and from where.
 */
import { seen } from './arming-alarm.ts';
import { arm, changeSchedule, disarm } from './arming-orders.ts';
import { type ArmingInput, type ArmingOutcome, followedBy } from './arming-outcome.ts';
import type { ArmingConfiguration, ArmingState } from './arming-state.ts';
import { timePassed } from './arming-time.ts';
import type { PanelContext } from './outcome.ts';

export { armingKinds } from './arming-alarm.ts';
export { armingStatus, checkArming } from './arming-check.ts';
export type { ArmingInput, ArmingOutcome } from './arming-outcome.ts';
export {
  type ArmingConfiguration,
  type ArmingState,
  armingConfiguration,
  armingState,
  initialArming,
  modeInForce,
} from './arming-state.ts';
export { nextArmingWake } from './arming-time.ts';

/** One step. Delays that have run out by the time of the input run out first. */
export function armingStep(
  before: ArmingState,
  input: ArmingInput,
  configuration: ArmingConfiguration,
  context: PanelContext,
): ArmingOutcome {
  const at =
    input.type === 'observation'
      ? Math.min(input.observation.observedAt, input.observation.receivedAt)
      : input.at;
  const passed = timePassed(before, at, configuration, context);
  const { state } = passed;
  switch (input.type) {
    case 'arm':
      return followedBy(passed, arm(state, input, configuration, context));
    case 'disarm':
      return followedBy(passed, disarm(state, input, configuration, context));
    case 'schedule':
      return followedBy(passed, changeSchedule(state, input, configuration));
    case 'observation':
      return followedBy(passed, seen(state, input.observation, configuration, context));
    case 'time':
      return passed;
  }
}
