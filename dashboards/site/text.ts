import { texts } from '../kit/i18n.ts';
import { de } from './languages/de.ts';
import { en } from './languages/en.ts';
import { es } from './languages/es.ts';
import { fr } from './languages/fr.ts';
import { it } from './languages/it.ts';

/** The site page's texts; a further language is a further file, a word here and one in index.html. */
export const text = texts(en, { de, fr, es, it });
