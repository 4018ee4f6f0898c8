/** What may be asked of the site page: the schemas of its requests. */
import { z } from 'zod';
import { identifier, instant, plainText } from '../../devices/model/identifiers.ts';
import { armingMode, scheduleEntries } from '../panel/schedule.ts';
import { meanings } from '../site/properties.ts';
import { MAX_BACKUP_BYTES, MIN_PASSPHRASE } from './upkeep/seal.ts';

/** Assets left out at once. */
const MAX_BYPASS = 64;
const DAY_MS = 24 * 3_600_000;
/** Longest stretch in one answer; the page remembers no more. */
const MAX_SPAN_MS = 3 * DAY_MS;

export const sessionRequest = z.strictObject({
  name: plainText.min(1).max(64),
  pin: z.string().min(1).max(64),
});

export const badgeRequest = z.strictObject({ reader: identifier });
export const badgeFinishRequest = z.strictObject({ pin: z.string().min(1).max(64).optional() });

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

/** Ids of the cloud's commands. */
export const noticeRequest = z.strictObject({ notice: z.string().min(1).max(256) });

export const assignmentRequest = z.strictObject({
  asset: identifier,
  part: plainText.min(1).max(200).optional(),
  treatAs: z.enum(meanings).optional(),
  name: plainText.min(1).max(128).optional(),
  invert: z.boolean().default(false),
});
export type AssignmentRequest = z.infer<typeof assignmentRequest>;

/** Longest stretch of the day's record. */
const MAX_RECORD_MS = 7 * DAY_MS;

/** Without times: the last day. */
export const dayRequest = (now: number) =>
  z
    .strictObject({ from: time.default(now - DAY_MS), to: time.default(now + 1) })
    .refine(({ from, to }) => from < to && to - from <= MAX_RECORD_MS, {
      path: ['from'],
      message: 'must be before "to", by seven days at most',
    });

const passphrase = z.string().min(MIN_PASSPHRASE, `at least ${MIN_PASSPHRASE} characters`).max(256);
export const backupRequest = z.strictObject({ passphrase });
export const restoreRequest = z.strictObject({
  passphrase: z.string().min(1).max(256),
  base64: z.base64().max(Math.ceil(MAX_BACKUP_BYTES * 1.4)),
});

/** Longest text of rules, and how far back they can be tried. */
const MAX_RULES_CHARACTERS = 48_000;
export const rulesRequest = z.strictObject({
  text: z.string().max(MAX_RULES_CHARACTERS),
  hours: z.number().int().min(1).max(168),
});
