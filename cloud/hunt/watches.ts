/** Searches that somebody watches: what matches raises a detection, as a rule's would. */
import { type Detection, detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import type { SavedHunt } from '../api/contract/hunt.ts';
import type { WatchHit } from './search-index.ts';

/** Hits of one watch at one asset within this time are one detection. */
const FOLDED_MS = 10 * 60_000;
const MAX_EVIDENCE = 64;
/** Watches that run at a time. */
export const MAX_WATCHES = 50;

/**
 * What hits say: one detection for each watch, asset and ten minutes. Pure; the same hits give the same detection,
 * and more of them the same one with a higher count.
 * @param known the detection as it stands, by its id
 */
export function detectionsOf(
  hits: readonly WatchHit[],
  watchOf: (id: string) => SavedHunt | undefined,
  known: (id: string) => Detection | undefined,
): Detection[] {
  const found = new Map<string, { hunt: SavedHunt; seen: Observation[] }>();
  for (const { watch, observation } of hits) {
    const hunt = watchOf(watch);
    if (hunt?.watch === undefined || observation.observedAt < hunt.watch.since) continue;
    const id = `watch/${watch}/${observation.asset}/${Math.floor(observation.observedAt / FOLDED_MS)}`;
    const entry = found.get(id) ?? { hunt, seen: [] };
    entry.seen.push(observation);
    found.set(id, entry);
  }
  return [...found].flatMap(([id, { hunt, seen }]) => {
    const [first] = seen;
    if (first === undefined || hunt.watch === undefined) return [];
    const before = known(id);
    const evidence = new Set([...(before?.evidence ?? []), ...seen.map((one) => one.id)]);
    const fresh = evidence.size - (before?.evidence.length ?? 0);
    if (fresh === 0) return [];
    const identity = first.subjects?.identity;
    return detection.parse({
      id,
      at: before?.at ?? Math.min(...seen.map((one) => one.observedAt)),
      rule: `watch:${hunt.name}`.slice(0, 256),
      severity: hunt.watch.severity,
      source: 'watch',
      site: first.site,
      assets: [first.asset],
      identities: identity === undefined ? [] : [identity],
      observables: before?.observables ?? first.observables ?? {},
      summary: `${hunt.name}: seen what ${hunt.watch.by} watches for`,
      facts: { query: hunt.query.slice(0, 512) },
      evidence: [...evidence].slice(0, MAX_EVIDENCE),
      count: (before?.count ?? 0) + fresh,
    });
  });
}
