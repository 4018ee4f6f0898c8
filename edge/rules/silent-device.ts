import { z } from 'zod';
import type { Asset } from '../../devices/model/asset.ts';
import type { Severity } from '../../devices/model/detection.ts';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { RuleKind } from './rule.ts';
import { durationText, nameOf, raised } from './wording.ts';

const configuration = z.strictObject({
  /** Offline for less is a hiccup of the radio. */
  graceMs: durationMs.default(60_000),
  /** Offline for this long is one step more serious: nobody has done anything. */
  risesAfterMs: durationMs.default(4 * 3_600_000),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  since: z.number(),
  observation: z.string(),
  /** 0 nothing said, 1 silent, 2 silent for long. */
  said: z.number(),
});
type State = z.infer<typeof state>;

/** Without these nobody sees or stops anything. */
const protecting: readonly Asset['kind'][] = [
  'camera',
  'alarm-panel',
  'gateway',
  'lock',
  'reader',
  'siren',
  'motion-sensor',
];

function severityOf(asset: Asset | undefined): Severity {
  const criticality = asset?.criticality ?? 3;
  // A fridge that says nothing may be warm.
  const base: Severity =
    asset && (protecting.includes(asset.kind) || asset.band !== undefined) ? 'medium' : 'low';
  return criticality >= 4 ? raised(base) : criticality === 1 ? 'low' : base;
}

/** A device says nothing any more: silence is trouble. */
export const silentDevice: RuleKind<Configuration, State | null> = {
  kind: 'silent-device',
  title: 'Device silent',
  instruction:
    'Look at the device: is it there, does it have power, has somebody unplugged it? Then look at its battery and its radio.',
  configuration,
  state: state.nullable(),
  observes: ['device.offline', 'device.online'],
  fits: () => true,
  initial: () => null,

  step(before, observation, _key, { graceMs }) {
    if (observation.kind === 'device.online')
      return before && observation.observedAt >= before.since ? { state: undefined } : undefined;
    if (before) return undefined;
    const since = observation.observedAt;
    return { state: { since, observation: observation.id, said: 0 }, wakeAt: since + graceMs };
  },

  wake(before, key, { graceMs, risesAfterMs }, { now, registry, armingMode }) {
    if (before === null) return undefined;
    const silentMs = now - before.since;
    const stages = [graceMs, Math.max(graceMs, risesAfterMs)];
    const reached = stages.filter((ms) => silentMs >= ms).length;
    const next = stages[Math.max(reached, before.said)];
    const wakeAt = next === undefined ? undefined : before.since + next;
    if (reached <= before.said) return { state: before, wakeAt };
    const asset = registry.asset(key);
    // While armed a blind spot may be somebody's doing.
    const steps = (reached > 1 ? 1 : 0) + (armingMode === 'disarmed' ? 0 : 1);
    const severity = raised(severityOf(asset), steps);
    return {
      state: { ...before, said: reached },
      wakeAt,
      findings: [
        {
          severity: severity === 'critical' && (asset?.criticality ?? 3) < 5 ? 'high' : severity,
          summary: `${nameOf(key, registry)} has been silent for ${durationText(silentMs)}${
            armingMode === 'disarmed' ? '' : ' while the alarm is armed'
          }.`,
          assets: [key],
          facts: { since: before.since, silentMs, armingMode },
          evidence: [before.observation],
          tactic: 'TA0005',
          continues: before.said > 0,
        },
      ],
    };
  },

  active: (silent) => silent !== null && silent.said > 0,

  samples: [
    {
      name: 'a camera goes silent, and stays so',
      observations: [{ kind: 'device.offline', asset: 'camera-store', observedAt: 0 }],
      until: 5 * 3_600_000,
      expect: [
        { at: 60_000, severity: 'high', asset: 'camera-store' },
        { at: 4 * 3_600_000, severity: 'high', asset: 'camera-store' },
      ],
    },
    {
      name: 'a thermometer in the office',
      observations: [{ kind: 'device.offline', asset: 'sensor-office', observedAt: 0 }],
      until: 120_000,
      expect: [{ at: 60_000, severity: 'low', asset: 'sensor-office' }],
    },
    {
      name: 'a motion sensor while armed',
      context: { armingMode: 'away' },
      observations: [{ kind: 'device.offline', asset: 'motion-store', observedAt: 0 }],
      until: 120_000,
      expect: [{ at: 60_000, severity: 'high', asset: 'motion-store' }],
    },
    {
      name: 'a hiccup',
      observations: [
        { kind: 'device.offline', asset: 'camera-store', observedAt: 0 },
        { kind: 'device.online', asset: 'camera-store', observedAt: 30_000 },
      ],
      until: 600_000,
      expect: [],
    },
  ],
};
