import { z } from 'zod';
import type { RuleKind } from './rule.ts';
import { nameOf } from './wording.ts';

const configuration = z.strictObject({});
type Configuration = z.infer<typeof configuration>;

/** At a camera's address another one answers: its picture may be anybody's. */
export const cameraReplaced: RuleKind<Configuration, null> = {
  kind: 'camera-replaced',
  title: 'Another camera in its place',
  instruction:
    'If nobody of yours has exchanged the camera: go and look at it, compare its serial number, and call the security desk.',
  configuration,
  state: z.null(),
  observes: ['camera.replaced'],
  fits: ({ kind }) => kind === 'camera' || kind === 'door',
  initial: () => null,

  step(_before, { id, facts }, key, _settings, { registry, armingMode, isOpen }) {
    const now = facts?.now;
    return {
      state: undefined,
      findings: [
        {
          severity: armingMode !== 'disarmed' || !isOpen ? 'high' : 'medium',
          summary: `Another camera answers in the place of ${nameOf(key, registry)}${
            typeof now === 'string' ? `, with the serial number ${now}` : ''
          }.`,
          assets: [key],
          facts: { ...facts, armingMode, isOpen },
          evidence: [id],
          tactic: 'T1557',
        },
      ],
    };
  },

  samples: [
    {
      name: 'exchanged while the shop is closed',
      context: { isOpen: false },
      observations: [
        {
          kind: 'camera.replaced',
          asset: 'camera-store',
          observedAt: 5_000,
          facts: { before: 'S1', now: 'S2' },
        },
      ],
      expect: [{ at: 5_000, severity: 'high', asset: 'camera-store' }],
    },
    { name: 'the same camera as ever', observations: [], expect: [] },
  ],
};
