/**
 * The part of Home Assistant's templates that sensors need, read and never evaluated as code:
 *
 *     {{ value }}   {{ value_json.a.b }}   {{ value_json['a b'][0] | float | round(1) }}
 *
 * One expression, `value` or `value_json`, a path, and the filters float, int, round, string, lower, upper,
 * trim, is_defined. Anything else (arithmetic, conditions, statements) is refused by name.
 */
import { isObject, quote, type Read } from './payload.ts';

/** Longer templates are programs. */
export const MAX_TEMPLATE_LENGTH = 512;
const MAX_STEPS = 16;

type Filter = (value: unknown) => unknown;

export interface ValueTemplate {
  /** Whether the payload has to be JSON. */
  json: boolean;
  path: readonly (string | number)[];
  filters: readonly Filter[];
}

const number = (value: unknown): unknown => {
  if (typeof value === 'number') return value;
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  // What is no number stays what it is, so that the refusal can name it. A default (`float(0)`) is not used:
  // an invented zero is a frozen fridge.
  return Number.isFinite(read) ? read : value;
};
const text = (change: (value: string) => string): Filter => {
  return (value) => (typeof value === 'string' ? change(value) : value);
};
const rounded =
  (digits: number): Filter =>
  (value) => {
    const read = number(value);
    return typeof read === 'number' ? Number(read.toFixed(digits)) : read;
  };

const filters: Readonly<Record<string, (argument: string | undefined) => Filter | undefined>> = {
  float: () => number,
  int: () => (value) => {
    const read = number(value);
    return typeof read === 'number' ? Math.trunc(read) : read;
  },
  round: (argument) => {
    const digits = argument === undefined || argument === '' ? 0 : Number(argument);
    return Number.isInteger(digits) && digits >= 0 && digits <= 10 ? rounded(digits) : undefined;
  },
  string: () => (value) => rendered(value),
  lower: () => text((value) => value.toLowerCase()),
  upper: () => text((value) => value.toUpperCase()),
  trim: () => text((value) => value.trim()),
  is_defined: () => (value) => value,
};

/** A value as a template writes it: Python's words for true, false and nothing. */
export function rendered(value: unknown): string {
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (value === null || value === undefined) return 'None';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : JSON.stringify(value);
}

const wrapping = /^\s*\{\{-?([^{}]*?)-?\}\}\s*$/;
const step = /^(?:\.([A-Za-z_]\w*)|\[\s*(?:'([^'\\]*)'|"([^"\\]*)"|(\d{1,5}))\s*\])/;
const filterShape = /^\s*\|\s*([a-z_]+)\s*(?:\(\s*(-?[\w.]*)\s*\))?/;

export function parseTemplate(source: string): Read<ValueTemplate> {
  if (source.length > MAX_TEMPLATE_LENGTH)
    return { refused: `template of ${source.length} characters, ${MAX_TEMPLATE_LENGTH} are the most` };
  const inner = wrapping.exec(source)?.[1]?.trim();
  if (inner === undefined)
    return { refused: `template ${quote(source)} is not supported: expected one {{ … }}` };
  const root = /^value(_json)?(?!\w)/.exec(inner);
  if (root === null)
    return { refused: `template ${quote(source)} is not supported: expected value or value_json` };
  let rest = inner.slice(root[0].length);
  const path: (string | number)[] = [];
  for (let match = step.exec(rest); match !== null; match = step.exec(rest)) {
    const [whole, name, single, double, index] = match;
    path.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index));
    rest = rest.slice(whole.length);
    if (path.length > MAX_STEPS)
      return { refused: `template ${quote(source)}: more than ${MAX_STEPS} steps` };
  }
  const chain: Filter[] = [];
  for (let match = filterShape.exec(rest); match !== null; match = filterShape.exec(rest)) {
    const [whole, name = '', argument] = match;
    const filter = Object.hasOwn(filters, name) ? filters[name]?.(argument) : undefined;
    if (filter === undefined)
      return { refused: `template ${quote(source)}: filter ${quote(name)} is not supported` };
    chain.push(filter);
    rest = rest.slice(whole.length);
    if (chain.length > MAX_STEPS)
      return { refused: `template ${quote(source)}: more than ${MAX_STEPS} filters` };
  }
  if (rest.trim() !== '')
    return { refused: `template ${quote(source)}: ${quote(rest.trim())} is not supported` };
  return { value: { json: root[1] !== undefined, path, filters: chain } };
}

/** The text that the template makes of a payload; `None` where the value is not in it. */
export function render(template: ValueTemplate, payload: string): Read<string> {
  let value: unknown = payload;
  if (template.json) {
    try {
      value = JSON.parse(payload);
    } catch {
      return { refused: `payload is not JSON: ${quote(payload)}` };
    }
  }
  for (const key of template.path) {
    if (typeof key === 'number' && Array.isArray(value)) value = value[key];
    else if (isObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return { value: 'None' };
  }
  for (const filter of template.filters) value = filter(value);
  return { value: rendered(value) };
}
