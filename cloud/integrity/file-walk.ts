/** Hashes of the files in a folder. The time of change is not asked: whoever alters a file can set it. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { opendir, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of one folder; beyond it the folder is told of as too large. */
export const MAX_FILES = 50_000;
const MAX_DEPTH = 40;

/** What a file's content is, or why it is not known. */
export type FileState = string;

export interface Walked {
  /** By path from the folder on, with slashes. */
  files: Map<string, FileState>;
  /** Files and folders that could not be read; they are left as they were. */
  unreadable: string[];
  isCut: boolean;
}

/** `*`, `?` within a name, `**` over folders; a pattern without a slash holds for a name at any depth. Linear. */
export function ignores(patterns: readonly string[]): (path: string) => boolean {
  const compiled = patterns.map((pattern) => {
    const anywhere = !pattern.replace(/\/$/, '').includes('/');
    const segments = pattern
      .replace(/^\.?\//, '')
      .replace(/\/$/, '')
      .split('/');
    return anywhere ? ['**', ...segments] : segments;
  });
  return (path) => {
    const names = path.split('/');
    return compiled.some((segments) => matches(segments, names));
  };
}

/** A pattern that covers a folder covers all in it. */
function matches(pattern: readonly string[], names: readonly string[]): boolean {
  // Positions in the pattern that the names so far can have reached.
  let reached = new Set([0]);
  const skipping = (positions: Set<number>) => {
    for (const at of positions) if (pattern[at] === '**') positions.add(at + 1);
    return positions;
  };
  skipping(reached);
  for (const name of names) {
    const next = new Set<number>();
    for (const at of reached) {
      const segment = pattern[at];
      if (segment === '**') next.add(at);
      else if (segment !== undefined && matchesName(segment, name)) next.add(at + 1);
    }
    reached = skipping(next);
    if (reached.has(pattern.length)) return true;
  }
  return false;
}

function matchesName(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let retry = 0;
  for (let position = 0; position < name.length; ) {
    const sign = pattern[at];
    if (sign === '*') {
      star = at++;
      retry = position;
    } else if (sign !== undefined && (sign === '?' || sign === name[position])) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++retry;
    } else return false;
  }
  while (pattern[at] === '*') at++;
  return at === pattern.length;
}

async function hashOf(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal }))
    hash.update(chunk);
  return hash.digest('hex');
}

/** Links are not followed: where they lead is what they hold. @throws the signal's reason */
export async function walk(
  folder: string,
  ignored: (path: string) => boolean,
  signal: AbortSignal,
): Promise<Walked> {
  const walked: Walked = { files: new Map(), unreadable: [], isCut: false };
  const pending: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    signal.throwIfAborted();
    const { path: inside, depth } = next;
    try {
      for await (const entry of await opendir(join(folder, inside))) {
        const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
        if (ignored(path)) continue;
        if (entry.isDirectory()) {
          if (depth + 1 > MAX_DEPTH) walked.isCut = true;
          else pending.push({ path, depth: depth + 1 });
          continue;
        }
        if (walked.files.size >= MAX_FILES) {
          walked.isCut = true;
          return walked;
        }
        try {
          if (entry.isSymbolicLink())
            walked.files.set(
              path,
              createHash('sha256')
                .update(`link ${await readlink(join(folder, path))}`)
                .digest('hex'),
            );
          else if (entry.isFile()) walked.files.set(path, await hashOf(join(folder, path), signal));
        } catch {
          signal.throwIfAborted();
          walked.unreadable.push(path);
        }
      }
    } catch {
      signal.throwIfAborted();
      walked.unreadable.push(inside === '' ? '.' : inside);
    }
  }
  return walked;
}

export interface FileDifference {
  path: string;
  change: 'created' | 'updated' | 'deleted';
  hash?: string;
  previousHash?: string;
}

/** What became of the files; what could not be read counts as unchanged. Pure. */
export function fileDifferences(
  known: ReadonlyMap<string, FileState>,
  { files, unreadable, isCut }: Walked,
): FileDifference[] {
  const found: FileDifference[] = [];
  for (const [path, hash] of files) {
    const previousHash = known.get(path);
    if (previousHash === undefined) found.push({ path, change: 'created', hash });
    else if (previousHash !== hash) found.push({ path, change: 'updated', hash, previousHash });
  }
  const isUnread = (path: string) =>
    unreadable.some((one) => one === '.' || one === path || path.startsWith(`${one}/`));
  if (!isCut)
    for (const [path, previousHash] of known)
      if (!files.has(path) && !isUnread(path)) found.push({ path, change: 'deleted', previousHash });
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
