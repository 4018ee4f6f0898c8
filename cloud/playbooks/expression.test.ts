import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPlaybook, readPlaybookText } from './cacao.ts';
import { checkPlaybook } from './check.ts';
import { evaluate, filledIn, parseExpression } from './expression.ts';
import { builtIn } from './library.ts';

const judged = (source: string, values: Record<string, string> = {}) =>
  evaluate(parseExpression(source), values);

describe('a condition', () => {
  test.each([
    ["__a__:value = 'x'", true],
    ["[__a__:value == 'x']", true],
    ["__a__ != 'x'", false],
    ['__n__:value > 8', true],
    ['__n__:value < 8.5 OR __n__:value >= 10', true],
    ["__a__:value > 'a'", false],
    ["__unknown__:value = ''", true],
    ['__unknown__:value > 1', false],
    ["NOT __a__:value = 'y' AND (__n__:value = 10 OR __a__:value = 'z')", true],
    ["__a__:value IN ('w', 'x')", true],
    ["__a__:value NOT IN ('w', 'x')", false],
    ["__w__:value LIKE '%CYBER%'", true],
    ["__w__:value LIKE 'p_ysical%'", true],
    ["__w__:value LIKE 'cyber'", false],
    ['__yes__:value', true],
    ['NOT __no__:value', true],
    ["__q__:value = 'it\\'s'", true],
  ])('%s is %s', (source, wanted) => {
    const values = {
      __a__: 'x',
      __n__: '10',
      __w__: 'physical cyber',
      __yes__: 'true',
      __no__: 'false',
      __q__: "it's",
    };
    expect(judged(source, values)).toBe(wanted);
  });

  test.each([
    '',
    'AND',
    '__a__ = ',
    "(__a__ = 'x'",
    "__a__ = 'x' __b__",
    '__a__ LIKE __b__',
    'a.b()',
    '('.repeat(500),
  ])('that is broken (%s) is said to be, in words', (source) => {
    expect(() => parseExpression(source)).toThrow(SyntaxError);
  });

  test('of any text is read or refused, and judged without an error, soon', () => {
    const part = fc.constantFrom(
      '__a__',
      '__b__:value',
      "'x'",
      '1',
      '=',
      'AND',
      'OR',
      'NOT',
      '(',
      ')',
      'IN',
      ',',
      'LIKE',
      "'%a%b%'",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 60 }),
          fc.array(part, { maxLength: 20 }).map((parts) => parts.join(' ')),
        ),
        fc.string({ maxLength: 200 }),
        (source, value) => {
          let read: ReturnType<typeof parseExpression>;
          try {
            read = parseExpression(source);
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
            return;
          }
          expect(typeof evaluate(read, { __a__: value })).toBe('boolean');
        },
      ),
    );
  });
});

test('values go where a text names them, and what is not known is told', () => {
  expect(filledIn('lock __lock__:value at __site_name__', { __lock__: 'bolt' })).toEqual({
    text: 'lock bolt at __site_name__',
    missing: ['__site_name__'],
  });
  // A value is not looked through again.
  expect(filledIn('__a__', { __a__: '__b__', __b__: 'x' }).text).toBe('__b__');
});

describe('a playbook that is wrong', () => {
  const [house] = builtIn();
  if (house === undefined) throw new Error('the library is empty');
  const broken = (change: (copy: Record<string, never>) => void) => {
    const copy = structuredClone(house) as unknown as Record<string, never>;
    change(copy);
    const read = readPlaybook(copy);
    return read.problems ?? checkPlaybook(read.playbook);
  };
  const steps = (type: string) => Object.keys(house.workflow).filter((id) => id.startsWith(`${type}--`));
  test('says which step and which property', () => {
    const [action = ''] = steps('action');
    const [choice = ''] = steps('if-condition');
    const of = (id: string) => (copy: object) =>
      (copy as { workflow: Record<string, Record<string, unknown>> }).workflow[id] ?? {};
    const nowhere = 'action--00000000-0000-4000-8000-000000000000';
    expect(broken((copy) => void Object.assign(of(action)(copy), { on_success: nowhere }))).toContainEqual({
      path: `workflow.${action}.on_success`,
      step: action,
      message: 'leads to a step that is not there',
    });
    expect(broken((copy) => void Object.assign(of(choice)(copy), { condition: '__a__ =' }))[0]).toMatchObject(
      { step: choice, message: 'ends too early' },
    );
    expect(broken((copy) => void Object.assign(of(action)(copy), { timeout: 'soon' }))[0]).toMatchObject({
      path: `workflow.${action}.timeout`,
      step: action,
    });
    expect(broken((copy) => void Object.assign(of(action)(copy), { on_success: action }))).toContainEqual(
      expect.objectContaining({ step: action, message: expect.stringContaining('circle') }),
    );
  });
  test('of any kind is told, never thrown', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(readPlaybook(value).problems?.length).toBeGreaterThan(0);
      }),
    );
    expect(readPlaybookText('{').problems?.[0]?.message).toMatch(/JSON/);
    expect(readPlaybookText(`"${'x'.repeat(300_000)}"`).problems?.[0]?.message).toMatch(/bytes long/);
  });
});
