/** What comes of time alone: delays that run out, sirens that fall silent, the schedule. */
import type { ArmingMode } from '../api/contract.ts';
import { each, panelDetection } from './alarm.ts';
import { soundAlarm } from './arming-alarm.ts';
import { checkArming } from './arming-check.ts';
import { arm, armed, disarm, refusalText } from './arming-orders.ts';
import { type ArmingOutcome, followedBy, outcome } from './arming-outcome.ts';
import type { ArmingConfiguration, ArmingState } from './arming-state.ts';
import { type Actor, doneBy, type PanelContext } from './outcome.ts';
import { nextScheduled, scheduledBetween } from './schedule.ts';

/** When time alone will next change something; undefined: nothing waits. */
export function nextArmingWake(state: ArmingState, { registry, site }: PanelContext): number | undefined {
  const zone = registry.site(site)?.timeZone ?? 'UTC';
  const times = [
    state.until,
    state.sirenUntil,
    state.retry?.at,
    nextScheduled(state.schedule.entries, zone, state.scheduledUntil)?.at,
  ].filter((at) => at !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Carries out what has become due up to `at`, in the order of time. */
export function timePassed(
  before: ArmingState,
  at: number,
  configuration: ArmingConfiguration,
  context: PanelContext,
): ArmingOutcome {
  let result = outcome(before);
  // Each kind of wait can end a handful of times in one span: an exit delay ends, the schedule arms, …
  for (;;) {
    const due = nextArmingWake(result.state, context);
    if (due === undefined || due > at) return result;
    const step = waitOver(result.state, due, at, configuration, context);
    result = followedBy(result, step);
  }
}

function waitOver(
  state: ArmingState,
  due: number,
  now: number,
  configuration: ArmingConfiguration,
  context: PanelContext,
): ArmingOutcome {
  if (state.until === due && state.phase === 'exit-delay')
    return exitOver(state, due, configuration, context);
  if (state.until === due && state.phase === 'entry-delay') {
    const [asset = configuration.asset] = state.alarm?.assets ?? [];
    return soundAlarm(state, asset, `${context.site}@${due}`, due, now, configuration, context);
  }
  if (state.sirenUntil === due)
    return outcome(
      { ...state, sirenUntil: undefined },
      { actions: each(configuration.sirens, 'siren.off', 'it has sounded long enough') },
    );
  if (state.retry?.at === due) return scheduled(state, state.retry.mode, due, configuration, context);
  // After an absence only the last change counts: nobody is armed for last night.
  const zone = context.registry.site(context.site)?.timeZone ?? 'UTC';
  const last = scheduledBetween(state.schedule.entries, zone, state.scheduledUntil, now).at(-1);
  const next = { ...state, scheduledUntil: last?.at ?? due, retry: undefined };
  return last ? scheduled(next, last.mode, now, configuration, context) : outcome(next);
}

/** The people have left: is everything closed behind them? */
function exitOver(
  state: ArmingState,
  due: number,
  configuration: ArmingConfiguration,
  context: PanelContext,
): ArmingOutcome {
  const { mode, by, bypassed } = state;
  const check = checkArming(state, mode, bypassed, configuration, context.registry, false);
  const next: ArmingState = { ...state, phase: 'settled', until: undefined, since: due };
  if (check.ready) return outcome(next, { observations: [armed(next, due, configuration)] });
  const because = refusalText(check.blockedBy);
  return outcome(
    { ...next, mode: 'disarmed', bypassed: [] },
    {
      observations: [
        {
          kind: 'alarm.arming-refused',
          asset: configuration.asset,
          observedAt: due,
          ...doneBy(by, { mode, because }),
        },
      ],
      // Whoever armed has left and believes the site protected.
      detections: [
        panelDetection('arming-refused', 'high', `${context.site}@${due}`, due, configuration, context, {
          summary: `The site is not armed, though ${by.name} armed it and left: ${because}.`,
          assets: check.blockedBy.map(({ asset }) => asset),
          identities: by.identity === undefined ? [] : [by.identity],
          facts: { mode, by: by.name, because },
        }),
      ],
    },
  );
}

const byItself: Actor = { name: 'schedule', from: 'schedule' };

/** The schedule's turn. It never ends an alarm, and it says so when it cannot arm: nobody is there to see it. */
function scheduled(
  state: ArmingState,
  mode: ArmingMode,
  at: number,
  configuration: ArmingConfiguration,
  context: PanelContext,
): ArmingOutcome {
  // Somebody must look at an alarm first; while it sounds in an armed mode, there is nothing to arm either.
  if (state.phase === 'triggered' && (mode === 'disarmed' || state.mode !== 'disarmed'))
    return outcome(state);
  if (mode === state.mode) return outcome({ ...state, retry: undefined });
  if (mode === 'disarmed') return disarm(state, { type: 'disarm', by: byItself, at }, configuration, context);
  const tried = arm(state, { type: 'arm', mode, bypass: [], by: byItself, at }, configuration, context);
  if (tried.answer?.result !== 'blocked') return { ...tried, state: { ...tried.state, retry: undefined } };
  const first = state.retry === undefined;
  const left = state.retry === undefined ? configuration.retries : state.retry.left - 1;
  if (!first && left > 0)
    return outcome({ ...state, retry: { ...state.retry, mode, left, at: at + configuration.retryMs } });
  const because = refusalText(tried.answer.blockedBy);
  const follows = state.retry?.detection;
  const made = panelDetection(
    'arming-refused',
    left > 0 ? 'medium' : 'high',
    `${context.site}@${at}`,
    at,
    configuration,
    context,
    {
      summary:
        left > 0
          ? `The schedule could not arm the site: ${because}. It tries again.`
          : `The schedule has given up arming the site: ${because}. The site is not protected.`,
      assets: tried.answer.blockedBy.map(({ asset }) => asset),
      facts: { mode, because, ...(follows !== undefined && { follows }) },
    },
  );
  const retry = left > 0 ? { mode, left, at: at + configuration.retryMs, detection: made.id } : undefined;
  return outcome({ ...state, retry }, { observations: tried.observations, detections: [made] });
}
