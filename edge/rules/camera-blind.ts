import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { RuleContext, RuleKind, RuleStep } from './rule.ts';
import { nameOf } from './wording.ts';

const configuration = z.strictObject({
  /** A camera that restarts its encoder is back after a moment. */
  graceMs: durationMs.max(600_000).default(10_000),
});
type Configuration = z.infer<typeof configuration>;

/** Why there is no picture, in the order in which it is said. */
const causes = ['signal', 'stream', 'snapshot', 'offline'] as const;
type Cause = (typeof causes)[number];

const state = z.object({
  since: z.number(),
  causes: z.partialRecord(z.enum(causes), z.string()),
  said: z.boolean(),
});
type State = z.infer<typeof state>;

/** Looked at again this often while it is blind and nobody was told: it may be armed meanwhile. */
const LOOK_AGAIN_MS = 60_000;

const words: Record<Cause, string> = {
  signal: 'its video signal is lost',
  stream: 'its stream is dead',
  snapshot: 'it gives no pictures',
  offline: 'it does not answer',
};

/** The cause that an observation begins or ends. */
function causeOf({ kind, facts }: Observation): { cause: Cause; begins: boolean } | undefined {
  switch (kind) {
    case 'signal.lost':
    case 'signal.restored':
      return { cause: 'signal', begins: kind === 'signal.lost' };
    case 'device.offline':
    case 'device.online':
      return { cause: 'offline', begins: kind === 'device.offline' };
    case 'camera.role-failed':
    case 'camera.role-restored': {
      const role = facts?.role;
      if (role !== 'stream' && role !== 'snapshot') return undefined;
      return { cause: role, begins: kind === 'camera.role-failed' };
    }
    default:
      return undefined;
  }
}

function judged(
  before: State,
  key: string,
  { graceMs }: Configuration,
  { now, registry, armingMode, isOpen }: RuleContext,
): RuleStep<State> {
  if (before.said) return { state: before };
  if (now < before.since + graceMs) return { state: before, wakeAt: before.since + graceMs };
  const unwatched = armingMode !== 'disarmed' || !isOpen;
  const there = causes.filter((cause) => before.causes[cause] !== undefined);
  // Where people are about, a camera that is off altogether is a silent device like another.
  if (there.includes('offline') && !unwatched) return { state: before, wakeAt: now + LOOK_AGAIN_MS };
  const guarded = registry.asset(key)?.guards ?? [];
  const names = guarded.map((id) => nameOf(id, registry));
  const because = there.map((cause) => words[cause]).join(' and ');
  return {
    state: { ...before, said: true },
    findings: [
      {
        severity: unwatched ? 'high' : 'medium',
        summary: `${nameOf(key, registry)} is blind: ${because}${
          armingMode === 'disarmed' ? '' : ', while the alarm is armed'
        }${names.length > 0 ? `; ${names.join(', ')} is unwatched` : ''}.`,
        assets: [key, ...guarded],
        facts: { causes: there.join(' '), armingMode, isOpen },
        evidence: there.flatMap((cause) => before.causes[cause] ?? []),
        tactic: 'TA0005',
      },
    ],
  };
}

/** No picture comes from a camera, whatever else of it lives: that is a matter of security, not of maintenance. */
export const cameraBlind: RuleKind<Configuration, State | null> = {
  kind: 'camera-blind',
  title: 'Camera blind',
  instruction:
    'Look at the camera and at its cable: is it there, was it cut or unplugged? Until it sees again, somebody must keep an eye on the room.',
  configuration,
  state: state.nullable(),
  observes: [
    'signal.lost',
    'signal.restored',
    'camera.role-failed',
    'camera.role-restored',
    'device.offline',
    'device.online',
  ],
  fits: ({ kind }) => kind === 'camera',
  initial: () => null,

  step(before, observation, key, settings, context) {
    const change = causeOf(observation);
    if (change === undefined) return undefined;
    const { cause, begins } = change;
    const known = before?.causes ?? {};
    if (begins) {
      if (known[cause] !== undefined) return undefined;
      const since = before?.since ?? observation.observedAt;
      const next = { since, causes: { ...known, [cause]: observation.id }, said: before?.said ?? false };
      return judged(next, key, settings, context);
    }
    if (before === null || known[cause] === undefined) return undefined;
    const { [cause]: _over, ...left } = known;
    if (Object.keys(left).length === 0) return { state: undefined };
    return judged({ ...before, causes: left }, key, settings, context);
  },

  wake: (before, key, settings, context) =>
    before === null ? undefined : judged(before, key, settings, context),

  active: (running) => running?.said === true,

  samples: [
    {
      name: 'the stream is dead while its events live, at night',
      context: { isOpen: false },
      observations: [
        { kind: 'camera.role-failed', asset: 'camera-store', observedAt: 1_000, facts: { role: 'stream' } },
      ],
      until: 60_000,
      expect: [{ at: 11_000, severity: 'high', asset: 'camera-store' }],
    },
    {
      name: 'the signal is lost while the shop is open',
      context: { isOpen: true },
      observations: [{ kind: 'signal.lost', asset: 'camera-store', observedAt: 1_000 }],
      until: 60_000,
      expect: [{ at: 11_000, severity: 'medium', asset: 'camera-store' }],
    },
    {
      name: 'unplugged while armed: one detection for all that fails',
      context: { armingMode: 'away', isOpen: false },
      observations: [
        { kind: 'device.offline', asset: 'camera-store', observedAt: 1_000 },
        { kind: 'camera.role-failed', asset: 'camera-store', observedAt: 1_100, facts: { role: 'events' } },
        { kind: 'camera.role-failed', asset: 'camera-store', observedAt: 6_000, facts: { role: 'snapshot' } },
      ],
      until: 600_000,
      expect: [{ at: 11_000, severity: 'high', asset: 'camera-store' }],
    },
    {
      name: 'unplugged by day: a silent device, no more',
      context: { isOpen: true },
      observations: [
        { kind: 'device.offline', asset: 'camera-store', observedAt: 1_000 },
        { kind: 'camera.role-failed', asset: 'camera-store', observedAt: 6_000, facts: { role: 'snapshot' } },
      ],
      until: 600_000,
      expect: [],
    },
    {
      name: 'a camera that restarts its encoder',
      context: { isOpen: false },
      observations: [
        { kind: 'camera.role-failed', asset: 'camera-store', observedAt: 1_000, facts: { role: 'stream' } },
        { kind: 'camera.role-restored', asset: 'camera-store', observedAt: 8_000, facts: { role: 'stream' } },
      ],
      until: 60_000,
      expect: [],
    },
  ],
};
