/** Opens all pieces of a log at once, and finds among them the one that a cursor speaks of. */
import { type FileHandle, stat } from 'node:fs/promises';
import type { FollowedPiece } from './file-cursor.ts';
import { isPiece } from './log-piece.ts';
import { inodeOf, openLog, rotatedPaths } from './rotated-files.ts';

/** A folder that is rotated while it is looked at is looked at again, so often. */
const MAX_LOOKS = 5;

export interface OpenedFile {
  path: string;
  handle: FileHandle;
  inode: string;
  size: number;
  writtenAt: number;
}

/** Every piece of the log that can be opened, newest first; looked at again where it was rotated meanwhile. */
export async function openPieces(log: string): Promise<OpenedFile[]> {
  for (let tries = 1; ; tries++) {
    const opened = await openEach(log);
    if (tries === MAX_LOOKS || (await areWhereTheyWere(opened))) return opened;
    for (const { handle } of opened) await handle.close();
  }
}

async function openEach(log: string): Promise<OpenedFile[]> {
  const opened: OpenedFile[] = [];
  for (const path of [log, ...(await rotatedPaths(log))]) {
    const file = await openLog(path).catch((error: unknown) => {
      // An old piece that may not be read must not keep the log itself from being read.
      if (path === log) throw error;
      return undefined;
    });
    if (file === undefined) continue;
    const { size, mtimeMs } = file.stats;
    opened.push({ path, handle: file.handle, inode: inodeOf(file.stats), size, writtenAt: mtimeMs });
  }
  return opened;
}

/** The file that a cursor speaks of: the same one under whatever name, or else a copy of it. */
export async function findPiece(
  candidates: readonly OpenedFile[],
  piece: FollowedPiece,
): Promise<OpenedFile | undefined> {
  const likelyFirst = candidates.toSorted(
    (a, b) => Number(b.inode === piece.inode) - Number(a.inode === piece.inode),
  );
  for (const candidate of likelyFirst) if (await isPiece(candidate.handle, piece)) return candidate;
  return undefined;
}

/** Whether the names still lead to the files that were opened by them. */
async function areWhereTheyWere(opened: readonly OpenedFile[]): Promise<boolean> {
  for (const { path, inode } of opened) {
    const now = await stat(path).catch(() => undefined);
    if (now === undefined || inodeOf(now) !== inode) return false;
  }
  return true;
}
