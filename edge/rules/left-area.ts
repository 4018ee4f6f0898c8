import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { RuleContext, RuleKind, RuleStep } from './rule.ts';
import { durationText, nameOf } from './wording.ts';

const configuration = z.strictObject({
  /** A detour shorter than this is nobody's business. */
  tellAfterMs: durationMs.default(120_000),
  /** Outside opening hours nobody should drive at all. */
  tellAfterClosedMs: durationMs.default(15_000),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  leftAt: z.number(),
  observation: z.string(),
  said: z.boolean(),
  /** Where it was last. */
  at: z.object({ latitude: z.number(), longitude: z.number(), observation: z.string() }).optional(),
});
type State = z.infer<typeof state>;

function judged(
  before: State,
  key: string,
  { tellAfterMs, tellAfterClosedMs }: Configuration,
  { now, registry, isOpen }: RuleContext,
): RuleStep<State> {
  if (before.said) return { state: before };
  const tellAt = before.leftAt + (isOpen ? tellAfterMs : tellAfterClosedMs);
  if (now < tellAt) return { state: before, wakeAt: tellAt };
  const { leftAt, observation, at } = before;
  return {
    state: { ...before, said: true },
    findings: [
      {
        severity: isOpen ? 'medium' : 'high',
        summary: `${nameOf(key, registry)} has been outside of its area for ${durationText(now - leftAt)}${
          isOpen ? '' : ', outside opening hours'
        }${at === undefined ? '' : `; last at ${at.latitude.toFixed(5)}, ${at.longitude.toFixed(5)}`}.`,
        assets: [key],
        facts: {
          leftAt,
          isOpen,
          ...(at === undefined ? {} : { latitude: at.latitude, longitude: at.longitude }),
        },
        evidence: [observation, ...(at === undefined ? [] : [at.observation])],
      },
    ],
  };
}

/** A delivery van is where it should not be: a detour, an accident, a theft. */
export const leftArea: RuleKind<Configuration, State | null> = {
  kind: 'left-area',
  title: 'Vehicle outside of its area',
  instruction:
    'Call the driver. If nobody answers, or it is not the driver, call the police with the last position.',
  configuration,
  state: state.nullable(),
  observes: ['zone.left', 'zone.entered', 'position.reported'],
  fits: ({ kind, geofences }) => kind === 'vehicle' || geofences.length > 0,
  initial: () => null,

  step(before, { kind, id, observedAt, facts }, key, settings, context) {
    if (kind === 'zone.entered')
      return before && observedAt >= before.leftAt ? { state: undefined } : undefined;
    if (kind === 'zone.left')
      return before
        ? undefined
        : judged({ leftAt: observedAt, observation: id, said: false }, key, settings, context);
    const [latitude, longitude] = [facts?.latitude, facts?.longitude];
    if (before === null || before.said || typeof latitude !== 'number' || typeof longitude !== 'number')
      return undefined;
    return judged({ ...before, at: { latitude, longitude, observation: id } }, key, settings, context);
  },

  wake: (before, key, settings, context) =>
    before === null ? undefined : judged(before, key, settings, context),
  active: (left) => left?.said === true,

  samples: [
    {
      name: 'a van that stays away is told, with where it was last',
      configuration: { assets: ['sensor-office'] },
      observations: [
        { kind: 'zone.left', asset: 'sensor-office', observedAt: 0 },
        {
          kind: 'position.reported',
          asset: 'sensor-office',
          observedAt: 60_000,
          facts: { latitude: 52.6, longitude: 13.4 },
        },
      ],
      until: 3_600_000,
      expect: [{ at: 120_000, severity: 'medium', asset: 'sensor-office' }],
    },
    {
      name: 'at night it is serious, and sooner',
      configuration: { assets: ['sensor-office'] },
      context: { isOpen: false },
      observations: [{ kind: 'zone.left', asset: 'sensor-office', observedAt: 0 }],
      until: 3_600_000,
      expect: [{ at: 15_000, severity: 'high', asset: 'sensor-office' }],
    },
    {
      name: 'a detour',
      configuration: { assets: ['sensor-office'] },
      observations: [
        { kind: 'zone.left', asset: 'sensor-office', observedAt: 0 },
        { kind: 'zone.entered', asset: 'sensor-office', observedAt: 90_000 },
      ],
      until: 3_600_000,
      expect: [],
    },
  ],
};
