/** What may be asked of the site page: the schemas of its requests. */
import { z } from 'zod';
import { identifier, instant, plainText } from '../../devices/model/identifiers.ts';
import { armingMode, scheduleEntries } from '../panel/schedule.ts';
import { meanings } from '../site/properties.ts';

/** Assets left out at once. */
const MAX_BYPASS = 64;
const DAY_MS = 24 * 3_600_000;
/** Longest stretch in one answer; the page remembers no more. */
const MAX_SPAN_MS = 3 * DAY_MS;

export const sessionRequest = z.strictObject({
  name: plainText.min(1).max(64),
  pin: z.string().min(1).max(64),
});

export const armingRequest = z.strictObject({
  mode: armingMode,
  bypass: z.array(identifier).max(MAX_BYPASS).default([]),
});

export const scheduleRequest = z.strictObject({ entries: scheduleEntries });

const time = z.coerce.number().pipe(instant);

/** Without times: the last day. */
export const temperatureRequest = (now: number) =>
  z
    .strictObject({ asset: identifier, from: time.default(now - DAY_MS), to: time.default(now) })
    .refine(({ from, to }) => from < to, { path: ['from'], message: 'must be before "to"' })
    .refine(({ from, to }) => to - from <= MAX_SPAN_MS, {
      path: ['from'],
      message: 'at most three days at once',
    });

/** What a person at the page may have done. */
export const commandRequest = z.strictObject({
  action: z.enum([
    'lock.lock',
    'lock.unlock',
    'siren.on',
    'siren.off',
    'buzzer.on',
    'buzzer.off',
    'picture.take',
  ]),
  asset: identifier,
});
export type CommandRequest = z.infer<typeof commandRequest>;

export const assignmentRequest = z.strictObject({
  asset: identifier,
  part: plainText.min(1).max(200).optional(),
  treatAs: z.enum(meanings).optional(),
  name: plainText.min(1).max(128).optional(),
  invert: z.boolean().default(false),
});
export type AssignmentRequest = z.infer<typeof assignmentRequest>;
