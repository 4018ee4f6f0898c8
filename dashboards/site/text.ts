import { texts } from '../kit/i18n.ts';
import { en } from './languages/en.ts';

/** The site page's texts; a further language is a further file and a word here. */
export const text = texts(en);
