import { expect, it } from 'vitest';
import { keyUse, sourcesIn } from '../../kit/testing/catalogue.ts';
import { en } from './words.ts';

it('the texts are all there and all used', () => {
  const source = sourcesIn(new URL('.', import.meta.url).pathname);
  expect(keyUse(source, 'words', Object.keys(en))).toEqual({ missing: [], unused: [] });
});
