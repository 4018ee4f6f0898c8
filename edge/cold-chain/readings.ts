/** Readings as they are kept: in order, each once, and of a sensor that says more than anyone needs, the extremes. */
import { type FridgeReading, inOrder } from './excursion.ts';

/** Of each probe, the lowest and the highest reading of so long are kept: 17,280 readings a day at most. */
export const KEPT_EVERY_MS = 10_000;

/**
 * The same set of readings gives the same answer in any order and however it was divided before, because lowest
 * and highest (of equals, the first) do.
 */
export function thinned(readings: readonly FridgeReading[]): FridgeReading[] {
  const slots = new Map<string, { lowest: FridgeReading; highest: FridgeReading }>();
  for (const reading of readings) {
    const key = `${Math.floor(reading.at / KEPT_EVERY_MS)} ${reading.probe}`;
    const slot = slots.get(key);
    if (slot === undefined) {
      slots.set(key, { lowest: reading, highest: reading });
      continue;
    }
    const { celsius, at } = reading;
    const { lowest, highest } = slot;
    if (celsius < lowest.celsius || (celsius === lowest.celsius && at < lowest.at)) slot.lowest = reading;
    if (celsius > highest.celsius || (celsius === highest.celsius && at < highest.at)) slot.highest = reading;
  }
  return [...slots.values()]
    .flatMap(({ lowest, highest }) =>
      lowest.at === highest.at && lowest.celsius === highest.celsius ? [lowest] : [lowest, highest],
    )
    .sort(inOrder);
}

/** See the journal's `list`. */
export function packed(readings: readonly FridgeReading[]): number[] {
  let before = 0;
  return readings.flatMap(({ at, celsius }) => {
    const step = at - before;
    before = at;
    return [step, celsius];
  });
}

export function unpacked(list: readonly number[], probe: string): FridgeReading[] {
  const readings: FridgeReading[] = [];
  let at = 0;
  for (let index = 0; index + 1 < list.length; index += 2) {
    at += list[index] ?? 0;
    readings.push({ at, celsius: list[index + 1] ?? 0, probe });
  }
  return readings;
}
