import { createHash } from 'node:crypto';

/** Longest id of a detection. */
const MAX_ID_LENGTH = 256;
const HASH_LENGTH = 32;

/** An id that fits; a longer one keeps its beginning and ends in a hash of the whole. */
export const fittingId = (id: string): string =>
  id.length <= MAX_ID_LENGTH
    ? id
    : `${id.slice(0, MAX_ID_LENGTH - HASH_LENGTH - 1)}~${createHash('sha256').update(id).digest('hex').slice(0, HASH_LENGTH)}`;
