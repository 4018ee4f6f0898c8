import { z } from 'zod';
import type { Severity } from '../../devices/model/detection.ts';
import { durationMs } from '../../devices/model/identifiers.ts';
import type { Finding, RuleContext, RuleKind, RuleStep } from './rule.ts';
import { durationText, nameOf } from './wording.ts';

const configuration = z
  .strictObject({
    /** Shorter cuts are only recorded: a fuse that is switched, a thunderstorm. */
    tellAfterMs: durationMs.default(10_000),
    /** Longer ones are more serious: fridges warm and batteries empty. */
    seriousAfterMs: durationMs.default(15 * 60_000),
  })
  .refine(
    ({ tellAfterMs, seriousAfterMs }) => tellAfterMs <= seriousAfterMs,
    'expected tellAfterMs <= seriousAfterMs',
  );
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  failedAt: z.number(),
  observation: z.string(),
  /** The battery that holds out meanwhile goes, too. */
  battery: z.string().optional(),
  /** 1 told, 2 told as serious. */
  said: z.number(),
});
type State = z.infer<typeof state>;

/** Who cuts the power of a guarded shop wants something; while nothing is armed it is mostly the grid. */
const stageAt = (
  { failedAt, battery }: State,
  { tellAfterMs, seriousAfterMs }: Configuration,
  { now, armingMode }: RuleContext,
): number => {
  if (battery !== undefined) return 2;
  const lastedMs = now - failedAt;
  if (lastedMs < tellAfterMs) return 0;
  return armingMode !== 'disarmed' || lastedMs >= seriousAfterMs ? 2 : 1;
};

function told(before: State, key: string, settings: Configuration, context: RuleContext): RuleStep<State> {
  const { failedAt, observation, battery, said } = before;
  const stage = stageAt(before, settings, context);
  const next =
    stage >= 2 ? undefined : failedAt + (stage === 1 ? settings.seriousAfterMs : settings.tellAfterMs);
  const wakeAt = next === undefined || next > context.now ? next : context.now + 1;
  if (stage <= said) return { state: before, wakeAt };
  const severity: Severity = stage === 2 ? 'high' : 'medium';
  const lastedMs = context.now - failedAt;
  const finding: Finding = {
    severity,
    summary: `${nameOf(key, context.registry)} has been without mains power for ${durationText(lastedMs)}${
      battery === undefined ? '' : ', and its battery is nearly empty'
    }.`,
    assets: [key],
    facts: { failedAt, lastedMs, armingMode: context.armingMode, batteryLow: battery !== undefined },
    evidence: [observation, ...(battery === undefined ? [] : [battery])],
    continues: said > 0,
  };
  return { state: { ...before, said: stage }, wakeAt, findings: [finding] };
}

/** The mains are gone: cameras, fridges and the alarm itself live on batteries now. */
export const mainsLost: RuleKind<Configuration, State | null> = {
  kind: 'mains-lost',
  title: 'Mains power lost',
  instruction:
    'Look whether the street is dark as well. If only this shop is, check the fuses with a second person. Keep fridges closed, and move the medicine when the power stays away for half an hour.',
  configuration,
  state: state.nullable(),
  observes: ['power.failed', 'power.restored', 'battery.low'],
  fits: () => true,
  initial: () => null,

  step(before, { kind, id, observedAt }, key, settings, context) {
    if (kind === 'power.restored')
      return before && observedAt >= before.failedAt ? { state: undefined } : undefined;
    if (kind === 'battery.low')
      // Of a device that runs on nothing else, another rule tells.
      return before ? told({ ...before, battery: id }, key, settings, context) : undefined;
    if (before) return undefined;
    return told({ failedAt: observedAt, observation: id, said: 0 }, key, settings, context);
  },

  wake: (before, key, settings, context) =>
    before === null ? undefined : told(before, key, settings, context),
  active: (lost) => lost !== null && lost.said > 0,

  samples: [
    {
      name: 'a cut that goes on is told, and told again when it is serious',
      observations: [{ kind: 'power.failed', asset: 'fridge-1', observedAt: 0 }],
      until: 3_600_000,
      expect: [
        { at: 10_000, severity: 'medium', asset: 'fridge-1' },
        { at: 900_000, severity: 'high', asset: 'fridge-1' },
      ],
    },
    {
      name: 'a flicker is only recorded',
      observations: [
        { kind: 'power.failed', asset: 'fridge-1', observedAt: 0 },
        { kind: 'power.restored', asset: 'fridge-1', observedAt: 4_000 },
      ],
      until: 3_600_000,
      expect: [],
    },
    {
      name: 'while the shop is armed it is serious at once',
      context: { armingMode: 'away', isOpen: false },
      observations: [{ kind: 'power.failed', asset: 'fridge-1', observedAt: 0 }],
      until: 3_600_000,
      expect: [{ at: 10_000, severity: 'high', asset: 'fridge-1' }],
    },
    {
      name: 'the battery goes before its time',
      observations: [
        { kind: 'power.failed', asset: 'fridge-1', observedAt: 0 },
        { kind: 'battery.low', asset: 'fridge-1', observedAt: 60_000 },
        { kind: 'power.restored', asset: 'fridge-1', observedAt: 120_000 },
      ],
      until: 3_600_000,
      expect: [
        { at: 10_000, severity: 'medium', asset: 'fridge-1' },
        { at: 60_000, severity: 'high', asset: 'fridge-1' },
      ],
    },
    {
      name: 'a low battery with the mains there is another rule’s',
      observations: [{ kind: 'battery.low', asset: 'motion-store', observedAt: 0 }],
      expect: [],
    },
  ],
};
