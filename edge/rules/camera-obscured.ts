import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { RuleContext, RuleKind, RuleStep } from './rule.ts';
import { nameOf } from './wording.ts';

const configuration = z.strictObject({
  /** A van before the lens is gone after a moment; a hand with a spray can stays. */
  sustainedMs: durationMs.max(600_000).default(3_000),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  since: z.number(),
  observation: z.string(),
  said: z.boolean(),
  /** As the camera or the watch on its picture says. */
  reason: z.string().optional(),
});
type State = z.infer<typeof state>;

/** What is wrong with the picture, in words. */
const wrongWith: Readonly<Record<string, string>> = {
  dark: 'its picture is black',
  bright: 'it is dazzled',
  covered: 'something covers its lens',
  moved: 'it was turned away',
  blurred: 'its lens is smeared or out of focus',
  frozen: 'its picture stands still',
  tampered: 'somebody meddles with it',
};
const anything = 'its picture is dark, covered or turned away';

function judged(
  before: State,
  key: string,
  { sustainedMs }: Configuration,
  { now, registry, armingMode, isOpen }: RuleContext,
): RuleStep<State> {
  if (before.said) return { state: before };
  if (now < before.since + sustainedMs) return { state: before, wakeAt: before.since + sustainedMs };
  const guarded = (registry.asset(key)?.guards ?? []).map((id) => nameOf(id, registry));
  const unwatched = armingMode !== 'disarmed' || !isOpen;
  return {
    state: { ...before, said: true },
    findings: [
      {
        severity: unwatched ? 'high' : 'medium',
        summary: `${nameOf(key, registry)} sees nothing any more: ${
          wrongWith[before.reason ?? ''] ?? anything
        }${guarded.length > 0 ? `, and ${guarded.join(', ')} is unwatched` : ''}.`,
        assets: [key, ...(registry.asset(key)?.guards ?? [])],
        facts: { armingMode, isOpen, ...(before.reason === undefined ? {} : { reason: before.reason }) },
        evidence: [before.observation],
        tactic: 'TA0005',
      },
    ],
  };
}

/** The camera runs and shows nothing: a blind camera is a matter of security, not of maintenance. */
export const cameraObscured: RuleKind<Configuration, State | null> = {
  kind: 'camera-obscured',
  title: 'Camera sees nothing',
  instruction:
    'Look at the camera: is it covered, sprayed, turned away, is the light out? Until it sees again, somebody must keep an eye on the room.',
  configuration,
  state: state.nullable(),
  observes: ['camera.obscured', 'camera.restored'],
  fits: ({ kind }) => kind === 'camera',
  initial: () => null,

  step(before, observation, key, settings, context) {
    if (observation.kind === 'camera.restored')
      return before && observation.observedAt >= before.since ? { state: undefined } : undefined;
    if (before) return undefined;
    const since = observation.observedAt;
    const told = observation.facts?.reason;
    const reason = typeof told === 'string' ? { reason: told } : {};
    return judged({ since, observation: observation.id, said: false, ...reason }, key, settings, context);
  },

  wake: (before, key, settings, context) =>
    before === null ? undefined : judged(before, key, settings, context),

  active: (running) => running?.said === true,

  samples: [
    {
      name: 'the store-room camera goes dark while the shop is closed',
      context: { isOpen: false },
      observations: [{ kind: 'camera.obscured', asset: 'camera-store', observedAt: 1_000 }],
      until: 60_000,
      expect: [{ at: 4_000, severity: 'high', asset: 'camera-store' }],
    },
    {
      name: 'during opening hours',
      context: { isOpen: true },
      observations: [{ kind: 'camera.obscured', asset: 'camera-store', observedAt: 1_000 }],
      until: 60_000,
      expect: [{ at: 4_000, severity: 'medium', asset: 'camera-store' }],
    },
    {
      name: 'a van passes',
      observations: [
        { kind: 'camera.obscured', asset: 'camera-store', observedAt: 1_000 },
        { kind: 'camera.restored', asset: 'camera-store', observedAt: 3_000 },
      ],
      until: 60_000,
      expect: [],
    },
  ],
};
