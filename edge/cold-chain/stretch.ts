/**
 * One stretch out of band, as EU GDP 2013/C 343/01 and USP <1079.2> want it kept: start, peak, duration, and gaps in
 * the record as gaps. A reading that is missing is never taken as in band. Alarm and record go by these same lines.
 */
import { z } from 'zod';
import type { TemperatureBand } from '../../devices/model/asset.ts';
import { addSpan, type TemperaturePoint } from './mean-kinetic-temperature.ts';

export interface ColdChainLimits {
  /** How far back inside the band a reading must be to end a stretch, °C. */
  hysteresisCelsius: number;
  /** Out of band for this long: a warning. */
  warningMs: number;
  /** Out of band for this long: an excursion. */
  sustainedMs: number;
  /** Out of band for this long: the goods are probably lost. */
  criticalMs: number;
  /** So far out of band, °C, is critical as soon as it is a warning. */
  criticalDeviationCelsius: number;
  /** Longer between two readings is a gap in the record. */
  gapMs: number;
}

export const defaultLimits: ColdChainLimits = {
  hysteresisCelsius: 0.3,
  warningMs: 2 * 60_000,
  sustainedMs: 15 * 60_000,
  criticalMs: 60 * 60_000,
  criticalDeviationCelsius: 8,
  gapMs: 15 * 60_000,
};

/** From its first reading outside. */
export const stretch = z.object({
  side: z.enum(['above', 'below']),
  startedAt: z.number(),
  /** Newest reading. */
  lastAt: z.number(),
  lastCelsius: z.number(),
  peakCelsius: z.number(),
  peakAt: z.number(),
  /** Time without readings, in sum. */
  gapMs: z.number(),
  readings: z.number(),
  /** See KineticSum. */
  arrhenius: z.number(),
  coveredMs: z.number(),
});
export type Stretch = z.infer<typeof stretch>;

export const isOutside = (celsius: number, band: TemperatureBand): boolean =>
  celsius < band.minCelsius || celsius > band.maxCelsius;

/** The first reading out of band. */
export function beginStretch(celsius: number, at: number, band: TemperatureBand): Stretch {
  return {
    side: celsius > band.maxCelsius ? 'above' : 'below',
    startedAt: at,
    lastAt: at,
    lastCelsius: celsius,
    peakCelsius: celsius,
    peakAt: at,
    gapMs: 0,
    readings: 1,
    arrhenius: 0,
    coveredMs: 0,
  };
}

/** One more reading while it lasts. A reading older than the newest adds to the peak only. */
export function continueStretch(
  before: Stretch,
  celsius: number,
  at: number,
  limits: Pick<ColdChainLimits, 'gapMs'>,
): Stretch {
  const further = before.side === 'above' ? celsius > before.peakCelsius : celsius < before.peakCelsius;
  const peak = further ? { peakCelsius: celsius, peakAt: at } : {};
  const stepMs = at - before.lastAt;
  if (stepMs < 0) return { ...before, ...peak, readings: before.readings + 1 };
  const isGap = stepMs > limits.gapMs;
  const last: TemperaturePoint = { at: before.lastAt, celsius: before.lastCelsius };
  return {
    ...before,
    ...peak,
    ...(isGap ? {} : addSpan(before, last, { at, celsius })),
    lastAt: at,
    lastCelsius: celsius,
    readings: before.readings + 1,
    gapMs: before.gapMs + (isGap ? stepMs : 0),
  };
}

/** Back inside the band by the hysteresis (or by half of a band too narrow for it). */
export function isRecovered(celsius: number, band: TemperatureBand, hysteresisCelsius: number): boolean {
  const inside = Math.min(hysteresisCelsius, (band.maxCelsius - band.minCelsius) / 2);
  return celsius >= band.minCelsius + inside && celsius <= band.maxCelsius - inside;
}

/** How far out of band the peak lies, °C. */
export const deviationOf = ({ side, peakCelsius }: Stretch, band: TemperatureBand): number =>
  side === 'above' ? peakCelsius - band.maxCelsius : band.minCelsius - peakCelsius;

/** 0 too short to mention, 1 warning, 2 excursion, 3 critical. Time without readings counts as out of band. */
export function stageOf(of: Stretch, now: number, band: TemperatureBand, limits: ColdChainLimits): number {
  const lastedMs = now - of.startedAt;
  if (lastedMs >= limits.criticalMs) return 3;
  if (lastedMs >= limits.warningMs && deviationOf(of, band) >= limits.criticalDeviationCelsius) return 3;
  if (lastedMs >= limits.sustainedMs) return 2;
  return lastedMs >= limits.warningMs ? 1 : 0;
}

/** When time alone will next change the stage. */
export function nextStageAt(of: Stretch, now: number, limits: ColdChainLimits): number | undefined {
  return [limits.warningMs, limits.sustainedMs, limits.criticalMs]
    .map((ms) => of.startedAt + ms)
    .find((at) => at > now);
}
