import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { RuleKind } from './rule.ts';
import { nameOf } from './wording.ts';

const configuration = z.strictObject({
  /** A card that is being formatted is back after a moment. */
  graceMs: durationMs.max(86_400_000).default(60_000),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({ since: z.number(), observation: z.string(), said: z.boolean() });
type State = z.infer<typeof state>;

/** A camera's storage has failed: it is watched live, and nothing will be found afterwards. */
export const cameraNotRecording: RuleKind<Configuration, State | null> = {
  kind: 'camera-not-recording',
  title: 'Camera does not record',
  instruction:
    'Look at the camera’s memory card or at its recorder: is it there, is it full, does it need another one? Check that it records again.',
  configuration,
  state: state.nullable(),
  observes: ['camera.storage-failed', 'camera.storage-restored'],
  fits: ({ kind }) => kind === 'camera',
  initial: () => null,

  step(before, observation, _key, { graceMs }) {
    if (observation.kind === 'camera.storage-restored')
      return before && observation.observedAt >= before.since ? { state: undefined } : undefined;
    if (before) return undefined;
    const since = observation.observedAt;
    return { state: { since, observation: observation.id, said: false }, wakeAt: since + graceMs };
  },

  wake(before, key, { graceMs }, { now, registry, armingMode }) {
    if (before === null || before.said) return undefined;
    if (now < before.since + graceMs) return { state: before, wakeAt: before.since + graceMs };
    return {
      state: { ...before, said: true },
      findings: [
        {
          severity: armingMode === 'disarmed' ? 'medium' : 'high',
          summary: `${nameOf(key, registry)} can't record any more: its storage has failed.`,
          assets: [key],
          facts: { since: before.since, armingMode },
          evidence: [before.observation],
          tactic: 'TA0005',
        },
      ],
    };
  },

  active: (running) => running?.said === true,

  samples: [
    {
      name: 'the card is pulled out',
      observations: [{ kind: 'camera.storage-failed', asset: 'camera-store', observedAt: 0 }],
      until: 600_000,
      expect: [{ at: 60_000, severity: 'medium', asset: 'camera-store' }],
    },
    {
      name: 'the card is formatted',
      observations: [
        { kind: 'camera.storage-failed', asset: 'camera-store', observedAt: 0 },
        { kind: 'camera.storage-restored', asset: 'camera-store', observedAt: 20_000 },
      ],
      until: 600_000,
      expect: [],
    },
  ],
};
