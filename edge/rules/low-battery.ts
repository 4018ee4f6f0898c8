import { z } from 'zod';
import type { RuleKind } from './rule.ts';
import { nameOf } from './wording.ts';

const configuration = z
  .strictObject({
    /** For devices that measure, %. */
    lowPercent: z.number().min(1).max(99).default(15),
    criticalPercent: z.number().min(0).max(98).default(5),
    /** A measured battery is full enough again when it is that much above `lowPercent`. */
    hysteresisPercent: z.number().min(0).max(50).default(10),
  })
  .refine(({ lowPercent, criticalPercent }) => criticalPercent < lowPercent, {
    path: ['criticalPercent'],
    message: 'expected less than lowPercent',
  });
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  /** 1 low, 2 nearly empty. */
  said: z.number(),
});
type State = z.infer<typeof state>;

/** A battery must be changed: said once, and once more when it is nearly empty. */
export const lowBattery: RuleKind<Configuration, State | null> = {
  kind: 'low-battery',
  title: 'Battery low',
  instruction: 'Change the battery within a week; at once when it is nearly empty.',
  configuration,
  state: state.nullable(),
  observes: ['battery.measured', 'battery.low', 'battery.normal'],
  fits: () => true,
  initial: () => null,
  restsWithin: (observed, { lowPercent }) =>
    observed === 'battery.measured' ? { min: lowPercent + 0.001, max: Number.POSITIVE_INFINITY } : undefined,

  step(before, observation, key, settings, { registry }) {
    const { kind, value } = observation;
    if (kind === 'battery.normal') return before ? { state: undefined } : undefined;
    if (kind === 'battery.measured') {
      if (value === undefined) return undefined;
      if (value >= Math.min(100, settings.lowPercent + settings.hysteresisPercent))
        return before ? { state: undefined } : undefined;
      if (value > settings.lowPercent) return undefined;
    }
    const stage = kind === 'battery.measured' && (value ?? 100) <= settings.criticalPercent ? 2 : 1;
    const said = before?.said ?? 0;
    if (stage <= said) return undefined;
    return {
      state: { said: stage },
      findings: [
        {
          severity: stage === 2 ? 'medium' : 'low',
          summary: `The battery of ${nameOf(key, registry)} is ${stage === 2 ? 'nearly empty' : 'low'}${
            kind === 'battery.measured' ? `: ${Math.round(value ?? 0)} %` : ''
          }.`,
          assets: [key],
          facts: kind === 'battery.measured' && value !== undefined ? { percent: value } : {},
          evidence: [observation.id],
          continues: said > 0,
        },
      ],
    };
  },

  active: (low) => low !== null,

  samples: [
    {
      name: 'said once, and once more when nearly empty',
      observations: [
        { kind: 'battery.measured', asset: 'motion-store', observedAt: 0, value: 40 },
        { kind: 'battery.measured', asset: 'motion-store', observedAt: 1_000, value: 14 },
        { kind: 'battery.low', asset: 'motion-store', observedAt: 1_500 },
        { kind: 'battery.measured', asset: 'motion-store', observedAt: 2_000, value: 16 },
        { kind: 'battery.measured', asset: 'motion-store', observedAt: 3_000, value: 13 },
        { kind: 'battery.measured', asset: 'motion-store', observedAt: 4_000, value: 4 },
      ],
      expect: [
        { at: 1_000, severity: 'low', asset: 'motion-store' },
        { at: 4_000, severity: 'medium', asset: 'motion-store' },
      ],
    },
    {
      name: 'changed, and low again a year later',
      observations: [
        { kind: 'battery.low', asset: 'door-back', observedAt: 0 },
        { kind: 'battery.normal', asset: 'door-back', observedAt: 1_000 },
        { kind: 'battery.low', asset: 'door-back', observedAt: 2_000 },
      ],
      expect: [
        { at: 0, severity: 'low', asset: 'door-back' },
        { at: 2_000, severity: 'low', asset: 'door-back' },
      ],
    },
    {
      name: 'half full is full enough',
      observations: [{ kind: 'battery.measured', asset: 'motion-store', observedAt: 0, value: 50 }],
      expect: [],
    },
  ],
};
