import { z } from 'zod';
import { durationMs } from '../../devices/model/identifiers.ts';
import { DropOut } from './anomaly/drop-out.ts';
import { anomalyFinding, measuredKinds, takenBack } from './anomaly/measured-rule.ts';
import { FIVE_MINUTES, officeReadings, onOffice, quietDay } from './anomaly/sample-series.ts';
import type { RuleKind, RuleStep } from './rule.ts';
import { durationText, nameOf } from './wording.ts';

const configuration = z.strictObject({
  quantity: z.enum(['temperature', 'humidity', 'battery']).default('temperature'),
  /** A shorter silence is never said. */
  leastMs: durationMs.default(600_000),
});
type Configuration = z.infer<typeof configuration>;

const state = z.object({
  snapshot: z.string().max(1_000),
  newest: z.number(),
  evidence: z.string(),
  /** Since when readings are missing. */
  missing: z.number().optional(),
});
type State = z.infer<typeof state>;

const detectorOf = (before: State | null) =>
  takenBack(before?.snapshot ?? '', () => new DropOut(), DropOut.restored);

/** When silence must be looked at; undefined while the usual interval is not known. */
function lookAt(detector: DropOut, newest: number, leastMs: number): number | undefined {
  const due = Math.max(detector.dueAt, newest + leastMs);
  return Number.isFinite(due) ? Math.ceil(due) : undefined;
}

/**
 * Readings stay away longer than they ever did: see anomaly/drop-out.ts. Silence counts by the site's clock, so that a
 * gateway which was off itself says so once when it is back, and then that the device reports again.
 */
export const missingReadings: RuleKind<Configuration, State | null> = {
  kind: 'missing-readings',
  title: 'Readings are missing',
  instruction:
    'Nobody knows how warm it is now: measure by hand. Then look at the device, its battery and its radio.',
  configuration,
  state: state.nullable(),
  observes: measuredKinds,
  fits: () => false,
  initial: () => null,

  step(before, { kind, observedAt, id }, key, { quantity, leastMs }, { registry }) {
    if (kind !== `${quantity}.measured` || (before !== null && observedAt <= before.newest)) return undefined;
    const detector = detectorOf(before);
    detector.sample(observedAt);
    const after: RuleStep<State | null> = {
      state: { snapshot: detector.snapshot(), newest: observedAt, evidence: id },
      wakeAt: lookAt(detector, observedAt, leastMs),
    };
    if (before?.missing === undefined) return after;
    const silentMs = observedAt - before.missing;
    return {
      ...after,
      findings: [
        {
          severity: 'info',
          summary: `${nameOf(key, registry)} reports again after ${durationText(silentMs)}.`,
          assets: [key],
          facts: { phase: 'again', silentMs },
          evidence: [before.evidence, id],
          continues: true,
        },
      ],
    };
  },

  wake(before, key, { leastMs }, context) {
    if (before === null || before.missing !== undefined) return undefined;
    const detector = detectorOf(before);
    const due = lookAt(detector, before.newest, leastMs);
    if (due === undefined) return { state: before };
    if (context.now < due) return { state: before, wakeAt: due };
    const score = detector.scoreAt(context.now);
    return {
      state: { ...before, missing: before.newest },
      findings: [
        {
          ...anomalyFinding(key, before.evidence, score, detector.explanation(), 'readings', context, false),
          severity: context.registry.asset(key)?.band === undefined ? 'low' : 'medium',
        },
      ],
    };
  },

  active: (kept) => kept?.missing !== undefined,

  samples: [
    {
      name: 'every five minutes, and then no more',
      configuration: onOffice,
      observations: officeReadings(50, FIVE_MINUTES, quietDay),
      until: 100 * FIVE_MINUTES,
      expect: [{ at: 53 * FIVE_MINUTES, severity: 'low', asset: 'sensor-office' }],
    },
    {
      name: 'a pause of an hour, and then again',
      configuration: onOffice,
      observations: officeReadings(60, FIVE_MINUTES, quietDay).filter((_, index) => index < 40 || index > 51),
      expect: [
        { at: 43 * FIVE_MINUTES, severity: 'low', asset: 'sensor-office' },
        { at: 52 * FIVE_MINUTES, severity: 'info', asset: 'sensor-office' },
      ],
    },
    {
      name: 'one reading lost on the way',
      configuration: onOffice,
      observations: officeReadings(60, FIVE_MINUTES, quietDay).filter((_, index) => index !== 40),
      expect: [],
    },
  ],
};
