import { expect, it } from 'vitest';
import { keyUse, sourcesIn } from '../../kit/testing/catalogue.ts';
import { en as signIn } from '../sign-in/words.ts';
import { en } from './words.ts';

it('the texts of people and of the sign-in are all there and all used', () => {
  const people = sourcesIn(new URL('.', import.meta.url).pathname);
  expect(keyUse(people, 'words', Object.keys(en))).toEqual({ missing: [], unused: [] });
  const page = sourcesIn(new URL('../sign-in', import.meta.url).pathname);
  expect(keyUse(page, 'words', Object.keys(signIn))).toEqual({ missing: [], unused: [] });
});
