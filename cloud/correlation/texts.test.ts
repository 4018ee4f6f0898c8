import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NONE } from './numbers.ts';
import { Texts } from './texts.ts';

const anyStep = fc.record({ isPut: fc.boolean(), name: fc.nat(60) });

test('each text has one number as long as it is there, whatever comes and goes', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 400 }), fc.boolean(), (steps, isLong) => {
      const texts = new Texts();
      const expected = new Map<string, number>();
      for (const { isPut, name } of steps) {
        const text = isLong ? `${'ä'.repeat(name)}${name}` : `${name}`;
        const known = expected.get(text);
        if (isPut) {
          const number = texts.put(text);
          if (known === undefined) expect([...expected.values()]).not.toContain(number);
          else expect(number).toBe(known);
          expected.set(text, number);
        } else if (known === undefined) expect(texts.find(text)).toBe(NONE);
        else {
          texts.remove(known);
          expected.delete(text);
        }
        expect(texts.size).toBe(expected.size);
      }
      for (const [text, number] of expected) {
        expect(texts.find(text)).toBe(number);
        expect(texts.textOf(number)).toBe(text);
      }
      expect([...texts.numbers()]).toEqual([...expected.values()].sort((a, b) => a - b));
    }),
  );
});

test('thousands of texts grow the table, and numbers that became free are given again', () => {
  const texts = new Texts();
  const count = 5_000;
  for (let index = 0; index < count; index++) expect(texts.put(`t${index}`)).toBe(index);
  for (let index = 0; index < count; index += 2) texts.remove(index);
  for (let index = 1; index < count; index += 2) expect(texts.find(`t${index}`)).toBe(index);
  for (let index = 0; index < count; index += 2) expect(texts.put(`new${index}`)).toBeLessThan(count);
  expect(texts.size).toBe(count);
  texts.clear();
  expect(texts.find('t1')).toBe(NONE);
});
