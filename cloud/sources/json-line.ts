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

/** The members that have a value: an absent fact has no key. */
export function present<Value>(members: Record<string, Value | undefined>): Record<string, Value> {
  const kept: Record<string, Value> = {};
  for (const [key, value] of Object.entries(members)) if (value !== undefined) kept[key] = value;
  return kept;
}
