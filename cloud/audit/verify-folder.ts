/** Checks a copy of the log itself: checkpoint, entries, every tile. */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isEqual, rootOf } from './merkle.ts';
import { type Checkpoint, type NoteKey, noteKeyFrom, openCheckpoint } from './note.ts';
import { firstWrong, type Standing } from './sequence.ts';
import { entriesOf, hashesAt, hashesOf, MAX_LEVEL, TILE_WIDTH, tilePath } from './tiles.ts';
import type { Finding, Verdict } from './verdict.ts';
import { NotAnExport, type VerifyWishes } from './verify.ts';

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch {
    return undefined;
  }
}

/** @throws NotAnExport where the folder holds no log, or its key is not known */
export async function verifyFolder(folder: string, wishes: VerifyWishes = {}): Promise<Verdict> {
  const note = await readIfThere(join(folder, 'checkpoint'));
  if (note === undefined) throw new NotAnExport('there is no file "checkpoint" in it');
  const own = await readIfThere(join(folder, 'key'));
  const key = wishes.key ?? (own === undefined ? undefined : noteKeyFrom(Buffer.from(own).toString()));
  if (key === undefined) throw new NotAnExport('the key is not known: give it with --key');
  const remarks =
    wishes.key === undefined
      ? ['signed by the key beside the log: compare it with the one that you were given, or use --key']
      : [];
  const opened = openCheckpoint(Buffer.from(note).toString(), key);
  const verdict = (
    found: { first?: Finding | undefined; size?: number; entries?: number },
    state: Verdict['state'] = 'verified',
  ): Verdict => ({
    state: found.first === undefined ? state : 'malicious',
    origin: key.name,
    key: key.id,
    size: found.size ?? 0,
    entries: found.entries ?? 0,
    incidents: 0,
    records: 0,
    ...(found.first === undefined ? {} : { first: found.first }),
    remarks,
  });
  if (typeof opened === 'string')
    return verdict({ first: { what: 'unsigned', message: `the checkpoint: ${opened}` } });
  const { size } = opened;
  const standing = await entriesIn(folder, size);
  const levels = await tilesIn(folder, size);
  const leaves = levels[0] ?? [];
  const entries = standing.length;
  const history = await historyIn(folder, key);
  const first =
    firstWrong(
      standing.map((one, at) => ({ ...one, leaf: leaves[at] })),
      opened,
      history,
    ) ??
    wrongTile(levels, size) ??
    fork(standing, wishes.checkpoint, key, opened);
  if (first !== undefined) return verdict({ first, size, entries });
  const kept = wishes.checkpoint === undefined ? undefined : openCheckpoint(wishes.checkpoint, key);
  if (typeof kept === 'object' && kept.size > size) {
    remarks.push(`it ends at ${size} entries, you hold a checkpoint of ${kept.size}`);
    return verdict({ size, entries }, 'outdated');
  }
  if (await hasMore(folder, size)) {
    remarks.push('entries lie behind the checkpoint that it does not cover yet');
    return verdict({ size, entries }, 'synchronising');
  }
  return verdict({ size, entries });
}

async function entriesIn(folder: string, size: number): Promise<Standing[]> {
  const standing: Standing[] = [];
  for (let start = 0; start < size; start += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, size - start);
    const path = tilePath({ level: 'entries', index: start / TILE_WIDTH, width });
    const bytes = await readIfThere(join(folder, path));
    const entries = bytes === undefined ? [] : (entriesOf(bytes) ?? []);
    // A bundle that can't be read stands as entries without content: the first of them is named.
    for (let at = 0; at < Math.max(width, entries.length); at++)
      standing.push({ number: start + at, bytes: entries[at] ?? new Uint8Array() });
  }
  return standing;
}

async function tilesIn(folder: string, size: number): Promise<(Uint8Array | undefined)[][]> {
  const levels: (Uint8Array | undefined)[][] = [];
  for (let level = 0; level <= MAX_LEVEL && hashesAt(level, size) > 0; level++) {
    const count = hashesAt(level, size);
    const hashes: (Uint8Array | undefined)[] = [];
    for (let start = 0; start < count; start += TILE_WIDTH) {
      const width = Math.min(TILE_WIDTH, count - start);
      const bytes = await readIfThere(join(folder, tilePath({ level, index: start / TILE_WIDTH, width })));
      const read = bytes === undefined ? [] : (hashesOf(bytes) ?? []);
      for (let at = 0; at < width; at++) hashes.push(read[at]);
    }
    levels.push(hashes);
  }
  return levels;
}

/** The entries are right, and so is level 0: a hash above that does not follow from what is below it. */
function wrongTile(
  levels: readonly (readonly (Uint8Array | undefined)[])[],
  size: number,
): Finding | undefined {
  for (const [level, hashes] of levels.entries()) {
    const below = levels[level - 1];
    const wrong = hashes.findIndex((one, at) => {
      if (one === undefined) return true;
      if (below === undefined) return false;
      const under = below.slice(at * TILE_WIDTH, (at + 1) * TILE_WIDTH).flatMap((each) => each ?? []);
      return !isEqual(rootOf(under), one);
    });
    if (wrong < 0) continue;
    const each = TILE_WIDTH ** level;
    const last = Math.min((wrong + 1) * each, size) - 1;
    return {
      what: 'altered',
      entry: wrong * each,
      message: `the entries are as they were written, but the hash over ${wrong * each} to ${last} was altered or taken away`,
    };
  }
  return undefined;
}

function fork(
  standing: readonly Standing[],
  note: string | undefined,
  key: NoteKey,
  checkpoint: Checkpoint,
): Finding | undefined {
  if (note === undefined) return undefined;
  const kept = openCheckpoint(note, key);
  if (typeof kept === 'string') return { what: 'unsigned', message: `the checkpoint that you hold: ${kept}` };
  if (kept.size > checkpoint.size) return undefined;
  const wrong = firstWrong(standing.slice(0, kept.size), kept);
  if (wrong === undefined) return undefined;
  return {
    what: 'forked',
    message: `the first ${kept.size} entries are not those of the checkpoint that you hold: the log was rewritten`,
  };
}

async function historyIn(folder: string, key: NoteKey): Promise<Checkpoint[]> {
  const text = await readIfThere(join(folder, 'checkpoints'));
  return Buffer.from(text ?? new Uint8Array())
    .toString()
    .split('\n')
    .flatMap((line) => {
      try {
        const opened = openCheckpoint(String(JSON.parse(line)), key);
        return typeof opened === 'string' ? [] : [opened];
      } catch {
        return [];
      }
    });
}

/** Whether the newest bundle on disk is larger than the checkpoint says. */
async function hasMore(folder: string, size: number): Promise<boolean> {
  const index = Math.floor(size / TILE_WIDTH);
  const whole = join(folder, tilePath({ level: 'entries', index, width: TILE_WIDTH }));
  if ((await readIfThere(whole)) !== undefined) return true;
  const partial = dirname(join(folder, tilePath({ level: 'entries', index, width: 1 })));
  const widths = await readdir(partial).catch(() => []);
  return widths.some((width) => Number(width) > size % TILE_WIDTH);
}
