/**
 * Regular expressions of users. RE2's engine needs time in proportion to the text, whatever the pattern; the native
 * engine is faster, and hangs on hostile patterns. It is used only where the pattern was read whole and the number
 * of ways to try at one place has a small bound.
 */
import { RE2JS } from 're2js';

export interface RegularExpressionFlags {
  ignoreCase: boolean;
  multiLine: boolean;
  dotAll: boolean;
}

/** Longer is a mistake. */
export const MAX_PATTERN_LENGTH = 8_192;
/** Steps that the native engine may take at one place of the text. */
const MAX_WAYS = 2_000;
const MAX_GROUP_DEPTH = 16;

/**
 * Whether a text has a match anywhere.
 * @throws Error that says what is wrong with the pattern; look-around and back-references are not taken
 */
export function regularExpression(source: string, flags: RegularExpressionFlags): (text: string) => boolean {
  if (source.length > MAX_PATTERN_LENGTH) throw new Error(`longer than ${MAX_PATTERN_LENGTH} characters`);
  let bits = 0;
  if (flags.ignoreCase) bits |= RE2JS.CASE_INSENSITIVE;
  if (flags.multiLine) bits |= RE2JS.MULTILINE;
  if (flags.dotAll) bits |= RE2JS.DOTALL;
  let linear: RE2JS;
  try {
    linear = RE2JS.compile(source, bits);
  } catch (error) {
    throw new Error(`not a regular expression: ${error instanceof Error ? error.message : String(error)}`);
  }
  const native = nativeOf(source, flags);
  if (native !== undefined) return (text) => native.test(text);
  return (text) => linear.test(text);
}

/** The same as a native expression; undefined where it is not proved to be harmless and to mean the same. */
export function nativeOf(source: string, flags: RegularExpressionFlags): RegExp | undefined {
  const inline = /^\(\?([is]+)\)/.exec(source);
  const set = inline?.[1] ?? '';
  const reader = new Reader(source.slice(inline?.[0].length ?? 0), {
    ignoreCase: flags.ignoreCase || set.includes('i'),
    multiLine: flags.multiLine,
    dotAll: flags.dotAll || set.includes('s'),
  });
  return reader.read();
}

/** What is known of a part: it in native notation, how many ways there are to match it, its greatest length. */
interface Read {
  text: string;
  ways: number;
  length: number;
}

class Unproved extends Error {}

const space = '\\t\\n\\f\\r ';
/** Means itself in RE2 after a backslash. */
const punctuation = /[!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]/;

/** Reads the part of the language in which both engines agree, and multiplies the ways to match. */
class Reader {
  readonly #source: string;
  readonly #flags: RegularExpressionFlags;
  #at = 0;
  #depth = 0;

  constructor(source: string, flags: RegularExpressionFlags) {
    this.#source = source;
    this.#flags = flags;
  }

  read(): RegExp | undefined {
    // A line ends at other characters there.
    if (this.#flags.multiLine) return undefined;
    try {
      const { text, ways, length } = this.#alternatives();
      if (this.#at < this.#source.length || ways * Math.max(1, length) > MAX_WAYS) return undefined;
      return new RegExp(text, this.#flags.ignoreCase ? 'iu' : 'u');
    } catch (error) {
      if (error instanceof Unproved || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }

  #peek(): string {
    return this.#source.charAt(this.#at);
  }

  #alternatives(): Read {
    let all = this.#sequence();
    while (this.#peek() === '|') {
      this.#at++;
      const next = this.#sequence();
      all = {
        text: `${all.text}|${next.text}`,
        ways: all.ways + next.ways,
        length: Math.max(all.length, next.length),
      };
    }
    return all;
  }

  #sequence(): Read {
    let all: Read = { text: '', ways: 1, length: 0 };
    while (this.#at < this.#source.length && this.#peek() !== '|' && this.#peek() !== ')') {
      const part = this.#repeated(this.#atom());
      all = { text: all.text + part.text, ways: all.ways * part.ways, length: all.length + part.length };
    }
    return all;
  }

  #repeated(part: Read): Read {
    const rest = this.#source.slice(this.#at, this.#at + 16);
    const match = /^(?:\?|\{(\d{1,4})(?:,(\d{1,4}))?\})/.exec(rest);
    if (match === null) {
      // Without end: the native engine may try every length.
      if (/^[*+{]/.test(rest)) throw new Unproved();
      return part;
    }
    this.#at += match[0].length;
    // RE2 knows no possessive quantifiers, and the lazy ones change nothing in whether there is a match.
    if (/^[?+*{]/.test(this.#peek())) throw new Unproved();
    const least = match[1] === undefined ? 0 : Number(match[1]);
    const most = match[1] === undefined ? 1 : Number(match[2] ?? match[1]);
    if (part.length === 0 || most * part.length > MAX_WAYS) throw new Unproved();
    let ways = 0;
    for (let count = least; count <= most && ways <= MAX_WAYS; count++) ways += part.ways ** count;
    return { text: part.text + match[0], ways, length: part.length * most };
  }

  #atom(): Read {
    const character = this.#source.charAt(this.#at++);
    const one = (text: string): Read => ({ text, ways: 1, length: 1 });
    if (character === '(') return this.#group();
    if (character === '[') return one(this.#class());
    if (character === '\\') return this.#escape();
    if (character === '.') return one(this.#flags.dotAll ? '[^]' : '[^\\n]');
    if (character === '^' || character === '$') return { text: character, ways: 1, length: 0 };
    if (/[*+?]/.test(character)) throw new Unproved();
    return one(/[{}\]]/.test(character) ? `\\${character}` : character);
  }

  #group(): Read {
    if (this.#source.startsWith('?:', this.#at)) this.#at += 2;
    else if (this.#peek() === '?') throw new Unproved();
    this.#depth++;
    if (this.#depth > MAX_GROUP_DEPTH) throw new Unproved();
    const inner = this.#alternatives();
    if (this.#peek() !== ')') throw new Unproved();
    this.#at++;
    this.#depth--;
    return { ...inner, text: `(?:${inner.text})` };
  }

  #escape(): Read {
    const character = this.#source.charAt(this.#at++);
    const one = (text: string): Read => ({ text, ways: 1, length: 1 });
    // With both flags the native \w and \b take two letters more.
    if (character === 'b' && !this.#flags.ignoreCase) return { text: '\\b', ways: 1, length: 0 };
    if (character === 's') return one(`[${space}]`);
    if (character === 'S') return one(`[^${space}]`);
    const letter = this.#escapedInClass(character);
    return one(letter);
  }

  /** What is allowed within a class and outside. */
  #escapedInClass(character: string): string {
    if (character === 'd' || /[nrtf]/.test(character)) return `\\${character}`;
    if (character === 'w' && !this.#flags.ignoreCase) return '\\w';
    if (character === '"' || character === "'" || !punctuation.test(character)) {
      if (punctuation.test(character)) return character;
      throw new Unproved();
    }
    return /[\^$\\.*+?()[\]{}|/-]/.test(character)
      ? // The native engine takes an escaped hyphen within a class only.
        `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
      : character;
  }

  #class(): string {
    let text = '[';
    if (this.#peek() === '^') {
      text += '^';
      this.#at++;
    }
    for (let isFirst = true; ; isFirst = false) {
      const character = this.#source.charAt(this.#at++);
      if (character === '') throw new Unproved();
      if (character === ']' && !isFirst) return `${text}]`;
      if (character === '\\') {
        const escaped = this.#source.charAt(this.#at++);
        text += escaped === 's' ? space : this.#escapedInClass(escaped);
      } else if (character === '[' && /[:=.]/.test(this.#peek())) throw new Unproved();
      else text += /[[\]&~]/.test(character) ? `\\x${character.charCodeAt(0).toString(16)}` : character;
    }
  }
}
