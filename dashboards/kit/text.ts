import { texts } from './i18n.ts';
import { de } from './languages/de.ts';
import { en } from './languages/en.ts';

/** Texts of the kit's own components. An application has its own catalogue beside this one. */
export const kitText = texts(en, { de });
