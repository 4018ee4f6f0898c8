/** Rules from the disk. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { parse } from 'yaml';
import { isMapping } from './problem.ts';
import { type Failure, type RuleFile, type RuleSet, ruleSetOf } from './rule-set.ts';
import type { Placeholders } from './value.ts';

/** More files in a folder are a mistake. */
export const MAX_FILES = 50_000;

export interface LoadedFolder extends RuleSet {
  readonly files: number;
}

/** YAML files of a folder and all below it, in order of their names. @throws Error where the folder can't be read */
export function ruleFilesOf(folder: string): string[] {
  if (statSync(folder).isFile()) return [folder];
  const found = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /\.ya?ml$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  if (found.length > MAX_FILES) throw new Error(`${folder}: more than ${MAX_FILES} rules files`);
  return found.sort();
}

/** Every rule of a folder (or one file). @throws Error where the folder can't be read */
export function loadFolder(folder: string, placeholders: Placeholders = new Map()): LoadedFolder {
  const paths = ruleFilesOf(folder);
  const files: RuleFile[] = [];
  const unread: Failure[] = [];
  for (const path of paths) {
    const file = path === folder ? path : relative(folder, path).split(sep).join('/');
    try {
      files.push({ file, text: readFileSync(path, 'utf8') });
    } catch (error) {
      unread.push({
        file,
        error: `can't be read: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  const set = ruleSetOf(files, placeholders);
  return {
    ...set,
    files: paths.length,
    rules: set.rules + unread.length,
    failed: [...unread, ...set.failed],
  };
}

/** What placeholders stand for: a mapping of names to a text or a list of texts (YAML or JSON). @throws Error */
export function readPlaceholders(text: string): Placeholders {
  const value: unknown = parse(text, { maxAliasCount: 100 });
  if (!isMapping(value)) throw new Error('expected a mapping of names to values');
  return new Map(
    Object.entries(value).map(([name, values]) => {
      const list: unknown[] = Array.isArray(values) ? values : [values];
      return [
        name.replace(/^%(.*)%$/, '$1'),
        list.map((one) => {
          if (typeof one === 'string' || typeof one === 'number') return String(one);
          throw new Error(`${name}: expected a text or a list of texts`);
        }),
      ];
    }),
  );
}
