import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_IN_VIEW, type Passage, PassageFold } from './passages.ts';

const EPC = '3074257BF7194E4000001A85';
const make = () =>
  new PassageFold(
    { inside: [2, 4], outside: [1, 3] },
    { goneMs: 2_000, staysMs: 60_000, repeatWithinMs: 30_000 },
  );

/** Reads at these times by these antennas, then nothing more. */
function through(fold: PassageFold, reads: readonly [number, number][], epc = EPC): Passage[] {
  const told: Passage[] = [];
  for (const [atMs, antenna] of reads) {
    told.push(...fold.due(atMs));
    told.push(...fold.see({ epc, antenna, rssi: -60 + antenna, reads: 1 }, atMs));
  }
  const [lastMs] = reads.at(-1) ?? [0];
  return [...told, ...fold.due(lastMs + 2_000)];
}
const passage = (direction: Passage['direction'], atMs = 0): [number, number][] => {
  const [first, second] = direction === 'in' ? [1, 2] : direction === 'out' ? [2, 1] : [1, 1];
  return [
    [atMs, first],
    [atMs + 100, second],
    [atMs + 150, first],
    [atMs + 200, second],
  ];
};

describe('a passage', () => {
  test('is told once, with the side that saw it first and the one that saw it last', () => {
    expect(through(make(), passage('in'))).toEqual([
      { epc: EPC, direction: 'in', reads: 4, antennas: [1, 2], strongestDbm: -58 },
    ]);
    expect(through(make(), passage('out'))).toMatchObject([{ direction: 'out', antennas: [2, 1] }]);
  });

  test('of what turns back, or is seen by one side alone, has no direction', () => {
    expect(through(make(), passage('unclear'))).toMatchObject([{ direction: 'unclear' }]);
    expect(
      through(make(), [
        [0, 1],
        [100, 2],
        [200, 3],
      ]),
    ).toMatchObject([{ direction: 'unclear', reads: 3 }]);
    expect(through(make(), [[0, 9]])).toMatchObject([{ direction: 'unclear', antennas: [9] }]);
  });

  test('is over only when the tag is gone, however long it takes', () => {
    const fold = make();
    expect(
      through(fold, [
        [0, 1],
        [1_900, 1],
        [3_800, 2],
      ]),
    ).toMatchObject([{ direction: 'in', reads: 3 }]);
  });

  test('back and forth is two', () => {
    const fold = make();
    expect(
      [...through(fold, passage('in')), ...through(fold, passage('out', 5_000))].map(
        ({ direction }) => direction,
      ),
    ).toEqual(['in', 'out']);
  });
});

describe('what flickers', () => {
  test('without a direction is told once, and counted in the next one told', () => {
    const fold = make();
    const told = [0, 5_000, 10_000, 15_000].flatMap((atMs) => through(fold, [[atMs, 1]]));
    expect(told).toHaveLength(1);
    expect(through(fold, passage('in', 20_000))).toMatchObject([{ direction: 'in', folded: 3 }]);
  });

  test('is told again after a while', () => {
    const fold = make();
    const told = [0, 10_000, 20_000, 31_000, 40_000].flatMap((atMs) => through(fold, [[atMs, 1]]));
    expect(told.map(({ folded }) => folded)).toEqual([undefined, 2]);
  });
});

describe('what stands in the portal', () => {
  test('is told once, and again when it has gone through', () => {
    const fold = make();
    const still = Array.from({ length: 200 }, (_, index): [number, number] => [index * 1_000, 1]);
    expect(through(fold, [...still, [200_000, 2]])).toMatchObject([
      { direction: 'unclear', stays: true },
      { direction: 'in', reads: 201 },
    ]);
  });

  test('and goes back is not told a second time', () => {
    const fold = make();
    const still = Array.from({ length: 100 }, (_, index): [number, number] => [index * 1_000, 1]);
    expect(through(fold, still)).toMatchObject([{ stays: true }]);
  });
});

test('beyond the bound the one that was seen longest ago is told as it stands', () => {
  const fold = make();
  for (let index = 0; index < MAX_IN_VIEW; index++)
    expect(fold.see({ epc: `E2${index}`, antenna: 1, reads: 1 }, index)).toEqual([]);
  fold.see({ epc: 'E20', antenna: 1, reads: 1 }, MAX_IN_VIEW);
  expect(fold.see({ epc: 'E2FF', antenna: 1, reads: 1 }, MAX_IN_VIEW)).toMatchObject([{ epc: 'E21' }]);
});

test('when the reader is gone, what was in view is told as far as it was seen', () => {
  const fold = make();
  fold.see({ epc: EPC, antenna: 1, reads: 1 }, 0);
  fold.see({ epc: EPC, antenna: 2, reads: 1 }, 100);
  expect(fold.end()).toMatchObject([{ epc: EPC, direction: 'in' }]);
  expect(fold.due(99_999)).toEqual([]);
});

test('no read is lost and none is told twice, however they come', () => {
  const reads = fc.array(
    fc.record({
      epc: fc.constantFrom('E1', 'E2', 'E3'),
      antenna: fc.integer({ min: 1, max: 5 }),
      afterMs: fc.integer({ min: 0, max: 5_000 }),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(reads, (list) => {
      // Nothing is folded and nothing stands: every read is in exactly one passage.
      const fold = new PassageFold(
        { inside: [2], outside: [1] },
        { goneMs: 2_000, staysMs: 1e9, repeatWithinMs: 0 },
      );
      const told: Passage[] = [];
      let nowMs = 0;
      for (const { epc, antenna, afterMs } of list) {
        nowMs += afterMs;
        told.push(...fold.due(nowMs), ...fold.see({ epc, antenna, reads: 1 }, nowMs));
      }
      told.push(...fold.end());
      expect(told.reduce((sum, each) => sum + each.reads, 0)).toBe(list.length);
    }),
  );
});
