/**
 * Detection rules evaluated the plain way: straight from the document, search by search, without index, compilation
 * or caches. Slow, short and separate from what it is compared with in tests.
 */
import { RE2JS } from 're2js';
import type { EventFields } from './event-fields.ts';

type Json = unknown;
type Dictionary = Record<string, Json>;

const isDictionary = (value: Json): value is Dictionary =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a rule's document matches an event; the document must be a valid rule. */
export function matchesPlainly(document: Json, event: EventFields): boolean {
  const detection = isDictionary(document) && isDictionary(document.detection) ? document.detection : {};
  const { condition, ...searches } = detection;
  const conditions = Array.isArray(condition) ? condition : [condition];
  return conditions.some((one) => truth(String(one), searches, event));
}

/** Searches are replaced by their truth, and the rest is worked off from the inside out. */
function truth(condition: string, searches: Dictionary, event: EventFields): boolean {
  const holds = (name: string) => search(searches[name], event);
  let text = ` ${condition.replaceAll('(', ' ( ').replaceAll(')', ' ) ')} `.replaceAll(/\s+/g, '  ');
  text = text.replaceAll(/ (1|any|all) {2}of {2}(\S+) /gi, (_, quantity: string, target: string) => {
    const pattern = new RegExp(`^${target.split('*').map(quoted).join('.*')}$`);
    const names = Object.keys(searches).filter((name) =>
      target === 'them' ? !name.startsWith('_') : pattern.test(name),
    );
    return ` ${quantity.toLowerCase() === 'all' ? names.every(holds) : names.some(holds)} `;
  });
  text = text.replaceAll(/ (\S+) /g, (whole, name: string) =>
    Object.hasOwn(searches, name) ? ` ${holds(name)} ` : whole,
  );
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replaceAll(/\s+/g, ' ');
    text = text.replace(/not true/i, 'false').replace(/not false/i, 'true');
    if (/not /i.test(text) && text !== before) continue;
    text = text.replace(/\( (true|false) \)/, '$1');
    const and = text.replace(/(?<!not )(true|false) and (true|false)/i, (_, a, b) =>
      String(a === 'true' && b === 'true'),
    );
    if (and !== text) {
      text = and;
      continue;
    }
    text = text.replace(/(?<!(?:not|and) )(true|false) or (true|false)(?! and)/i, (_, a, b) =>
      String(a === 'true' || b === 'true'),
    );
  }
  return text.trim() === 'true';
}

const quoted = (text: string) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function search(value: Json, event: EventFields): boolean {
  if (Array.isArray(value)) return value.some((one) => search(one, event));
  if (isDictionary(value)) return Object.entries(value).every(([key, values]) => item(key, values, event));
  return item('', value, event);
}

function item(key: string, values: Json, event: EventFields): boolean {
  const [field = '', ...modifiers] = key.split('|');
  const list: Json[] = Array.isArray(values) ? values : [values];
  const one = (value: Json) => single(field, modifiers, value, event);
  const found = modifiers.includes('all') ? list.every(one) : list.some(one);
  return modifiers.includes('neq') ? !found : found;
}

/** Values at a path, each key taken whole or by its parts; undefined where nothing is there. */
function valuesAt(value: Json, path: string): Json[] | undefined {
  if (!isDictionary(value)) return undefined;
  if (Object.hasOwn(value, path)) return [value[path]].flat();
  for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
    const head = path.slice(0, dot);
    if (!Object.hasOwn(value, head)) continue;
    const found = [value[head]].flat().flatMap((inner) => {
      const values = valuesAt(inner, path.slice(dot + 1));
      return values === undefined ? [] : [values];
    });
    if (found.length > 0) return found.flat();
  }
  return undefined;
}

function leaves(value: Json): Json[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value];
}

const isText = (value: Json) => ['string', 'number', 'boolean'].includes(typeof value);

function single(field: string, modifiers: string[], value: Json, event: EventFields): boolean {
  const has = (modifier: string) => modifiers.includes(modifier);
  const there = field === '' ? leaves(event) : valuesAt(event, field);
  if (has('exists')) return (there !== undefined) === value;
  const raw = there ?? [];
  if (value === null) return raw.every((one) => one === null);
  const texts = raw.filter(isText).map(String);
  const compared = ['lt', 'lte', 'gt', 'gte'].find(has);
  if (compared !== undefined) {
    const limit = Number(value);
    return raw.some((one) => {
      if (typeof one !== 'number' && (typeof one !== 'string' || one.trim() === '')) return false;
      const number = Number(one);
      if (Number.isNaN(number)) return false;
      if (compared === 'lt') return number < limit;
      if (compared === 'lte') return number <= limit;
      return compared === 'gt' ? number > limit : number >= limit;
    });
  }
  if (has('re')) {
    const flags =
      (has('i') ? RE2JS.CASE_INSENSITIVE : 0) |
      (has('m') ? RE2JS.MULTILINE : 0) |
      (has('s') ? RE2JS.DOTALL : 0);
    const expression = RE2JS.compile(String(value), flags);
    return texts.some((text) => expression.matcher(text).find());
  }
  if (has('fieldref')) {
    const others = (valuesAt(event, String(value)) ?? []).filter(isText).map(String);
    return texts.some((text) => others.some((other) => new RegExp(`^${quoted(other)}$`, 'iu').test(text)));
  }
  if (has('cidr')) return texts.some((text) => within(text, String(value)));
  return forms(String(value), modifiers, field === '', typeof value === 'string').some((source) => {
    const expression = new RegExp(source, has('cased') ? 'su' : 'isu');
    return texts.some((text) => expression.test(text));
  });
}

/** A value as regular expressions. */
function forms(value: string, modifiers: string[], isKeyword: boolean, isPattern: boolean): string[] {
  let plain = value;
  if (modifiers.includes('wide')) plain = [...value].map((letter) => `${letter}\0`).join('');
  let encoded: string[] | undefined;
  if (modifiers.includes('base64')) encoded = [btoa(plain)];
  if (modifiers.includes('base64offset'))
    encoded = ['', '1', '12'].map((before) => {
      const whole = btoa(before + plain).replaceAll('=', '');
      // Letters that hold bits of what stands before or after say nothing.
      const skip = Math.ceil((before.length * 8) / 6);
      const bits = (before.length + plain.length) * 8;
      return whole.slice(skip, Math.floor(bits / 6));
    });
  let sources = (encoded ?? [plain]).map((one) =>
    encoded === undefined && isPattern ? globbed(one) : quoted(one),
  );
  if (modifiers.includes('windash')) {
    const dash = '[-/\u2013\u2014\u2015]';
    sources = sources.map((source) => source.replaceAll(/(?<!\w)[-/](?=\w)/g, dash));
  }
  const contains = modifiers.includes('contains');
  const isPlaced = contains || modifiers.includes('startswith') || modifiers.includes('endswith');
  const opens = contains || modifiers.includes('endswith') || (isKeyword && !isPlaced);
  const closes = contains || modifiers.includes('startswith') || (isKeyword && !isPlaced);
  return sources.map((source) => `${opens ? '' : '^'}(?:${source})${closes ? '' : '$'}`);
}

function globbed(value: string): string {
  return value.replaceAll(/\\[\\*?]|[*?]|[^*?\\]+|\\/g, (token) => {
    if (token === '*') return '.*';
    if (token === '?') return '.';
    return quoted(/^\\[\\*?]$/.test(token) ? token.charAt(1) : token);
  });
}

/** IPv4 alone. */
function within(address: string, network: string): boolean {
  const bits = (text: string) =>
    /^\d+\.\d+\.\d+\.\d+$/.test(text) && text.split('.').every((part) => Number(part) < 256)
      ? text
          .split('.')
          .map((part) => Number(part).toString(2).padStart(8, '0'))
          .join('')
      : undefined;
  const [base = '', length = '32'] = network.split('/');
  const prefix = bits(base)?.slice(0, Number(length));
  return prefix !== undefined && (bits(address)?.startsWith(prefix) ?? false);
}
