import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { filledIn } from './settings.ts';

const worlds = fileURLToPath(new URL('../world/', import.meta.url));

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Two documents as one: lists one after the other, maps key by key, nothing twice.
 * @throws RangeError that names the key for which they say different things
 */
export function merged(one: unknown, other: unknown, key = ''): unknown {
  if (one === undefined) return other;
  if (other === undefined) return one;
  if (Array.isArray(one) && Array.isArray(other)) {
    const known = new Set(one.map((entry) => JSON.stringify(entry)));
    return [...one, ...other.filter((entry) => !known.has(JSON.stringify(entry)))];
  }
  if (isMap(one) && isMap(other)) {
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return Object.fromEntries(
      keys.map((name) => [name, merged(one[name], other[name], key === '' ? name : `${key}.${name}`)]),
    );
  }
  if (one === other) return one;
  throw new RangeError(`${key}: ${JSON.stringify(one)} and ${JSON.stringify(other)} can't both hold`);
}

/**
 * Writes the configuration of several folders of `simulators/world` into one: filled in, files of one name merged.
 * @throws RangeError that names file and key where they contradict each other
 */
export function writeMergedSettings(
  folder: string,
  from: readonly string[],
  values: Readonly<Record<string, string | number>>,
): void {
  mkdirSync(folder, { recursive: true });
  const documents = new Map<string, unknown>();
  for (const name of from) {
    for (const file of readdirSync(join(worlds, name)).filter((each) => each.endsWith('.yaml'))) {
      try {
        const document: unknown = parse(filledIn(readFileSync(join(worlds, name, file), 'utf8'), values));
        documents.set(file, merged(documents.get(file), document));
      } catch (error) {
        throw new RangeError(
          `world/${name}/${file}: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    }
  }
  for (const [file, document] of documents) writeFileSync(join(folder, file), stringify(document));
}
