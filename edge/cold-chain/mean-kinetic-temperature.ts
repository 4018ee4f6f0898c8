/**
 * Mean kinetic temperature (USP <1079.2>): the one temperature that would have aged the goods as much as all the
 * different ones did. It is told beside an excursion and never instead of it, and not of frozen goods: what
 * thaws does not age by Arrhenius' law.
 */
import type { TemperatureBand } from '../../devices/model/asset.ts';

/** ΔH/R in kelvin, ΔH = 83.144 kJ/mol. */
const ACTIVATION_KELVIN = 10_000;
const ZERO_CELSIUS_KELVIN = 273.15;

export interface TemperaturePoint {
  at: number;
  celsius: number;
}

const rateAt = (celsius: number): number => Math.exp(-ACTIVATION_KELVIN / (celsius + ZERO_CELSIUS_KELVIN));

const celsiusOfRate = (rate: number): number => ACTIVATION_KELVIN / -Math.log(rate) - ZERO_CELSIUS_KELVIN;

/** Of equally long readings, °C. */
export function meanKineticCelsius(readings: readonly number[]): number | undefined {
  if (readings.length === 0) return undefined;
  return celsiusOfRate(readings.reduce((sum, celsius) => sum + rateAt(celsius), 0) / readings.length);
}

/** A sum over a curve while it grows. */
export interface KineticSum {
  /** Sum of exp(−ΔH/(R·T))·ms over the time that readings cover, and that time. */
  arrhenius: number;
  coveredMs: number;
}

/** What the time between two readings adds: a trapezium. A gap must not be added, nobody knows what was in it. */
export const addSpan = (sum: KineticSum, from: TemperaturePoint, to: TemperaturePoint): KineticSum => ({
  arrhenius: sum.arrhenius + ((rateAt(from.celsius) + rateAt(to.celsius)) / 2) * (to.at - from.at),
  coveredMs: sum.coveredMs + (to.at - from.at),
});

/** °C; undefined where no time is covered, and for frozen goods. */
export function meanKineticOf(sum: KineticSum, band: TemperatureBand, frozen = false): number | undefined {
  if (frozen || band.minCelsius < 0 || sum.coveredMs <= 0) return undefined;
  return celsiusOfRate(sum.arrhenius / sum.coveredMs);
}
