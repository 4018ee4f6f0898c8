/** Failures out of what was recorded: when each asset went down and came back. */
import { z } from 'zod';
import { identifier, instant } from '../../devices/model/identifiers.ts';
import { type Observation, type ObservationKind, observationKind } from '../../devices/model/observation.ts';

/** An asset was not working from here to there. */
export interface Episode {
  asset: string;
  startedAt: number;
  /** Absent while it still is not. */
  endedAt?: number;
}

/** What begins and what ends a failure; each kind is told apart from the others at an asset. */
const failing: readonly (readonly [begins: ObservationKind, ends: ObservationKind])[] = [
  ['device.offline', 'device.online'],
  ['power.failed', 'power.restored'],
  ['fault.started', 'fault.stopped'],
  ['signal.lost', 'signal.restored'],
  ['transmission.failed', 'transmission.restored'],
  ['camera.role-failed', 'camera.role-restored'],
];

/** Kinds of observation that failures are found in. */
export const failureKinds: readonly ObservationKind[] = failing.flat();

const roles = new Map<ObservationKind, { line: number; begins: boolean }>(
  failing.flatMap(([begins, ends], line) => [
    [begins, { line, begins: true }] as const,
    [ends, { line, begins: false }] as const,
  ]),
);

type Seen = Pick<Observation, 'id' | 'kind' | 'asset' | 'observedAt'>;

/**
 * Each asset's failures, the earliest first. The order of the observations does not matter, nor do repeats: a failure
 * begins with the first word of it, and lasts until the last of its lines is well again. Pure.
 */
export function episodesOf(observations: Iterable<Seen>): Episode[] {
  const byAsset = Map.groupBy(
    [...observations].filter(({ kind }) => roles.has(kind)),
    ({ asset }) => asset,
  );
  const episodes: Episode[] = [];
  for (const [asset, seen] of byAsset) {
    const open = new Set<number>();
    let current: Episode | undefined;
    for (const { kind, observedAt } of seen.sort(
      (a, b) => a.observedAt - b.observedAt || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    )) {
      const role = roles.get(kind);
      if (role === undefined) continue;
      if (role.begins) {
        if (open.size === 0) current = { asset, startedAt: observedAt };
        open.add(role.line);
      } else if (open.delete(role.line) && open.size === 0 && current !== undefined) {
        episodes.push({ ...current, endedAt: observedAt });
        current = undefined;
      }
    }
    if (current !== undefined) episodes.push(current);
  }
  return episodes.sort((a, b) => a.startedAt - b.startedAt || (a.asset < b.asset ? -1 : 1));
}

const line = z.object({
  id: z.string().max(256).default(''),
  kind: observationKind,
  asset: identifier,
  observedAt: instant,
});

/** Failures in recorded observations, one JSON a line. Lines that are none are counted. */
export function episodesFromLines(lines: readonly string[]): { episodes: Episode[]; skipped: number } {
  const seen: Seen[] = [];
  let skipped = 0;
  for (const text of lines) {
    if (text.trim() === '') continue;
    const read = lineFrom(text);
    if (read === undefined) skipped++;
    else seen.push(read);
  }
  return { episodes: episodesOf(seen), skipped };
}

function lineFrom(text: string): Seen | undefined {
  try {
    const result = line.safeParse(JSON.parse(text));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
