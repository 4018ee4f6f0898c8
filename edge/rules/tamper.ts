import { z } from 'zod';
import type { RuleKind } from './rule.ts';
import { nameOf } from './wording.ts';

const configuration = z.strictObject({});
type Configuration = z.infer<typeof configuration>;

const state = z.object({ since: z.number() });
type State = z.infer<typeof state>;

/** Somebody opens a housing, tears a sensor off the wall or cuts a loop. */
export const tamper: RuleKind<Configuration, State | null> = {
  kind: 'tamper',
  title: 'Device tampered with',
  instruction:
    'Go and look at the device, not alone. If nobody works on it, leave it as it is, take a photograph and call the security desk.',
  configuration,
  state: state.nullable(),
  observes: ['tamper.started', 'tamper.stopped'],
  fits: () => true,
  initial: () => null,

  step(before, observation, key, _settings, { registry, armingMode }) {
    if (observation.kind === 'tamper.stopped')
      return before && observation.observedAt >= before.since ? { state: undefined } : undefined;
    if (before) return undefined;
    return {
      state: { since: observation.observedAt },
      findings: [
        {
          severity: armingMode === 'disarmed' ? 'high' : 'critical',
          summary: `${nameOf(key, registry)} is being tampered with${
            armingMode === 'disarmed' ? '' : ' while the alarm is armed'
          }: its housing was opened or it was moved.`,
          assets: [key],
          facts: { armingMode },
          evidence: [observation.id],
          tactic: 'TA0005',
        },
      ],
    };
  },

  active: (running) => running !== null,

  samples: [
    {
      name: 'the cover of the reader is opened, once for all its reports',
      observations: [
        { kind: 'tamper.started', asset: 'reader-back', observedAt: 1_000 },
        { kind: 'tamper.started', asset: 'reader-back', observedAt: 2_000 },
        { kind: 'tamper.stopped', asset: 'reader-back', observedAt: 3_000 },
      ],
      expect: [{ at: 1_000, severity: 'high', asset: 'reader-back' }],
    },
    {
      name: 'while armed',
      context: { armingMode: 'night' },
      observations: [{ kind: 'tamper.started', asset: 'motion-store', observedAt: 1_000 }],
      expect: [{ at: 1_000, severity: 'critical', asset: 'motion-store' }],
    },
    {
      name: 'the end of a tampering that began before',
      observations: [{ kind: 'tamper.stopped', asset: 'reader-back', observedAt: 1_000 }],
      expect: [],
    },
  ],
};
