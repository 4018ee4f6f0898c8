import { describe, expect, it } from 'vitest';
import { assetKind } from '../../devices/model/asset.ts';
import { observationKinds } from '../../devices/model/observation.ts';
import { keyUse, pseudo, sourcesIn } from '../kit/testing/catalogue.ts';
import { en } from './languages/en.ts';

describe('the desk’s texts', () => {
  it('are all there and all used', () => {
    const source = sourcesIn(new URL('.', import.meta.url).pathname);
    expect(keyUse(source, 'text', Object.keys(en))).toEqual({ missing: [], unused: [] });
  });
  it('name every kind of observation and of asset', () => {
    const keys = new Set(Object.keys(en));
    const wanted = [
      ...Object.keys(observationKinds).map((kind) => `seen.${kind}`),
      ...assetKind.options.map((kind) => `kind.${kind}`),
    ];
    expect(wanted.filter((key) => !keys.has(key))).toEqual([]);
  });
  it('keep their parameters in another language', () => {
    for (const message of Object.values(en)) {
      for (const form of typeof message === 'string' ? [message] : Object.values(message)) {
        for (const name of form.match(/\{\w+\}/g) ?? []) expect(pseudo(form)).toContain(name);
        expect(pseudo(form).length).toBeGreaterThan(form.length * 1.3);
      }
    }
  });
});
