import type { Detection } from '../../devices/model/detection.ts';
import type { ObservationKind } from '../../devices/model/observation.ts';
import type { Monitors } from '../monitors/monitors.ts';
import type { Store } from '../store/store.ts';
import { newestKept, READ_BACK } from './kept-observations.ts';
import { Turns } from './turns.ts';

/** Observations judged together. */
export const JUDGED_AT_ONCE = 500;

export interface JudgedAgain {
  readonly standing: ReadonlyMap<string, Detection>;
  /** From when on the monitors have seen all that a rule goes by. */
  readonly surelyFrom: (rule: string) => number;
}

/** What monitors that have seen nothing make of the observations kept; bit by bit, so that nobody waits for it. */
export async function judgedAgain(
  store: Pick<Store, 'observations' | 'detections'>,
  monitors: Monitors,
  now: number,
): Promise<JudgedAgain> {
  const { rememberMs, observes, crowds } = monitors;
  // Twice as far: what lies at the edge of the memory was judged by what lay behind the edge.
  const readBack = async (kinds: readonly ObservationKind[]) => {
    if (kinds.length === 0) return { seen: [], surelyFrom: now - rememberMs };
    const seen = await newestKept(store, kinds, now - 2 * rememberMs, now);
    const isWhole = seen.length < READ_BACK;
    return { seen, surelyFrom: isWhole ? now - rememberMs : (seen[0]?.observedAt ?? now) + rememberMs };
  };
  const few = await readBack([...observes].filter((kind) => !crowds.has(kind)));
  const crowd = await readBack([...observes].filter((kind) => crowds.has(kind)));
  const seen = [...few.seen, ...crowd.seen].sort((a, b) => a.observedAt - b.observedAt);
  const standing = new Map<string, Detection>();
  const judged = monitors.looksAtDetections
    ? await judgedByOthers(store, monitors, now - 2 * rememberMs)
    : [];
  const turns = new Turns();
  // Bit by bit in order of time, as they came: a monitor forgets on the way.
  for (let start = 0; start < seen.length || judged.length > 0; start += JUDGED_AT_ONCE) {
    if (turns.isOver) await turns.next();
    const some = seen.slice(start, start + JUDGED_AT_ONCE);
    const until =
      start + JUDGED_AT_ONCE < seen.length ? (some.at(-1)?.observedAt ?? now) : Number.POSITIVE_INFINITY;
    const others: Detection[] = [];
    const most = start < seen.length ? Number.POSITIVE_INFINITY : JUDGED_AT_ONCE;
    for (let next = judged.at(-1); next !== undefined && next.at <= until; next = judged.at(-1)) {
      judged.pop();
      if (others.push(next) >= most) break;
    }
    const { put, withdraw } = monitors.observe(some, others);
    for (const one of put) standing.set(one.id, one);
    for (const id of withdraw) standing.delete(id);
  }
  monitors.pass(now);
  const { put, withdraw } = monitors.observe([]);
  for (const one of put) standing.set(one.id, one);
  for (const id of withdraw) standing.delete(id);
  return {
    standing,
    surelyFrom: (rule) =>
      monitors.restsOnCrowds(rule) ? Math.max(few.surelyFrom, crowd.surelyFrom) : few.surelyFrom,
  };
}

/** Detections that no monitor made, the newest first. */
async function judgedByOthers(
  store: Pick<Store, 'detections'>,
  monitors: Monitors,
  from: number,
): Promise<Detection[]> {
  const turns = new Turns();
  const judged: Detection[] = [];
  for (const one of store.detections({ from })) {
    if (!monitors.judges(one.rule)) judged.push(one);
    if (turns.isOver) await turns.next();
  }
  return judged.sort((a, b) => b.at - a.at);
}
