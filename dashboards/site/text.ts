import { texts } from '../kit/i18n.ts';
import { en } from './languages/en.ts';

/** The site page's texts; a further language is a further folder, a line here and a word in index.html. */
export const text = texts(en, {
  de: () => import('./languages/de.ts').then(({ de }) => de),
  fr: () => import('./languages/fr.ts').then(({ fr }) => fr),
  es: () => import('./languages/es.ts').then(({ es }) => es),
  it: () => import('./languages/it.ts').then(({ it }) => it),
});
