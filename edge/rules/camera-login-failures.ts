import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { RuleKind } from './rule.ts';
import { durationText, nameOf } from './wording.ts';

const configuration = z.strictObject({
  /** Failed log-ins within the window that are more than a slip of the finger. */
  failures: z.number().int().min(1).max(1_000).default(3),
  /** So many are somebody's program. */
  manyFailures: z.number().int().min(2).max(100_000).default(15),
  windowMs: durationMs.min(1_000).max(86_400_000).default(600_000),
});
type Configuration = z.infer<typeof configuration>;

/** Observations that are named as evidence. */
const MAX_NAMED = 16;

const state = z.object({
  /** Beginning of the run; each further failure within the window prolongs it. */
  since: z.number(),
  lastAt: z.number(),
  count: z.number(),
  evidence: z.array(z.string()),
  /** 0 nothing said, 1 several, 2 many. */
  said: z.number(),
});
type State = z.infer<typeof state>;

/** Somebody tries passwords at a camera: who has it, sees what it sees, and is in the site's network. */
export const cameraLoginFailures: RuleKind<Configuration, State | null> = {
  kind: 'camera-login-failures',
  title: 'Failed sign-ins at a camera',
  instruction:
    'Find out who it is by the address. If it is nobody of yours, take the camera off the network and change its password.',
  configuration,
  state: state.nullable(),
  observes: ['camera.login-failed'],
  fits: ({ kind }) => kind === 'camera' || kind === 'door',
  initial: () => null,

  step(before, observation, key, { failures, manyFailures, windowMs }, { registry }) {
    const { observedAt: at, id, facts, observables, subjects } = observation;
    const told = facts?.count;
    const times = typeof told === 'number' && told >= 1 ? told : 1;
    const running = before !== null && at - before.lastAt <= windowMs ? before : undefined;
    const next: State = {
      since: running?.since ?? at,
      lastAt: Math.max(at, running?.lastAt ?? at),
      count: (running?.count ?? 0) + times,
      evidence: [...(running?.evidence ?? []), id].slice(-MAX_NAMED),
      said: running?.said ?? 0,
    };
    const wakeAt = next.lastAt + windowMs + 1;
    const reached = next.count >= manyFailures ? 2 : next.count >= failures ? 1 : 0;
    if (reached <= next.said) return { state: next, wakeAt };
    const ip = observables?.ip;
    return {
      state: { ...next, said: reached },
      wakeAt,
      findings: [
        {
          severity: reached === 2 ? 'high' : 'medium',
          summary: `${next.count} sign-ins at ${nameOf(key, registry)} failed within ${durationText(next.lastAt - next.since)}${
            ip === undefined ? '' : `, the last from ${ip}`
          }.`,
          assets: [key],
          ...(ip === undefined ? {} : { observables: { ip } }),
          facts: {
            failures: next.count,
            ...(subjects?.account === undefined ? {} : { account: subjects.account }),
          },
          evidence: next.evidence,
          tactic: 'T1110',
          continues: next.said > 0,
        },
      ],
    };
  },

  wake(before, _key, { windowMs }, { now }) {
    if (before === null) return undefined;
    const endsAt = before.lastAt + windowMs;
    return now > endsAt ? { state: undefined } : { state: before, wakeAt: endsAt + 1 };
  },

  active: (running) => running !== null && running.said > 0,

  samples: [
    {
      name: 'passwords are tried, then by the dozen',
      observations: [
        ...[1_000, 2_000, 3_000].map((observedAt) => ({
          kind: 'camera.login-failed' as const,
          asset: 'camera-store',
          observedAt,
          observables: { ip: '10.0.0.66' },
          subjects: { account: 'root' },
        })),
        { kind: 'camera.login-failed', asset: 'camera-store', observedAt: 60_000, facts: { count: 40 } },
      ],
      expect: [
        { at: 3_000, severity: 'medium', asset: 'camera-store' },
        { at: 60_000, severity: 'high', asset: 'camera-store' },
      ],
    },
    {
      name: 'a slip of the finger now and then',
      observations: [0, 700_000, 1_400_000, 2_100_000].map((observedAt) => ({
        kind: 'camera.login-failed' as const,
        asset: 'camera-store',
        observedAt,
      })),
      until: 4_000_000,
      expect: [],
    },
  ],
};
