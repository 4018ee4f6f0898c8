/// <reference types="node" />
/** For vite.config.ts: writes the pages beside the bundle, and what the cloud must know of the course. */
import { COURSE_VERSION, lessons, PASS_SHARE } from '../content/course.ts';
import { languages } from '../content/languages.ts';
import { toldLessons } from '../content/lessons.ts';
import { type BuiltFiles, type Page, pagesOf, rootPage } from './pages.ts';

/** Every page, and `course.json`: lessons with their titles and the right answers, by which the cloud grades. */
export function allPages(files: BuiltFiles): Page[] {
  const titles = languages.map(({ tag }) => [tag, toldLessons(tag)] as const);
  const course = {
    version: COURSE_VERSION,
    passShare: PASS_SHARE,
    languages: languages.map(({ tag }) => tag),
    lessons: lessons.map(({ id, audience, right }) => ({
      id,
      audience,
      right,
      title: Object.fromEntries(titles.map(([tag, texts]) => [tag, texts[id].title.text])),
    })),
  };
  return [
    rootPage(files),
    ...languages.flatMap(({ tag }) => pagesOf(tag, files)),
    { file: 'course.json', text: `${JSON.stringify(course)}\n` },
  ];
}
