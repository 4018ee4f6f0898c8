/** A log that can't be read: nothing is thrown away, somebody may yet read what this program can't. */
import { join } from 'node:path';
import type { Disk } from './disk.ts';
import { fileNumber } from './segment-shelf.ts';

/** Unreadable logs that are kept; the oldest goes. */
const MAX_SET_ASIDE = 2;

/** The log's files in a directory. */
export const segmentNames = (disk: Disk, directory: string): string[] =>
  disk
    .names(directory)
    .filter((name) => !Number.isNaN(fileNumber(name)))
    .sort((a, b) => fileNumber(a) - fileNumber(b));

/**
 * Moves the log's files into a folder beside them; answers its path.
 * @param tag tells two folders of the same moment apart
 */
export function setAside(disk: Disk, directory: string, now: number, tag: string): string {
  const earlier = disk
    .names(directory)
    .filter((name) => name.startsWith('unreadable-'))
    .sort();
  for (const name of earlier.slice(0, Math.max(0, earlier.length + 1 - MAX_SET_ASIDE)))
    disk.removeFolder(join(directory, name));
  const when = new Date(now).toISOString().replaceAll(':', '-');
  const aside = join(directory, `unreadable-${when}-${tag}`);
  disk.makeFolder(aside);
  for (const name of segmentNames(disk, directory)) disk.rename(join(directory, name), join(aside, name));
  return aside;
}
