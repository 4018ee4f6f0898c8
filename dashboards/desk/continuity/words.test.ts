import { expect, it } from 'vitest';
import { keyUse, sourcesIn } from '../../kit/testing/catalogue.ts';
import { clockText, linesOf, minutesOf, minutesText } from './spans.ts';
import { en } from './words.ts';

it('the page’s texts are all there and all used', () => {
  const source = sourcesIn(new URL('.', import.meta.url).pathname);
  expect(keyUse(source, 'words', Object.keys(en))).toEqual({ missing: [], unused: [] });
});

it('lengths of time are read as they are written', () => {
  expect([0, 59_999, 3_600_000, 36_061_000].map(clockText)).toEqual([
    '0:00:00',
    '0:00:59',
    '1:00:00',
    '10:01:01',
  ]);
  expect([60_000, 5_400_000, undefined].map(minutesText)).toEqual(['1', '90', '']);
  expect(['90', ' 5 ', '', '1.5', 'x'].map(minutesOf)).toEqual([
    5_400_000,
    300_000,
    undefined,
    undefined,
    undefined,
  ]);
  expect(linesOf(' one\n\n two ')).toEqual(['one', 'two']);
});
