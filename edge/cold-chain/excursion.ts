/**
 * The state machine of one fridge: in band, warning, excursion, recovered. It goes through readings in the order of
 * their time, so the same readings always tell the same story, in whatever order they came in.
 */
import { meanKineticOf, type TemperaturePoint } from './mean-kinetic-temperature.ts';
import {
  beginStretch,
  continueStretch,
  deviationOf,
  isOutside,
  isRecovered,
  type Stretch,
  stageOf,
} from './stretch.ts';
import type { FridgeTerms } from './terms.ts';

export interface FridgeReading extends TemperaturePoint {
  /** The device that measured. */
  probe: string;
}

/** What a stretch out of band came to: `brief` is too short to be a warning, and still in the record. */
export const stages = ['brief', 'warning', 'excursion', 'critical'] as const;
export type Stage = (typeof stages)[number];

export type Condition = 'in-band' | 'warning' | 'excursion' | 'unknown';

/** A stretch out of band, as it is told. */
export interface Excursion {
  side: 'above' | 'below';
  startedAt: number;
  /** Absent: it goes on. */
  recoveredAt?: number;
  peakCelsius: number;
  peakAt: number;
  lastAt: number;
  lastCelsius: number;
  readings: number;
  /** Time within it without readings. */
  gapMs: number;
  stage: Stage;
  /** When it had lasted long enough, or was far enough out, to be an excursion. */
  excursionAt?: number;
  /** Over the time within it that readings cover; not of frozen goods. */
  meanKineticCelsius?: number;
}

export interface Gap {
  from: number;
  to: number;
}

interface Running extends Stretch {
  probe: string;
  /** First reading that was as far out as critical. */
  criticalSince?: number;
}

/** Where the machine stands after a reading. */
export interface Watch {
  last?: FridgeReading;
  running?: Running;
}

export const initialWatch: Watch = {};

/** Time first; then whatever makes the order the same however readings came in. */
export const inOrder = (a: FridgeReading, b: FridgeReading): number =>
  a.at - b.at || (a.probe < b.probe ? -1 : a.probe > b.probe ? 1 : a.celsius - b.celsius);

function excursionAt(of: Running, { limits }: FridgeTerms): number {
  const far =
    of.criticalSince === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(of.startedAt + limits.warningMs, of.criticalSince);
  return Math.min(of.startedAt + limits.sustainedMs, far);
}

function told(of: Running, until: number, terms: FridgeTerms): Excursion {
  const { side, startedAt, peakCelsius, peakAt, lastAt, lastCelsius, readings } = of;
  const silentMs = until - lastAt;
  const kinetic = meanKineticOf(of, terms.band, terms.frozen);
  const at = excursionAt(of, terms);
  return {
    side,
    startedAt,
    peakCelsius,
    peakAt,
    lastAt,
    lastCelsius,
    readings,
    gapMs: of.gapMs + (silentMs > terms.limits.gapMs ? silentMs : 0),
    stage: stages[stageOf(of, until, terms.band, terms.limits)] ?? 'critical',
    ...(at <= until && { excursionAt: at }),
    ...(kinetic !== undefined && { meanKineticCelsius: kinetic }),
  };
}

/** The next reading in time. */
export function watchReading(
  before: Watch,
  reading: FridgeReading,
  terms: FridgeTerms,
): { watch: Watch; ended?: Excursion; gap?: Gap } {
  const { at, celsius, probe } = reading;
  const { band, limits } = terms;
  const silentMs = before.last === undefined ? 0 : at - before.last.at;
  const gap =
    before.last !== undefined && silentMs > limits.gapMs ? { from: before.last.at, to: at } : undefined;
  const silence = { ...(gap !== undefined && { gap }) };
  if (before.running === undefined) {
    if (!isOutside(celsius, band)) return { watch: { last: reading }, ...silence };
    const begun = { ...beginStretch(celsius, at, band), probe };
    return { watch: { last: reading, running: withCritical(begun, at, terms) }, ...silence };
  }
  // Another probe inside the band proves nothing about the one that left it.
  if (probe !== before.running.probe && !isOutside(celsius, band))
    return { watch: { last: reading, running: before.running }, ...silence };
  const running = withCritical(
    { ...before.running, ...continueStretch(before.running, celsius, at, limits) },
    at,
    terms,
  );
  if (!isRecovered(celsius, band, limits.hysteresisCelsius))
    return { watch: { last: reading, running }, ...silence };
  return { watch: { last: reading }, ended: { ...told(running, at, terms), recoveredAt: at }, ...silence };
}

function withCritical(running: Running, at: number, { band, limits }: FridgeTerms): Running {
  const isFar = deviationOf(running, band) >= limits.criticalDeviationCelsius;
  return running.criticalSince === undefined && isFar ? { ...running, criticalSince: at } : running;
}

/** The stretch under way, as it is by now. */
export const runningAt = ({ running }: Watch, now: number, terms: FridgeTerms): Excursion | undefined =>
  running && told(running, Math.max(now, running.lastAt), terms);

/** When time alone makes the stretch under way an excursion; undefined where it is one, or there is none. */
export function becomesExcursionAt({ running }: Watch, now: number, terms: FridgeTerms): number | undefined {
  if (running === undefined) return undefined;
  const at = excursionAt(running, terms);
  return at > now ? at : undefined;
}

/** `unknown` when nobody has heard of it for longer than a gap: silence is not cold. */
export function conditionOf(watch: Watch, now: number, terms: FridgeTerms): Condition {
  const { band, limits, warnMarginCelsius } = terms;
  const running = runningAt(watch, now, terms);
  if (running?.excursionAt !== undefined) return 'excursion';
  if (watch.last === undefined || now - watch.last.at > limits.gapMs) return 'unknown';
  if (running !== undefined) return 'warning';
  const margin = Math.min(warnMarginCelsius, (band.maxCelsius - band.minCelsius) / 2);
  const { celsius } = watch.last;
  const isNear = margin > 0 && (celsius < band.minCelsius + margin || celsius > band.maxCelsius - margin);
  return isNear ? 'warning' : 'in-band';
}

/** The whole story of readings that are in order. */
export function follow(
  readings: Iterable<FridgeReading>,
  termsAtTime: (at: number) => FridgeTerms,
  start: Watch = initialWatch,
): { watch: Watch; ended: Excursion[]; gaps: Gap[] } {
  let watch = start;
  const ended: Excursion[] = [];
  const gaps: Gap[] = [];
  for (const reading of readings) {
    const step = watchReading(watch, reading, termsAtTime(reading.at));
    watch = step.watch;
    if (step.ended !== undefined) ended.push(step.ended);
    if (step.gap !== undefined) gaps.push(step.gap);
  }
  return { watch, ended, gaps };
}
