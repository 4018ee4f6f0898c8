/**
 * The record of one fridge for a day or a month, as an inspector wants it: readings at an interval, gaps as gaps,
 * every excursion with its peak, its duration and what was decided, doors, power, and the probe's calibration. It
 * follows from what is stored and from nothing else, so the same question gets the same answer in four years.
 */
import { type CalibrationState, calibrationState, calibrationText } from './calibration.ts';
import { type Excursion, type FridgeReading, follow, type Gap, runningAt } from './excursion.ts';
import type { Happening } from './journal.ts';
import { dayAt, type Period } from './period.ts';
import { caseOf, casesOf, type QuarantineCase } from './quarantine.ts';
import type { StoredWindow } from './store.ts';
import { type DatedTerms, type FridgeTerms, termsAt } from './terms.ts';

const MINUTE_MS = 60_000;
/** Readings so long before the period are looked at, for what goes on into it, and so long after, for how it ended. */
export const AROUND_MS = 7 * 24 * 60 * MINUTE_MS;
/** Decisions are looked for so long after the period. */
export const DECIDED_WITHIN_MS = 92 * 24 * 60 * MINUTE_MS;
export const INTERVAL_MS = { day: 15 * MINUTE_MS, month: 60 * MINUTE_MS } as const;
/** A door or a power failure so long before an excursion may be its cause. */
const CAUSE_WITHIN_MS = 60 * MINUTE_MS;

export interface Span {
  from: number;
  /** Absent: it went on. */
  to?: number;
}

export interface PowerFailure extends Span {
  asset: string;
}

export interface Interval extends Gap {
  readings: number;
  minCelsius?: number;
  /** By time: a thermometer that speaks more often while it warms up must not weigh more. */
  meanCelsius?: number;
  maxCelsius?: number;
  /** Time within it without readings. */
  gapMs: number;
  outOfBandMs: number;
}

export interface RecordedExcursion extends Excursion {
  doors: Span[];
  power: PowerFailure[];
  quarantine?: QuarantineCase;
}

export interface ColdChainRecord {
  gateway: string;
  site: { id: string; name: string; timeZone: string };
  fridge: { id: string; name: string; zone?: string };
  period: Period;
  /** What was known by then. */
  asOf: number;
  /** End of what could be known: the period's, or `asOf` while it goes on. */
  until: number;
  intervalMs: number;
  terms: FridgeTerms;
  /** Terms that came into force within the period. */
  changes: DatedTerms[];
  calibration: { state: CalibrationState; text: string };
  /** Devices that measured, and the corrections that are in their readings, °C. */
  probes: { probe: string; offsets: number[] }[];
  whole: Interval;
  intervals: Interval[];
  /** For the chart, in order. */
  readings: FridgeReading[];
  gaps: Gap[];
  excursions: RecordedExcursion[];
  /** Goods that were set apart for these excursions, or within the period. */
  goods: QuarantineCase[];
  doors: Span[];
  power: PowerFailure[];
  /** Lines of the store that did not fit their chain and were left out. */
  damagedLines: number;
}

export interface RecordQuestion {
  gateway: string;
  site: ColdChainRecord['site'];
  fridge: ColdChainRecord['fridge'];
  period: Period;
  asOf: number;
  /** Terms that are in force by now, for a time from which none are stored. */
  terms: FridgeTerms;
}

/** What to ask the store for. */
export const windowOf = ({ period, asOf }: Pick<RecordQuestion, 'period' | 'asOf'>) => ({
  from: period.from - AROUND_MS,
  to: Math.min(asOf, period.to + AROUND_MS),
  until: Math.min(asOf, period.to + DECIDED_WITHIN_MS),
});

export function coldChainRecord(question: RecordQuestion, stored: StoredWindow): ColdChainRecord {
  const { period, asOf, site } = question;
  const until = Math.max(period.from, Math.min(period.to, asOf));
  const inForce = (at: number) => termsAt(stored.terms, at) ?? question.terms;
  const known = stored.readings.filter(({ at }) => at < asOf);
  const story = follow(known, inForce);
  const knownUntil = Math.min(asOf, period.to + AROUND_MS);
  const running = runningAt(story.watch, knownUntil, inForce(knownUntil));
  const stretches = [...story.ended, ...(running === undefined ? [] : [running])].filter(
    ({ startedAt, recoveredAt }) => startedAt < until && (recoveredAt ?? asOf) > period.from,
  );
  const happened = stored.happenings.filter(({ at }) => at < asOf);
  const own = happened.filter(({ asset }) => asset === question.fridge.id);
  const doors = spansOf(own, 'door.opened', 'door.closed');
  const power = powerFailures(happened);
  const cases = casesOf(own);
  const terms = inForce(until - 1);
  const gaps = gapsIn(known, period.from, until, terms.limits.gapMs);
  const within = known.filter(({ at }) => at >= period.from && at < until);
  const intervalMs = INTERVAL_MS[period.kind];
  const measure = (from: number, to: number) =>
    intervalOf(known, stretches, gaps, from, to, terms.limits.gapMs);
  const intervals: Interval[] = [];
  for (let from = period.from; from < until; from += intervalMs)
    intervals.push(measure(from, Math.min(from + intervalMs, until)));
  const day = dayAt(site.timeZone, until - 1);
  return {
    gateway: question.gateway,
    site,
    fridge: question.fridge,
    period,
    asOf,
    until,
    intervalMs,
    terms,
    changes: stored.terms.filter(({ at }) => at > period.from && at < until),
    calibration: {
      state: calibrationState(terms.calibration, day),
      text: calibrationText(terms.calibration, day),
    },
    probes: [...Map.groupBy(within, ({ probe }) => probe).keys()]
      .sort()
      .map((probe) => ({ probe, offsets: [...(stored.offsets.get(probe) ?? [])].sort((a, b) => a - b) })),
    whole: measure(period.from, until),
    intervals,
    readings: within,
    gaps,
    excursions: stretches.map((one) => {
      const end = one.recoveredAt ?? asOf;
      const quarantine = caseOf(one, cases);
      return {
        ...one,
        doors: doors.filter((span) => overlaps(span, one.startedAt - CAUSE_WITHIN_MS, end)),
        power: power.filter((span) => overlaps(span, one.startedAt - CAUSE_WITHIN_MS, end)),
        ...(quarantine !== undefined && { quarantine }),
      };
    }),
    goods: cases.filter(
      (one) =>
        (one.startedAt < until && one.quarantinedAt >= period.from) ||
        stretches.some((stretch) => caseOf(stretch, cases) === one),
    ),
    doors: doors.filter((span) => overlaps(span, period.from, until)),
    power: power.filter((span) => overlaps(span, period.from, until)),
    damagedLines: stored.damaged.length,
  };
}

const overlaps = ({ from, to }: Span, start: number, end: number): boolean =>
  from < end && (to ?? Number.POSITIVE_INFINITY) > start;

/** From each beginning to the end that follows it; a second beginning changes nothing. */
export function spansOf(
  happened: readonly Happening[],
  begins: Happening['kind'],
  ends: Happening['kind'],
): Span[] {
  const spans: Span[] = [];
  const open = new Map<string, Span>();
  for (const { kind, at, asset } of happened) {
    const running = open.get(asset);
    if (kind === begins && running === undefined) {
      const span: Span = { from: at };
      open.set(asset, span);
      spans.push(span);
    } else if (kind === ends && running !== undefined) {
      running.to = at;
      open.delete(asset);
    }
  }
  return spans;
}

export function powerFailures(happened: readonly Happening[]): PowerFailure[] {
  const byAsset = Map.groupBy(happened, ({ asset }) => asset);
  return [...byAsset]
    .flatMap(([asset, own]) =>
      spansOf(own, 'power.failed', 'power.restored').map((span) => ({ asset, ...span })),
    )
    .sort((a, b) => a.from - b.from);
}

/** Stretches of the period that no reading covers, clipped to it. */
export function gapsIn(
  readings: readonly FridgeReading[],
  from: number,
  until: number,
  gapMs: number,
): Gap[] {
  const gaps: Gap[] = [];
  let before = readings.findLast(({ at }) => at < from)?.at ?? Number.NEGATIVE_INFINITY;
  for (const { at } of [
    ...readings.filter((reading) => reading.at >= from && reading.at < until),
    { at: until },
  ]) {
    if (at - before > gapMs) gaps.push({ from: Math.max(before, from), to: at });
    before = at;
  }
  return gaps.filter((gap) => gap.to > gap.from);
}

function intervalOf(
  readings: readonly FridgeReading[],
  stretches: readonly Excursion[],
  gaps: readonly Gap[],
  from: number,
  to: number,
  gapMs: number,
): Interval {
  const start = firstIndexFrom(readings, from);
  const end = firstIndexFrom(readings, to);
  const within = readings.slice(start, end);
  const clipped = (spans: readonly Gap[]) =>
    spans.reduce((sum, span) => sum + Math.max(0, Math.min(span.to, to) - Math.max(span.from, from)), 0);
  const out = stretches.map(({ startedAt, recoveredAt }) => ({
    from: startedAt,
    to: recoveredAt ?? Number.POSITIVE_INFINITY,
  }));
  const celsius = within.map((reading) => reading.celsius);
  const interval = { from, to, readings: within.length, gapMs: clipped(gaps), outOfBandMs: clipped(out) };
  if (celsius.length === 0) return interval;
  // One reading before and one after: the curve goes on over the interval's ends.
  const around = readings.slice(Math.max(0, start - 8), end + 8);
  const mean =
    meanOver(around, from, to, gapMs) ?? celsius.reduce((sum, value) => sum + value, 0) / celsius.length;
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of celsius) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return {
    ...interval,
    minCelsius: min,
    // The curve may reach into the interval from beyond its readings: what is told must hold together.
    meanCelsius: Math.min(max, Math.max(min, mean)),
    maxCelsius: max,
  };
}

function firstIndexFrom(readings: readonly FridgeReading[], at: number): number {
  let [low, high] = [0, readings.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((readings[middle]?.at ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Mean of the curve over time, each probe by itself; undefined where no time is covered. */
function meanOver(
  readings: readonly FridgeReading[],
  from: number,
  to: number,
  gapMs: number,
): number | undefined {
  const newest = new Map<string, FridgeReading>();
  let [area, coveredMs] = [0, 0];
  for (const reading of readings) {
    const before = newest.get(reading.probe);
    newest.set(reading.probe, reading);
    if (before === undefined || reading.at - before.at > gapMs) continue;
    const [start, end] = [Math.max(before.at, from), Math.min(reading.at, to)];
    if (end <= start) continue;
    const at = (time: number) =>
      before.celsius + ((reading.celsius - before.celsius) * (time - before.at)) / (reading.at - before.at);
    area += ((at(start) + at(end)) / 2) * (end - start);
    coveredMs += end - start;
  }
  return coveredMs === 0 ? undefined : area / coveredMs;
}
