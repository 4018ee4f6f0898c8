/** The response's texts. */
import { texts } from '../../kit/i18n.ts';
import { en } from './languages/en.ts';

export const words = texts(en);
