/** Words of a STIX pattern: STIX 2.1, section 9. Pure. */

/** Longer is a document, not a pattern. */
export const MAX_PATTERN_LENGTH = 32_768;

export type TokenKind =
  | 'word'
  | 'string'
  | 'number'
  | 'boolean'
  | 'timestamp'
  | 'hex'
  | 'binary'
  | 'symbol'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** What it means: a string without its quotes. */
  readonly text: string;
  /** Where it begins, characters from 0. */
  readonly at: number;
}

/** A pattern that can't be taken, and where. Its message is fit for a person. */
export class PatternProblem extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(`${message} (at character ${at + 1})`);
    this.name = 'PatternProblem';
    this.at = at;
  }
}

const blanks = /[\s\u00a0\u0085\u2028\u2029]+|\/\*[\s\S]*?\*\/|\/\/[^\n]*/y;
const word = /[A-Za-z_][A-Za-z0-9_-]*/y;
const number = /[+-]?(?:\d*\.\d+|0|[1-9]\d*)/y;
const symbol = /==|<>|!=|<=|>=|[=<>[\]():,.*]/y;
const quoted = /'((?:[^'\\]|\\'|\\\\)*)'/y;
const timestamp =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?Z$/;
const prefixed = { t: 'timestamp', h: 'hex', b: 'binary' } as const;

const unescaped = (text: string): string => text.replace(/\\(['\\])/g, '$1');

/** Ends with a token of kind `end`. @throws PatternProblem */
export function tokensOf(pattern: string): Token[] {
  if (pattern.length > MAX_PATTERN_LENGTH)
    throw new PatternProblem(`longer than ${MAX_PATTERN_LENGTH} characters`, 0);
  const tokens: Token[] = [];
  let at = 0;
  const read = (expression: RegExp, from = at): RegExpExecArray | null => {
    expression.lastIndex = from;
    return expression.exec(pattern);
  };
  while (at < pattern.length) {
    const blank = read(blanks);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    const first = pattern[at] ?? '';
    const isPrefixed = (first === 't' || first === 'h' || first === 'b') && pattern[at + 1] === "'";
    if (first === "'" || isPrefixed) {
      const found = read(quoted, isPrefixed ? at + 1 : at);
      if (found === null) throw new PatternProblem('a text that does not end', at);
      const kind = isPrefixed ? prefixed[first as 't' | 'h' | 'b'] : 'string';
      const text = unescaped(found[1] ?? '');
      if (kind === 'timestamp' && !timestamp.test(text)) throw new PatternProblem('not a time', at);
      if (kind === 'hex' && !/^([0-9a-f]{2})*$/i.test(text)) throw new PatternProblem('not hexadecimal', at);
      if (kind === 'binary' && !/^[A-Za-z0-9+/]*={0,2}$/.test(text))
        throw new PatternProblem('not base64', at);
      tokens.push({ kind, text, at });
      at += found[0].length + (isPrefixed ? 1 : 0);
      continue;
    }
    const found = read(word);
    if (found !== null) {
      const kind = found[0] === 'true' || found[0] === 'false' ? 'boolean' : 'word';
      tokens.push({ kind, text: found[0], at });
      at += found[0].length;
      continue;
    }
    // A dot before digits is a fraction only where no path can go on.
    const isPath = first === '.' && tokens.at(-1)?.kind !== 'symbol';
    const digits = isPath ? null : read(number);
    if (digits !== null) {
      tokens.push({ kind: 'number', text: digits[0], at });
      at += digits[0].length;
      continue;
    }
    const mark = read(symbol);
    if (mark === null) throw new PatternProblem(`"${first}" is not expected`, at);
    tokens.push({ kind: 'symbol', text: mark[0], at });
    at += mark[0].length;
  }
  tokens.push({ kind: 'end', text: 'the end', at });
  return tokens;
}
