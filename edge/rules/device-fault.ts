import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { Finding, RuleContext, RuleKind, RuleStep } from './rule.ts';
import { nameOf } from './wording.ts';

/** Parts of one asset that may be faulty at the same time. */
const MAX_PARTS = 32;

const configuration = z.strictObject({
  /** Labels are refilled and heads opened every day: only what lasts is told. */
  tellAfterMs: durationMs.default(180_000),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  parts: z.record(z.string(), z.object({ since: z.number(), observation: z.string(), said: z.boolean() })),
});
type State = z.infer<typeof state>;

function judged(
  before: State,
  key: string,
  { tellAfterMs }: Configuration,
  { now, registry }: RuleContext,
): RuleStep<State> {
  const waiting = Object.entries(before.parts).filter(([, { said }]) => !said);
  const due = waiting.filter(([, { since }]) => now >= since + tellAfterMs);
  const next = waiting
    .filter(([, { since }]) => now < since + tellAfterMs)
    .map(([, { since }]) => since + tellAfterMs);
  const wakeAt = next.length === 0 ? undefined : Math.min(...next);
  if (due.length === 0) return { state: before, wakeAt };
  const names = due.map(([part]) => part).join(', ');
  const finding: Finding = {
    severity: (registry.asset(key)?.criticality ?? 3) >= 4 ? 'medium' : 'low',
    summary: `${nameOf(key, registry)} reports a fault: ${names}.`,
    assets: [key],
    facts: { parts: names },
    evidence: due.map(([, { observation }]) => observation),
    continues: Object.values(before.parts).some(({ said }) => said),
  };
  const told = Object.fromEntries(due.map(([part, fault]) => [part, { ...fault, said: true }]));
  return { state: { parts: { ...before.parts, ...told } }, wakeAt, findings: [finding] };
}

/** A device says of itself that it can't do its work: no labels, no ribbon, overload, a UPS that is broken. */
export const deviceFault: RuleKind<Configuration, State> = {
  kind: 'device-fault',
  title: 'Device reports a fault',
  instruction:
    'Look at the device and mend what it names: labels, ribbon, cover, load. Otherwise call whoever installed it.',
  configuration,
  state,
  observes: ['fault.started', 'fault.stopped'],
  fits: () => true,
  initial: () => ({ parts: {} }),

  step(before, { kind, id, observedAt, facts }, key, settings, context) {
    const part = typeof facts?.part === 'string' ? facts.part : 'device';
    const { [part]: known, ...others } = before.parts;
    if (kind === 'fault.stopped') {
      if (known === undefined) return undefined;
      return Object.keys(others).length === 0
        ? { state: undefined }
        : judged({ parts: others }, key, settings, context);
    }
    if (known !== undefined || Object.keys(others).length >= MAX_PARTS) return undefined;
    const fault = { since: observedAt, observation: id, said: false };
    return judged({ parts: { ...others, [part]: fault } }, key, settings, context);
  },

  wake: (before, key, settings, context) =>
    Object.keys(before.parts).length === 0 ? undefined : judged(before, key, settings, context),
  active: ({ parts }) => Object.values(parts).some(({ said }) => said),

  samples: [
    {
      name: 'no labels for three minutes, and then the head is open as well',
      observations: [
        { kind: 'fault.started', asset: 'sensor-office', observedAt: 0, facts: { part: 'paper' } },
        { kind: 'fault.started', asset: 'sensor-office', observedAt: 60_000, facts: { part: 'head' } },
      ],
      until: 600_000,
      expect: [
        { at: 180_000, severity: 'low', asset: 'sensor-office' },
        { at: 240_000, severity: 'low', asset: 'sensor-office' },
      ],
    },
    {
      name: 'of something important it is more serious',
      observations: [
        { kind: 'fault.started', asset: 'fridge-1', observedAt: 0, facts: { part: 'compressor' } },
      ],
      until: 600_000,
      expect: [{ at: 180_000, severity: 'medium', asset: 'fridge-1' }],
    },
    {
      name: 'labels were refilled',
      observations: [
        { kind: 'fault.started', asset: 'sensor-office', observedAt: 0, facts: { part: 'paper' } },
        { kind: 'fault.stopped', asset: 'sensor-office', observedAt: 90_000, facts: { part: 'paper' } },
      ],
      until: 600_000,
      expect: [],
    },
  ],
};
