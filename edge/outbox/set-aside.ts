/** A log that can't be read: nothing is thrown away, somebody may yet read what this program can't. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileNumber } from './segment-shelf.ts';

/** Unreadable logs that are kept; the oldest goes. */
const MAX_SET_ASIDE = 2;

/** The log's files in a directory. */
export const segmentNames = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => !Number.isNaN(fileNumber(name)))
    .sort((a, b) => fileNumber(a) - fileNumber(b));

/** Moves the log's files into a folder beside them; answers its path. */
export function setAside(directory: string, now: number): string {
  const earlier = readdirSync(directory)
    .filter((name) => name.startsWith('unreadable-'))
    .sort();
  for (const name of earlier.slice(0, Math.max(0, earlier.length + 1 - MAX_SET_ASIDE)))
    rmSync(join(directory, name), { recursive: true });
  const when = new Date(now).toISOString().replaceAll(':', '-');
  const aside = join(directory, `unreadable-${when}-${randomBytes(3).toString('hex')}`);
  mkdirSync(aside);
  for (const name of segmentNames(directory)) renameSync(join(directory, name), join(aside, name));
  return aside;
}
