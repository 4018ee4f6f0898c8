/** What was seen, and the alarm that may come of it. */
import type { Observation } from '../../devices/model/observation.ts';
import { nameOf } from '../rules/wording.ts';
import { camerasNear, each, panelDetection } from './alarm.ts';
import { type ArmingOutcome, outcome } from './arming-outcome.ts';
import {
  type ArmingConfiguration,
  type ArmingState,
  isWatched,
  MAX_ALARM_EVIDENCE,
  modeInForce,
  type Point,
  roleOf,
} from './arming-state.ts';
import type { PanelContext } from './outcome.ts';

const contacts: Partial<Record<Observation['kind'], Point>> = {
  'door.opened': { contact: 'open' },
  'door.closed': { contact: 'closed' },
  'tamper.started': { tamper: true },
  'tamper.stopped': { tamper: false },
  'device.offline': { offline: true },
  'device.online': { offline: false },
};

/** Observations that can change anything here; of all others arming only takes the time. */
export const armingKinds: ReadonlySet<Observation['kind']> = new Set<Observation['kind']>([
  'door.opened',
  'door.closed',
  'tamper.started',
  'tamper.stopped',
  'device.offline',
  'device.online',
  'motion.started',
]);

/** What a watched point does to the alarm. */
export function seen(
  state: ArmingState,
  observation: Observation,
  configuration: ArmingConfiguration,
  context: PanelContext,
): ArmingOutcome {
  const { asset, kind } = observation;
  const role = roleOf(asset, configuration);
  const isPanel = asset === configuration.asset;
  if (role === undefined && !isPanel) return outcome(state);
  const known = contacts[kind];
  const next: ArmingState =
    known === undefined
      ? state
      : { ...state, points: { ...state.points, [asset]: { ...state.points[asset], ...known } } };
  const alarming = kind === 'door.opened' || kind === 'motion.started' || kind === 'tamper.started';
  if (!alarming || state.bypassed.some((left) => left.asset === asset)) return outcome(next);
  const inForce = modeInForce(state);
  // Somebody at the panel itself while it is armed wants to switch it off without disarming it.
  if (role === undefined)
    return kind === 'tamper.started' && inForce !== 'disarmed'
      ? trigger(next, observation, configuration, context)
      : outcome(next);
  if (!isWatched(role, inForce)) return outcome(next);
  if (role === 'always' || state.phase === 'triggered' || kind === 'tamper.started')
    return trigger(next, observation, configuration, context);
  if (role === 'perimeter') return trigger(next, observation, configuration, context);
  if (state.phase === 'entry-delay') return outcome(withEvidence(next, observation));
  if (role === 'entry' && configuration.entryDelayMs > 0) {
    const until = observation.observedAt + configuration.entryDelayMs;
    const coming: ArmingState = { ...withEvidence(next, observation), phase: 'entry-delay', until };
    const reason = `${nameOf(asset, context.registry)} was opened: disarm`;
    return outcome(coming, { actions: each(configuration.buzzers, 'buzzer.on', reason) });
  }
  return trigger(next, observation, configuration, context);
}

function withEvidence(state: ArmingState, { asset, id }: Observation): ArmingState {
  const { assets = [], evidence = [], detection } = state.alarm ?? {};
  return {
    ...state,
    alarm: {
      assets: [...new Set([...assets, asset])].slice(0, MAX_ALARM_EVIDENCE),
      evidence: [...evidence, id].slice(-MAX_ALARM_EVIDENCE),
      detection,
    },
  };
}

/** The alarm, or more of it. The same asset again, while the sirens sound, is not news. */
function trigger(
  state: ArmingState,
  observation: Observation,
  configuration: ArmingConfiguration,
  context: PanelContext,
): ArmingOutcome {
  const again = state.phase === 'triggered' && state.alarm?.assets.includes(observation.asset);
  const withThis = withEvidence(state, observation);
  if (again && state.sirenUntil !== undefined) return outcome(withThis);
  const { id, observedAt } = observation;
  return soundAlarm(withThis, observation.asset, id, observedAt, observedAt, configuration, context);
}

/** Sets off the sirens. @param due when it was set off; @param now when that is carried out */
export function soundAlarm(
  state: ArmingState,
  asset: string,
  triggerId: string,
  due: number,
  now: number,
  configuration: ArmingConfiguration,
  context: PanelContext,
): ArmingOutcome {
  const { registry } = context;
  const { assets = [asset], evidence = [], detection: earlier } = state.alarm ?? {};
  const expired = state.phase === 'entry-delay' && due === state.until;
  const made = panelDetection('intrusion', 'critical', triggerId, due, configuration, context, {
    summary: `Intruder alarm: ${nameOf(asset, registry)}${
      expired
        ? ' was opened and nobody disarmed in time'
        : state.mode === 'disarmed'
          ? ', which is watched at all times'
          : ` while the alarm was armed (${state.mode})`
    }.`,
    assets: [asset, ...assets],
    evidence,
    facts: { mode: state.mode, ...(earlier !== undefined && { follows: earlier }) },
    tactic: 'TA0001',
  });
  return outcome(
    {
      ...state,
      phase: 'triggered',
      until: undefined,
      retry: undefined,
      sirenUntil: now + configuration.sirenMs,
      alarm: { assets, evidence, detection: made.id },
    },
    {
      detections: [made],
      actions: [
        ...(state.phase === 'entry-delay'
          ? each(configuration.buzzers, 'buzzer.off', 'the alarm sounds')
          : []),
        ...each(configuration.sirens, 'siren.on', made.summary, made.id),
        ...each(camerasNear(asset, registry), 'picture.take', made.summary, made.id),
      ],
    },
  );
}
