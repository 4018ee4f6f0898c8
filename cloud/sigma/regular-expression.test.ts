import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { nativeOf, regularExpression } from './regular-expression.ts';
import { literalIn } from './required.ts';

const none = { ignoreCase: false, multiLine: false, dotAll: false };

const atom = fc.constantFrom(
  'a',
  'b',
  'C',
  ' ',
  '-',
  '/',
  '"',
  '.',
  '\\.',
  '\\d',
  '\\w',
  '\\s',
  '\\S',
  '\\-',
  '\\/',
  '\\$',
  '\\b',
  '^',
  '$',
  '[ab]',
  '[^a\\s]',
  '[\\w.-]',
  '[]a]',
  '[^]a]',
  '[a-c]',
  '\\n',
  '{',
  '}',
  ']',
  '😀',
);
const pattern = fc.letrec<{ it: string }>((tie) => ({
  it: fc.oneof(
    { maxDepth: 3 },
    atom,
    fc
      .array(
        fc.tuple(atom, fc.constantFrom('', '', '?', '{2}', '{0,2}', '+', '*')).map(([a, b]) => a + b),
        { maxLength: 4 },
      )
      .map((parts) => parts.join('')),
    fc.tuple(tie('it'), tie('it')).map((parts) => parts.join('|')),
    fc.tuple(tie('it'), fc.constantFrom('', '?', '{1,2}')).map(([it, count]) => `(${it})${count}`),
    fc.tuple(tie('it'), tie('it')).map(([a, b]) => `(?:${a})${b}`),
    tie('it').map((it) => `(?i)${it}`),
  ),
})).it;
const text = fc
  .array(
    fc.constantFrom(
      'a',
      'b',
      'c',
      'A',
      'C',
      ' ',
      '-',
      '.',
      '/',
      '1',
      '\n',
      '\u2028',
      '\u00a0',
      '\v',
      '"',
      '$',
      '{',
      ']',
      '😀',
      'ſ',
      'K',
      'é',
      '\r',
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));

const linear = (source: string, ignoreCase: boolean, dotAll: boolean): RE2JS | undefined => {
  try {
    return RE2JS.compile(source, (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0) | (dotAll ? RE2JS.DOTALL : 0));
  } catch {
    return undefined;
  }
};

test('where the native engine is used it finds what the linear one finds', () => {
  let used = 0;
  fc.assert(
    fc.property(
      pattern,
      fc.array(text, { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      fc.boolean(),
      (source, texts, ignoreCase, dotAll) => {
        const expected = linear(source, ignoreCase, dotAll);
        if (expected === undefined) return;
        const native = nativeOf(source, { ...none, ignoreCase, dotAll });
        if (native === undefined) return;
        used++;
        for (const one of texts)
          expect([source, one, native.test(one)]).toEqual([source, one, expected.matcher(one).find()]);
      },
    ),
    { numRuns: 4_000 },
  );
  expect(used).toBeGreaterThan(500);
});

test('the literal that is taken from an expression stands in every text that it finds', () => {
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 8 }), (source, texts) => {
      const expression = linear(source, false, false);
      if (expression === undefined) return;
      const literal = literalIn(source.replace(/^\(\?i\)/, '')).toLowerCase();
      for (const one of texts)
        if (expression.matcher(one).find() && !source.startsWith('(?i)'))
          expect(one.toLowerCase()).toContain(literal);
    }),
    { numRuns: 4_000 },
  );
});

test.each([
  '(a+)+$',
  '(a|a)*b',
  '(a*)*b',
  '(.*a){25}b',
  '(a?){30}a{30}',
  '(\\w+\\s?)*!',
  '((a{0,100}){0,100}){0,100}b',
])('the native engine is not used for %s', (source) => {
  expect(nativeOf(source, none)).toBeUndefined();
});

test.each([
  '\\s-[FTd]\\s',
  '://[0-9]{1,3}\\.[0-9]{1,3}',
  '(?:\\s-[^-\\s]{0,20}i|\\s--inode\\s)',
  '(?i)\\.exe$',
])('the native engine is used for %s', (source) => {
  expect(nativeOf(source, none)).toBeInstanceOf(RegExp);
});

test('a hostile pattern on a long text ends', () => {
  const hostile = regularExpression('^(([a-z])+.)+[A-Z]([a-z])+$', none);
  expect(hostile('a'.repeat(200_000))).toBe(false);
});

test.each(['(?=a)b', '(a)\\1', '(', '[z-a]'])('%s is refused with a reason', (source) => {
  expect(() => regularExpression(source, none)).toThrow(/not a regular expression: ./);
});
