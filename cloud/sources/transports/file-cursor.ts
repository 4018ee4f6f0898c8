/** Where a followed log stands, as it is kept in the store. */
import { z } from 'zod';
import type { Stretch } from './rotated-files.ts';

/** Pieces in a cursor, at most: those found at a start, and those that wait for late writers. */
const MAX_PIECES = 128;

const stretch = z.strictObject({
  length: z.number().int().min(0).max(4_096),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
}) satisfies z.ZodType<Stretch>;
const position = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const followedPiece = z.strictObject({
  /** `device:inode`: a hint where to look; what counts is the content. */
  inode: z.string().max(64),
  /** Epoch in the ids of its lines. */
  epoch: z.string().regex(/^[0-9a-z]{8,32}$/),
  /** Everything before it is stored. */
  offset: position,
  /** The offset lies within a line that is too long to be taken: what is left of it is passed over. */
  skipping: z.boolean(),
  /** The file's beginning, and what stands just before the offset. */
  head: stretch,
  tail: stretch,
});
export type FollowedPiece = z.infer<typeof followedPiece>;

const fileCursor = z.strictObject({
  version: z.literal(1),
  /** How many pieces of the log have been begun: makes epochs of files with equal beginnings different. */
  generation: position,
  /** When the newest piece had last been written to, ms: tells newer files from older ones. */
  writtenAt: z.number(),
  /** Oldest first. */
  pieces: z.array(followedPiece).max(MAX_PIECES),
});
export type FileCursor = z.infer<typeof fileCursor>;

/** Undefined: not a cursor. */
export function readFileCursor(text: string): FileCursor | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return fileCursor.safeParse(value).data;
}

/** Epoch of a piece: its beginning, and the how manieth piece it is. */
export const epochOf = (head: Stretch, generation: number): string =>
  `${head.sha256.slice(0, 12)}g${generation.toString(36)}`;
