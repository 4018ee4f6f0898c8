import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { RuleKind } from './rule.ts';
import { nameOf } from './wording.ts';

const configuration = z.strictObject({
  modes: z
    .array(z.enum(['away', 'night']))
    .min(1)
    .default(['away']),
  /** Further motion within this time of the last belongs to the same detection. */
  quietMs: durationMs.default(300_000),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  since: z.number(),
  lastAt: z.number(),
  /** Motions since the last detection. */
  further: z.number(),
  newest: z.string(),
});
type State = z.infer<typeof state>;

/** Somebody moves where nobody should be. Motion while a delay runs is that of whoever arms or disarms. */
export const motionWhileArmed: RuleKind<Configuration, State | null> = {
  kind: 'motion-while-armed',
  title: 'Motion while armed',
  instruction: 'Look at the camera picture. If there is somebody, call the police; do not go in.',
  configuration,
  state: state.nullable(),
  observes: ['motion.started'],
  fits: ({ kind }) => kind === 'motion-sensor' || kind === 'camera',
  initial: () => null,

  step(before, observation, key, { modes, quietMs }, { armingMode, armingPhase, registry }) {
    if (armingMode === 'disarmed' || !modes.includes(armingMode)) return undefined;
    if (armingPhase === 'entry-delay' || armingPhase === 'exit-delay') return undefined;
    const { observedAt: at, id: newest } = observation;
    if (before) {
      const lastAt = Math.max(at, before.lastAt);
      return {
        state: { ...before, lastAt, further: before.further + 1, newest },
        wakeAt: lastAt + quietMs,
      };
    }
    return {
      state: { since: at, lastAt: at, further: 0, newest },
      wakeAt: at + quietMs,
      findings: [
        {
          severity: 'high',
          summary: `Something moves at ${nameOf(key, registry)} while the alarm is armed.`,
          assets: [key],
          facts: { armingMode },
          evidence: [newest],
          tactic: 'TA0001',
        },
      ],
    };
  },

  /** Quiet again: what was folded is said as a count. */
  wake(before, key, { quietMs }, { now, registry }) {
    if (before === null) return undefined;
    if (now < before.lastAt + quietMs) return { state: before, wakeAt: before.lastAt + quietMs };
    if (before.further === 0) return { state: undefined };
    return {
      state: undefined,
      findings: [
        {
          severity: 'info',
          summary: `Nothing moves at ${nameOf(key, registry)} any more; there were ${before.further} further motions.`,
          assets: [key],
          facts: { since: before.since, lastAt: before.lastAt },
          evidence: [before.newest],
          count: before.further,
          continues: true,
        },
      ],
    };
  },

  active: (moving) => moving !== null,

  samples: [
    {
      name: 'somebody walks through the store room at night, again and again',
      context: { armingMode: 'away' },
      observations: [
        { kind: 'motion.started', asset: 'motion-store', observedAt: 0 },
        { kind: 'motion.started', asset: 'motion-store', observedAt: 60_000 },
        { kind: 'motion.started', asset: 'motion-store', observedAt: 120_000 },
      ],
      until: 3_600_000,
      expect: [
        { at: 0, severity: 'high', asset: 'motion-store' },
        { at: 420_000, severity: 'info', asset: 'motion-store' },
      ],
    },
    {
      name: 'during the day',
      observations: [{ kind: 'motion.started', asset: 'motion-store', observedAt: 0 }],
      expect: [],
    },
    {
      name: 'staff in the building by night, armed around them',
      context: { armingMode: 'night' },
      observations: [{ kind: 'motion.started', asset: 'motion-store', observedAt: 0 }],
      expect: [],
    },
    {
      name: 'whoever comes in to disarm',
      context: { armingMode: 'away', armingPhase: 'entry-delay' },
      observations: [{ kind: 'motion.started', asset: 'motion-store', observedAt: 0 }],
      expect: [],
    },
  ],
};
