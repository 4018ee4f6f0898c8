/** Values of a search and their modifiers: Sigma 2.1, appendix "Modifiers". */
import { networkOf } from './address.ts';
import { joined, literal, type Pattern, plainTextOf, readPattern } from './pattern.ts';
import { kindOf, SigmaProblem } from './problem.ts';
import { regularExpression } from './regular-expression.ts';
import {
  type Comparison,
  type Expression,
  type Placement,
  type Test,
  type TimePart,
  timeParts,
} from './rule.ts';

/** What `%name%` stands for where a value has the modifier `expand`. */
export type Placeholders = ReadonlyMap<string, readonly string[]>;

/** Values that one value may turn into (`windash`, `expand`). */
export const MAX_EXPANSIONS = 10_000;

const encodings = ['base64', 'base64offset', 'utf16', 'utf16le', 'utf16be', 'wide'] as const;
const placements = ['contains', 'startswith', 'endswith'] as const;
const comparisons = ['lt', 'lte', 'gt', 'gte'] as const;
const others = [
  'all',
  'neq',
  'cased',
  'exists',
  're',
  'i',
  'm',
  's',
  'windash',
  'cidr',
  'expand',
  'fieldref',
];
const known = new Set<string>([...encodings, ...placements, ...comparisons, ...timeParts, ...others]);

type Scalar = string | number | boolean | null;

/** One key of a search with its value or list of values. @throws SigmaProblem */
export function readItem(name: string, raw: unknown, key: string, placeholders: Placeholders): Expression {
  const [fieldName = '', ...modifiers] = name.split('|');
  const item = new Item(fieldName === '' ? undefined : fieldName, modifiers, key, placeholders);
  return item.read(raw);
}

class Item {
  readonly #field: string | undefined;
  readonly #modifiers: readonly string[];
  readonly #key: string;
  readonly #placeholders: Placeholders;

  constructor(
    field: string | undefined,
    modifiers: readonly string[],
    key: string,
    placeholders: Placeholders,
  ) {
    this.#field = field;
    this.#modifiers = modifiers;
    this.#key = key;
    this.#placeholders = placeholders;
    for (const modifier of modifiers)
      if (!known.has(modifier)) throw this.#problem(`there is no modifier "${modifier}"`);
    if (/^[ims]$/.test(modifiers.find((one) => /^[ims]$/.test(one)) ?? '') && !this.#has('re'))
      throw this.#problem('i, m and s belong to re');
    const kinds = ['re', 'cidr', 'exists', 'fieldref'].filter((one) => this.#has(one));
    if (this.#comparison() !== undefined || this.#timePart() !== undefined) kinds.push('a comparison');
    if (kinds.length > 1) throw this.#problem(`${kinds.join(' and ')} do not go together`);
    const [kind] = kinds;
    const transforms = modifiers.find(
      (one) => one === 'windash' || encodings.some((encoding) => encoding === one) || isPlacement(one),
    );
    if (kind !== undefined && transforms !== undefined && !(kind === 'fieldref' && isPlacement(transforms)))
      throw this.#problem(`${kind} and ${transforms} do not go together`);
  }

  read(raw: unknown): Expression {
    const values: unknown[] = Array.isArray(raw) ? raw : [raw];
    if (values.length === 0) throw this.#problem('a list without values');
    const tests = values.flatMap((value, index) =>
      this.#testsOf(this.#scalar(value, values.length > 1 ? index : -1)),
    );
    const [only] = tests;
    const found: Expression =
      tests.length === 1 && only !== undefined ? only : { op: this.#has('all') ? 'and' : 'or', of: tests };
    return this.#has('neq') ? { op: 'not', of: found } : found;
  }

  #has(modifier: string): boolean {
    return this.#modifiers.includes(modifier);
  }

  #problem(message: string): SigmaProblem {
    return new SigmaProblem(this.#key, message);
  }

  #scalar(value: unknown, index: number): Scalar {
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean'
    )
      return value;
    if (typeof value === 'bigint') return value.toString();
    throw new SigmaProblem(
      index < 0 ? this.#key : `${this.#key}[${index}]`,
      `expected a text, a number, true, false or null, not ${kindOf(value)}`,
    );
  }

  #needsField(): string {
    if (this.#field === undefined) throw this.#problem('a field is needed before the modifiers');
    return this.#field;
  }

  /** One value may become several, of which one must hold. */
  #testsOf(value: Scalar): Expression[] {
    if (this.#has('exists')) {
      const wanted =
        value === true || value === 'true' ? true : value === false || value === 'false' ? false : undefined;
      if (wanted === undefined) throw this.#problem('exists takes true or false');
      return [{ op: 'exists', field: this.#needsField(), wanted }];
    }
    if (value === null) return [{ op: 'null', field: this.#needsField() }];
    const by = this.#comparison();
    const part = this.#timePart();
    if (by !== undefined || part !== undefined) {
      const number = typeof value === 'boolean' || value === '' ? Number.NaN : Number(value);
      if (!Number.isFinite(number)) throw this.#problem(`expected a number, not ${JSON.stringify(value)}`);
      return [{ op: 'compare', field: this.#needsField(), by: by ?? 'eq', value: number, part }];
    }
    const tests = this.#expanded(String(value)).flatMap((text) =>
      this.#textTests(text, typeof value === 'string'),
    );
    // Under `all` each value must be found, in one of the forms it may take.
    return this.#has('all') && tests.length > 1 ? [{ op: 'or', of: tests }] : tests;
  }

  #textTests(text: string, mayHaveWildcards: boolean): Test[] {
    const field = this.#field;
    if (this.#has('re')) {
      const flags = ['i', 'm', 's'].filter((one) => this.#has(one)).join('');
      try {
        const matches = regularExpression(text, {
          ignoreCase: this.#has('i'),
          multiLine: this.#has('m'),
          dotAll: this.#has('s'),
        });
        return [{ op: 'expression', field, source: text, flags, matches }];
      } catch (error) {
        throw this.#problem(error instanceof Error ? error.message : String(error));
      }
    }
    if (this.#has('cidr')) {
      try {
        return [{ op: 'cidr', field: this.#needsField(), contains: networkOf(text) }];
      } catch (error) {
        throw this.#problem(error instanceof Error ? error.message : String(error));
      }
    }
    const cased = this.#has('cased');
    if (this.#has('fieldref')) {
      const placement: Placement = placements.find((one) => this.#has(one)) ?? 'equals';
      return [{ op: 'same', field: this.#needsField(), other: text, placement, cased }];
    }
    const patterns = this.#transformed(mayHaveWildcards ? readPattern(text) : literal(text));
    return patterns.map((pattern) => ({ op: 'text', field, pattern, cased }));
  }

  /** Modifiers that change the value, in the order in which they are written. */
  #transformed(pattern: Pattern): Pattern[] {
    let forms: (Pattern | Buffer)[] = [pattern];
    for (const modifier of this.#modifiers) {
      if (modifier === 'windash') forms = forms.flatMap((form) => this.#dashes(asPattern(form)));
      else if (modifier === 'base64')
        forms = forms.map((form) => literal(this.#bytesOf(form, modifier).toString('base64')));
      else if (modifier === 'base64offset')
        forms = forms.flatMap((form) => offsets(this.#bytesOf(form, modifier)).map(literal));
      else if (modifier === 'wide' || modifier.startsWith('utf16'))
        forms = forms.map((form) => this.#wide(form, modifier));
      else if (modifier === 'contains')
        forms = forms.map((form) => joined(['many', ...asPattern(form), 'many']));
      else if (modifier === 'startswith') forms = forms.map((form) => joined([...asPattern(form), 'many']));
      else if (modifier === 'endswith') forms = forms.map((form) => joined(['many', ...asPattern(form)]));
    }
    const isPlaced = this.#modifiers.some(isPlacement);
    return forms.map((form) =>
      this.#field === undefined && !isPlaced ? joined(['many', ...asPattern(form), 'many']) : asPattern(form),
    );
  }

  #bytesOf(form: Pattern | Buffer, modifier: string): Buffer {
    if (Buffer.isBuffer(form)) return form;
    const text = plainTextOf(form);
    if (text === undefined) throw this.#problem(`${modifier} takes no wildcards`);
    return Buffer.from(text, 'utf8');
  }

  #wide(form: Pattern | Buffer, modifier: string): Buffer {
    const bytes = Buffer.from(this.#bytesOf(form, modifier).toString('utf8'), 'utf16le');
    if (modifier === 'utf16') return Buffer.concat([Buffer.from([0xff, 0xfe]), bytes]);
    return modifier === 'utf16be' ? bytes.swap16() : bytes;
  }

  /** A hyphen or slash that begins a word may be any of five characters. */
  #dashes(pattern: Pattern): Pattern[] {
    let forms: Pattern[] = [[]];
    for (const part of pattern) {
      const choices: Pattern[] =
        typeof part === 'string'
          ? [[part]]
          : product(part.text.split(/\B[-/](?=\w)/u), (one) => [{ text: one }]);
      if (forms.length * choices.length > MAX_EXPANSIONS)
        throw this.#problem(`windash gives more than ${MAX_EXPANSIONS} values`);
      forms = forms.flatMap((form) => choices.map((choice) => joined([...form, ...choice])));
    }
    return forms;
  }

  #expanded(text: string): string[] {
    if (!this.#has('expand')) return [text];
    let forms = [''];
    for (const part of text.split(/((?<!\\)%[A-Za-z0-9_.-]+%)/)) {
      const name = /^%([^%]+)%$/.exec(part)?.[1];
      const choices = name === undefined ? [part.replaceAll('\\%', '%')] : this.#placeholders.get(name);
      if (choices === undefined) throw this.#problem(`nothing is known for the placeholder %${name}%`);
      if (forms.length * choices.length > MAX_EXPANSIONS)
        throw this.#problem(`expand gives more than ${MAX_EXPANSIONS} values`);
      forms = forms.flatMap((form) => choices.map((choice) => form + choice));
    }
    return forms;
  }

  #comparison(): Comparison | undefined {
    return comparisons.find((one) => this.#has(one));
  }

  #timePart(): TimePart | undefined {
    return timeParts.find((one) => this.#has(one));
  }
}

const isPlacement = (modifier: string) => placements.some((one) => one === modifier);

/** Bytes are looked for as characters of the same numbers. */
const asPattern = (form: Pattern | Buffer): Pattern =>
  Buffer.isBuffer(form) ? literal(form.toString('latin1')) : form;

const dashCharacters = ['-', '/', '\u2013', '\u2014', '\u2015'];

/** Pieces between dashes, put together again with every dash. */
function product(pieces: readonly string[], as: (text: string) => Pattern): Pattern[] {
  const [first = '', ...rest] = pieces;
  if (dashCharacters.length ** rest.length > MAX_EXPANSIONS * dashCharacters.length)
    return tooMany(as(first));
  let texts = [first];
  for (const piece of rest)
    texts = texts.flatMap((text) => dashCharacters.map((dash) => `${text}${dash}${piece}`));
  return texts.map(as);
}

/** More than the bound, so that whoever counts refuses it, without making them. */
const tooMany = (pattern: Pattern): Pattern[] => Array.from({ length: MAX_EXPANSIONS + 1 }, () => pattern);

/** What is the same in Base64 wherever the value begins: after 0, 1 and 2 bytes of something else. */
function offsets(bytes: Buffer): string[] {
  return [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift, ' '), bytes]).toString('base64');
    const start = [0, 2, 3][shift] ?? 0;
    const cut = [0, 3, 2][(bytes.length + shift) % 3] ?? 0;
    return encoded.slice(start, encoded.length - cut);
  });
}
