/** What was learned of a recovery or an exercise, and what is done about it until when. Pure. */
import { z } from 'zod';
import { identifier, instant, plainText } from '../../devices/model/identifiers.ts';

export const LESSONS_DOCUMENT = 'continuity.lessons';
export const MAX_LESSONS = 20_000;
export const MAX_MEASURES = 50;

const measure = z.strictObject({
  id: identifier,
  text: plainText.min(3).max(400),
  /** Who sees to it. */
  owner: plainText.min(1).max(128),
  dueAt: instant,
});

export const lessonsRequest = z
  .strictObject({
    well: plainText.max(4_000),
    badly: plainText.max(4_000),
    measures: z.array(measure).max(MAX_MEASURES),
  })
  .refine(({ well, badly }) => well.trim() !== '' || badly.trim() !== '', {
    path: ['well'],
    message: 'nothing is said: write what went well or what did not',
  })
  .refine(({ measures }) => new Set(measures.map(({ id }) => id)).size === measures.length, {
    path: ['measures'],
    message: 'a measure is there twice',
  });
export type LessonsRequest = z.infer<typeof lessonsRequest>;

export const lessonsOf = z.enum(['recovery', 'exercise']);

export const lessons = z.strictObject({
  /** `recovery:<id>` or `exercise:<id>` */
  id: z.string().max(160),
  of: z.strictObject({ kind: lessonsOf, id: z.string().max(128), title: plainText }),
  sites: z.array(identifier).max(1_000),
  well: plainText.max(4_000),
  badly: plainText.max(4_000),
  measures: z
    .array(
      measure.extend({
        done: z.exactOptional(z.strictObject({ at: instant, by: plainText, text: plainText })),
      }),
    )
    .max(MAX_MEASURES),
  /** When they were first written, and last. */
  firstAt: instant,
  at: instant,
  by: plainText,
});
export type Lessons = z.infer<typeof lessons>;

/** Lessons as they are after somebody wrote them: what was done of a measure stays. */
export function written(
  before: Lessons | undefined,
  about: Pick<Lessons, 'of' | 'sites'>,
  said: LessonsRequest,
  { at, by }: { at: number; by: string },
): Lessons {
  const done = new Map(
    before?.measures.flatMap((one) => (one.done === undefined ? [] : [[one.id, one.done]])),
  );
  return {
    ...about,
    id: `${about.of.kind}:${about.of.id}`,
    well: said.well,
    badly: said.badly,
    measures: said.measures.map((one) => {
      const known = done.get(one.id);
      return known === undefined ? one : { ...one, done: known };
    }),
    firstAt: before?.firstAt ?? at,
    at,
    by,
  };
}

/** Measures that are still to be done, the first due first. */
export const openMeasures = (all: readonly Lessons[], now: number) =>
  all
    .flatMap(({ id, of, sites, measures }) =>
      measures
        .filter(({ done }) => done === undefined)
        .map((one) => ({ ...one, lessons: id, of, sites, isOverdue: one.dueAt < now })),
    )
    .sort((a, b) => a.dueAt - b.dueAt);
