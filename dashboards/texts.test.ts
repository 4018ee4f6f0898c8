/// <reference types="node" />
/** Every text that a person reads is in a catalogue: none stands among the markup of a page. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = import.meta.dirname;
/** Attributes that are read aloud or shown. */
const spoken = [
  'alt',
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'label',
  'placeholder',
  'title',
];
/** The same in every language: commands, a field of the search, a mark's name (FIRST, TLP 2.0). */
const untranslated = ['gatehouse enrol', 'gatehouse verify audit-trail.ndjson --key key', 'id', 'TLP:'];
const WORD = /\p{L}{2,}/u;

/** Literal texts in a source of markup: in spoken attributes, and between tags. */
function literalsIn(source: string): string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\/|(^|[^:])\/\/.*$/gm, '$1');
  const attributes = [
    ...code.matchAll(
      new RegExp(`[\\s](?:${spoken.join('|')})=(?:"([^"]*)"|\\{\\s*['"]([^'"]*)['"]\\s*\\})`, 'g'),
    ),
  ].map(([, plain, braced]) => plain ?? braced ?? '');
  // After a tag's end, on its line or alone on the next ones, up to another tag or an expression.
  const between = [...code.matchAll(/(?<![=\s-])>\s*([^<>{}()=;]+?)\s*(?=<\/?[a-zA-Z]|\{)/g)].map(
    ([, text = '']) => text,
  );
  return [...attributes, ...between].filter((text) => WORD.test(text) && !untranslated.includes(text));
}

describe('texts', () => {
  it('are found where they stand among markup', () => {
    expect(literalsIn('<p class="a">Open the door</p>')).toEqual(['Open the door']);
    expect(literalsIn('<b title="Close it" />')).toEqual(['Close it']);
    expect(literalsIn("<b aria-label={'Close it'}>{text('x')}</b>")).toEqual(['Close it']);
    expect(literalsIn('<p>{text("a.b")} · {count}</p>')).toEqual([]);
  });
  it('stand in catalogues, not in pages', () => {
    const found = readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.tsx') && !name.startsWith('dist/'))
      .flatMap((name) =>
        literalsIn(readFileSync(join(root, name), 'utf8')).map((text) => `${name}: ${text}`),
      );
    expect(found).toEqual([]);
  });
});
