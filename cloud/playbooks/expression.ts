/**
 * Conditions of if, while and switch steps: the comparisons of a STIX pattern that CACAO 2.0 (section 4.8) asks for,
 * over variables. Nothing is called, nothing is looped over, no pattern is given to a regular expression engine.
 *
 *     __severity__:value = 'critical' AND NOT __lock__:value = ''
 *     __worlds__:value LIKE '%cyber%' OR __door__:value IN ('back-door', 'front-door')
 */

/** Longest condition, and how deep its parentheses may go. */
const MAX_TOKENS = 400;
const MAX_DEPTH = 20;

/** Variables by name, with their underscores: `__door__`. */
export type Values = Readonly<Record<string, string | undefined>>;

type Comparison = '=' | '!=' | '<' | '>' | '<=' | '>=';
export type Expression =
  | { is: 'and' | 'or'; parts: Expression[] }
  | { is: 'not'; part: Expression }
  | { is: 'compare'; left: Operand; by: Comparison; right: Operand }
  | { is: 'in'; left: Operand; among: Operand[]; negated: boolean }
  | { is: 'like'; left: Operand; pattern: string; negated: boolean }
  | { is: 'truth'; of: Operand };
type Operand = { variable: string } | { literal: string };

const TOKEN =
  /\s*(?:(__[a-zA-Z_][a-zA-Z0-9_-]*__)(?::value)?|'((?:[^'\\]|\\.)*)'|(-?\d+(?:\.\d+)?)|(<=|>=|!=|==|=|<|>)|([()[\],])|([a-zA-Z]+))/y;

type Token =
  | { kind: 'variable' | 'text' | 'operator' | 'mark'; text: string }
  | { kind: 'word'; text: string };

function tokensOf(source: string): Token[] {
  const found: Token[] = [];
  const reader = new RegExp(TOKEN.source, 'y');
  const end = source.trimEnd().length;
  while (reader.lastIndex < end) {
    const from = reader.lastIndex;
    const match = reader.exec(source);
    if (match === null)
      throw new SyntaxError(`can't be read from "${source.slice(from, from + 20).trim()}" on`);
    const [, variable, text, number, operator, mark, word] = match;
    if (variable !== undefined) found.push({ kind: 'variable', text: variable });
    else if (text !== undefined) found.push({ kind: 'text', text: text.replace(/\\(.)/g, '$1') });
    else if (number !== undefined) found.push({ kind: 'text', text: number });
    else if (operator !== undefined)
      found.push({ kind: 'operator', text: operator === '==' ? '=' : operator });
    // Brackets of a STIX pattern group as parentheses do.
    else if (mark !== undefined)
      found.push({ kind: 'mark', text: mark === '[' ? '(' : mark === ']' ? ')' : mark });
    else found.push({ kind: 'word', text: word ?? '' });
    if (found.length > MAX_TOKENS) throw new SyntaxError('is too long');
  }
  return found;
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;
  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Expression {
    const read = this.#either(0);
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new SyntaxError(`"${rest.text}" is not expected here`);
    return read;
  }

  #is(text: string): boolean {
    const token = this.#tokens[this.#at];
    const isIt =
      token !== undefined &&
      (token.kind === 'word'
        ? token.text.toUpperCase() === text
        : token.kind === 'mark' && token.text === text);
    if (isIt) this.#at++;
    return isIt;
  }

  #expect(text: string): void {
    if (!this.#is(text)) throw new SyntaxError(`"${text}" is missing`);
  }

  #either(depth: number): Expression {
    if (depth > MAX_DEPTH) throw new SyntaxError('is nested too deep');
    const parts = [this.#both(depth)];
    while (this.#is('OR')) parts.push(this.#both(depth));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { is: 'or', parts };
  }

  #both(depth: number): Expression {
    const parts = [this.#one(depth)];
    while (this.#is('AND')) parts.push(this.#one(depth));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { is: 'and', parts };
  }

  #one(depth: number): Expression {
    if (depth > MAX_DEPTH) throw new SyntaxError('is nested too deep');
    if (this.#is('NOT')) return { is: 'not', part: this.#one(depth + 1) };
    if (this.#is('(')) {
      const inside = this.#either(depth + 1);
      this.#expect(')');
      return inside;
    }
    const left = this.#operand();
    const negated = this.#is('NOT');
    if (this.#is('IN')) {
      this.#expect('(');
      const among = [this.#operand()];
      while (this.#is(',')) among.push(this.#operand());
      this.#expect(')');
      return { is: 'in', left, among, negated };
    }
    if (this.#is('LIKE')) {
      const pattern = this.#operand();
      if (!('literal' in pattern)) throw new SyntaxError('LIKE asks for a text in quotes');
      return { is: 'like', left, pattern: pattern.literal, negated };
    }
    if (negated) throw new SyntaxError('NOT is followed by IN or LIKE here');
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'operator') return { is: 'truth', of: left };
    this.#at++;
    return { is: 'compare', left, by: token.text as Comparison, right: this.#operand() };
  }

  #operand(): Operand {
    const token = this.#tokens[this.#at++];
    if (token?.kind === 'variable') return { variable: token.text };
    if (token?.kind === 'text') return { literal: token.text };
    if (token?.kind === 'word' && /^(true|false)$/i.test(token.text))
      return { literal: token.text.toLowerCase() };
    throw new SyntaxError(
      token === undefined ? 'ends too early' : `"${token.text}" is neither a variable nor a value`,
    );
  }
}

/** @throws SyntaxError in words for people */
export const parseExpression = (source: string): Expression => new Reader(tokensOf(source)).whole();

/** Variables that a condition looks at. */
export function variablesOf(expression: Expression): string[] {
  switch (expression.is) {
    case 'and':
    case 'or':
      return expression.parts.flatMap(variablesOf);
    case 'not':
      return variablesOf(expression.part);
    case 'truth':
      return nameOf(expression.of);
    case 'in':
      return [expression.left, ...expression.among].flatMap(nameOf);
    case 'like':
      return nameOf(expression.left);
    case 'compare':
      return [expression.left, expression.right].flatMap(nameOf);
  }
}
const nameOf = (operand: Operand): string[] => ('variable' in operand ? [operand.variable] : []);

/** What is not known is the empty text: a condition over it is false, never an error in the middle of a run. */
export function evaluate(expression: Expression, values: Values): boolean {
  const textOf = (operand: Operand) =>
    'literal' in operand ? operand.literal : (values[operand.variable] ?? '');
  switch (expression.is) {
    case 'and':
      return expression.parts.every((part) => evaluate(part, values));
    case 'or':
      return expression.parts.some((part) => evaluate(part, values));
    case 'not':
      return !evaluate(expression.part, values);
    case 'truth':
      return !['', 'false', '0'].includes(textOf(expression.of).toLowerCase());
    case 'in':
      return expression.among.map(textOf).includes(textOf(expression.left)) !== expression.negated;
    case 'like':
      return isLike(textOf(expression.left), expression.pattern) !== expression.negated;
    case 'compare':
      return compare(textOf(expression.left), expression.by, textOf(expression.right));
  }
}

function compare(left: string, by: Comparison, right: string): boolean {
  const isNumeric =
    left.trim() !== '' && right.trim() !== '' && !Number.isNaN(+left) && !Number.isNaN(+right);
  const [a, b] = isNumeric ? [Number(left), Number(right)] : [left, right];
  if (by === '=') return a === b;
  if (by === '!=') return a !== b;
  // Texts have no order that anybody would mean; what is not known is neither more nor less.
  if (!isNumeric) return false;
  return by === '<' ? a < b : by === '>' ? a > b : by === '<=' ? a <= b : a >= b;
}

/** `%`: anything, `_`: one character. In steps of text times pattern, whatever they hold. */
function isLike(text: string, pattern: string): boolean {
  const [of, like] = [text.toLowerCase(), pattern.toLowerCase()];
  let reached = new Set([0]);
  for (const sign of like) {
    const next = new Set<number>();
    if (sign === '%') {
      const from = Math.min(...reached);
      for (let at = from; at <= of.length; at++) next.add(at);
    } else
      for (const at of reached) if (at < of.length && (sign === '_' || of[at] === sign)) next.add(at + 1);
    if (next.size === 0) return false;
    reached = next;
  }
  return reached.has(of.length);
}

const PLACE = /(__[a-zA-Z_][a-zA-Z0-9_-]*?__)(?::value)?/g;

/** Variables named in a text. */
export const placesOf = (text: string): string[] => [...text.matchAll(PLACE)].map(([, name = '']) => name);

/** Puts values where a text names variables; `missing`: those that are not known. */
export function filledIn(text: string, values: Values): { text: string; missing: string[] } {
  const missing: string[] = [];
  const filled = text.replace(PLACE, (whole, name: string) => {
    const value = values[name];
    if (value === undefined || value === '') missing.push(name);
    return value ?? whole;
  });
  return { text: filled, missing };
}
