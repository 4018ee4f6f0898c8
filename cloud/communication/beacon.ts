/** Rhythm in contacts: a program that calls its master at intervals, with some chance mixed in. Pure. */
import { RHYTHM_PART_MS, type Rhythm } from './memory.ts';
import type { CommunicationSettings } from './settings.ts';

/** Contacts nearer than this to the one before are one: a page fetches its pictures. */
const TOGETHER_MS = 2_000;
const SHORTEST_MS = 5_000;
/** Within this share of the usual interval, an interval is one of the rhythm. */
const NEAR = 0.6;
/** So many of the intervals must be near it, and so many may span a beat that was left out. */
const MOSTLY = 0.8;
const LEFT_OUT = 0.2;
const BEATS_AT_ONCE = 4;

export interface Regularity {
  /** Median of the intervals, ms. */
  intervalMs: number;
  /** Median deviation from it, as a share of it. */
  jitter: number;
  /** Contacts that were looked at. */
  contacts: number;
}

function medianOf(sorted: Float64Array): number {
  const middle = sorted.length >>> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

const ascending = (values: Iterable<number>): Float64Array => Float64Array.from(values).sort();

/**
 * Whether instants come in a rhythm. Medians, not means: a beat left out or a machine that slept does not hide it.
 * Of a Poisson process (people, crowds) two fifths of the intervals are near the median, of a person's clicks fewer.
 */
export function regularityOf(
  instants: readonly number[],
  { contacts: least, jitter: most }: CommunicationSettings['beacon'],
): Regularity | undefined {
  const apart: number[] = [];
  for (const at of instants) {
    const last = apart.at(-1);
    if (last === undefined || at - last >= TOGETHER_MS) apart.push(at);
  }
  if (apart.length < least) return undefined;
  const intervals = apart.slice(1).map((at, index) => at - (apart[index] ?? 0));
  const raw = medianOf(ascending(intervals));
  if (raw < SHORTEST_MS) return undefined;
  let leftOut = 0;
  const folded = intervals.map((interval) => {
    const beats = Math.round(interval / raw);
    if (beats < 2 || beats > BEATS_AT_ONCE) return interval;
    leftOut++;
    return interval / beats;
  });
  if (leftOut > LEFT_OUT * intervals.length) return undefined;
  const interval = medianOf(ascending(folded));
  const deviations = folded.map((one) => Math.abs(one - interval) / interval);
  const near = deviations.filter((one) => one <= NEAR).length;
  const jitter = medianOf(ascending(deviations));
  if (near < MOSTLY * folded.length || jitter > most) return undefined;
  return { intervalMs: interval, jitter, contacts: apart.length };
}

/** A time in which the contacts came in a rhythm. */
export interface Beacon extends Regularity {
  /** The contact that it began with. */
  firstId: string;
  firstAt: number;
  /** When it was one for certain. */
  at: number;
  lastAt: number;
  /** All contacts in it. */
  count: number;
  evidence: string[];
}

/**
 * Each half day is judged together with the one before, so that midnight splits nothing; those in a rhythm that follow
 * one another are one beacon.
 */
export function beaconsIn({ parts, left }: Rhythm, settings: CommunicationSettings['beacon']): Beacon[] {
  const beacons: Beacon[] = [];
  let last: { part: number; beacon: Beacon } | undefined;
  for (const part of ascending(parts.keys())) {
    const here = parts.get(part);
    if (here === undefined) continue;
    const before = parts.get(part - 1);
    const instants = before === undefined ? here.at : [...before.at, ...here.at];
    const regularity = regularityOf(instants, settings) ?? regularityOf(here.at, settings);
    const lastAt = here.at.at(-1) ?? part * RHYTHM_PART_MS;
    if (regularity === undefined) continue;
    if (last !== undefined && (last.part === part - 1 || (left.until === part - 1 && last.part < part))) {
      last.part = part;
      Object.assign(last.beacon, regularity, {
        lastAt,
        count: last.beacon.count + here.count + (left.until === part - 1 ? left.count : 0),
      });
      continue;
    }
    const alone = regularityOf(instants, settings) === undefined || before === undefined;
    const first = alone ? here : before;
    const all = alone ? here.at : instants;
    const beacon: Beacon = {
      ...regularity,
      firstId: first.ids[0] ?? '',
      firstAt: all[0] ?? lastAt,
      at: all[settings.contacts - 1] ?? lastAt,
      lastAt,
      count: here.count + (alone ? 0 : before.count),
      evidence: [...first.ids.slice(0, 6), ...(first === here ? [] : here.ids.slice(0, 6))],
    };
    beacons.push(beacon);
    last = { part, beacon };
  }
  return beacons;
}
