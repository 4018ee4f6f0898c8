import { expect, test } from 'vitest';
import type { Ruling } from '../store/store.ts';
import { RulingBook, reasonOf } from './ruling-book.ts';

const ruling: Ruling = {
  id: 'r',
  kind: 'merged',
  at: Date.parse('2026-11-23T13:05:00Z'),
  by: 'Mara Klein',
  text: 'same van',
  timeZone: 'Europe/Berlin',
  incidents: ['i', 'j'],
  one: ['a', 'b'],
  other: ['c'],
};

test('a finding that goes on under another name keeps what a person said of it', () => {
  const book = new RulingBook([ruling]);
  const [before] = book.decisions;
  expect(book.renamed(new Map([['x', 'y']]))).toEqual([]);
  const [renamed] = book.renamed(new Map([['b', 'b2']]));
  expect(renamed).toEqual({ ...ruling, one: ['a', 'b', 'b2'] });
  if (renamed !== undefined) book.put(renamed);
  expect(book.decisions[0]).toMatchObject({ kind: 'together', one: ['a', 'b', 'b2'], other: ['c'] });
  expect(book.decisions[0]).not.toBe(before);
  expect(book.renamed(new Map([['b', 'b2']]))).toEqual([]);
  book.put({ ...ruling, undone: { at: 1, by: 'Tom' } });
  expect(book.decisions).toEqual([]);
  expect(book.about(['c'])).toHaveLength(1);
});

test('the reason says who, when on the site, and why', () => {
  expect(reasonOf(ruling)).toBe('joined by Mara Klein at 14:05 on 23 November: same van');
  expect(reasonOf({ ...ruling, kind: 'split' })).toMatch(/^taken out together by Mara Klein/);
});
