import { z } from 'zod';
import { temperatureBand } from '../../devices/model/asset.ts';
import type { Severity } from '../../devices/model/detection.ts';
import { durationMs } from '../../devices/model/identifiers.ts';
import { meanKineticOf } from '../cold-chain/mean-kinetic-temperature.ts';
import {
  beginStretch,
  continueStretch,
  defaultLimits,
  isOutside,
  isRecovered,
  nextStageAt,
  stageOf,
  stretch,
} from '../cold-chain/stretch.ts';
import type { Finding, RuleContext, RuleKind, RuleStep } from './rule.ts';
import { idsAround } from './surroundings.ts';
import { celsiusText, durationText, nameOf } from './wording.ts';

export const temperatureExcursionConfiguration = z.strictObject({
  /** Absent: the asset's own band. */
  band: temperatureBand.optional(),
  hysteresisCelsius: z.number().min(0).max(10).default(defaultLimits.hysteresisCelsius),
  warningMs: durationMs.default(defaultLimits.warningMs),
  sustainedMs: durationMs.default(defaultLimits.sustainedMs),
  criticalMs: durationMs.default(defaultLimits.criticalMs),
  criticalDeviationCelsius: z.number().positive().default(defaultLimits.criticalDeviationCelsius),
  gapMs: durationMs.default(defaultLimits.gapMs),
});
type Configuration = z.infer<typeof temperatureExcursionConfiguration>;

const state = z.object({
  door: z.object({ openedAt: z.number(), observation: z.string() }).optional(),
  running: stretch.optional(),
  /** The probe that left the band: another one inside it proves nothing. */
  probe: z.string().optional(),
  /** Observations that began it, made the peak and came last. */
  first: z.string().optional(),
  peak: z.string().optional(),
  newest: z.string().optional(),
  /** The stage that has been reported. */
  said: z.number(),
});
type State = z.infer<typeof state>;

const severities: readonly Severity[] = ['info', 'low', 'high', 'critical'];

function finding(
  of: State,
  stage: number,
  key: string,
  settings: Configuration,
  { now, registry }: RuleContext,
): Finding | undefined {
  const { running } = of;
  const band = settings.band ?? registry.asset(key)?.band;
  if (running === undefined || band === undefined) return undefined;
  const lastedMs = now - running.startedAt;
  const silentMs = now - running.lastAt;
  const recovered = stage === 0;
  const kinetic = meanKineticOf(running, band, registry.asset(key)?.coldChain?.frozen);
  const bandText = `${band.minCelsius} to ${celsiusText(band.maxCelsius)}`;
  const sentences = [
    recovered
      ? `${nameOf(key, registry)} is back in its band of ${bandText}; it was ${running.side} for ${durationText(lastedMs)} and reached ${celsiusText(running.peakCelsius)}.`
      : `${nameOf(key, registry)} has been ${running.side} its band of ${bandText} for ${durationText(lastedMs)} and reached ${celsiusText(running.peakCelsius)}.`,
  ];
  if (!recovered && silentMs > settings.gapMs)
    sentences.push(`No reading for ${durationText(silentMs)}: it counts as out of band.`);
  if (of.door)
    sentences.push(`Its door has been open for ${durationText(Math.max(0, now - of.door.openedAt))}.`);
  if (recovered && of.said >= 2)
    sentences.push('The goods stay in quarantine until the responsible person decides.');
  const evidence = [of.door?.observation, of.first, of.peak, of.newest];
  return {
    severity: severities[stage] ?? 'critical',
    summary: sentences.join(' '),
    assets: [key],
    facts: {
      phase: recovered ? 'recovered' : stage === 1 ? 'warning' : 'excursion',
      side: running.side,
      startedAt: running.startedAt,
      durationMs: lastedMs,
      peakCelsius: running.peakCelsius,
      peakAt: running.peakAt,
      lastCelsius: running.lastCelsius,
      minCelsius: band.minCelsius,
      maxCelsius: band.maxCelsius,
      readings: running.readings,
      gapMs: running.gapMs + (silentMs > settings.gapMs ? silentMs : 0),
      ...(kinetic !== undefined && { meanKineticCelsius: Math.round(kinetic * 100) / 100 }),
      ...(of.door && { doorOpenedAt: of.door.openedAt }),
    },
    evidence: [...new Set(evidence.filter((id) => id !== undefined))],
    tactic: 'TA0040',
    continues: of.said > 0,
  };
}

/** Says what has become due, and asks for the next look. */
function judged(
  of: State,
  key: string,
  settings: Configuration,
  context: RuleContext,
): RuleStep<State> | undefined {
  const band = settings.band ?? context.registry.asset(key)?.band;
  if (of.running === undefined || band === undefined) return { state: of };
  const stage = stageOf(of.running, context.now, band, settings);
  const wakeAt = nextStageAt(of.running, context.now, settings);
  if (stage <= of.said) return { state: of, wakeAt };
  const found = finding(of, stage, key, settings, context);
  return { state: { ...of, said: stage }, wakeAt, findings: found ? [found] : [] };
}

/** Goods that must be kept cool are too warm, or too cold, for longer than they stand. */
export const temperatureExcursion: RuleKind<Configuration, State> = {
  kind: 'temperature-excursion',
  title: 'Temperature out of band',
  instruction:
    'Close the door and look at the thermometer. Move the goods to another fridge, mark them as quarantined, and call the responsible pharmacist: only they decide.',
  configuration: temperatureExcursionConfiguration,
  state,
  observes: ['temperature.measured', 'door.opened', 'door.closed'],
  fits: ({ band }) => band !== undefined,
  // The probe in a fridge and the fridge's door may be assets of their own; a probe with a band speaks for itself.
  listensTo: ({ id }, _configuration, registry) =>
    idsAround(id, registry, ['sensor', 'door']).filter((other) => registry.asset(other)?.band === undefined),
  initial: () => ({ said: 0 }),
  restsWithin(observed, settings, asset) {
    const band = settings.band ?? asset.band;
    return observed === 'temperature.measured' && band
      ? { min: band.minCelsius, max: band.maxCelsius }
      : undefined;
  },

  step(before, observation, key, settings, context) {
    const { observedAt, value } = observation;
    if (observation.kind === 'temperature.measured') {
      const band = settings.band ?? context.registry.asset(key)?.band;
      if (value === undefined || band === undefined) return undefined;
      if (before.running === undefined) {
        if (!isOutside(value, band)) return undefined;
        const { id, source: probe } = observation;
        const running = beginStretch(value, observedAt, band);
        return judged(
          { ...before, running, probe, first: id, peak: id, newest: id, said: 0 },
          key,
          settings,
          context,
        );
      }
      const inside = isRecovered(value, band, settings.hysteresisCelsius);
      if (observation.source !== before.probe && !isOutside(value, band)) return undefined;
      const running = continueStretch(before.running, value, observedAt, settings);
      const peak = running.peakAt !== before.running.peakAt ? observation.id : before.peak;
      const after: State = { ...before, running, peak, newest: observation.id };
      // A reading that comes late ends nothing: newer ones were out of band.
      if (!inside || observedAt < before.running.lastAt) return judged(after, key, settings, context);
      const found = before.said > 0 ? finding(after, 0, key, settings, context) : undefined;
      return {
        state: before.door ? { door: before.door, said: 0 } : undefined,
        findings: found ? [found] : [],
      };
    }
    if (observation.kind === 'door.opened') {
      if (before.door) return undefined;
      const after = { ...before, door: { openedAt: observedAt, observation: observation.id } };
      return judged(after, key, settings, context);
    }
    if (before.door === undefined) return undefined;
    const { door: _closed, ...after } = before;
    return after.running ? judged(after, key, settings, context) : { state: undefined };
  },

  wake: judged,
  active: ({ said }) => said > 0,

  samples: [
    {
      name: 'warning, excursion, critical, recovery',
      observations: [
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 0, value: 8.4 },
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 600_000, value: 11 },
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 1_200_000, value: 10 },
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 3_700_000, value: 7.9 },
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 3_800_000, value: 7 },
      ],
      expect: [
        { at: 120_000, severity: 'low', asset: 'fridge-1' },
        { at: 900_000, severity: 'high', asset: 'fridge-1' },
        { at: 3_600_000, severity: 'critical', asset: 'fridge-1' },
        { at: 3_800_000, severity: 'info', asset: 'fridge-1' },
      ],
    },
    {
      name: 'a minute of warm air while the fridge is stocked',
      observations: [
        { kind: 'door.opened', asset: 'fridge-1', observedAt: 0 },
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 20_000, value: 9 },
        { kind: 'door.closed', asset: 'fridge-1', observedAt: 40_000 },
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 80_000, value: 6 },
      ],
      until: 3_600_000,
      expect: [],
    },
    {
      name: 'the probe falls silent while it is too warm: silence is not cold',
      observations: [{ kind: 'temperature.measured', asset: 'fridge-1', observedAt: 0, value: 9 }],
      until: 1_000_000,
      expect: [
        { at: 120_000, severity: 'low', asset: 'fridge-1' },
        { at: 900_000, severity: 'high', asset: 'fridge-1' },
      ],
    },
    {
      name: 'on the edge of the band it does not flicker',
      configuration: { warningMs: 0 },
      observations: [
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 0, value: 8.1 },
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 60_000, value: 7.95 },
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 120_000, value: 8.1 },
      ],
      expect: [{ at: 0, severity: 'low', asset: 'fridge-1' }],
    },
    {
      name: 'in band all day',
      observations: [
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 0, value: 2 },
        { kind: 'temperature.measured', asset: 'fridge-1', observedAt: 60_000, value: 8 },
      ],
      until: 86_400_000,
      expect: [],
    },
  ],
};
