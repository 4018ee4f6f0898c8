/** What incidents follow from beside the detections: where that is the same, what was judged by it still holds. */
import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { linkRules } from '../correlation/link-rules.ts';
import type { Store } from '../store/store.ts';

/** Where it is written how detections become incidents. Another release may judge otherwise, and nobody thinks of a number. */
const CODE = ['correlation', 'cascade', 'assets', 'registry', '../devices/model'];
const IS_CODE = /(?<!\.test|\.bench)\.ts$/;

let code: string | undefined;

function codeHash(): string {
  if (code !== undefined) return code;
  const hash = createHash('sha256');
  for (const folder of CODE) {
    const path = join(import.meta.dirname, '..', folder);
    for (const file of readdirSync(path).sort())
      if (IS_CODE.test(file)) add(hash, file, readFileSync(join(path, file)));
  }
  code = hash.digest('hex');
  return code;
}

/** Large ones are written out once: what changes is a new object. */
const known = new WeakMap<object, string>();

/** A text that is the same only where the document is. */
export function nameOf(document: object): string {
  const found = known.get(document);
  if (found !== undefined) return found;
  const name = createHash('sha256').update(JSON.stringify(document)).digest('hex');
  known.set(document, name);
  return name;
}

/**
 * @param documents names of the registry, the graph of dependencies, of whatever else is not in the store
 * @returns the same text only where all of it is the same
 */
export function basisOf(
  store: Pick<Store, 'rulings' | 'suppressions' | 'switches'>,
  documents: readonly string[],
): string {
  const hash = createHash('sha256');
  add(hash, codeHash());
  for (const one of [linkRules, store.rulings(), store.suppressions(), store.switches(), ...documents])
    add(hash, JSON.stringify(one) ?? '');
  return hash.digest('hex');
}

/** Each with its length, so that no two lists look alike. */
function add(hash: Hash, ...texts: (string | Buffer)[]): void {
  for (const text of texts) hash.update(`${text.length}\n`).update(text);
}
