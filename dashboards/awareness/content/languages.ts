/** The languages of the site. English and German are complete; the others say in English what they lack. */
import { words as wordsDe } from './de/words.ts';
import { words as wordsEn } from './en/words.ts';
import { words as wordsEs } from './es/words.ts';
import { words as wordsFr } from './fr/words.ts';
import { words as wordsIt } from './it/words.ts';
import type { Said } from './said.ts';

export const languages = [
  { tag: 'en', name: 'English', isComplete: true },
  { tag: 'de', name: 'Deutsch', isComplete: true },
  { tag: 'fr', name: 'Français', isComplete: false },
  { tag: 'es', name: 'Español', isComplete: false },
  { tag: 'it', name: 'Italiano', isComplete: false },
] as const;
export type LanguageTag = (typeof languages)[number]['tag'];

export type WordKey = keyof typeof wordsEn;
export const catalogues: Readonly<Record<LanguageTag, Readonly<Partial<Record<WordKey, string>>>>> = {
  en: wordsEn,
  de: wordsDe,
  fr: wordsFr,
  es: wordsEs,
  it: wordsIt,
};

export const asLanguage = (tag: string): LanguageTag => languages.find((one) => one.tag === tag)?.tag ?? 'en';

export type Say = (key: WordKey, parameters?: Readonly<Record<string, string | number>>) => Said;

/** Words of a language, or English ones where it lacks them; `{names}` are filled. */
export const sayIn =
  (tag: LanguageTag): Say =>
  (key, parameters = {}) => {
    const own = catalogues[tag][key];
    const text = (own ?? wordsEn[key]).replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
      String(parameters[name] ?? whole),
    );
    return { text, lang: own === undefined ? 'en' : tag };
  };
