/** STIX patterns read whole (STIX 2.1, section 9): comparisons, observations, what joins and qualifies them. Pure. */
import { PatternProblem, type Token, tokensOf } from './pattern-tokens.ts';

/** Brackets within brackets. */
const MAX_DEPTH = 32;
/** Comparisons of one pattern, members of sets among them. */
export const MAX_TESTS = 2_000;

export type Literal = string | number | boolean;
export const operators = [
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  'IN',
  'LIKE',
  'MATCHES',
  'ISSUBSET',
  'ISSUPERSET',
  'EXISTS',
] as const;
export type Operator = (typeof operators)[number];

/** One property compared. */
export interface Comparison {
  readonly kind: 'comparison';
  /** `ipv4-addr` */
  readonly object: string;
  /** `value`, `hashes.SHA-256`, `extensions.http-request-ext.request_header.User-Agent`; any index of a list is `[*]`. */
  readonly path: string;
  readonly negated: boolean;
  readonly operator: Operator;
  /** None for EXISTS, any number for IN, else one; times are their milliseconds. */
  readonly values: readonly Literal[];
}
export interface Combination {
  readonly kind: 'and' | 'or';
  readonly parts: readonly Expression[];
}
export type Expression = Comparison | Combination;

export type Qualifier =
  | { readonly kind: 'within'; readonly seconds: number }
  | { readonly kind: 'repeats'; readonly times: number }
  | { readonly kind: 'between'; readonly startMs: number; readonly stopMs: number };

/** What is looked for: one observation, several, or one that is qualified. */
export type Pattern =
  | { readonly kind: 'observation'; readonly expression: Expression }
  | { readonly kind: 'together' | 'either' | 'followed-by'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'qualified'; readonly of: Pattern; readonly by: Qualifier };

/** Name of a property among all objects, such as `ipv4-addr:value`. */
export const propertyOf = ({ object, path }: Pick<Comparison, 'object' | 'path'>): string =>
  `${object}:${path}`;

/** @throws PatternProblem that says what and where */
export function parsePattern(text: string): Pattern {
  return new PatternReader(tokensOf(text)).read();
}

const orderOperators: Readonly<Record<string, Operator>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<>': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};
const wordOperators: ReadonlySet<string> = new Set(['IN', 'LIKE', 'MATCHES', 'ISSUBSET', 'ISSUPERSET']);

class PatternReader {
  readonly #tokens: readonly Token[];
  #next = 0;
  #tests = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  read(): Pattern {
    const pattern = this.#pattern(0);
    if (this.#token.kind !== 'end') throw this.#unexpected('the end');
    return pattern;
  }

  get #token(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end', at: 0 };
  }

  #unexpected(wanted: string): PatternProblem {
    return new PatternProblem(`expected ${wanted}, found ${this.#token.text}`, this.#token.at);
  }

  #is(text: string, kind: Token['kind'] = 'symbol'): boolean {
    return this.#token.kind === kind && this.#token.text === text;
  }

  #take(text: string, kind: Token['kind'] = 'symbol'): boolean {
    if (!this.#is(text, kind)) return false;
    this.#next++;
    return true;
  }

  #need(text: string, kind: Token['kind'] = 'symbol'): void {
    if (!this.#take(text, kind)) throw this.#unexpected(`"${text}"`);
  }

  #text(kind: Token['kind'], wanted: string): string {
    if (this.#token.kind !== kind) throw this.#unexpected(wanted);
    const { text } = this.#token;
    this.#next++;
    return text;
  }

  #deeper(depth: number): number {
    if (depth >= MAX_DEPTH) throw new PatternProblem(`more than ${MAX_DEPTH} brackets deep`, this.#token.at);
    return depth + 1;
  }

  // FOLLOWEDBY binds weakest, then OR, then AND: section 9.3.
  #pattern(depth: number): Pattern {
    const level = this.#deeper(depth);
    return this.#joined('FOLLOWEDBY', 'followed-by', () =>
      this.#joined('OR', 'either', () => this.#joined('AND', 'together', () => this.#observation(level))),
    );
  }

  #joined(by: string, kind: 'together' | 'either' | 'followed-by', part: () => Pattern): Pattern {
    const first = part();
    const parts = [first];
    while (this.#take(by, 'word')) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #observation(depth: number): Pattern {
    let pattern: Pattern;
    if (this.#take('(')) {
      pattern = this.#pattern(depth);
      this.#need(')');
    } else {
      this.#need('[');
      pattern = { kind: 'observation', expression: this.#expression(depth) };
      this.#need(']');
    }
    for (;;) {
      const by = this.#qualifier();
      if (by === undefined) return pattern;
      pattern = { kind: 'qualified', of: pattern, by };
    }
  }

  #qualifier(): Qualifier | undefined {
    const { at } = this.#token;
    if (this.#take('WITHIN', 'word')) {
      const seconds = Number(this.#text('number', 'a number of seconds'));
      this.#need('SECONDS', 'word');
      if (!(seconds > 0)) throw new PatternProblem('WITHIN needs more than 0 seconds', at);
      return { kind: 'within', seconds };
    }
    if (this.#take('REPEATS', 'word')) {
      const times = Number(this.#text('number', 'how many times'));
      this.#need('TIMES', 'word');
      if (!Number.isInteger(times) || times < 1) throw new PatternProblem('REPEATS needs a whole number', at);
      return { kind: 'repeats', times };
    }
    if (!this.#take('START', 'word')) return undefined;
    const startMs = this.#time();
    this.#need('STOP', 'word');
    const stopMs = this.#time();
    if (!(stopMs > startMs)) throw new PatternProblem('STOP must be after START', at);
    return { kind: 'between', startMs, stopMs };
  }

  /** Times are written t'…'; patterns of STIX 2.0 write them without the t. */
  #time(): number {
    const kind = this.#token.kind === 'string' ? 'string' : 'timestamp';
    const { at } = this.#token;
    const ms = Date.parse(this.#text(kind, 'a time'));
    if (Number.isNaN(ms)) throw new PatternProblem('not a time', at);
    return ms;
  }

  #expression(depth: number): Expression {
    const level = this.#deeper(depth);
    const { at } = this.#token;
    const parts: Expression[] = [];
    do {
      const all: Expression[] = [];
      do all.push(this.#test(level));
      while (this.#take('AND', 'word'));
      const [only] = all;
      parts.push(all.length === 1 && only !== undefined ? only : { kind: 'and', parts: all });
      const whole = parts.at(-1);
      // An observation of two different objects at once can't be: section 9.5.
      if (whole !== undefined && commonObjects(whole).size === 0)
        throw new PatternProblem('AND joins properties of different objects within one observation', at);
    } while (this.#take('OR', 'word'));
    const [only] = parts;
    return parts.length === 1 && only !== undefined ? only : { kind: 'or', parts };
  }

  #test(depth: number): Expression {
    if (this.#take('(')) {
      const inner = this.#expression(depth);
      this.#need(')');
      return inner;
    }
    this.#count(1);
    const isDenied = this.#take('NOT', 'word');
    if (this.#take('EXISTS', 'word'))
      return { kind: 'comparison', ...this.#property(), negated: isDenied, operator: 'EXISTS', values: [] };
    if (isDenied) throw this.#unexpected('EXISTS');
    const property = this.#property();
    const negated = this.#take('NOT', 'word');
    const { kind, text } = this.#token;
    const operator = kind === 'symbol' ? orderOperators[text] : wordOperators.has(text) ? text : undefined;
    const known = operators.find((one) => one === operator);
    if (known === undefined) throw this.#unexpected('an operator');
    this.#next++;
    const values =
      known === 'IN'
        ? this.#set()
        : known === 'LIKE' || known === 'MATCHES' || known === 'ISSUBSET' || known === 'ISSUPERSET'
          ? [this.#text('string', 'a text')]
          : [this.#literal()];
    return { kind: 'comparison', ...property, negated, operator: known, values };
  }

  #count(more: number): void {
    this.#tests += more;
    if (this.#tests > MAX_TESTS)
      throw new PatternProblem(`more than ${MAX_TESTS} comparisons`, this.#token.at);
  }

  #set(): Literal[] {
    this.#need('(');
    const values: Literal[] = [];
    if (this.#take(')')) return values;
    do {
      values.push(this.#literal());
      this.#count(1);
    } while (this.#take(','));
    this.#need(')');
    return values;
  }

  #literal(): Literal {
    const { kind, text, at } = this.#token;
    this.#next++;
    switch (kind) {
      case 'string':
      case 'binary':
        return text;
      case 'hex':
        return text.toLowerCase();
      case 'number':
        return Number(text);
      case 'boolean':
        return text === 'true';
      case 'timestamp':
        return Date.parse(text);
      default:
        throw new PatternProblem(`expected a value, found ${text}`, at);
    }
  }

  #property(): Pick<Comparison, 'object' | 'path'> {
    const object = this.#text('word', 'an object such as ipv4-addr');
    this.#need(':');
    let path = this.#step();
    for (;;) {
      if (this.#take('.')) path += `.${this.#step()}`;
      else if (this.#take('[')) {
        if (!this.#take('*')) this.#text('number', 'an index or *');
        this.#need(']');
        path += '[*]';
      } else return { object, path };
    }
  }

  #step(): string {
    return this.#text(this.#token.kind === 'string' ? 'string' : 'word', 'the name of a property');
  }
}

/** Objects that one observation may be of for the whole expression to hold. */
function commonObjects(expression: Expression): Set<string> {
  if (expression.kind === 'comparison') return new Set([expression.object]);
  const sets = expression.parts.map(commonObjects);
  const every = new Set(sets.flatMap((objects) => [...objects]));
  if (expression.kind === 'or') return every;
  return new Set([...every].filter((object) => sets.every((objects) => objects.has(object))));
}
