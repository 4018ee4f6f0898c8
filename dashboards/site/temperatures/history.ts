import type { TemperatureHistory } from '../../../edge/api/contract.ts';
import type { ChartPoint } from '../../kit/chart-scale.ts';

/**
 * A steady thermometer is heard but not recorded for five minutes, and some only speak when something changes: a
 * hole in the line is a longer silence than that.
 */
export const GAP_MS = 20 * 60_000;

export const chartPoints = ({ points }: TemperatureHistory): ChartPoint[] =>
  points.map(({ at, celsius }) => ({ at, mean: celsius, min: celsius, max: celsius }));

/** Lowest and highest of a history; undefined without a reading. */
export function extremes({ points }: TemperatureHistory): { low: number; high: number } | undefined {
  if (points.length === 0) return undefined;
  const values = points.map(({ celsius }) => celsius);
  return { low: Math.min(...values), high: Math.max(...values) };
}
