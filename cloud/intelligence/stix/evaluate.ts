/** Whether an observation is what a pattern describes; patterns are made into closures once. Pure. */
import { regularExpression } from '../../sigma/regular-expression.ts';
import { lies, networkOf } from '../matching/network-address.ts';
import { canonical, typeOf, type View } from '../matching/observable.ts';
import { type Comparison, type Expression, type Literal, type Pattern, propertyOf } from './pattern.ts';
import { PatternProblem } from './pattern-tokens.ts';

export type Test = (view: View, atMs: number) => boolean;

/**
 * @throws PatternProblem where it takes several observations, or a regular expression can't be used
 */
export function testOf(pattern: Pattern): Test {
  switch (pattern.kind) {
    case 'observation': {
      const holds = expressionTest(pattern.expression);
      return (view) => holds(view);
    }
    case 'either': {
      const tests = pattern.parts.map(testOf);
      return (view, atMs) => tests.some((test) => test(view, atMs));
    }
    case 'qualified': {
      const { by } = pattern;
      const test = testOf(pattern.of);
      if (by.kind === 'between')
        return (view, atMs) => atMs >= by.startMs && atMs < by.stopMs && test(view, atMs);
      if (by.kind === 'repeats' && by.times > 1)
        throw new PatternProblem(
          `REPEATS ${by.times} TIMES: several observations are not looked for together`,
          0,
        );
      // A single observation lies within any time.
      return test;
    }
    default:
      throw new PatternProblem(
        `${pattern.kind === 'followed-by' ? 'FOLLOWEDBY' : 'AND between observations'}: several observations are not looked for together`,
        0,
      );
  }
}

type Holds = (view: View) => boolean;

function expressionTest(expression: Expression): Holds {
  if (expression.kind === 'comparison') return comparisonTest(expression);
  const parts = expression.parts.map(expressionTest);
  return expression.kind === 'and'
    ? (view) => parts.every((part) => part(view))
    : (view) => parts.some((part) => part(view));
}

/** What is not there is not compared: a test of it fails, denied or not (section 9.6). */
function comparisonTest(comparison: Comparison): Holds {
  const { object, negated, operator } = comparison;
  const property = propertyOf(comparison);
  if (operator === 'EXISTS') {
    const start = `${object}:`;
    return (view) =>
      negated
        ? !view.has(property) && [...view.keys()].some((key) => key.startsWith(start))
        : view.has(property);
  }
  const matches = valueTest(comparison, property);
  return (view) => {
    const values = view.get(property);
    return values?.some((value) => matches(value) !== negated) ?? false;
  };
}

function valueTest({ operator, values }: Comparison, property: string): (value: Literal) => boolean {
  const [first] = values;
  const same = (one: Literal | undefined) => equalTest(one, property);
  switch (operator) {
    case '=':
      return same(first);
    case '!=': {
      const equal = same(first);
      return (value) => !equal(value);
    }
    case 'IN': {
      const tests = values.map(same);
      return (value) => tests.some((test) => test(value));
    }
    case 'LIKE':
      return likeTest(String(first), isCaseless(property));
    case 'MATCHES': {
      const test = expressionOf(String(first));
      return (value) => test(String(value));
    }
    case 'ISSUBSET':
    case 'ISSUPERSET': {
      const network = networkOf(String(first));
      if (network === undefined) throw new PatternProblem(`"${first}" is no address or network`, 0);
      return (value) => {
        const other = networkOf(String(value));
        if (other === undefined) return false;
        return operator === 'ISSUBSET' ? lies(other, network) : lies(network, other);
      };
    }
    default:
      return orderTest(operator, first);
  }
}

/** Addresses may be networks; names that mean the same in capitals are compared without. */
function equalTest(wanted: Literal | undefined, property: string): (value: Literal) => boolean {
  const type = typeOf(property);
  if (type === 'ip' && typeof wanted === 'string' && wanted.includes('/')) {
    const network = networkOf(wanted);
    if (network === undefined) throw new PatternProblem(`"${wanted}" is no network`, 0);
    return (value) => {
      const other = networkOf(String(value));
      return other !== undefined && lies(other, network);
    };
  }
  const text = typeof wanted === 'string' && type !== 'other' ? (canonical(type, wanted) ?? wanted) : wanted;
  return (value) => value === text;
}

function orderTest(
  operator: Comparison['operator'],
  wanted: Literal | undefined,
): (value: Literal) => boolean {
  return (value) => {
    if (wanted === undefined || typeof value !== typeof wanted) return false;
    if (operator === '<') return value < wanted;
    if (operator === '<=') return value <= wanted;
    return operator === '>' ? value > wanted : value >= wanted;
  };
}

const isCaseless = (property: string): boolean => {
  const type = typeOf(property);
  return type === 'domain' || type === 'hash' || type === 'email' || type === 'account' || type === 'mac';
};

/** RE2 alone: patterns come from strangers. */
function expressionOf(source: string): (text: string) => boolean {
  try {
    // Dot matches all: PCRE as section 9.6.1 has it.
    return regularExpression(source, { ignoreCase: false, multiLine: false, dotAll: true });
  } catch (error) {
    throw new PatternProblem(`MATCHES: ${error instanceof Error ? error.message : String(error)}`, 0);
  }
}

/** `%`: anything, `_`: one character. In time proportional to both lengths, whatever the pattern. */
export function likeTest(like: string, isCaselessText = false): (value: Literal) => boolean {
  const fold = (text: string) => [...(isCaselessText ? text.toLowerCase() : text).normalize()];
  const wanted = fold(like);
  return (value) => {
    if (typeof value !== 'string') return false;
    const text = fold(value);
    let [at, here, star, mark] = [0, 0, -1, 0];
    while (at < text.length) {
      const one = wanted[here];
      if (one === '%') {
        star = here++;
        mark = at;
      } else if (one !== undefined && (one === '_' || one === text[at])) {
        here++;
        at++;
      } else if (star >= 0) {
        here = star + 1;
        at = ++mark;
      } else return false;
    }
    while (wanted[here] === '%') here++;
    return here === wanted.length;
  };
}
