import { texts } from './i18n.ts';
import { en } from './languages/en.ts';

/** Texts of the kit's own components. An application has its own catalogue beside this one. */
export const kitText = texts(en, {
  de: () => import('./languages/de.ts').then(({ de }) => de),
  fr: () => import('./languages/fr.ts').then(({ fr }) => fr),
  es: () => import('./languages/es.ts').then(({ es }) => es),
  it: () => import('./languages/it.ts').then(({ it }) => it),
});
