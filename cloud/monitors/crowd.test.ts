import fc from 'fast-check';
import { expect, test } from 'vitest';
import { burstsOf, outdated, standsFor } from './crowd.ts';

const slotsOf = (amounts: readonly number[]) =>
  new Map(amounts.map((amount, number) => [number, { number, amount }]));
const bursts = (amounts: readonly number[], over: { learnedAt?: number } = {}) =>
  burstsOf(slotsOf(amounts), {
    amountOf: ({ amount }) => amount,
    floor: 100,
    factor: 4,
    learnedAt: 0,
    rampMs: 2_000,
    pauseMs: 3_000,
    slotMs: 1_000,
    ...over,
  }).map((run) => run.map(({ number }) => number));

test('a burst that swells from one slot to the next is found whole, and does not count as usual', () => {
  expect(bursts([5, 5, 5, 60, 400, 500, 90, 5])).toEqual([[3, 4, 5, 6]]);
});

test('what is usual for hours is no burst, however much it is', () => {
  const busy = [170, 180, 160, 190, 200, 210, 430];
  expect(bursts(busy, { learnedAt: 4_000 })).toEqual([]);
  expect(bursts([5, 90, 95, 90, 95, 90, 95, 90, 300])).toEqual([]);
});

test('a short pause does not split a burst, a long one does', () => {
  expect(bursts([5, 5, 5, 5, 500, 5, 500])).toEqual([[4, 6]]);
  expect(bursts([5, 5, 5, 5, 500, 5, 5, 5, 5, 500])).toEqual([[4], [9]]);
});

test('a burst goes whole, and not while it lasts', () => {
  const slots = slotsOf([5, 500, 500, 5, 5]);
  const run = [slots.get(1), slots.get(2)].flatMap((slot) => slot ?? []);
  expect(outdated(slots, [run], 2, 5)).toEqual({ numbers: [1, 2, 0], hasBurst: true });
  expect(outdated(slots, [run], 2, 2)).toEqual({ numbers: [0], hasBurst: false });
});

test('crowds of the same machines are named alike, whatever the order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.ipV4(), { minLength: 1, maxLength: 60 }), (crowd) => {
      const name = standsFor(crowd);
      expect(crowd).toContain(name);
      expect(standsFor(crowd.toReversed())).toBe(name);
      expect(standsFor(crowd.toSorted())).toBe(name);
    }),
  );
  expect(standsFor([])).toBeUndefined();
});
