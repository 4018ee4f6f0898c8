import type { FileHandle } from 'node:fs/promises';
import { epochOf, type FollowedPiece } from './file-cursor.ts';
import { type SplitLines, splitLines } from './line-splitter.ts';
import { HEAD_BYTES, holds, readAt, type Stretch, stretchOf, TAIL_BYTES } from './rotated-files.ts';

/** Read at once, at least; more where one line may be longer. */
const CHUNK_BYTES = 64 * 1024;

/**
 * What the next bytes of a piece are: lines (perhaps none, but bytes to pass over), nothing new, or `cut`: the
 * file no longer holds what was read from it, because its writer's keeper copied it and cut it to nothing.
 */
export type NextLines =
  | { state: 'lines'; split: SplitLines; after: Position }
  | { state: 'end' }
  | { state: 'cut' };

/** Where a piece stands once its lines are stored. */
export interface Position {
  offset: number;
  skipping: boolean;
  tail: Stretch;
}

/** One file of a followed log, open, with the position up to which its lines are stored. */
export class LogPiece {
  handle: FileHandle;
  inode: string;
  readonly epoch: string;
  #position: Position;
  #head: Stretch;
  /** When it had last been written to as it was read, ms; 0 until it is known. */
  writtenAt = 0;
  /** Since when nothing new was found, on the monotonic clock; undefined: something was. */
  quietSinceMs: number | undefined;

  private constructor(handle: FileHandle, inode: string, epoch: string, head: Stretch, position: Position) {
    this.handle = handle;
    this.inode = inode;
    this.epoch = epoch;
    this.#head = head;
    this.#position = position;
  }

  /** A file that nobody has read before. */
  static async begin(
    handle: FileHandle,
    inode: string,
    generation: number,
    from: 'start' | number,
  ): Promise<LogPiece> {
    const head = stretchOf(await readAt(handle, 0, HEAD_BYTES));
    const offset = from === 'start' ? 0 : from;
    const before = await readAt(handle, Math.max(0, offset - TAIL_BYTES), Math.min(offset, TAIL_BYTES));
    return new LogPiece(handle, inode, epochOf(head, generation), head, {
      offset,
      // Begun within a line, its rest is no line.
      skipping: offset > 0 && before.at(-1) !== 0x0a,
      tail: stretchOf(before),
    });
  }

  /** The file that a cursor speaks of. */
  static resume(
    handle: FileHandle,
    inode: string,
    { epoch, head, offset, skipping, tail }: FollowedPiece,
  ): LogPiece {
    return new LogPiece(handle, inode, epoch, head, { offset, skipping, tail });
  }

  get followed(): FollowedPiece {
    return { inode: this.inode, epoch: this.epoch, head: this.#head, ...this.#position };
  }

  async next(maxBytes: number, maxLines: number): Promise<NextLines> {
    const { offset, skipping, tail } = this.#position;
    const { size, mtimeMs } = await this.handle.stat();
    if (size < Math.max(offset, this.#head.length)) return { state: 'cut' };
    if (size === offset && mtimeMs === this.writtenAt) return { state: 'end' };
    const chunk = Math.max(CHUNK_BYTES, maxBytes + TAIL_BYTES + 2);
    // What stands before the position is read again with the rest: a file that was cut and has grown as long
    // as it was shows only there.
    const bytes = await readAt(this.handle, offset - tail.length, tail.length + chunk);
    const before = bytes.subarray(0, tail.length);
    if (before.length < tail.length || stretchOf(before).sha256 !== tail.sha256) return { state: 'cut' };
    // Little or nothing was read of it yet: its beginning was seen when it was found.
    if (offset < this.#head.length && !(await holds(this.handle, 0, this.#head))) return { state: 'cut' };
    const split = splitLines(bytes.subarray(tail.length), { maxBytes, maxLines, skipping });
    this.writtenAt = mtimeMs;
    if (split.consumed === 0) return { state: 'end' };
    const end = tail.length + split.consumed;
    return {
      state: 'lines',
      split,
      after: {
        offset: offset + split.consumed,
        skipping: split.skipping,
        tail: stretchOf(bytes.subarray(Math.max(0, end - TAIL_BYTES), end)),
      },
    };
  }

  async moveTo(position: Position): Promise<void> {
    this.#position = position;
    // What is stored of a file no longer changes: the longer its beginning, the surer it is told from others.
    if (this.#head.length < HEAD_BYTES && position.offset > this.#head.length)
      this.#head = stretchOf(await readAt(this.handle, 0, Math.min(position.offset, HEAD_BYTES)));
  }

  /** What stands behind the last line's end, where nobody will write any more; empty: nothing of use. */
  async rest(maxBytes: number): Promise<{ offset: number; raw: Uint8Array }> {
    const { offset, skipping } = this.#position;
    if (skipping) return { offset, raw: new Uint8Array() };
    const raw = await readAt(this.handle, offset, maxBytes + 1);
    return { offset, raw };
  }
}

/** Whether an open file is the one that a cursor speaks of: its beginning, and what stands before the offset. */
export async function isPiece(handle: FileHandle, { head, tail, offset }: FollowedPiece): Promise<boolean> {
  const { size } = await handle.stat();
  if (size < Math.max(offset, head.length)) return false;
  return (await holds(handle, 0, head)) && (await holds(handle, offset - tail.length, tail));
}
