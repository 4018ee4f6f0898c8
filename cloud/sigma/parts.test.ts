import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Automaton } from './automaton.ts';
import { ExactSum } from './exact-sum.ts';
import { fold } from './fold.ts';
import { instantOf } from './time-part.ts';

test('folding makes equal what Unicode calls equal, and nothing else', () => {
  // All of the plane in which the alphabets with two cases lie, and the one above with the last few.
  for (let code = 0; code < 0x1f000; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const character = String.fromCodePoint(code);
    const folded = fold(character);
    if (folded === character) continue;
    expect(new RegExp(`^${folded}$`, 'iu').test(character)).toBe(true);
    expect(fold(folded)).toBe(folded);
  }
  expect(fold('ΌΔΟΣ')).toBe(fold('όδος'));
  expect(fold('Straße')).not.toBe(fold('STRASSE'));
  expect(fold('K')).toBe('k');
});

describe('many words at once', () => {
  const letters = fc
    .array(fc.constantFrom('a', 'b', 'ä', 'ġ', 'c'), { minLength: 1, maxLength: 4 })
    .map((list) => list.join(''));
  test.each([
    ['anywhere', (text: string, word: string) => text.includes(word)],
    ['prefix', (text: string, word: string) => text.startsWith(word)],
    ['suffix', (text: string, word: string) => text.endsWith(word)],
  ] as const)('%s: those that are there', (where, isThere) => {
    fc.assert(
      fc.property(
        fc.uniqueArray(letters, { minLength: 1, maxLength: 12 }),
        fc.array(letters, { maxLength: 6 }),
        (words, parts) => {
          const text = parts.join('');
          const found = new Set<string | undefined>();
          new Automaton(words, where).search(text, (word) => found.add(words[word]));
          const there = words.filter((word) => isThere(text, word));
          expect(there.filter((word) => !found.has(word))).toEqual([]);
          // Letters beyond ASCII share places: what is asked in vain costs a comparison, what is missed a match.
          const wrong = words.filter((word) => found.has(word) && !there.includes(word));
          expect(wrong.filter((word) => /^[a-c]+$/.test(word))).toEqual([]);
        },
      ),
    );
  });
});

test('a sum is the same in whatever order numbers come and go', () => {
  const number = fc.double({ noNaN: true, min: -1e15, max: 1e15 });
  fc.assert(
    fc.property(
      fc.array(number, { maxLength: 30 }),
      fc.array(number, { maxLength: 30 }),
      fc.nat(),
      (stay, go, seed) => {
        const straight = new ExactSum();
        for (const one of stay) straight.add(one);
        const mixed = new ExactSum();
        const order = [...stay.map((one) => [one]), ...go.map((one) => [one, -one])]
          .map((list, index) => ({ list, key: ((index + 1) * 7919 + seed) % 104_729 }))
          .sort((a, b) => a.key - b.key);
        for (const { list } of order) mixed.add(list[0] ?? 0);
        for (const { list } of order) if (list[1] !== undefined) mixed.add(list[1]);
        // 0 and −0 are one sum.
        expect(mixed.value + 0).toBe(straight.value + 0);
      },
    ),
  );
  const tenths = new ExactSum();
  for (let count = 0; count < 10; count++) tenths.add(0.1);
  expect(tenths.value).toBe(1);
});

test.each([
  ['2026-11-23T08:00:00Z', Date.UTC(2026, 10, 23, 8)],
  ['2026-11-23T08:00:00.250+01:00', Date.UTC(2026, 10, 23, 7, 0, 0, 250)],
  ['2026-11-23 08:00:00.123456', Date.UTC(2026, 10, 23, 8, 0, 0, 123)],
  [1_795_000_000, 1_795_000_000_000],
  [1_795_000_000_123, 1_795_000_000_123],
  ['1795000000', 1_795_000_000_000],
  ['yesterday', undefined],
])('the time %s', (value, expected) => {
  expect(instantOf(value)).toBe(expected);
});
