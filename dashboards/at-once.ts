/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * The scripts that a browser loads before an application is usable: those of its page and what they import, not what is
 * fetched when a page is opened.
 * @param folder a built application, with its index.html
 * @returns names relative to the folder
 */
export function scriptsAtOnce(folder: string): string[] {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const first = [...page.matchAll(/<script[^>]*type="module"[^>]*src="\.\/([^"]+)"/g)].map(
    ([, name]) => name ?? '',
  );
  const found = new Set(first);
  for (const name of found) {
    const source = readFileSync(join(folder, name), 'utf8');
    for (const [, imported = ''] of source.matchAll(/(?:\bfrom|\bimport)"(\.[^"]+\.js)"/g))
      found.add(posix.join(posix.dirname(name), imported));
  }
  return [...found];
}

/** Together, compressed. */
export const gzipBytes = (folder: string, scripts: readonly string[]): number =>
  scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
