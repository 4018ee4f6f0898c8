/**
 * Cold chain: in band, warning, excursion, recovery, as EU GDP 2013/C 343/01 and USP <1079.2> want it kept:
 * start, peak, duration, and gaps in the record as gaps. A reading that is missing is never taken as in band.
 */
import { z } from 'zod';
import type { TemperatureBand } from '../../devices/model/asset.ts';

/** ΔH/R in kelvin, ΔH = 83.144 kJ/mol (USP <1079.2>). */
const ACTIVATION_KELVIN = 10_000;
const ZERO_CELSIUS_KELVIN = 273.15;

export interface ColdChainLimits {
  /** How far back inside the band a reading must be to end an excursion, °C. */
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

/** One stretch out of band, from its first reading outside. */
export const excursion = z.object({
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
  /** Sum of exp(−ΔH/(R·T))·ms over the time covered by readings, and that time. */
  arrhenius: z.number(),
  coveredMs: z.number(),
});
export type Excursion = z.infer<typeof excursion>;

export const isOutside = (celsius: number, band: TemperatureBand): boolean =>
  celsius < band.minCelsius || celsius > band.maxCelsius;

const rateAt = (celsius: number): number => Math.exp(-ACTIVATION_KELVIN / (celsius + ZERO_CELSIUS_KELVIN));

/** The first reading out of band. */
export function beginExcursion(celsius: number, at: number, band: TemperatureBand): Excursion {
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
export function continueExcursion(
  before: Excursion,
  celsius: number,
  at: number,
  limits: Pick<ColdChainLimits, 'gapMs'>,
): Excursion {
  const further = before.side === 'above' ? celsius > before.peakCelsius : celsius < before.peakCelsius;
  const peak = further ? { peakCelsius: celsius, peakAt: at } : {};
  const stepMs = at - before.lastAt;
  if (stepMs < 0) return { ...before, ...peak, readings: before.readings + 1 };
  const isGap = stepMs > limits.gapMs;
  return {
    ...before,
    ...peak,
    lastAt: at,
    lastCelsius: celsius,
    readings: before.readings + 1,
    gapMs: before.gapMs + (isGap ? stepMs : 0),
    // Trapezium: the mean of the two ends over the time between them.
    arrhenius: before.arrhenius + (isGap ? 0 : ((rateAt(before.lastCelsius) + rateAt(celsius)) / 2) * stepMs),
    coveredMs: before.coveredMs + (isGap ? 0 : stepMs),
  };
}

/** Back inside the band by the hysteresis (or by half of a band too narrow for it). */
export function isRecovered(celsius: number, band: TemperatureBand, hysteresisCelsius: number): boolean {
  const inside = Math.min(hysteresisCelsius, (band.maxCelsius - band.minCelsius) / 2);
  return celsius >= band.minCelsius + inside && celsius <= band.maxCelsius - inside;
}

/** How far out of band the peak lies, °C. */
export const deviationOf = ({ side, peakCelsius }: Excursion, band: TemperatureBand): number =>
  side === 'above' ? peakCelsius - band.maxCelsius : band.minCelsius - peakCelsius;

/** 0 too short to mention, 1 warning, 2 excursion, 3 critical. Time without readings counts as out of band. */
export function stageOf(of: Excursion, now: number, band: TemperatureBand, limits: ColdChainLimits): number {
  const lastedMs = now - of.startedAt;
  if (lastedMs >= limits.criticalMs) return 3;
  if (lastedMs >= limits.warningMs && deviationOf(of, band) >= limits.criticalDeviationCelsius) return 3;
  if (lastedMs >= limits.sustainedMs) return 2;
  return lastedMs >= limits.warningMs ? 1 : 0;
}

/** When time alone will next change the stage. */
export function nextStageAt(of: Excursion, now: number, limits: ColdChainLimits): number | undefined {
  return [limits.warningMs, limits.sustainedMs, limits.criticalMs]
    .map((ms) => of.startedAt + ms)
    .find((at) => at > now);
}

/** Mean kinetic temperature of equally long readings, °C. Not for frozen goods, and never instead of the excursion itself. */
export function meanKineticCelsius(readings: readonly number[]): number | undefined {
  if (readings.length === 0) return undefined;
  const mean = readings.reduce((sum, celsius) => sum + rateAt(celsius), 0) / readings.length;
  return ACTIVATION_KELVIN / -Math.log(mean) - ZERO_CELSIUS_KELVIN;
}

/** Mean kinetic temperature of the time that readings cover, °C; undefined for frozen goods or a single reading. */
export function meanKineticOf(of: Excursion, band: TemperatureBand): number | undefined {
  if (band.minCelsius < 0 || of.coveredMs === 0) return undefined;
  return ACTIVATION_KELVIN / -Math.log(of.arrhenius / of.coveredMs) - ZERO_CELSIUS_KELVIN;
}

/** What the site page calls a fridge: `unknown` when the last reading is older than the gap. */
export function conditionOf(
  reading: { celsius: number; at: number } | undefined,
  running: Excursion | undefined,
  now: number,
  band: TemperatureBand,
  limits: ColdChainLimits = defaultLimits,
): 'in-band' | 'warning' | 'excursion' | 'unknown' {
  if (running && stageOf(running, now, band, limits) >= 2) return 'excursion';
  if (reading === undefined || now - reading.at > limits.gapMs) return 'unknown';
  return running || isOutside(reading.celsius, band) ? 'warning' : 'in-band';
}
