/** What a fridge's readings are judged by. The record keeps it with the readings: next year's band says nothing about today. */
import { z } from 'zod';
import { type Asset, probeCalibration, temperatureBand } from '../../devices/model/asset.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { RuleConfiguration } from '../rules/configuration.ts';
import { temperatureExcursionConfiguration } from '../rules/temperature-excursion.ts';
import { calibrationOf } from './calibration.ts';
import { defaultLimits } from './stretch.ts';

export const fridgeTerms = z.object({
  band: temperatureBand,
  limits: z.object({
    hysteresisCelsius: z.number(),
    warningMs: z.number(),
    sustainedMs: z.number(),
    criticalMs: z.number(),
    criticalDeviationCelsius: z.number(),
    gapMs: z.number(),
  }),
  warnMarginCelsius: z.number(),
  frozen: z.boolean(),
  calibration: probeCalibration.optional(),
});
export type FridgeTerms = z.infer<typeof fridgeTerms>;

/** Terms from a moment on. */
export interface DatedTerms {
  at: number;
  terms: FridgeTerms;
}

/** By the rule that raises its alarm, so that alarm and record never differ; undefined: it has no band. */
export function termsOf(
  asset: Asset,
  registry: Registry,
  rules: readonly RuleConfiguration[],
): FridgeTerms | undefined {
  const rule = rules.find(
    ({ kind, assets, except }) =>
      kind === 'temperature-excursion' &&
      (assets === undefined || assets.includes(asset.id)) &&
      !except.includes(asset.id),
  );
  const read = temperatureExcursionConfiguration.safeParse(rule?.configuration);
  const { band: ownBand, ...limits } = read.success ? read.data : { band: undefined, ...defaultLimits };
  const band = ownBand ?? asset.band;
  if (band === undefined) return undefined;
  const calibration = calibrationOf(asset, registry);
  return {
    band,
    limits,
    warnMarginCelsius: asset.coldChain?.warnMarginCelsius ?? 0,
    frozen: asset.coldChain?.frozen ?? band.minCelsius < 0,
    ...(calibration !== undefined && { calibration }),
  };
}

/** The terms in force at a moment: the newest before it, or the first there are. Sorted by time. */
export function termsAt(timeline: readonly DatedTerms[], at: number): FridgeTerms | undefined {
  return (timeline.findLast((dated) => dated.at <= at) ?? timeline[0])?.terms;
}
