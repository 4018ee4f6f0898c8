/**
 * What a script does, without what it says: two renderings of one page differ in a nonce, a price, the number of a cart.
 * The program is read as tokens (ECMAScript, clause 12); every constant, and every list or object made of constants
 * alone, counts as "some value". What is left is its shape. Hosts and script files that its texts name are kept apart:
 * new ones are news, whatever the shape.
 */
import { createHash } from 'node:crypto';

/** Of one script, hosts and files that are kept. */
export const MAX_REFERENCES = 64;

export interface ScriptShape {
  /** SHA-256 of the shape, hex. */
  shape: string;
  /** Hosts (`cdn.example`) and script files (`/js/pay.js`) named in its texts, sorted. */
  references: string[];
}

const VALUE = '\u0001';
const constants: ReadonlySet<string> = new Set(['true', 'false', 'null', 'undefined', 'NaN', 'Infinity']);
/** Behind these words a slash begins a regular expression, not a division. */
const operators: ReadonlySet<string> = new Set(
  'return typeof instanceof in of new delete void throw case do else yield await'.split(' '),
);
const word = /[\p{ID_Start}$_\\][\p{ID_Continue}$\\\u200c\u200d]*/uy;
const number = /(?:0[xXbBoO][\da-fA-F_]+|(?:\d[\d_]*)?\.?\d[\d_]*(?:[eE][+-]?\d+)?)n?/y;
const host =
  /(?:^|[^a-z0-9])(?:https?:|wss?:)?\/\/([a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?\.[a-z]{2,24}|\d{1,3}(?:\.\d{1,3}){3}|localhost)/gi;
const scriptFile = /^[^\s"'<>]{1,300}\.m?js(?:[?#].*)?$/i;

/** A file's name without version and hash: `app.3f9ac2d1.js` and `app.77b01e22.js` are one file of two deployments. */
export const withoutVersion = (path: string): string =>
  path.replace(/[?#].*$/s, '').replace(/(?<![a-z0-9])(?=[a-z0-9]*\d)[a-f0-9]{6,64}(?![a-z0-9])|\d+/gi, '*');

const unescaped = (text: string): string =>
  text
    .replace(/\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]{1,6})\})/g, (whole, ...codes) => {
      const code = Number.parseInt(codes.find((one) => typeof one === 'string') ?? '', 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    })
    .replace(/\\(.)/gs, '$1');

/** Hosts and script files in a text. */
export function referencesIn(raw: string): string[] {
  const text = raw.includes('\\') ? unescaped(raw) : raw;
  if (!text.includes('/') && !text.includes('.')) return [];
  const found = [...text.matchAll(host)]
    .slice(0, MAX_REFERENCES)
    .map((match) => (match[1] ?? '').toLowerCase());
  if (found.length === 0 && scriptFile.test(text)) found.push(withoutVersion(text));
  return found;
}

/** Builds the shape: constants fold into the list or object around them, from the inside out, in one pass. */
class Folder {
  readonly #tokens: string[] = [];
  /** Open brackets: where they stand, and whether all within was constant so far. */
  readonly #open: { at: number; isConstant: boolean }[] = [];

  value(): void {
    this.#tokens.push(VALUE);
  }

  /** A word or a sign. `isKey`: a name in front of a colon. */
  put(token: string, isKey = false): void {
    if (token === '[' || token === '{' || token === '(') {
      this.#open.push({ at: this.#tokens.length, isConstant: token !== '(' });
      this.#tokens.push(token);
      return;
    }
    if (token === ']' || token === '}' || token === ')') {
      const bracket = this.#open.pop();
      this.#tokens.push(token);
      if (bracket === undefined) return;
      if (bracket.isConstant) {
        this.#tokens.length = bracket.at;
        this.value();
      } else this.#spoil();
      return;
    }
    if (!(token === ',' || token === ':' || isKey)) this.#spoil();
    this.#tokens.push(token);
  }

  #spoil(): void {
    const around = this.#open.at(-1);
    if (around !== undefined) around.isConstant = false;
  }

  text(): string {
    return this.#tokens.join(' ');
  }
}

/** The end of a text in quotes: behind the closing quote, or at the line's end. */
function endOfQuoted(code: string, from: number, quote: string): number {
  for (let at = from; at < code.length; at++) {
    const one = code[at];
    if (one === '\\') at++;
    else if (one === quote) return at;
    else if (one === '\n') return at;
  }
  return code.length;
}

function endOfExpression(code: string, from: number): number {
  let isInClass = false;
  for (let at = from; at < code.length; at++) {
    const one = code[at];
    if (one === '\\') at++;
    else if (one === '\n') return at;
    else if (one === '[') isInClass = true;
    else if (one === ']') isInClass = false;
    else if (one === '/' && !isInClass) return at;
  }
  return code.length;
}

/** Takes any text; never throws. Linear in its length. */
export function shapeOf(code: string): ScriptShape {
  const folder = new Folder();
  const references = new Set<string>();
  const refer = (text: string) => {
    for (const one of referencesIn(text)) if (references.size < MAX_REFERENCES) references.add(one);
  };
  /** Depths of braces at which a template goes on. */
  const templates: number[] = [];
  let depth = 0;
  let before = '';
  let at = 0;
  const template = (from: number): number => {
    for (let next = from; next < code.length; next++) {
      if (code[next] === '\\') next++;
      else if (code[next] === '`') {
        refer(code.slice(from, next));
        folder.value();
        before = VALUE;
        return next + 1;
      } else if (code[next] === '$' && code[next + 1] === '{') {
        refer(code.slice(from, next));
        folder.put('${');
        templates.push(depth);
        before = '{';
        return next + 2;
      }
    }
    return code.length;
  };
  while (at < code.length) {
    const one = code[at] ?? '';
    if (/\s/.test(one)) {
      at++;
      continue;
    }
    if (one === '/' && code[at + 1] === '/') {
      const end = code.indexOf('\n', at);
      at = end < 0 ? code.length : end;
      continue;
    }
    if (one === '/' && code[at + 1] === '*') {
      const end = code.indexOf('*/', at + 2);
      at = end < 0 ? code.length : end + 2;
      continue;
    }
    if (one === '"' || one === "'") {
      const end = endOfQuoted(code, at + 1, one);
      refer(code.slice(at + 1, end));
      folder.value();
      before = VALUE;
      at = end + 1;
      continue;
    }
    if (one === '`') {
      at = template(at + 1);
      continue;
    }
    if (one === '}' && templates.at(-1) === depth) {
      templates.pop();
      at = template(at + 1);
      continue;
    }
    number.lastIndex = at;
    const digits = /[\d.]/.test(one) ? number.exec(code)?.[0] : undefined;
    if (digits !== undefined) {
      folder.value();
      before = VALUE;
      at += digits.length;
      continue;
    }
    word.lastIndex = at;
    const name = word.exec(code)?.[0];
    if (name !== undefined) {
      at += name.length;
      if (constants.has(name)) {
        folder.value();
        before = VALUE;
        continue;
      }
      let next = at;
      while (next < code.length && code.charCodeAt(next) <= 0x20) next++;
      folder.put(name, code[next] === ':');
      before = name;
      continue;
    }
    const isAfterValue = before === VALUE || before === ')' || before === ']' || before === '}';
    const isAfterName = /[\p{ID_Continue}$]$/u.test(before) && !operators.has(before);
    if (one === '/' && !isAfterValue && !isAfterName) {
      const end = endOfExpression(code, at + 1);
      folder.put(code.slice(at, end + 1));
      before = VALUE;
      at = end + 1;
      continue;
    }
    if (one === '{') depth++;
    if (one === '}') depth--;
    // The sign of a number is part of it.
    if (!((one === '-' || one === '+') && !isAfterValue && !isAfterName && /[\d.]/.test(code[at + 1] ?? '')))
      folder.put(one);
    before = one;
    at++;
  }
  return {
    shape: createHash('sha256').update(folder.text()).digest('hex'),
    references: [...references].sort(),
  };
}
