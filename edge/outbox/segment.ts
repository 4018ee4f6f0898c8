/** One file of the outbox: written from the front, frame after frame; filled with zeros before it is used. */
import type { Lane } from '../../devices/wire.ts';
import type { BackgroundFile, Disk } from './disk.ts';

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
  readonly #disk: Disk;

  private constructor(disk: Disk, path: string, capacity: number, file: number) {
    this.#disk = disk;
    this.path = path;
    this.capacity = capacity;
    this.file = file;
  }

  static open(disk: Disk, path: string, capacity: number): Segment {
    return new Segment(disk, path, capacity, disk.open(path));
  }

  /** A new, empty file that grows as it is written: slower than a filled one, but there at once. */
  static create(disk: Disk, path: string, capacity: number): Segment {
    return new Segment(disk, path, capacity, disk.create(path));
  }

  get room(): number {
    return this.sealed ? 0 : this.capacity - this.end;
  }

  /** Bytes from `start` to `end`; shorter where the file is. */
  read(start: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(end - start);
    let filled = 0;
    while (filled < bytes.length) {
      const got = this.#disk.read(this.file, bytes, filled, start + filled);
      if (got === 0) break;
      filled += got;
    }
    return bytes.subarray(0, filled);
  }

  /** @throws DiskFullError, or whatever else the disk says */
  write(pieces: readonly Uint8Array[], bytes: number): void {
    try {
      const written = this.#disk.write(this.file, pieces, this.end);
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
    this.#zero(from, Math.min(this.size, this.capacity));
  }

  /** Of the file, in bytes. */
  get size(): number {
    return this.#disk.size(this.file);
  }

  /** Becomes a spare of full size now. */
  fillNow(): void {
    this.#zero(0, this.capacity);
  }

  #zero(from: number, to: number): void {
    for (let at = from; at < to; at += ZERO_PIECE_BYTES) {
      const piece = zeros.subarray(0, Math.min(ZERO_PIECE_BYTES, to - at));
      if (this.#disk.write(this.file, [piece], at) < piece.length)
        throw new DiskFullError(`zeros in ${this.path}`);
      if (at === 0) this.#disk.sync(this.file);
    }
    this.#disk.sync(this.file);
    if (from === 0) this.reset();
  }

  /** Becomes a spare of full size, without holding up commits. */
  async fill(): Promise<void> {
    let file: BackgroundFile | undefined;
    try {
      file = await this.#disk.inBackground(this.path);
      for (let at = 0; at < this.capacity; at += ZERO_PIECE_BYTES) {
        const piece = zeros.subarray(0, Math.min(ZERO_PIECE_BYTES, this.capacity - at));
        if ((await file.write(piece, at)) < piece.length) throw new DiskFullError(`zeros in ${this.path}`);
        if (at === 0) await file.sync();
      }
      await file.sync();
    } finally {
      await file?.close();
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
    this.#disk.close(this.file);
  }

  remove(): void {
    this.close();
    this.#disk.remove(this.path);
  }
}
