/** The lessons in each language. For the build, which writes the pages; a browser fetches the one it needs. */

import type { LessonTexts } from './course.ts';
import { lessons as de } from './de/lessons.ts';
import { lessons as en } from './en/lessons.ts';
import { lessons as es } from './es/lessons.ts';
import { lessons as fr } from './fr/lessons.ts';
import { lessons as it } from './it/lessons.ts';
import type { LanguageTag } from './languages.ts';
import { type Begun, type Told, told } from './said.ts';

export const lessonTexts: Readonly<Record<LanguageTag, Begun<LessonTexts>>> = { en, de, fr, es, it };
export const toldLessons = (tag: LanguageTag): Told<LessonTexts> => told(en, lessonTexts[tag], tag);
