import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigurationError, parseConfiguration } from './configuration.ts';

const schema = z.strictObject({
  gateway: z.strictObject({ id: z.string() }),
  ports: z.array(z.number()).default([]),
});

const problemsOf = (text: string) => {
  try {
    parseConfiguration(schema, text, 'gateway.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.message.split('\n');
  }
};

test('a good file gives its values with the defaults filled in', () => {
  expect(parseConfiguration(schema, 'gateway: { id: a }', 'gateway.yaml')).toEqual({
    gateway: { id: 'a' },
    ports: [],
  });
});

test('a wrong value is named with file, line and key', () => {
  const [problem] = problemsOf('gateway:\n  id: a\nports:\n  - 1\n  - one\n');
  expect(problem).toMatch(/^gateway\.yaml:5 ports\[1\]: /);
});

test('an unknown key is named where it stands', () => {
  expect(problemsOf('gateway:\n  id: a\n  colour: red\n')).toEqual([
    'gateway.yaml:3 gateway.colour: there is no such key here',
  ]);
});

test('a missing key is named at the place that lacks it', () => {
  const [problem] = problemsOf('ports: []\ngateway: {}\n');
  expect(problem).toMatch(/^gateway\.yaml:2 gateway\.id: /);
});

test('broken YAML is named with its line, and so is a key given twice', () => {
  expect(problemsOf('gateway: { id: a')[0]).toMatch(/^gateway\.yaml:\d+: /);
  expect(problemsOf('gateway: { id: a }\ngateway: { id: b }\n')[0]).toMatch(/^gateway\.yaml:2: /);
});

test('a file that unfolds without end is refused', () => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
  for (let level = 0; level < 8; level++) {
    const name = String.fromCharCode(98 + level);
    const last = String.fromCharCode(97 + level);
    bomb.push(`${name}: &${name} [${`*${last}, `.repeat(9)}*${last}]`);
  }
  expect(problemsOf(bomb.join('\n'))).toHaveLength(1);
});

test('no text makes it fail in any other way', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 400 }), (text) => {
      expect(Array.isArray(problemsOf(text))).toBe(true);
    }),
  );
});
