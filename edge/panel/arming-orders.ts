/** What people (and the schedule) want of the panel: arm, disarm, another schedule. */
import type { ArmingAnswer } from '../api/contract.ts';
import { each, panelDetection } from './alarm.ts';
import { checkArming } from './arming-check.ts';
import { type ArmingInput, type ArmingOutcome, outcome } from './arming-outcome.ts';
import type { ArmingConfiguration, ArmingState } from './arming-state.ts';
import { doneBy, type ObservationDraft, type PanelContext } from './outcome.ts';
import { compareSchedules, scheduleText } from './schedule.ts';

/** Whatever delay, siren or failed attempt was being waited for is over. */
const settled = (state: ArmingState): ArmingState => ({
  ...state,
  phase: 'settled',
  until: undefined,
  alarm: undefined,
  retry: undefined,
});

/** Somebody wants to arm. */
export function arm(
  state: ArmingState,
  { mode, bypass, by, at, exitDelayMs }: Extract<ArmingInput, { type: 'arm' }>,
  configuration: ArmingConfiguration,
  { registry }: PanelContext,
): ArmingOutcome {
  const leaving = mode === 'away' && configuration.exitDelayMs > 0;
  const wanted = bypass.map((asset) => ({ asset, by: by.name }));
  const check = checkArming(state, mode, wanted, configuration, registry, leaving);
  if (state.phase === 'triggered' || state.phase === 'entry-delay') {
    const name = registry.asset(configuration.asset)?.name ?? configuration.asset;
    check.ready = false;
    check.blockedBy.unshift({
      asset: configuration.asset,
      name,
      because: state.phase === 'triggered' ? 'the alarm must be disarmed first' : 'somebody is coming in',
    });
  }
  const facts = {
    mode,
    bypassed: check.bypassed
      .map(({ asset }) => asset)
      .join(', ')
      .slice(0, 512),
  };
  if (!check.ready) {
    const observation: ObservationDraft = {
      kind: 'alarm.arming-refused',
      asset: configuration.asset,
      observedAt: at,
      ...doneBy(by, { ...facts, because: refusalText(check.blockedBy) }),
    };
    return outcome(state, { observations: [observation], answer: { ...check, result: 'blocked' } });
  }
  const next: ArmingState = {
    ...settled(state),
    mode,
    by,
    since: at,
    bypassed: check.bypassed.map(({ asset, by: who }) => ({ asset, by: who })),
  };
  if (leaving) {
    const until = at + (exitDelayMs ?? configuration.exitDelayMs);
    return outcome(
      { ...next, phase: 'exit-delay', until },
      { answer: { ...check, result: 'arming', until } },
    );
  }
  return outcome(next, {
    observations: [armed(next, at, configuration)],
    answer: { ...check, result: 'armed' },
  });
}

export const refusalText = (blockedBy: ArmingAnswer['blockedBy']): string =>
  blockedBy
    .map(({ name, because }) => `${name}: ${because}`)
    .join('; ')
    .slice(0, 512);

export function armed(state: ArmingState, at: number, configuration: ArmingConfiguration): ObservationDraft {
  const bypassed = state.bypassed.map(({ asset }) => asset).join(', ');
  return {
    kind: 'alarm.armed',
    asset: configuration.asset,
    observedAt: at,
    ...doneBy(state.by, { mode: state.mode, ...(bypassed !== '' && { bypassed: bypassed.slice(0, 512) }) }),
  };
}

/** Somebody disarms: it ends delays and alarms, and it always works. */
export function disarm(
  state: ArmingState,
  { by, at, duress }: Extract<ArmingInput, { type: 'disarm' }>,
  configuration: ArmingConfiguration,
  context: PanelContext,
): ArmingOutcome {
  const answer: ArmingAnswer = { result: 'disarmed', ready: true, blockedBy: [], bypassed: [] };
  const help = duress
    ? [
        panelDetection('duress', 'critical', `${context.site}@${at}`, at, configuration, context, {
          summary: `${by.name} disarmed the site under threat.`,
          identities: by.identity === undefined ? [] : [by.identity],
          facts: { by: by.name, from: by.from },
          ...(by.ip !== undefined && { observables: { ip: by.ip } }),
        }),
      ]
    : [];
  if (state.mode === 'disarmed' && state.phase === 'settled')
    return outcome({ ...state, retry: undefined }, { answer, detections: help });
  const sounding = state.sirenUntil !== undefined;
  const coming = state.phase === 'entry-delay';
  const next: ArmingState = {
    ...settled(state),
    mode: 'disarmed',
    by,
    since: at,
    bypassed: [],
    sirenUntil: undefined,
  };
  return outcome(next, {
    answer,
    detections: help,
    observations: [
      {
        kind: 'alarm.disarmed',
        asset: configuration.asset,
        observedAt: at,
        ...doneBy(by, { mode: state.mode, phase: state.phase }),
      },
    ],
    actions: [
      ...(sounding ? each(configuration.sirens, 'siren.off', `disarmed by ${by.name}`) : []),
      ...(coming ? each(configuration.buzzers, 'buzzer.off', `disarmed by ${by.name}`) : []),
    ],
  });
}

/** Somebody sets another schedule. */
export function changeSchedule(
  state: ArmingState,
  { entries, by, at }: Extract<ArmingInput, { type: 'schedule' }>,
  configuration: ArmingConfiguration,
): ArmingOutcome {
  const { lost, gained } = compareSchedules(state.schedule.entries, entries);
  return outcome(
    // What the new schedule would have wanted before now is past.
    { ...state, schedule: { entries, changedAt: at, changedBy: by.name }, scheduledUntil: at },
    {
      observations: [
        {
          kind: 'alarm.schedule-changed',
          asset: configuration.asset,
          observedAt: at,
          ...doneBy(by, {
            before: scheduleText(state.schedule.entries),
            after: scheduleText(entries),
            shortens: lost > 0,
            lostMinutes: lost,
            gainedMinutes: gained,
          }),
        },
      ],
    },
  );
}
