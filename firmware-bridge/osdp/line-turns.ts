/** Whose turn it is on a line with several readers. */
import type { ReaderState } from './reader-state.ts';

/** The reader to be spoken to now, or how long nobody need be. */
export type NextTurn = { reader: number } | { waitMs: number };

/**
 * Those who answer take turns, the one who has waited longest first. Those who do not cost everybody their time-out,
 * so one of them is asked only after all others have had a turn since the last such asking.
 */
export function nextTurn(readers: readonly ReaderState[], nowMs: number): NextTurn {
  const oldestFirst = readers
    .map((state, index) => ({ state, index }))
    .sort((a, b) => a.state.lastTurnAtMs - b.state.lastTurnAtMs || a.index - b.index);
  const isThere = ({ state }: { state: ReaderState }) => state.heardAtMs !== undefined;
  const isDue = ({ state }: { state: ReaderState }) => state.nextAtMs <= nowMs;
  const there = oldestFirst.filter(isThere);
  const missing = oldestFirst.filter((entry) => !isThere(entry));
  const lastProbeAtMs = missing.at(-1)?.state.lastTurnAtMs ?? Number.NEGATIVE_INFINITY;
  const haveAllHadATurn = there.every(
    ({ state }) => state.lastTurnAtMs > lastProbeAtMs || state.nextAtMs > nowMs,
  );
  const next =
    (haveAllHadATurn ? missing.find(isDue) : undefined) ?? there.find(isDue) ?? missing.find(isDue);
  if (next !== undefined) return { reader: next.index };
  const soonest = Math.min(...readers.map(({ nextAtMs }) => nextAtMs));
  return { waitMs: Math.max(1, soonest - nowMs) };
}
