/** Many addresses that do one thing at once: what is far more than usual, and how such a crowd is named. */
import { hashOf } from '../communication/bounded.ts';

/**
 * The address that stands for a crowd: that of the smallest hash. Two crowds of the same machines so name the same one,
 * and are found to be one party by it; two that share a part do so as often as that part is large (MinHash).
 */
export function standsFor(addresses: Iterable<string>): string | undefined {
  let smallest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const address of addresses) {
    const hash = hashOf(address);
    if (hash > least || (hash === least && smallest !== undefined && smallest < address)) continue;
    least = hash;
    smallest = address;
  }
  return smallest;
}

export interface Bursting {
  /** Less than this is never a burst. */
  readonly floor: number;
  /** So many times the most of any slot before that was none. */
  readonly factor: number;
  /** Slots that begin before this tell only what is usual. */
  readonly learnedAt: number;
  /** A longer pause ends a burst. */
  readonly pauseMs: number;
  readonly slotMs: number;
}

/** Slots of time with far more than usual in them, in runs; from any slots, in order of time. */
export function burstsOf<Slot>(
  slots: ReadonlyMap<number, Slot>,
  amountOf: (slot: Slot) => number,
  { floor, factor, learnedAt, pauseMs, slotMs }: Bursting,
  isOne: (slot: Slot) => boolean = () => true,
): Slot[][] {
  const runs: Slot[][] = [];
  let usual = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const [number, slot] of [...slots].sort(([a], [b]) => a - b)) {
    const amount = amountOf(slot);
    const isFar = amount >= floor && amount >= factor * usual && (number + 1) * slotMs > learnedAt;
    if (!isFar || !isOne(slot)) {
      usual = Math.max(usual, amount);
      continue;
    }
    if ((number - last) * slotMs <= pauseMs) runs.at(-1)?.push(slot);
    else runs.push([slot]);
    last = number;
  }
  return runs;
}
