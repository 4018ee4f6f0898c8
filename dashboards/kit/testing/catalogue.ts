/** For tests: which keys of a catalogue the sources use. */
/// <reference types="node" />
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface KeyUse {
  /** Keys that a source asks for and the catalogue lacks. */
  missing: string[];
  /** Keys that no source asks for. */
  unused: string[];
}

/** Source text of a folder, tests and catalogues left out. */
export function sourcesIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name))
    .filter((name) => !/(^|\/)(languages|testing|fixtures)\//.test(name))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/**
 * Compares calls `call('key'` and ``call(`prefix.${…}` `` with a catalogue. A computed key uses every key that
 * fits its fixed parts.
 * @param call name of the function, e.g. `text`
 */
export function keyUse(source: string, call: string, keys: readonly string[]): KeyUse {
  const patterns = [...source.matchAll(new RegExp(`\\b${call}\\(\\s*(['"\`])(.+?)\\1`, 'gs'))].map(
    ([, , key]) => {
      const escaped = (key ?? '')
        .split(/\$\{[^}]*\}/)
        .map((part) => part.replaceAll(/[.*+?^$()|[\]\\{}]/g, '\\$&'));
      return { key: key ?? '', pattern: new RegExp(`^${escaped.join('.+')}$`) };
    },
  );
  return {
    missing: patterns.filter(({ pattern }) => !keys.some((key) => pattern.test(key))).map(({ key }) => key),
    unused: keys.filter((key) => !patterns.some(({ pattern }) => pattern.test(key))),
  };
}

/** `Open door` → `[Öpéñ dóór··]`: a third longer and accented, so that a forgotten or clipped text stands out. */
export function pseudo(text: string): string {
  const accents: Record<string, string> = {
    a: 'á',
    e: 'é',
    i: 'í',
    o: 'ó',
    u: 'ú',
    n: 'ñ',
    c: 'ç',
    s: 'š',
    y: 'ý',
  };
  const accented = text
    .split(/(\{\w+\})/)
    .map((part) =>
      part.startsWith('{') ? part : part.replaceAll(/[aeiouncsy]/g, (letter) => accents[letter] ?? letter),
    )
    .join('');
  return `[${accented}${'·'.repeat(Math.ceil(text.length / 3))}]`;
}
