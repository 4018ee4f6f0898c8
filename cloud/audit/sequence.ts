/** Finds the first entry of a whole log that is not what was written there. Pure. */
import { readEntry } from './entry.ts';
import { isEqual, leafHash, rootOf } from './merkle.ts';
import type { Checkpoint } from './note.ts';
import type { Finding } from './verdict.ts';

/** One entry as it stands in a file. */
export interface Standing {
  /** The place that the file says. */
  number: number;
  bytes: Uint8Array;
  /** The hash that the file has beside it. */
  leaf?: Uint8Array | undefined;
  line?: number;
}

/**
 * @param standing in the order of the file
 * @param history checkpoints on the way, oldest first
 * @returns the first thing that is wrong, undefined where all entries are those of the checkpoint
 */
export function firstWrong(
  standing: readonly Standing[],
  checkpoint: Checkpoint,
  history: readonly Checkpoint[] = [],
): Finding | undefined {
  const leaves = standing.map(({ bytes }) => leafHash(bytes));
  if (standing.length === checkpoint.size && isEqual(rootOf(leaves), checkpoint.root))
    return wrongBeside(standing, leaves);
  return (
    outOfPlace(standing, leaves) ??
    cutShort(standing, checkpoint.size) ??
    byHistory(leaves, checkpoint, history)
  );
}

const at = ({ line }: Standing): { line?: number } => (line === undefined ? {} : { line });

/** The entries are right; what is told of them is not. */
function wrongBeside(standing: readonly Standing[], leaves: readonly Uint8Array[]): Finding | undefined {
  for (const [place, one] of standing.entries()) {
    const wrong =
      one.number !== place
        ? 'its number'
        : one.leaf !== undefined && !isEqual(one.leaf, leaves[place])
          ? 'the hash beside it'
          : undefined;
    if (wrong !== undefined)
      return {
        what: 'altered',
        entry: place,
        ...at(one),
        message: `entry ${place} is as it was written, but ${wrong} was altered`,
      };
  }
  return undefined;
}

function outOfPlace(standing: readonly Standing[], leaves: readonly Uint8Array[]): Finding | undefined {
  const owns = standing.map(({ bytes }) => {
    const read = readEntry(bytes);
    return typeof read === 'string' ? undefined : read.number;
  });
  const isIntact = (place: number): boolean => {
    const leaf = standing[place]?.leaf;
    return leaf === undefined || isEqual(leaf, leaves[place]);
  };
  for (const [place, one] of standing.entries()) {
    const own = owns[place];
    const found = (what: Finding['what'], message: string): Finding => ({
      what,
      entry: place,
      ...at(one),
      message,
    });
    if (own === place && one.number === place && isIntact(place)) {
      if (owns[place + 1] !== place || !isIntact(place + 1)) continue;
      return found('inserted', `two entries stand for number ${place}: one was put in`);
    }
    if (own !== undefined && own !== place && isIntact(place)) {
      if (own < place)
        return found('inserted', `at place ${place} entry ${own} stands once more: it was put in`);
      const where = owns.indexOf(place);
      return where > place
        ? found('reordered', `entry ${place} stands at place ${where}: the order was changed`)
        : found('missing', `entry ${place} is missing`);
    }
    // The next one is where this should be: this was never written.
    if (owns[place + 1] === place && isIntact(place + 1))
      return found('inserted', `what stands at place ${place} was put in`);
    return found('altered', `entry ${place} was altered`);
  }
  return undefined;
}

function cutShort(standing: readonly Standing[], size: number): Finding | undefined {
  if (standing.length < size)
    return {
      what: 'missing',
      entry: standing.length,
      message: `entry ${standing.length} is missing${size - standing.length > 1 ? `, and all after it up to ${size - 1}` : ''}`,
    };
  if (standing.length > size)
    return { what: 'inserted', entry: size, message: `entry ${size} is more than the checkpoint covers` };
  return undefined;
}

/** Whoever altered an entry has altered its hash as well: signed checkpoints on the way tell where it was. */
function byHistory(
  leaves: readonly Uint8Array[],
  checkpoint: Checkpoint,
  history: readonly Checkpoint[],
): Finding {
  const stops = [...history.filter(({ size }) => size < checkpoint.size), checkpoint];
  let low = 0;
  let high = stops.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const stop = stops[middle];
    if (stop !== undefined && isEqual(rootOf(leaves.slice(0, stop.size)), stop.root)) low = middle + 1;
    else high = middle;
  }
  const from = stops[low - 1]?.size ?? 0;
  const to = (stops[low]?.size ?? checkpoint.size) - 1;
  return {
    what: 'altered',
    entry: from,
    message:
      from === to
        ? `entry ${from} was altered, and the hash beside it`
        : `an entry from ${from} to ${to} was altered, and the hash beside it`,
  };
}
