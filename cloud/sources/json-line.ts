/** JSON from strangers: what is there, under the expected type, or nothing. */

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object that the text holds, or what is wrong with it. */
export function jsonObject(input: string): JsonObject | string {
  let value: unknown;
  try {
    value = JSON.parse(input);
  } catch {
    return 'not JSON';
  }
  return isObject(value) ? value : 'not a JSON object';
}

/** A member that is text and not empty. */
export function textAt(object: JsonObject | undefined, key: string): string | undefined {
  const value = object?.[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberAt(object: JsonObject | undefined, key: string): number | undefined {
  const value = object?.[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object?.[key];
  return isObject(value) ? value : undefined;
}

/** Text, or a number as text: many write `"4625"` and others 4625. */
export const wordAt = (object: JsonObject | undefined, key: string): string | undefined =>
  textAt(object, key) ?? numberAt(object, key)?.toString();

/** A number, or a text that is one. */
export function countAt(object: JsonObject | undefined, key: string): number | undefined {
  const value = object?.[key];
  if (typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,9})?$/.test(value)) return Number(value);
  return numberAt(object, key);
}

/** The object at the end of a path of members. */
export function objectIn(object: JsonObject | undefined, ...path: readonly string[]): JsonObject | undefined {
  let at = object;
  for (const key of path) at = objectAt(at, key);
  return at;
}

const MAX_FLAT = 256;
const MAX_FLAT_DEPTH = 6;

/**
 * Every single value by its path (`alert.signature`), breadth first, at most MAX_FLAT; a list of single values is one
 * text with commas. For rules that go by a log's own names.
 */
export function flatFields(object: JsonObject): Record<string, string | number | boolean> {
  const flat: Record<string, string | number | boolean> = {};
  let count = 0;
  let level: [string, JsonObject][] = [['', object]];
  for (let depth = 0; depth < MAX_FLAT_DEPTH && level.length > 0; depth++) {
    const next: [string, JsonObject][] = [];
    for (const [prefix, one] of level)
      for (const key in one) {
        if (count >= MAX_FLAT || key === '__proto__') break;
        const value = one[key];
        const name = prefix + key;
        if (isObject(value)) next.push([`${name}.`, value]);
        else if (Array.isArray(value)) {
          const single = value.slice(0, MAX_FLAT).filter((entry) => isSingle(entry));
          if (single.length === 0) continue;
          flat[name] = single.join(', ');
          count++;
        } else if (isSingle(value)) {
          flat[name] = value;
          count++;
        }
      }
    level = next.slice(0, MAX_FLAT);
  }
  return flat;
}

const isSingle = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' ||
  typeof value === 'boolean' ||
  (typeof value === 'number' && Number.isFinite(value));

/** The members that have a value: an absent fact has no key. */
export function present<Value>(members: Record<string, Value | undefined>): Record<string, Value> {
  const kept: Record<string, Value> = {};
  for (const key in members) {
    const value = members[key];
    if (value !== undefined) kept[key] = value;
  }
  return kept;
}
