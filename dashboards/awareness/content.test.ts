/// <reference types="node" />
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { lessons } from './content/course.ts';
import { items as itemsDe } from './content/de/items.ts';
import { lessons as lessonsDe } from './content/de/lessons.ts';
import { words as wordsDe } from './content/de/words.ts';
import { items as itemsEn } from './content/en/items.ts';
import { lessons as lessonsEn } from './content/en/lessons.ts';
import { words as wordsEn } from './content/en/words.ts';
import { catalogues } from './content/languages.ts';
import { lessonTexts } from './content/lessons.ts';
import { missing, told } from './content/said.ts';
import { drawRound, experienceFrom, GENUINE_RANGE, learned, ROUND_LENGTH } from './game/draw.ts';
import { items, mediumParts, scamKinds } from './game/items.ts';
import { certainties, mostPoints, outcomeOf, verdictPoints } from './game/score.ts';
import { allPages } from './pages/build.ts';
import { pictures } from './pictures/pictures.ts';

it('German is complete: every lesson, case and word', () => {
  expect(missing(lessonsEn, lessonsDe)).toEqual([]);
  expect(missing(itemsEn, itemsDe)).toEqual([]);
  expect(missing(wordsEn, wordsDe)).toEqual([]);
  // A text that was only copied is no translation.
  const same = Object.entries(wordsEn).filter(([key, text]) => text === wordsDe[key as keyof typeof wordsEn]);
  expect(same.map(([key]) => key)).toEqual(['lesson.minutes', 'part.body']);
});

it('says what the languages that have been begun do not have yet', () => {
  for (const tag of ['fr', 'es', 'it'] as const) {
    const open = [...missing(lessonsEn, lessonTexts[tag]), ...missing(wordsEn, catalogues[tag])];
    expect(open).toContain('phishing.sections.0.text');
    expect(open).not.toContain('phishing.title');
    expect(open).not.toContain('nav.game');
  }
});

it('falls back text by text, and tells in which language each is', () => {
  const both = told({ a: 'one', b: ['two', 'three'] }, { a: 'eins', b: { 1: 'drei' } } as never, 'de');
  expect(both).toEqual({
    a: { text: 'eins', lang: 'de' },
    b: [
      { text: 'two', lang: 'en' },
      { text: 'drei', lang: 'de' },
    ],
  });
});

it('has right answers for every question, and a drawing for every lesson', () => {
  for (const { id, right } of lessons) {
    expect(lessonsEn[id].questions).toHaveLength(right.length);
    expect(right.every((one) => one >= 0 && one < 3)).toBe(true);
    expect(pictures[id].length).toBeGreaterThan(200);
  }
});

it('has thirty cases and more, a good part of them genuine, every kind of fraud among them', () => {
  expect(items.length).toBeGreaterThanOrEqual(30);
  expect(items.filter(({ kind }) => kind === undefined).length / items.length).toBeGreaterThan(0.33);
  expect(new Set(items.flatMap(({ kind }) => kind ?? []))).toEqual(new Set(scamKinds));
  expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
});

it('explains each suspicious place of a case, in both languages, and none of a genuine one', () => {
  for (const texts of [itemsEn, itemsDe])
    for (const { id, medium, clues, kind } of items) {
      expect(Object.keys(texts[id].why).sort()).toEqual([...clues].sort());
      expect(Object.keys(texts[id].parts)).toEqual(
        mediumParts[medium].filter((part) => texts[id].parts[part] !== undefined),
      );
      expect(clues.length > 0).toBe(kind !== undefined);
    }
});

it('names no address on the network but those that are reserved for examples', () => {
  const text = JSON.stringify([itemsEn, itemsDe, lessonsEn, lessonsDe]);
  expect(text.match(/https?:/g)).toBeNull();
  expect(
    text
      .match(/\b[\w-]+\.(com|net|org|de|eu|info|shop)\b(?!\.)/g)
      ?.filter((one) => !/^lindenhof\.shop$/.test(one)) ?? [],
  ).toEqual([]);
});

it('draws the same round for the same seed, nothing twice, and never only traps', () => {
  fc.assert(
    fc.property(fc.nat(), (seed) => {
      const round = drawRound(items, seed);
      expect(drawRound(items, seed)).toEqual(round);
      expect(new Set(round).size).toBe(ROUND_LENGTH);
      const genuine = round.filter(({ kind }) => kind === undefined).length;
      expect(genuine).toBeGreaterThanOrEqual(GENUINE_RANGE[0]);
      expect(genuine).toBeLessThanOrEqual(GENUINE_RANGE[1]);
    }),
  );
});

it('brings back what was missed more often', () => {
  const often = (experience: ReturnType<typeof experienceFrom>) =>
    Array.from({ length: 400 }, (_, seed) => drawRound(items, seed, experience)).filter((round) =>
      round.some(({ id }) => id === 'pellets'),
    ).length;
  let missed = experienceFrom(null);
  for (let count = 0; count < 6; count++) missed = learned(missed, 'pellets', false);
  expect(often(missed)).toBeGreaterThan(often({}));
});

it('reads what a device remembered, whatever stands there', () => {
  expect(experienceFrom('{"pellets":{"shown":2,"missed":1},"nobody":{"shown":1,"missed":1}}')).toEqual({
    pellets: { shown: 2, missed: 1 },
  });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => typeof experienceFrom(text) === 'object'),
  );
});

it('pays most to whoever says how sure they really are', () => {
  for (const chance of Object.values(certainties)) {
    const expected = Object.entries(certainties).map(([name, said]) => ({
      said,
      points:
        chance * verdictPoints(true, name as keyof typeof certainties) +
        (1 - chance) * verdictPoints(false, name as keyof typeof certainties),
    }));
    const best = expected.toSorted((a, b) => b.points - a.points)[0];
    expect(best?.said).toBe(chance);
  }
});

it('pays for places found, and takes some back for tapping everything', () => {
  const item = items.find(({ id }) => id === 'bank-mail');
  if (item === undefined) throw new Error('the case is gone');
  const answer = { isTrap: true, certainty: 'certain', isReasonRight: true, kind: 'phishing' } as const;
  const all = outcomeOf(item, { ...answer, places: item.clues });
  expect(all.points).toBe(mostPoints(item, 4));
  const everything = outcomeOf(item, { ...answer, places: mediumParts.mail });
  expect(everything).toMatchObject({ found: 3, needless: 2, points: all.points - 10 });
});

it('writes every page with nothing inline, no address elsewhere, and links that lead to a page', () => {
  const pages = allPages({ script: 'assets/x.js', styles: ['assets/x.css'] });
  const files = new Set(pages.map(({ file }) => file));
  for (const { file, text } of pages.filter((one) => one.file.endsWith('.html'))) {
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|https?:/);
    for (const [, href = ''] of text.matchAll(/<a [^>]*href="([^"#]+)"/g)) {
      const target = new URL(href, `http://x/${file}`).pathname.slice(1);
      expect(files, `${file} → ${href}`).toContain(`${target}${target.endsWith('/') ? 'index.html' : ''}`);
    }
  }
});
