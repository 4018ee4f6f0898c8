/** One file of the outbox: written from the front, frame after frame; filled with zeros before it is used. */
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  unlinkSync,
  writevSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Lane } from '../../devices/wire.ts';

/** The calls that a disk may refuse; tests put a failing one in their place. */
export interface Disk {
  /** Bytes written, perhaps fewer than asked. */
  write(file: number, pieces: readonly Uint8Array[], position: number): number;
  sync(file: number): void;
}

export const realDisk: Disk = {
  write: (file, pieces, position) => writevSync(file, pieces, position),
  sync: (file) => fdatasyncSync(file),
};

/** There is no room for this; nothing was written that counts. Everything else a disk refuses is the end. */
export class DiskFullError extends Error {
  /** It was refused where nothing needed to grow. */
  readonly inPlace: boolean;
  constructor(what: string, inPlace = false) {
    super(`outbox: no room for ${what}`);
    this.name = 'DiskFullError';
    this.inPlace = inPlace;
  }
}

const noRoom = new Set(['ENOSPC', 'EDQUOT']);
export const isNoRoom = (error: unknown): boolean =>
  error instanceof DiskFullError ||
  (error instanceof Error && 'code' in error && typeof error.code === 'string' && noRoom.has(error.code));

/** Zeros are written in pieces of this size, so that a commit in between never waits long for the disk. */
const ZERO_PIECE_BYTES = 1024 * 1024;
const zeros = Buffer.alloc(ZERO_PIECE_BYTES);

export class Segment {
  readonly path: string;
  readonly capacity: number;
  readonly file: number;
  /** Position in the log; 0 while it is a spare. */
  number = 0;
  /** Where the next frame goes. */
  end = 0;
  /** It refused to grow: no more frames go in. */
  sealed = false;
  /** Last sequence of each lane in here; 0: none. */
  readonly last: Record<Lane, number> = { alarm: 0, bulk: 0 };
  newestAt = 0;

  private constructor(path: string, capacity: number, file: number) {
    this.path = path;
    this.capacity = capacity;
    this.file = file;
  }

  static open(path: string, capacity: number): Segment {
    return new Segment(path, capacity, openSync(path, 'r+'));
  }

  /** A new, empty file that grows as it is written: slower than a filled one, but there at once. */
  static create(path: string, capacity: number): Segment {
    return new Segment(path, capacity, openSync(path, 'wx+'));
  }

  get room(): number {
    return this.sealed ? 0 : this.capacity - this.end;
  }

  /** Bytes from `start` to `end`; shorter where the file is. */
  read(start: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(end - start);
    let filled = 0;
    while (filled < bytes.length) {
      const got = readSync(this.file, bytes, filled, bytes.length - filled, start + filled);
      if (got === 0) break;
      filled += got;
    }
    return bytes.subarray(0, filled);
  }

  /** @throws DiskFullError, or whatever else the disk says */
  write(disk: Disk, pieces: readonly Uint8Array[], bytes: number): void {
    try {
      const written = disk.write(this.file, pieces, this.end);
      // A short write on a regular file means that the next byte finds no room.
      if (written < bytes) throw new DiskFullError(`${bytes} bytes in ${this.path}`);
    } catch (error) {
      this.sealed = true;
      throw isNoRoom(error) ? new DiskFullError(`${bytes} bytes in ${this.path}`) : error;
    }
    this.end += bytes;
  }

  /** Becomes a spare at its present size: zeros from the front, so that a kill half-way leaves nothing that looks alive. */
  wipe(from = 0): void {
    this.#zero(from, Math.min(fstatSync(this.file).size, this.capacity));
  }

  /** Becomes a spare of full size now. */
  fillNow(): void {
    this.#zero(0, this.capacity);
  }

  #zero(from: number, to: number): void {
    for (let at = from; at < to; at += ZERO_PIECE_BYTES) {
      const piece = zeros.subarray(0, Math.min(ZERO_PIECE_BYTES, to - at));
      if (realDisk.write(this.file, [piece], at) < piece.length)
        throw new DiskFullError(`zeros in ${this.path}`);
      if (at === 0) fdatasyncSync(this.file);
    }
    fsyncSync(this.file);
    if (from === 0) this.reset();
  }

  /** Becomes a spare of full size, without holding up commits. */
  async fill(): Promise<void> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(this.path, 'r+');
      for (let at = 0; at < this.capacity; at += ZERO_PIECE_BYTES) {
        const piece = zeros.subarray(0, Math.min(ZERO_PIECE_BYTES, this.capacity - at));
        const { bytesWritten } = await handle.write(piece, 0, piece.length, at);
        if (bytesWritten < piece.length) throw new DiskFullError(`zeros in ${this.path}`);
        if (at === 0) await handle.datasync();
      }
      await handle.sync();
    } finally {
      await handle?.close();
    }
    this.reset();
  }

  private reset(): void {
    this.number = 0;
    this.end = 0;
    this.sealed = false;
    this.last.alarm = 0;
    this.last.bulk = 0;
    this.newestAt = 0;
  }

  close(): void {
    closeSync(this.file);
  }

  remove(): void {
    this.close();
    unlinkSync(this.path);
  }
}

/** Makes new and removed names in a directory last. */
export function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
