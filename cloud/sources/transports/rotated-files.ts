/** Which files of a folder are earlier pieces of a log, by their names; and telling files apart by content. */
import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Pieces of one log that are looked at, the newest ones. */
export const MAX_ROTATED_FILES = 64;
/** So many bytes of a file's beginning tell it from others. */
export const HEAD_BYTES = 1_024;
/** So many bytes before a position show that it is still the position that was left. */
export const TAIL_BYTES = 64;

const numbered = /^\.(\d{1,6})$/;
/** logrotate's `dateext` and the like: `-20261123`, `-20261123-07`, `.2026-11-23`. */
const dated = /^[-.]((?:19|20)\d{2}-?\d{2}-?\d{2}(?:[-_.T]?\d{1,10})?)$/;

/**
 * Names of the pieces of `log`, newest first: `log.1`, `log.2`, … or dated ones. Compressed pieces are no
 * use to a reader and are left out; so is whatever else begins with the log's name.
 */
export function rotatedNames(log: string, names: readonly string[]): string[] {
  const byNumber: { name: string; number: number }[] = [];
  const byDate: { name: string; date: string }[] = [];
  for (const name of names) {
    if (!name.startsWith(log)) continue;
    const number = numbered.exec(name.slice(log.length))?.[1];
    const date = dated.exec(name.slice(log.length))?.[1];
    if (number !== undefined && number.length < 7 && !/^(?:19|20)\d{4,6}$/.test(number))
      byNumber.push({ name, number: Number(number) });
    else if (date !== undefined) byDate.push({ name, date: date.replace(/\D/g, '') });
  }
  byNumber.sort((a, b) => a.number - b.number);
  byDate.sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0));
  return [...byNumber, ...byDate].map(({ name }) => name).slice(0, MAX_ROTATED_FILES);
}

/** Paths of the earlier pieces of the log at `path`, newest first. @throws where its folder can't be read */
export async function rotatedPaths(path: string): Promise<string[]> {
  const folder = dirname(path);
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  return rotatedNames(basename(path), names).map((name) => join(folder, name));
}

/** Device and inode: the same for every name of a file, and after a renaming. */
export const inodeOf = ({ dev, ino }: Pick<Stats, 'dev' | 'ino'>): string => `${dev}:${ino}`;

/** A file opened for reading; undefined where there is none, or something that is no file. */
export async function openLog(path: string): Promise<{ handle: FileHandle; stats: Stats } | undefined> {
  let handle: FileHandle;
  try {
    // Without O_NONBLOCK, opening a pipe that stands in a log's place would wait for its writer.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const stats = await handle.stat();
  if (stats.isFile()) return { handle, stats };
  await handle.close();
  return undefined;
}

export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');

/** Reads until `length` bytes are there or the file ends. */
export async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** A stretch of a file, by what stands in it. */
export interface Stretch {
  length: number;
  sha256: string;
}

export const stretchOf = (bytes: Uint8Array): Stretch => ({
  length: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});

/** Whether the bytes from `position` on are still those. */
export async function holds(handle: FileHandle, position: number, stretch: Stretch): Promise<boolean> {
  const bytes = await readAt(handle, position, stretch.length);
  return bytes.length === stretch.length && stretchOf(bytes).sha256 === stretch.sha256;
}
