import { describe, expect, it } from 'vitest';
import { assetKind } from '../../devices/model/asset.ts';
import { keyUse, pseudo, sourcesIn } from '../kit/testing/catalogue.ts';
import { de } from './languages/de.ts';
import { en } from './languages/en.ts';

describe('the site page’s texts', () => {
  it('are all there and all used', () => {
    const source = sourcesIn(new URL('.', import.meta.url).pathname);
    const { missing, unused } = keyUse(source, 'text', Object.keys(en));
    expect(missing).toEqual([]);
    // One of two keys is chosen in place: `text(isOpen ? 'site.open' : 'site.closed')`.
    expect(unused.filter((key) => !source.includes(`'${key}'`))).toEqual([]);
  });
  it('name every kind of asset', () => {
    const keys = new Set(Object.keys(en));
    expect(assetKind.options.map((kind) => `kind.${kind}`).filter((key) => !keys.has(key))).toEqual([]);
  });
  it('keep their parameters in another language', () => {
    for (const message of Object.values(en)) {
      for (const form of typeof message === 'string' ? [message] : Object.values(message)) {
        for (const name of form.match(/\{\w+\}/g) ?? []) expect(pseudo(form)).toContain(name);
        expect(pseudo(form).length).toBeGreaterThan(form.length * 1.3);
      }
    }
  });
  it('in German take the parameters that English takes, each with both of its forms', () => {
    const names = (message: string | { one: string; other: string }) => {
      const forms = typeof message === 'string' ? [message] : [message.other];
      return forms.flatMap((form) => form.match(/\{\w+\}/g) ?? []).sort();
    };
    const english: Record<string, string | { one: string; other: string }> = en;
    const wrong = Object.entries(de).filter(([key, message]) => {
      const own = english[key];
      return (
        own === undefined || typeof own !== typeof message || names(own).join() !== names(message).join()
      );
    });
    expect(wrong.map(([key]) => key)).toEqual([]);
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });
});
