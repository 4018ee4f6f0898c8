/** Geometry of the line chart: pure, in px and milliseconds. */

export interface ChartPoint {
  at: number;
  mean: number;
  min: number;
  max: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const timeSteps = [
  MINUTE,
  2 * MINUTE,
  5 * MINUTE,
  10 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
];

/** How far a time zone's wall clock is ahead of UTC at a moment, ms. */
export function zoneOffset(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((entry) => entry.type === type)?.value ?? 0);
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wall - Math.floor(at / 1_000) * 1_000;
}

/** Round times of day in the zone, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number, timeZone: string): number[] {
  const step = timeSteps.find((size) => (to - from) / size <= most) ?? 30 * DAY;
  const offset = zoneOffset(from, timeZone);
  const ticks: number[] = [];
  for (let at = Math.ceil((from + offset) / step) * step - offset; at <= to; at += step) ticks.push(at);
  return ticks;
}

/** Round values that lie within, at most `most` of them. */
export function valueTicks(low: number, high: number, most: number): number[] {
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const ticks: number[] = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step / 1e6; value += step) {
    ticks.push(Math.round(value / step) * step);
  }
  return ticks;
}

/** Lowest and highest value to show: all readings and the allowed band, with a little air. */
export function valueRange(
  points: readonly ChartPoint[],
  band: { low: number; high: number } | undefined,
): { low: number; high: number } {
  const values = [
    ...points.flatMap(({ min, max }) => [min, max]),
    ...(band === undefined ? [] : [band.low, band.high]),
  ];
  if (values.length === 0) return { low: 0, high: 1 };
  const low = Math.min(...values);
  const high = Math.max(...values);
  const air = Math.max((high - low) * 0.1, 0.5);
  return { low: low - air, high: high + air };
}

/**
 * Runs of points without a hole: a line is not drawn across a time without readings.
 * @param gapMs what counts as one, where the points do not come at a steady pace
 */
export function runs(points: readonly ChartPoint[], gapMs?: number): ChartPoint[][] {
  const steps = points.slice(1).map((point, index) => point.at - (points[index]?.at ?? 0));
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  const result: ChartPoint[][] = [];
  points.forEach((point, index) => {
    const before = points[index - 1];
    const hole = gapMs ?? Math.max(usual * 4, MINUTE);
    if (before === undefined || point.at - before.at > hole) result.push([point]);
    else result.at(-1)?.push(point);
  });
  return result;
}

/** The point nearest in time. */
export function nearest(points: readonly ChartPoint[], at: number): ChartPoint | undefined {
  let best: ChartPoint | undefined;
  for (const point of points) {
    if (best === undefined || Math.abs(point.at - at) < Math.abs(best.at - at)) best = point;
  }
  return best;
}
