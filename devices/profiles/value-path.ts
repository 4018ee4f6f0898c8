/** A way to one value of a JSON document: `t`, `sensors[0].temperature`, `data['door open']`. */
import { isObject, quote, type Read } from './payload.ts';

export const MAX_PATH_LENGTH = 256;
const MAX_STEPS = 16;

export type ValuePath = readonly (string | number)[];

const first = /^[A-Za-z_][\w-]*/;
const step = /^(?:\.([A-Za-z_][\w-]*)|\[\s*(?:'([^'\\]*)'|"([^"\\]*)"|(\d{1,5}))\s*\])/;

export function parseValuePath(text: string): Read<ValuePath> {
  const wrong = (what: string): Read<ValuePath> => ({
    refused: `${quote(text)} is no path: ${what}; expected e.g. t, sensors[0].temperature or data['door open']`,
  });
  if (text.length > MAX_PATH_LENGTH) return wrong(`longer than ${MAX_PATH_LENGTH} characters`);
  const name = first.exec(text)?.[0];
  const path: (string | number)[] = name === undefined ? [] : [name];
  let rest = text.slice(name?.length ?? 0);
  if (name === undefined && !rest.startsWith('[')) return wrong('it must begin with a name');
  for (let match = step.exec(rest); match !== null; match = step.exec(rest)) {
    const [whole, plain, single, double, index] = match;
    path.push(index === undefined ? (plain ?? single ?? double ?? '') : Number(index));
    rest = rest.slice(whole.length);
  }
  if (rest !== '') return wrong(`${quote(rest)} is not understood`);
  if (path.length > MAX_STEPS) return wrong(`more than ${MAX_STEPS} steps`);
  return { value: path };
}

/** The value at a path; undefined where the document has none. Own properties only, never the prototype's. */
export function valueAt(document: unknown, path: ValuePath): unknown {
  let value = document;
  for (const key of path) {
    if (typeof key === 'number' && Array.isArray(value)) value = value[key];
    else if (typeof key === 'string' && isObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}
