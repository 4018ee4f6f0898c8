import { z } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { RuleKind, RuleStep } from './rule.ts';
import { idsAround } from './surroundings.ts';
import { durationText, nameOf, raised } from './wording.ts';

const configuration = z
  .strictObject({
    /** Open for this long: a remark to the people there. */
    preAlarmMs: durationMs.default(45_000),
    /** Open for this long: an alarm. */
    heldOpenMs: durationMs.default(90_000),
    /** Open for this long: one step more serious. */
    risesAfterMs: durationMs.default(600_000),
    /** Doors that stand open while the shop is open are nobody's mistake. */
    duringOpeningHours: z.boolean().default(true),
  })
  .refine(
    ({ preAlarmMs, heldOpenMs, risesAfterMs }) => preAlarmMs <= heldOpenMs && heldOpenMs <= risesAfterMs,
    'expected preAlarmMs <= heldOpenMs <= risesAfterMs',
  );
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  openedAt: z.number(),
  observation: z.string(),
  /** What has been said: nothing, the pre-alarm, the alarm, the more serious alarm. */
  said: z.number(),
});
type State = z.infer<typeof state>;

const words = ['', 'is still open', 'is held open', 'is held open'] as const;

/** A door, a cabinet or a fridge stays open: first a remark, then an alarm, then a more serious one. */
export const heldOpen: RuleKind<Configuration, State | null> = {
  kind: 'held-open',
  title: 'Door held open',
  instruction: 'Close the door. If it does not close, keep somebody there until it is repaired.',
  configuration,
  state: state.nullable(),
  observes: ['door.opened', 'door.closed'],
  fits: ({ kind, public: everybody }) =>
    (kind === 'door' || kind === 'cabinet' || kind === 'fridge') && !everybody,
  // A fridge or a cabinet may have its door as an asset of its own.
  listensTo: ({ id, kind }, _configuration, registry) =>
    kind === 'door' ? [] : idsAround(id, registry, ['door']),
  initial: () => null,

  step(before, observation, _key, { preAlarmMs }) {
    if (observation.kind === 'door.closed')
      return before && observation.observedAt >= before.openedAt ? { state: undefined } : undefined;
    if (before) return undefined;
    const openedAt = observation.observedAt;
    return { state: { openedAt, observation: observation.id, said: 0 }, wakeAt: openedAt + preAlarmMs };
  },

  wake(before, key, settings, context): RuleStep<State | null> | undefined {
    if (before === null) return undefined;
    const stages = [settings.preAlarmMs, settings.heldOpenMs, settings.risesAfterMs];
    const openMs = context.now - before.openedAt;
    const reached = stages.filter((ms) => openMs >= ms).length;
    const next = stages[Math.max(reached, before.said)];
    const wakeAt = next === undefined ? undefined : before.openedAt + next;
    if (!settings.duringOpeningHours && context.isOpen)
      return { state: before, wakeAt: wakeAt ?? context.now + settings.risesAfterMs };
    if (reached <= before.said) return { state: before, wakeAt };
    const asset = context.registry.asset(key);
    const alarm: Severity =
      asset?.kind === 'fridge' || asset?.kind === 'cabinet' || (asset?.criticality ?? 0) >= 4
        ? 'high'
        : 'medium';
    const severity = reached === 1 ? 'low' : reached === 2 ? alarm : raised(alarm);
    return {
      state: { ...before, said: reached },
      wakeAt,
      findings: [
        {
          severity,
          summary: `${nameOf(key, context.registry)} ${words[reached] ?? ''} after ${durationText(openMs)}.`,
          assets: [key],
          facts: { openedAt: before.openedAt, openMs, stage: reached === 1 ? 'pre-alarm' : 'alarm' },
          evidence: [before.observation],
          continues: before.said > 0,
        },
      ],
    };
  },

  active: (held) => held !== null && held.said > 0,

  samples: [
    {
      name: 'pre-alarm, alarm, and a more serious one after ten minutes',
      observations: [{ kind: 'door.opened', asset: 'door-back', observedAt: 0 }],
      until: 3_600_000,
      expect: [
        { at: 45_000, severity: 'low', asset: 'door-back' },
        { at: 90_000, severity: 'medium', asset: 'door-back' },
        { at: 600_000, severity: 'high', asset: 'door-back' },
      ],
    },
    {
      name: 'closed after the pre-alarm',
      observations: [
        { kind: 'door.opened', asset: 'door-back', observedAt: 0 },
        { kind: 'door.closed', asset: 'door-back', observedAt: 60_000 },
      ],
      until: 600_000,
      expect: [{ at: 45_000, severity: 'low', asset: 'door-back' }],
    },
    {
      name: 'closed in time, opened again',
      observations: [
        { kind: 'door.opened', asset: 'door-back', observedAt: 0 },
        { kind: 'door.closed', asset: 'door-back', observedAt: 20_000 },
        { kind: 'door.opened', asset: 'door-back', observedAt: 30_000 },
        { kind: 'door.closed', asset: 'door-back', observedAt: 60_000 },
      ],
      until: 600_000,
      expect: [],
    },
    {
      name: 'a medicine fridge left open is serious at once',
      configuration: { preAlarmMs: 30_000, heldOpenMs: 60_000 },
      observations: [{ kind: 'door.opened', asset: 'fridge-1', observedAt: 0 }],
      until: 70_000,
      expect: [
        { at: 30_000, severity: 'low', asset: 'fridge-1' },
        { at: 60_000, severity: 'high', asset: 'fridge-1' },
      ],
    },
    {
      name: 'the customers entrance stands open all day',
      observations: [{ kind: 'door.opened', asset: 'door-front', observedAt: 0 }],
      until: 3_600_000,
      expect: [],
    },
  ],
};
