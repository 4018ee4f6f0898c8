import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InputHistory } from './input-history.ts';

const begun = (first: number) => {
  const history = new InputHistory();
  history.hear(first);
  history.begin();
  return history;
};

test('an opening that comes in one piece with its closing is not lost', () => {
  const history = begun(0);
  history.hear(1);
  history.hear(0);
  expect(history.settle()).toBe(true);
  expect(history.settle()).toBe(false);
});

test('a contact that bounces has changed once', () => {
  const history = begun(0);
  for (const value of [1, 0, 1]) history.hear(value);
  expect(history.settle()).toBe(false);
  history.hear(0);
  expect(history.settle()).toBe(false);
});

test('what is read while pins are set up is no change', () => {
  const history = new InputHistory();
  for (const value of [0, 1]) history.hear(value);
  history.begin();
  expect(history.settle()).toBe(false);
  history.forget();
  for (const value of [0, 1, 0]) history.hear(value);
  expect(history.settle()).toBe(false);
});

test('it strays exactly where a reading differs and the last one does not', () => {
  const readings = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 20 });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1 }), readings, (first, values) => {
      const history = begun(first);
      for (const value of values) history.hear(value);
      expect(history.settle()).toBe((values.at(-1) ?? first) === first && values.some((v) => v !== first));
    }),
  );
});
