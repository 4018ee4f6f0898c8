import { expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { atLeastReal, Silence } from './timing.ts';

test('a duration of the site is not shorter than real cables need', () => {
  expect(atLeastReal({ ...manualClock(0), rate: 20 }, 16_000, 4_000)).toBe(80_000);
  expect(atLeastReal(manualClock(0), 16_000, 4_000)).toBe(16_000);
});

test('a silence grows from beat to beat, and ends with the first word', () => {
  let nowMs = 1_000;
  const silence = new Silence(300, () => nowMs);
  for (const expected of [300, 600, 900]) {
    nowMs += 300;
    expect(silence.beat()).toBe(expected);
  }
  silence.end();
  nowMs += 300;
  expect(silence.beat()).toBe(300);
});

test('while the process itself stood still nobody was silent', () => {
  let nowMs = 0;
  const silence = new Silence(300, () => nowMs);
  nowMs += 60_000;
  expect(silence.beat()).toBe(600);
  nowMs += 300;
  expect(silence.beat()).toBe(900);
});
