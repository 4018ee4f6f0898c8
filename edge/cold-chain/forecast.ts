/**
 * When a warming fridge will leave its band. Air that warms up approaches the room's temperature exponentially
 * (Newton's law of cooling), and a stretch of that looks like a line as long as it is short. So lines and
 * exponentials of many time constants are fitted to the curve, each weighed by how well it fits, and the answer is
 * the weighed median with the span that the models leave open. Where they disagree much, it says so.
 */
import type { TemperatureBand } from '../../devices/model/asset.ts';
import type { TemperaturePoint } from './mean-kinetic-temperature.ts';

export interface Forecast {
  leavesAt: number;
  /** Nine in ten of the weighed models lie between these. */
  earliestAt: number;
  latestAt: number;
  confidence: 'sure' | 'likely' | 'unsure';
  /** At the newest reading. */
  celsiusPerMinute: number;
}

/** How this fridge warms in an ordinary cycle of its compressor: nothing to tell people about. */
export interface UsualWarming {
  highestCelsius: number;
  celsiusPerMinute: number;
}

const MINUTE_MS = 60_000;
/** The curve is looked at for so long; before that the cause was another one. */
export const WINDOW_MS = 45 * MINUTE_MS;
/** Farther ahead nobody acts, and the curve will have changed. */
export const HORIZON_MS = 3 * 60 * MINUTE_MS;
const MIN_READINGS = 5;
const MIN_SPAN_MS = 90_000;
/** Newest readings that are fitted. */
const MAX_READINGS = 200;
/** Thermometers round to a tenth at best: below this, differences are noise. */
const RESOLUTION_CELSIUS = 0.05;
/** A rise must stand out of the noise by this much, and be more than two steps of the thermometer. */
const RISE_TO_NOISE = 4;
const MIN_RISE_CELSIUS = 0.25;
/** No room is warmer: an exponential that ends above it is no physics. */
const WARMEST_ROOM_CELSIUS = 45;
/** From an open door in the draught to a well insulated fridge without power. */
const TIME_CONSTANTS_MINUTES = Array.from({ length: 25 }, (_, index) => 4 * 200 ** (index / 24));
/** Probability that an increase of that many signs is chance, one-sided 2.5 %. */
const SIGNIFICANT_Z = 1.96;

/**
 * @param readings sorted by time
 * @param since when its door was opened or its power failed: readings from before tell another story
 */
export function forecast(
  readings: readonly TemperaturePoint[],
  band: TemperatureBand,
  now: number,
  { gapMs, usual, since }: { gapMs: number; usual?: UsualWarming | undefined; since?: number | undefined },
): Forecast | undefined {
  const rise = risingPart(readings, now, gapMs, since);
  const last = rise.at(-1);
  const [first] = rise;
  if (first === undefined || last === undefined || rise.length < MIN_READINGS) return undefined;
  if (now - last.at > gapMs || last.at - first.at < MIN_SPAN_MS) return undefined;
  if (last.celsius > band.maxCelsius || last.celsius < band.minCelsius) return undefined;
  const minutes = rise.map(({ at }) => (at - first.at) / MINUTE_MS);
  const values = rise.map(({ celsius }) => celsius);
  if (trendOf(values) < SIGNIFICANT_Z) return undefined;
  const fits = modelsOf(minutes, values);
  const [best] = fits;
  if (best === undefined) return undefined;
  const risen = best.at(minutes.at(-1) ?? 0) - best.at(0);
  if (risen < Math.max(MIN_RISE_CELSIUS, RISE_TO_NOISE * best.noise)) return undefined;
  const reached = minutes.at(-1) ?? 0;
  const speed = best.slopeAt(reached);
  if (usual !== undefined && since === undefined && isUsual(last.celsius, speed, usual)) return undefined;

  const crossings = weighed(fits, rise.length).map(({ model, weight }) => ({
    weight,
    minutes: model.reaches(band.maxCelsius),
  }));
  const at = (part: number) => first.at + quantile(crossings, part) * MINUTE_MS;
  const leavesAt = Math.max(at(0.5), last.at);
  if (!(leavesAt - now <= HORIZON_MS)) return undefined;
  // A model's own noise moves its crossing, too: by as long as the curve takes to rise by it.
  const blurMs = speed > 0 ? (best.noise / speed / Math.sqrt(rise.length / 4)) * MINUTE_MS : 0;
  const earliestAt = Math.max(now, Math.min(leavesAt, at(0.05) - blurMs));
  const latestAt = Math.max(leavesAt, at(0.95) + blurMs);
  const aheadMs = Math.max(leavesAt - now, 0);
  const openMs = latestAt - earliestAt;
  const confidence =
    openMs <= Math.max(2 * MINUTE_MS, aheadMs * 0.35)
      ? 'sure'
      : openMs <= Math.max(5 * MINUTE_MS, aheadMs)
        ? 'likely'
        : 'unsure';
  return {
    leavesAt: Math.round(Math.max(leavesAt, now)),
    earliestAt: Math.round(earliestAt),
    latestAt: Math.round(Math.min(latestAt, now + 24 * 60 * MINUTE_MS)),
    confidence,
    celsiusPerMinute: speed,
  };
}

/** In whole minutes, for people. */
export const minutesUntil = ({ leavesAt }: Forecast, now: number): number =>
  Math.max(0, Math.round((leavesAt - now) / MINUTE_MS));

/** What an ordinary day looks like, from readings in order; undefined where there are too few of them. */
export function usualWarming(readings: readonly TemperaturePoint[]): UsualWarming | undefined {
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (readings.length < 30 || last.at - first.at < 6 * 60 * MINUTE_MS) return undefined;
  const slopes: number[] = [];
  let from = 0;
  for (const reading of readings) {
    while ((readings[from + 1]?.at ?? Number.POSITIVE_INFINITY) <= reading.at - 5 * MINUTE_MS) from++;
    const before = readings[from];
    if (before === undefined || reading.at - before.at < 2 * MINUTE_MS) continue;
    const slope = ((reading.celsius - before.celsius) / (reading.at - before.at)) * MINUTE_MS;
    if (slope > 0) slopes.push(slope);
  }
  const of = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? 0;
  return { highestCelsius: of(readings.map(({ celsius }) => celsius)), celsiusPerMinute: of(slopes) };
}

const isUsual = (celsius: number, speed: number, usual: UsualWarming): boolean =>
  celsius <= usual.highestCelsius + 0.3 && speed <= usual.celsiusPerMinute * 1.5;

/** Readings since the last gap, the known cause and the lowest point, the newest of them. */
function risingPart(
  readings: readonly TemperaturePoint[],
  now: number,
  gapMs: number,
  since: number | undefined,
): TemperaturePoint[] {
  const from = Math.max(now - WINDOW_MS, since ?? Number.NEGATIVE_INFINITY);
  let start = readings.findIndex(({ at }) => at >= from);
  if (start === -1) return [];
  // What stood before the cause is its beginning.
  if (since !== undefined && start > 0 && (readings[start]?.at ?? 0) > since) start--;
  let part = readings.slice(start).slice(-MAX_READINGS);
  const gap = part.findLastIndex(({ at }, index) => at - (part[index - 1]?.at ?? at) > gapMs);
  if (gap > 0) part = part.slice(gap);
  // Of three neighbours the middle one: a single wrong reading is no lowest point.
  const smooth = part.map(({ celsius }, index) => {
    const near = [part[index - 1]?.celsius ?? celsius, celsius, part[index + 1]?.celsius ?? celsius];
    return near.sort((a, b) => a - b)[1] ?? celsius;
  });
  const lowest = smooth.lastIndexOf(Math.min(...smooth));
  return part.slice(lowest);
}

/** Mann-Kendall: how many standard deviations the rising pairs outweigh the falling ones. */
function trendOf(values: readonly number[]): number {
  let balance = 0;
  for (const [index, value] of values.entries())
    for (let other = 0; other < index; other++) balance += Math.sign(value - (values[other] ?? value));
  const count = values.length;
  const deviation = Math.sqrt((count * (count - 1) * (2 * count + 5)) / 18);
  return deviation === 0 || balance <= 0 ? 0 : (balance - 1) / deviation;
}

/** A curve from the first reading on; times in minutes. */
interface Model {
  at(minutes: number): number;
  slopeAt(minutes: number): number;
  /** When it gets as warm; infinite: never. */
  reaches(celsius: number): number;
  /** Typical distance of a reading, °C. */
  noise: number;
  /** Sum of the readings' losses: squares, but not of strays. */
  loss: number;
}

/** Best first. */
function modelsOf(minutes: readonly number[], values: readonly number[]): Model[] {
  const models: Model[] = [];
  const line = robustLine(minutes, values);
  if (line !== undefined && line.slope > 0) {
    const { offset, slope, noise, loss } = line;
    models.push({
      at: (time) => offset + slope * time,
      slopeAt: () => slope,
      reaches: (celsius) => (celsius - offset) / slope,
      noise,
      loss,
    });
  }
  for (const constant of TIME_CONSTANTS_MINUTES) {
    const fit = robustLine(
      minutes.map((time) => 1 - Math.exp(-time / constant)),
      values,
    );
    if (fit === undefined || fit.slope <= 0 || fit.offset + fit.slope > WARMEST_ROOM_CELSIUS) continue;
    const { offset, slope, noise, loss } = fit;
    models.push({
      at: (time) => offset + slope * (1 - Math.exp(-time / constant)),
      slopeAt: (time) => (slope / constant) * Math.exp(-time / constant),
      reaches: (celsius) => {
        const left = 1 - (celsius - offset) / slope;
        return left <= 0 ? Number.POSITIVE_INFINITY : -constant * Math.log(left);
      },
      noise,
      loss,
    });
  }
  return models.sort((a, b) => a.loss - b.loss);
}

/** Least squares that strays lose their say in (Huber's weights). */
function robustLine(x: readonly number[], y: readonly number[]) {
  let weights = x.map(() => 1);
  let fit: { offset: number; slope: number } | undefined;
  let noise = RESOLUTION_CELSIUS;
  let residuals: number[] = [];
  for (let turn = 0; turn < 5; turn++) {
    fit = weighedLine(x, y, weights);
    if (fit === undefined) return undefined;
    const { offset, slope } = fit;
    residuals = y.map((value, index) => Math.abs(value - offset - slope * (x[index] ?? 0)));
    const middle = [...residuals].sort((a, b) => a - b)[Math.floor(residuals.length / 2)] ?? 0;
    noise = Math.max(RESOLUTION_CELSIUS, middle * 1.4826);
    const limit = 1.5 * noise;
    weights = residuals.map((residual) => (residual <= limit ? 1 : limit / residual));
  }
  if (fit === undefined) return undefined;
  const bound = 2 * RESOLUTION_CELSIUS + 3 * noise;
  return {
    ...fit,
    noise,
    loss: residuals.reduce((sum, residual) => sum + Math.min(residual, bound) ** 2, 0),
  };
}

function weighedLine(x: readonly number[], y: readonly number[], weights: readonly number[]) {
  let [sum, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0];
  for (const [index, weight] of weights.entries()) {
    const [xi, yi] = [x[index] ?? 0, y[index] ?? 0];
    sum += weight;
    sumX += weight * xi;
    sumY += weight * yi;
    sumXX += weight * xi * xi;
    sumXY += weight * xi * yi;
  }
  const spread = sum * sumXX - sumX * sumX;
  if (!(spread > 1e-12)) return undefined;
  const slope = (sum * sumXY - sumX * sumY) / spread;
  return { slope, offset: (sumY - slope * sumX) / sum };
}

/** How likely each model is, given the readings and the best one's noise. */
function weighed(models: readonly Model[], count: number): { model: Model; weight: number }[] {
  const [best] = models;
  if (best === undefined) return [];
  const variance = Math.max(best.loss / Math.max(1, count - 3), RESOLUTION_CELSIUS ** 2 / 3);
  return models.map((model) => ({ model, weight: Math.exp(-(model.loss - best.loss) / (2 * variance)) }));
}

function quantile(crossings: readonly { minutes: number; weight: number }[], part: number): number {
  const sorted = [...crossings].sort((a, b) => a.minutes - b.minutes);
  const whole = sorted.reduce((sum, { weight }) => sum + weight, 0);
  let reached = 0;
  for (const { minutes, weight } of sorted) {
    reached += weight;
    if (reached >= whole * part) return minutes;
  }
  return Number.POSITIVE_INFINITY;
}
