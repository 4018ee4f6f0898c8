import { z } from 'zod';
import type { RuleKind } from './rule.ts';
import { nameOf } from './wording.ts';

const configuration = z.strictObject({});
type Configuration = z.infer<typeof configuration>;

const state = z.object({ since: z.number() });
type State = z.infer<typeof state>;

/** A door with a controller of its own (ONVIF Profile C) raises its alarm: forced, or open for too long. */
export const doorControllerAlarm: RuleKind<Configuration, State | null> = {
  kind: 'door-controller-alarm',
  title: 'Door controller raises an alarm',
  instruction: 'Go to the door, not alone. Close it, and look whether it was forced.',
  configuration,
  state: state.nullable(),
  observes: ['door.alarm-started', 'door.alarm-stopped'],
  fits: ({ kind }) => kind === 'door' || kind === 'cabinet',
  initial: () => null,

  step(before, observation, key, _settings, { registry, armingMode, isOpen }) {
    if (observation.kind === 'door.alarm-stopped')
      return before && observation.observedAt >= before.since ? { state: undefined } : undefined;
    if (before) return undefined;
    const forced = /forced/i.test(String(observation.facts?.alarm ?? ''));
    const unwatched = armingMode !== 'disarmed' || !isOpen;
    return {
      state: { since: observation.observedAt },
      findings: [
        {
          severity: forced || unwatched ? 'high' : 'medium',
          summary: `The controller of ${nameOf(key, registry)} says that it ${
            forced ? 'was forced' : 'has been open for too long'
          }.`,
          assets: [key],
          facts: { ...observation.facts, armingMode, isOpen },
          evidence: [observation.id],
          tactic: 'TA0001',
        },
      ],
    };
  },

  active: (running) => running !== null,

  samples: [
    {
      name: 'forced by day, said once until it is over',
      context: { isOpen: true },
      observations: [
        {
          kind: 'door.alarm-started',
          asset: 'door-back',
          observedAt: 1_000,
          facts: { alarm: 'DoorForcedOpen' },
        },
        {
          kind: 'door.alarm-started',
          asset: 'door-back',
          observedAt: 2_000,
          facts: { alarm: 'DoorForcedOpen' },
        },
        { kind: 'door.alarm-stopped', asset: 'door-back', observedAt: 9_000 },
      ],
      expect: [{ at: 1_000, severity: 'high', asset: 'door-back' }],
    },
    {
      name: 'the end of an alarm from before',
      observations: [{ kind: 'door.alarm-stopped', asset: 'door-back', observedAt: 9_000 }],
      expect: [],
    },
  ],
};
