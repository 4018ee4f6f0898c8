import { stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { Store } from '../../store/store.ts';
import { type Input, type Intake, MAX_BATCH_INPUTS, messageOf } from '../intake.ts';
import { type FileCursor, readFileCursor } from './file-cursor.ts';
import { findPiece, type OpenedFile, openPieces } from './log-folder.ts';
import { isPiece, LogPiece } from './log-piece.ts';
import { inodeOf, isMissing, openLog, rotatedPaths } from './rotated-files.ts';

/** How often a quiet file is looked at. Real time: it is the disk that is waited for, not the site. */
const POLL_MS = 200;
/** A deleted file may still be written to by whoever has it open, for a moment. */
const DELETED_QUIET_MS = 2_000;
/** Renamed files that are watched for late writers; with more of them, the oldest are let go. */
const MAX_WAITING_PIECES = 16;
/** Batches taken of one file before the folder is looked at again. */
const BATCHES_IN_A_ROW = 8;
const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;

export const followedFile = z.strictObject({
  type: z.literal('followed-file'),
  /** The log that is being written. Earlier pieces are looked for beside it: `path.1`, `path-20261123`. */
  path: z.string().min(1).max(1_024),
  /** Where to begin in a log that was never read. */
  startAt: z.enum(['beginning', 'end']).default('beginning'),
  /** A renamed log is watched so long for writers that have not noticed; Apache's take minutes. */
  lateWritersMs: z
    .number()
    .int()
    .min(0)
    .max(24 * 3_600_000)
    .default(600_000),
});
export type FollowedFile = z.infer<typeof followedFile>;

/**
 * Follows a log through its rotations (renamed and created anew, or copied and cut) until the signal ends it.
 * Lines are numbered by their offset within their file, and the position is kept only after they are stored:
 * whatever kills the process, a line read again is the same record.
 */
export async function followFile(
  settings: FollowedFile,
  intake: Intake,
  store: Pick<Store, 'cursor' | 'putCursor'>,
  signal: AbortSignal,
): Promise<void> {
  const follower = new Follower(settings, intake, store, signal);
  try {
    while (!signal.aborted) {
      const more = await follower.round().catch((error: unknown) => {
        if (!signal.aborted) intake.trouble(`${settings.path}: ${messageOf(error)}`);
        return false;
      });
      if (!more) await wait(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    await follower.close();
  }
}

class Follower {
  readonly #settings: FollowedFile;
  readonly #intake: Intake;
  readonly #store: Pick<Store, 'cursor' | 'putCursor'>;
  readonly #signal: AbortSignal;
  /** Oldest first. */
  #pieces: LogPiece[] = [];
  #generation = 0;
  /** When the newest file had last been written to, as far as was seen. */
  #writtenAt = 0;
  /** Undefined: the store was not yet asked. False: this log was never followed before. */
  #isKnown: boolean | undefined;

  constructor(
    settings: FollowedFile,
    intake: Intake,
    store: Pick<Store, 'cursor' | 'putCursor'>,
    signal: AbortSignal,
  ) {
    this.#settings = settings;
    this.#intake = intake;
    this.#store = store;
    this.#signal = signal;
  }

  get #key(): string {
    return `followed-file ${this.#intake.name} ${this.#settings.path}`;
  }

  /** Looks at the folder and at every piece; true: there is more to read at once. */
  async round(): Promise<boolean> {
    if (this.#isKnown === undefined) await this.#restore();
    const live = await this.#discover();
    let more = false;
    let problem = live === undefined ? `${this.#settings.path}: there is no such file` : undefined;
    for (const piece of [...this.#pieces]) {
      try {
        more = (await this.#drain(piece)) || more;
      } catch (error) {
        this.#signal.throwIfAborted();
        // A piece that can't be read must not keep the next one from being read.
        problem = `${this.#settings.path}: ${messageOf(error)}`;
      }
    }
    await this.#retire(live);
    this.#intake.trouble(problem);
    return more;
  }

  async close(): Promise<void> {
    await Promise.all(this.#pieces.map(({ handle }) => handle.close()));
    this.#pieces = [];
  }

  /** Finds the files again that the kept cursor speaks of, under whatever name they have now. */
  async #restore(): Promise<void> {
    const text = this.#store.cursor(this.#key);
    const cursor = text === undefined ? undefined : readFileCursor(text);
    if (text !== undefined && cursor === undefined)
      this.#note('the position in this log is unreadable: it is read from its beginning');
    if (cursor === undefined) {
      this.#isKnown = false;
      // The machine's own clock, as the times of files are.
      this.#writtenAt = Date.now();
      return;
    }
    const candidates = await openPieces(this.#settings.path);
    const found = new Map<OpenedFile, LogPiece>();
    let last: LogPiece | undefined;
    try {
      for (const piece of cursor.pieces) {
        const file = await findPiece(
          candidates.filter((candidate) => !found.has(candidate)),
          piece,
        );
        last = file === undefined ? undefined : LogPiece.resume(file.handle, file.inode, piece);
        if (file !== undefined && last !== undefined) found.set(file, last);
      }
    } catch (error) {
      found.clear();
      throw error;
    } finally {
      for (const candidate of candidates) if (!found.has(candidate)) await candidate.handle.close();
    }
    if (last === undefined && cursor.pieces.length > 0)
      this.#note('the file that was read last is gone: what was written to it since is missed');
    this.#pieces = [...found.values()];
    this.#generation = cursor.generation;
    this.#writtenAt = cursor.writtenAt;
    this.#isKnown = true;
  }

  /**
   * Begins the files that are newer than all that is followed. @returns the inode that the log's path leads to
   */
  async #discover(): Promise<string | undefined> {
    const live = await stat(this.#settings.path).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (live?.isFile() === false) throw new Error('not a file');
    const liveInode = live === undefined ? undefined : inodeOf(live);
    if (liveInode !== undefined && this.#pieces.every(({ inode }) => inode !== liveInode))
      await this.#beginNewer();
    if (this.#isKnown === false) {
      // From now on, a file that appears is a new one.
      this.#isKnown = true;
      await this.#save();
    }
    return liveInode;
  }

  async #beginNewer(): Promise<void> {
    const followed = new Set(this.#pieces.map(({ inode }) => inode));
    const all = await openPieces(this.#settings.path);
    const firstFollowed = all.findIndex(({ inode }) => followed.has(inode));
    const newer = all.filter(({ path, inode, size, writtenAt }, index) => {
      if (size === 0 || followed.has(inode)) return false;
      if (all.findIndex((other) => other.inode === inode) !== index) return false;
      if (firstFollowed >= 0) return index < firstFollowed;
      if (path === this.#settings.path) return true;
      // Nothing that is followed has a name any more: what was written to since then was not yet read.
      return this.#isKnown === true && writtenAt > this.#writtenAt;
    });
    for (const entry of all) if (!newer.includes(entry)) await entry.handle.close();
    if (newer.length === 0) return;
    for (const { handle, inode, size } of newer.reverse()) {
      const skip = this.#isKnown === false && this.#settings.startAt === 'end';
      this.#pieces.push(await LogPiece.begin(handle, inode, ++this.#generation, skip ? size : 'start'));
    }
    // Kept before the first line is read: the epoch of its lines must be the same after any kill.
    this.#isKnown = true;
    await this.#save();
  }

  /** Takes what is new in a piece; true: there is more. */
  async #drain(piece: LogPiece): Promise<boolean> {
    for (let batch = 0; batch < BATCHES_IN_A_ROW; batch++) {
      const next = await piece.next(this.#intake.maxBytes, MAX_BATCH_INPUTS);
      if (next.state === 'end') {
        piece.quietSinceMs ??= performance.now();
        return false;
      }
      if (next.state === 'cut') {
        await this.#replaceCut(piece);
        return true;
      }
      piece.quietSinceMs = undefined;
      this.#writtenAt = Math.max(this.#writtenAt, piece.writtenAt);
      const { split, after } = next;
      const { offset } = piece.followed;
      for (const { raw } of split.overlong)
        this.#intake.refuse(raw, this.#settings.path, `a line longer than ${this.#intake.maxBytes} bytes`);
      await this.#take(split.lines.map((line) => this.#input(line.raw, piece.epoch, offset + line.offset)));
      await piece.moveTo(after);
      // Zeros and the rest of a line too long are passed over again after a kill: nothing to keep.
      if (split.lines.length + split.overlong.length > 0) await this.#save();
      if (this.#signal.aborted) return false;
    }
    return true;
  }

  #input(raw: Uint8Array, epoch: string, sequence: number): Input {
    return { raw, receivedAt: this.#intake.clock.now(), epoch, sequence, peer: this.#settings.path };
  }

  async #take(inputs: readonly Input[]): Promise<void> {
    if (inputs.length === 0) return;
    const waitMs = this.#intake.quota.borrow(inputs.length);
    if (waitMs > 0) await wait(waitMs, undefined, { signal: this.#signal });
    await this.#intake.takeUntilStored(inputs, this.#signal);
  }

  /** The file was copied and cut: what was not yet read of it stands in the copy. */
  async #replaceCut(piece: LogPiece): Promise<void> {
    const followed = new Set(this.#pieces.map(({ inode }) => inode));
    const last = piece.followed;
    await piece.handle.close();
    this.#pieces = this.#pieces.filter((other) => other !== piece);
    for (const path of await rotatedPaths(this.#settings.path)) {
      const log = await openLog(path).catch(() => undefined);
      if (log === undefined) continue;
      const inode = inodeOf(log.stats);
      if (!followed.has(inode) && (await isPiece(log.handle, last))) {
        this.#pieces.unshift(LogPiece.resume(log.handle, inode, last));
        await this.#save();
        return;
      }
      await log.handle.close();
    }
    this.#note('the log was cut and there is no copy of what stood in it: lines may be missed');
    await this.#save();
  }

  /** Lets go of files that nobody writes to any more, with what stands unfinished at their ends. */
  async #retire(live: string | undefined): Promise<void> {
    const now = performance.now();
    for (const piece of this.#pieces.slice(0, -1)) {
      if (piece.inode === live || piece.quietSinceMs === undefined) continue;
      const { nlink } = await piece.handle.stat();
      const patienceMs = nlink === 0 ? DELETED_QUIET_MS : this.#settings.lateWritersMs;
      const isCrowded = this.#pieces.length > MAX_WAITING_PIECES;
      if (now - piece.quietSinceMs < patienceMs && !isCrowded) continue;
      const { offset, raw } = await piece.rest(this.#intake.maxBytes);
      // A line came in at the last moment: it is read in the next round.
      if (raw.includes(0x0a)) continue;
      if (raw.length > 0) await this.#take([this.#input(raw, piece.epoch, offset)]);
      this.#pieces = this.#pieces.filter((other) => other !== piece);
      await piece.handle.close();
      await this.#save();
    }
  }

  async #save(): Promise<void> {
    const cursor: FileCursor = {
      version: 1,
      generation: this.#generation,
      writtenAt: this.#writtenAt,
      pieces: this.#pieces.map(({ followed }) => followed),
    };
    const text = JSON.stringify(cursor);
    for (let delayMs = FIRST_RETRY_MS; ; delayMs = Math.min(delayMs * 2, LONGEST_RETRY_MS)) {
      try {
        await this.#store.putCursor(this.#key, text);
        return;
      } catch (error) {
        this.#intake.trouble(`cannot keep the position: ${messageOf(error)}`);
        this.#signal.throwIfAborted();
        await wait(delayMs, undefined, { signal: this.#signal });
      }
    }
  }

  #note(what: string): void {
    this.#intake.note(new Uint8Array(), this.#settings.path, what);
  }
}
