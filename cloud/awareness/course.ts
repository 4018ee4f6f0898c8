/** What the learning pages teach, as their build wrote it down, and how answers are graded. Pure but for the reading. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { identifier } from '../../devices/model/identifiers.ts';

const MAX_LESSONS = 100;
const MAX_QUESTIONS = 20;
/** Questions of a test, at most. */
export const TEST_LENGTH = 16;
/** A test is handed in within this. */
export const TEST_HOLDS_MS = 3_600_000;

const course = z.strictObject({
  version: z.number().int().min(1),
  passShare: z.number().min(0).max(1),
  languages: z
    .array(z.string().regex(/^[a-z]{2}$/))
    .min(1)
    .max(50),
  lessons: z
    .array(
      z.strictObject({
        id: identifier,
        audience: z.enum(['shop', 'staff']),
        right: z.array(z.number().int().min(0).max(9)).min(1).max(MAX_QUESTIONS),
        title: z.record(z.string(), z.string()),
      }),
    )
    .min(1)
    .max(MAX_LESSONS),
});
export type Course = z.infer<typeof course>;
export type CourseName = 'shop' | 'staff';

/** @returns undefined where the pages are not built. @throws Error where the file is not what it should be */
export async function readCourse(folder: string): Promise<Course | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, 'course.json'), 'utf8');
  } catch {
    return undefined;
  }
  const read = course.safeParse(JSON.parse(text));
  if (!read.success) throw new Error(`${join(folder, 'course.json')}: ${read.error.issues[0]?.message}`);
  return read.data;
}

/** 0 to 1: the share of right answers; what was left out is wrong. */
export const shareOf = (right: readonly number[], answers: readonly number[]): number =>
  right.filter((one, index) => one === answers[index]).length / right.length;

export interface Question {
  lesson: string;
  question: number;
  right: number;
}

/** A number from a key and a text: whoever lacks the key can't choose what is drawn. */
const drawnNumber = (key: Uint8Array, text: string): number =>
  createHmac('sha256', key).update(text).digest().readUInt32BE(0);

/**
 * The questions of a test, the same for the same seed: from every lesson of the course alike, at most TEST_LENGTH.
 * Staff learn what customers learn as well.
 */
export function testOf(course: Course, name: CourseName, seed: string, key: Uint8Array): Question[] {
  const lessons = course.lessons.filter(({ audience }) => name === 'staff' || audience === 'shop');
  const each = Math.max(1, Math.floor(TEST_LENGTH / Math.max(1, lessons.length)));
  return lessons
    .flatMap(({ id, right }) =>
      right
        .map((one, question) => ({
          lesson: id,
          question,
          right: one,
          order: drawnNumber(key, `${seed}/${id}/${question}`),
        }))
        .sort((a, b) => a.order - b.order)
        .slice(0, each)
        .sort((a, b) => a.question - b.question),
    )
    .slice(0, TEST_LENGTH)
    .map(({ order: _, ...question }) => question);
}

const macOf = (key: Uint8Array, text: string): string =>
  createHmac('sha256', key).update(`test ${text}`).digest('base64url').slice(0, 22);

/** A test as it is handed out: nothing is kept of it here. */
export const testToken = (key: Uint8Array, name: CourseName, seed: string, at: number): string => {
  const body = `${name}.${seed}.${at}`;
  return `${body}.${macOf(key, body)}`;
};

/** Which test it is; undefined where it was not handed out here, or too long ago. */
export function testFrom(
  key: Uint8Array,
  token: string,
  now: number,
): { name: CourseName; seed: string } | undefined {
  const [, name, seed, at, mac] = /^(shop|staff)\.([\w-]{1,32})\.(\d{1,16})\.([\w-]{22})$/.exec(token) ?? [];
  if (seed === undefined || at === undefined || mac === undefined) return undefined;
  const expected = macOf(key, `${name}.${seed}.${at}`);
  if (!timingSafeEqual(Buffer.from(mac), Buffer.from(expected))) return undefined;
  if (now < Number(at) || now - Number(at) > TEST_HOLDS_MS) return undefined;
  return { name: name === 'staff' ? 'staff' : 'shop', seed };
}
