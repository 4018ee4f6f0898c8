import { z } from 'zod';

/** Longest identifier anywhere in the house: it must fit a topic level, a file name and a log line. */
export const MAX_IDENTIFIER_LENGTH = 128;

/** Longest text a person or a device may have put into a record (a name, a note, a message). */
export const MAX_TEXT_LENGTH = 2_000;

/** Name of a site, zone, asset, identity, rule or gateway: lower case, digits, dot, underscore, hyphen. */
export const identifier = z
  .string()
  .max(MAX_IDENTIFIER_LENGTH)
  .regex(/^[a-z0-9][a-z0-9._-]*$/, 'must start with a-z or 0-9 and hold only a-z 0-9 . _ -');

/** Text for people: no control characters but tab and line feed, so that it can go into any log or page. */
export const plainText = z
  .string()
  .max(MAX_TEXT_LENGTH)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the purpose.
  .regex(/^[^\u0000-\u0008\u000b-\u001f\u007f]*$/, 'must not hold control characters');

/** Milliseconds since 1970-01-01 UTC. The upper bound is the last moment that a Date can hold. */
export const instant = z.number().int().min(0).max(8_640_000_000_000_000);

/** A duration in milliseconds, at most a year. */
export const durationMs = z
  .number()
  .int()
  .min(0)
  .max(366 * 24 * 3_600_000);
