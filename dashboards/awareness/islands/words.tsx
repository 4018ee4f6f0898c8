import type { LessonTexts } from '../content/course.ts';
import { asLanguage, sayIn, type WordKey } from '../content/languages.ts';
import { type Said, type Told, told } from '../content/said.ts';
import type { ItemTexts } from '../game/items.ts';

export const tag = asLanguage(document.documentElement.lang);
export const say = sayIn(tag);
/** As plain text, for attributes. */
export const plain = (...[key, parameters]: Parameters<typeof say>): string => say(key, parameters).text;

/** A text, marked with its language where that is not the page's. */
export function Saying({ of }: { of: Said }) {
  return of.lang === tag ? <>{of.text}</> : <span lang={of.lang}>{of.text}</span>;
}

export function T({ k, with: parameters }: { k: WordKey; with?: Readonly<Record<string, string | number>> }) {
  return <Saying of={say(k, parameters)} />;
}

/** The lessons in the reader's language: only it and English are fetched. */
export async function fetchLessons(): Promise<Told<LessonTexts>> {
  const { lessons: english } = await import('../content/en/lessons.ts');
  if (tag === 'de') return told(english, (await import('../content/de/lessons.ts')).lessons, tag);
  if (tag === 'fr') return told(english, (await import('../content/fr/lessons.ts')).lessons, tag);
  if (tag === 'es') return told(english, (await import('../content/es/lessons.ts')).lessons, tag);
  if (tag === 'it') return told(english, (await import('../content/it/lessons.ts')).lessons, tag);
  return told(english, undefined, tag);
}

/** The game's cases: in German or, in all other languages, in English. */
export async function fetchItems(): Promise<Told<ItemTexts>> {
  if (tag === 'de') {
    const { items } = await import('../content/de/items.ts');
    return told(items, items, tag);
  }
  return told((await import('../content/en/items.ts')).items, undefined, tag);
}
