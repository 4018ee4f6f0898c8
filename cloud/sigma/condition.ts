/** Conditions of rules: Sigma 2.1, "Condition". */
import { SigmaProblem } from './problem.ts';

/** A condition over the names of searches. */
export type Condition =
  | { readonly op: 'search'; readonly name: string }
  | { readonly op: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly op: 'not'; readonly of: Condition };

const MAX_DEPTH = 64;
const MAX_TOKENS = 4_096;

const tokenPattern = /\s*([()|]|[^\s()|]+)/gy;

/**
 * `or` binds least, then `and`, `not`, `1 of`.
 * @param searches the names that there are
 * @throws SigmaProblem
 */
export function readCondition(text: string, searches: readonly string[], key: string): Condition {
  const tokens = [...text.matchAll(tokenPattern)].map((match) => match[1] ?? '');
  if (tokens.length === 0) throw new SigmaProblem(key, 'is empty');
  if (tokens.length > MAX_TOKENS) throw new SigmaProblem(key, `more than ${MAX_TOKENS} words`);
  let at = 0;
  let depth = 0;
  const is = (word: string) => tokens[at]?.toLowerCase() === word;

  const list = (op: 'and' | 'or', next: () => Condition): Condition => {
    const of = [next()];
    while (is(op)) {
      at++;
      of.push(next());
    }
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : { op, of };
  };
  const either = (): Condition => list('or', both);
  const both = (): Condition => list('and', negated);
  const negated = (): Condition => {
    if (!is('not')) return primary();
    at++;
    deeper();
    const of = negated();
    depth--;
    return { op: 'not', of };
  };
  const deeper = () => {
    if (++depth > MAX_DEPTH) throw new SigmaProblem(key, `nested deeper than ${MAX_DEPTH}`);
  };
  const primary = (): Condition => {
    const token = tokens[at++];
    if (token === undefined) throw new SigmaProblem(key, 'ends where a search is expected');
    if (token === '(') {
      deeper();
      const inner = either();
      if (tokens[at++] !== ')') throw new SigmaProblem(key, 'a bracket is not closed');
      depth--;
      return inner;
    }
    if (token === '|')
      throw new SigmaProblem(key, 'aggregations behind "|" are no longer part of Sigma; use a correlation');
    if (token === ')' || /^(?:and|or|of)$/i.test(token))
      throw new SigmaProblem(key, `a search is expected before "${token}"`);
    if (is('of')) {
      at++;
      return quantified(token.toLowerCase(), tokens[at++]);
    }
    if (!searches.includes(token)) throw new SigmaProblem(key, `there is no search "${token}"`);
    return { op: 'search', name: token };
  };
  const quantified = (quantity: string, target: string | undefined): Condition => {
    if (quantity !== '1' && quantity !== 'any' && quantity !== 'all')
      throw new SigmaProblem(key, `"${quantity} of": expected 1, any or all`);
    if (target === undefined || /^[()|]$/.test(target)) throw new SigmaProblem(key, 'nothing after "of"');
    const names = namesOf(target, searches);
    if (names.length === 0) throw new SigmaProblem(key, `no search is called "${target}"`);
    const of = names.map((name): Condition => ({ op: 'search', name }));
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : { op: quantity === 'all' ? 'and' : 'or', of };
  };

  const whole = either();
  const rest = tokens[at];
  if (rest === '|')
    throw new SigmaProblem(key, 'aggregations behind "|" are no longer part of Sigma; use a correlation');
  if (rest !== undefined) throw new SigmaProblem(key, `"${rest}" is not expected`);
  return whole;
}

/** Searches that `them` or a pattern with `*` means; `them` passes over names that begin with `_`. */
function namesOf(target: string, searches: readonly string[]): string[] {
  if (target.toLowerCase() === 'them' && !searches.includes(target))
    return searches.filter((name) => !name.startsWith('_'));
  const parts = target.split('*');
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return searches.filter((name) => name === target);
  return searches.filter((name) => {
    if (!name.startsWith(first) || !name.endsWith(last)) return false;
    let at = first.length;
    for (const part of parts.slice(1, -1)) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  });
}

/** Whether it says only what must not be: `not a and not b`. */
export function isNegation(condition: Condition): boolean {
  if (condition.op === 'not') return true;
  return (condition.op === 'and' || condition.op === 'or') && condition.of.every(isNegation);
}
