/**
 * Dependencies that nobody has written down, out of what was recorded: B fails soon after A, more often than chance
 * would have it. A suggestion is a question to a person, never an entry by itself.
 */

import type { Episode } from './episodes.ts';
import type { Dependency } from './graph.ts';
import type { Suggestion } from './report.ts';

/** B must fail within this after A. */
export const FOLLOWS_WITHIN_MS = 60 * 60_000;
/** Fewer failures of A say nothing, whatever followed. */
export const MIN_FAILURES = 3;
/** Of them, those that B followed. */
const MIN_FOLLOWED = 3;
/** Lower bound of the chance that B follows, at 95 %. */
const MIN_CONFIDENCE = 0.25;
/** B follows so many times as often as it fails anyway. */
const MIN_LIFT = 3;
/** Failures looked at, the newest; assets that fail all the time tell nothing. */
export const MAX_EPISODES = 20_000;
/** Pairs that are counted; what comes beyond is not looked at. */
const MAX_PAIRS = 200_000;
/** Pairs looked at from one failure: when half a site fails at once, everything would follow everything. */
const MAX_FOLLOWERS = 100;
export const MAX_SUGGESTIONS = 100;
/** Standard normal quantile of 0.975. */
const Z95 = 1.959963985;

interface Pair {
  from: string;
  to: string;
  delays: number[];
  firstAt: number;
  lastAt: number;
}

/** The surest first. Pure: the order of the episodes does not matter. */
export function suggestionsFrom(
  episodes: readonly Episode[],
  known: readonly Pick<Dependency, 'of' | 'on'>[],
): Suggestion[] {
  const looked = [...episodes]
    .sort((a, b) => a.startedAt - b.startedAt || (a.asset < b.asset ? -1 : 1))
    .slice(-MAX_EPISODES);
  const first = looked[0]?.startedAt ?? 0;
  const last = looked.at(-1)?.startedAt ?? 0;
  const failures = new Map<string, number>();
  for (const { asset } of looked) failures.set(asset, (failures.get(asset) ?? 0) + 1);
  const pairs = pairsIn(looked);
  const isKnown = new Set(known.flatMap(({ of, on }) => on.map(({ asset }) => `${asset}>${of}`)));
  const followedOf = (key: string) => pairs.get(key)?.delays.length ?? 0;
  const found: Suggestion[] = [];
  for (const [id, { from, to, delays, firstAt, lastAt }] of pairs) {
    const count = failures.get(from) ?? 0;
    const followed = delays.length;
    const reversed = followedOf(`${to}>${from}`);
    // What comes first more often is the likelier cause.
    if (isKnown.has(id) || count < MIN_FAILURES || followed < MIN_FOLLOWED || reversed > followed) continue;
    if (reversed === followed && from > to) continue;
    const confidence = wilson(followed, count);
    const span = Math.max(last - first, FOLLOWS_WITHIN_MS);
    const followerFailures = failures.get(to) ?? 0;
    // Part of A's failures that B would follow if the two had nothing to do with each other.
    const byChance = 1 - Math.exp((-followerFailures * FOLLOWS_WITHIN_MS) / span);
    const lift = followed / count / byChance;
    if (confidence.from < MIN_CONFIDENCE || lift < MIN_LIFT) continue;
    const sorted = delays.sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? 0;
    const delayMs = { p10: at(0.1), p50: at(0.5), p90: at(0.9) };
    const probability = followed / count;
    const seconds = Math.max(0, Math.round(delayMs.p50 / 1_000));
    found.push({
      id,
      from,
      to,
      failures: count,
      followed,
      followerFailures,
      reversed,
      probability,
      confidence,
      lift,
      delayMs,
      firstAt,
      lastAt,
      perhapsThrough: [],
      words:
        `${to} failed after ${from} in ${followed} of ${count} cases, half of them within ${seconds} s` +
        (reversed * 2 >= followed
          ? '; often the other way round: perhaps both depend on something else'
          : ''),
      entry: {
        of: to,
        on: [from],
        probability: Math.round(probability * 1_000) / 1_000,
        delay: `${seconds} s`,
      },
    });
  }
  for (const one of found)
    one.perhapsThrough = found
      .filter(
        (other) =>
          other.from === one.from &&
          other.to !== one.to &&
          other.delayMs.p50 <= one.delayMs.p50 &&
          found.some((third) => third.from === other.to && third.to === one.to),
      )
      .map(({ to }) => to);
  return found
    .sort(
      (a, b) =>
        a.perhapsThrough.length - b.perhapsThrough.length ||
        b.confidence.from - a.confidence.from ||
        b.followed - a.followed ||
        (a.id < b.id ? -1 : 1),
    )
    .slice(0, MAX_SUGGESTIONS);
}

/** For each failure, whose failures begin within the hour after it; each other asset once. */
function pairsIn(looked: readonly Episode[]): Map<string, Pair> {
  const pairs = new Map<string, Pair>();
  looked.forEach(({ asset: from, startedAt }, index) => {
    const counted = new Set<string>();
    for (let at = index + 1; at < looked.length && counted.size < MAX_FOLLOWERS; at++) {
      const later = looked[at];
      if (later === undefined || later.startedAt > startedAt + FOLLOWS_WITHIN_MS) break;
      const { asset: to } = later;
      // The next failure of the same asset is followed by what follows then.
      if (to === from) break;
      if (counted.has(to)) continue;
      counted.add(to);
      const key = `${from}>${to}`;
      const known = pairs.get(key);
      if (known !== undefined) {
        known.delays.push(later.startedAt - startedAt);
        known.lastAt = startedAt;
      } else if (pairs.size < MAX_PAIRS)
        pairs.set(key, {
          from,
          to,
          delays: [later.startedAt - startedAt],
          firstAt: startedAt,
          lastAt: startedAt,
        });
    }
  });
  return pairs;
}

/** Wilson's interval of a proportion, 95 %. */
function wilson(successes: number, count: number): { from: number; to: number } {
  const part = successes / count;
  const z2 = (Z95 * Z95) / count;
  const middle = part + z2 / 2;
  const half = Z95 * Math.sqrt((part * (1 - part)) / count + z2 / (4 * count));
  return { from: Math.max(0, (middle - half) / (1 + z2)), to: Math.min(1, (middle + half) / (1 + z2)) };
}
