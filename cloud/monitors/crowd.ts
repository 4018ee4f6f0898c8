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

export interface Bursting<Slot> {
  /** How much of it there is in a slot, and in those before that count for it. */
  amountOf(slot: Slot, number: number): number;
  /** What else makes it a burst. */
  isOne?(slot: Slot): boolean;
  /** Less than this is never a burst. */
  readonly floor: number;
  /** So many times the most that was usual. */
  readonly factor: number;
  /** Slots that begin before this tell only what is usual. */
  readonly learnedAt: number;
  /** What lies so near in front of a burst is its beginning, and not what is usual. */
  readonly rampMs: number;
  /** A longer pause ends a burst. */
  readonly pauseMs: number;
  readonly slotMs: number;
}

/** A burst's neighbour with so much of what a burst needs belongs to it. */
const EDGE_SHARE = 0.2;

/** Slots of time with far more than usual in them, in runs, with their edges. */
export function burstsOf<Slot>(slots: ReadonlyMap<number, Slot>, settings: Bursting<Slot>): Slot[][] {
  const { amountOf, isOne = () => true, floor, factor, learnedAt, rampMs, pauseMs, slotMs } = settings;
  const inTime = [...slots].sort(([a], [b]) => a - b);
  const needed = new Map<number, number>();
  let usual = 0;
  let young: { number: number; amount: number }[] = [];
  for (const [number, slot] of inTime) {
    const amount = amountOf(slot, number);
    const old = young.filter((one) => (number - one.number) * slotMs > rampMs);
    young = young.slice(old.length);
    for (const one of old) usual = Math.max(usual, one.amount);
    const least = Math.max(floor, factor * usual);
    if (amount >= least && (number + 1) * slotMs > learnedAt && isOne(slot)) {
      needed.set(number, least);
      young = [];
    } else young.push({ number, amount });
  }
  const runs: Slot[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const [number, slot] of inTime) {
    const beside = needed.get(number - 1) ?? needed.get(number + 1);
    const isEdge = beside !== undefined && amountOf(slot, number) >= EDGE_SHARE * beside && isOne(slot);
    if (!needed.has(number) && !isEdge) continue;
    if ((number - last) * slotMs <= pauseMs) runs.at(-1)?.push(slot);
    else runs.push([slot]);
    last = number;
  }
  return runs;
}

/**
 * Numbers of the slots that may go: those before `from`; a burst goes whole, once it has begun before `from` and been
 * quiet since `quietSince`, or it would be found anew with another beginning.
 */
export function outdated<Slot extends { readonly number: number }>(
  slots: ReadonlyMap<number, Slot>,
  runs: readonly (readonly Slot[])[],
  from: number,
  quietSince: number,
): { numbers: number[]; hasBurst: boolean } {
  const inBurst = new Set(runs.flat());
  const ended = runs.filter(
    (run) => (run[0]?.number ?? from) < from && (run.at(-1)?.number ?? from) < quietSince,
  );
  const quiet = [...slots.values()].filter((slot) => slot.number < from && !inBurst.has(slot));
  return { numbers: [...ended.flat(), ...quiet].map(({ number }) => number), hasBurst: ended.length > 0 };
}
