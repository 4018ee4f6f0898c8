/** The documents of a rules file, with the collections of Sigma 1 (`action: global`, `reset`, `repeat`) worked off. */
import { parseAllDocuments } from 'yaml';
import { isMapping, type Mapping } from './problem.ts';

/** A larger rules file is a mistake. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;
export const MAX_DOCUMENTS = 10_000;

/** From 1, as a person counts. */
export type RawDocument = { number: number; value: unknown } | { number: number; error: string };

/** Never throws: what can't be read is among the documents, with the reason. */
export function readDocuments(text: string): RawDocument[] {
  if (text.length > MAX_FILE_BYTES) return [{ number: 1, error: `larger than ${MAX_FILE_BYTES} bytes` }];
  const parsed = parseAllDocuments(text, { uniqueKeys: true, merge: true });
  if (!Array.isArray(parsed)) return [{ number: 1, error: 'an empty file' }];
  if (parsed.length > MAX_DOCUMENTS) return [{ number: 1, error: `more than ${MAX_DOCUMENTS} documents` }];
  const found: RawDocument[] = [];
  let global: Mapping = {};
  let previous: Mapping = {};
  for (const [index, document] of parsed.entries()) {
    const number = index + 1;
    const [problem] = document.errors;
    if (problem !== undefined) {
      found.push({ number, error: problem.message.split('\n')[0] ?? 'not YAML' });
      continue;
    }
    let value: unknown;
    try {
      // 100 aliases at most: a small file must not unfold into a large one.
      value = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      found.push({ number, error: error instanceof Error ? error.message : String(error) });
      continue;
    }
    if (value === null || value === undefined) continue;
    if (!isMapping(value)) {
      found.push({ number, value });
      continue;
    }
    const { action, ...rest } = value;
    if (action === undefined || action === 'correlation' || action === 'filter') {
      previous = merged(global, rest);
      found.push({ number, value: previous });
    } else if (action === 'global') global = merged(global, rest);
    else if (action === 'reset') global = {};
    else if (action === 'repeat') {
      previous = merged(previous, rest);
      found.push({ number, value: previous });
    } else found.push({ number, error: `action: "${String(action)}" is not one of global, reset, repeat` });
  }
  return found;
}

/** Mappings are merged, anything else is replaced. */
function merged(base: Mapping, over: Mapping): Mapping {
  const result: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = result[key];
    // Defined, not assigned: a key `__proto__` is a key like others.
    Object.defineProperty(result, key, {
      value: isMapping(before) && isMapping(value) ? merged(before, value) : value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return result;
}
