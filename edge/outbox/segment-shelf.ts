/** The log's files that hold nothing: spares filled with zeros, and what is to become one. */
import { basename, join } from 'node:path';
import type { Disk } from './disk.ts';
import { DiskFullError, isNoRoom, Segment } from './segment.ts';

/** Segments filled with zeros ahead of time: writing into them changes no file sizes, which makes it quick. */
const SPARES = 2;
/**
 * A segment that filled up faster than this was a burst: the next one grows as it is written, as filling it
 * first would cost the disk as much again, and the spares stay in reserve for a full disk.
 */
const BURST_MS = 5_000;

/** Number in a segment's file name, NaN for other files. */
export const fileNumber = (name: string): number =>
  Number(/^segment-(\d+)\.log$/.exec(name)?.[1] ?? Number.NaN);

export interface ShelfOptions {
  disk: Disk;
  /** Milliseconds on a clock that never jumps. */
  monotonicMs: () => number;
  directory: string;
  segmentBytes: number;
  /** Segments in use and on the shelf, at most. */
  maxSegments: number;
  /** Segments in use. */
  inUse: () => number;
}

export class SegmentShelf {
  /** The last attempt to get more room failed. */
  full = false;
  readonly #options: ShelfOptions;
  readonly #spares: Segment[];
  /** To be filled with zeros before they are spares. */
  readonly #dirty: Segment[];
  #filling: Segment | undefined;
  #fillingNew = false;
  #nextFile: number;
  #takenAtMs: number | undefined;

  /** @param files every segment there is, in use or not */
  constructor(options: ShelfOptions, files: readonly Segment[], spares: Segment[], dirty: Segment[]) {
    this.#options = options;
    this.#spares = spares;
    this.#dirty = dirty;
    this.#nextFile = Math.max(0, ...files.map(({ path }) => fileNumber(basename(path)))) + 1;
  }

  /** Segments here and in use. */
  get total(): number {
    return this.#options.inUse() + this.reserve;
  }

  /** Segments here, ready or not. */
  get reserve(): number {
    return this.#spares.length + this.#dirty.length + (this.#filling === undefined ? 0 : 1);
  }

  get hasSpare(): boolean {
    return this.#spares.length > 0;
  }

  /** Nothing can be added: something must be given back while there is still somewhere to write. */
  get exhausted(): boolean {
    if (this.#spares.length + this.#dirty.length > 0) return false;
    // A new file may yet fail to be filled; one that was used before has its room.
    if (this.#filling !== undefined && !this.#fillingNew) return false;
    return this.full || this.total >= this.#options.maxSegments || !this.#diskHasRoom();
  }

  #diskHasRoom(): boolean {
    const { disk, directory, segmentBytes } = this.#options;
    return disk.free(directory) >= segmentBytes;
  }

  /**
   * The next segment to write to.
   * @throws DiskFullError
   */
  take(): Segment {
    const before = this.#takenAtMs;
    this.#takenAtMs = this.#options.monotonicMs();
    const burst = before !== undefined && this.#takenAtMs - before < BURST_MS;
    if (burst && !this.full && this.hasSpare && this.total < this.#options.maxSegments) {
      try {
        return this.#create();
      } catch (error) {
        if (!(error instanceof DiskFullError)) throw error;
      }
    }
    return this.#spares.pop() ?? this.#allocate();
  }

  /**
   * A taken segment refused its first frame.
   * @returns whether it had been filled: then the disk refuses even bytes that are there already
   */
  putBack(segment: Segment): boolean {
    this.full = true;
    const filled = segment.size > 0;
    if (filled) this.#dirty.push(segment);
    else segment.remove();
    return filled;
  }

  /** A segment that is no longer in use; it becomes a spare when there is time. */
  discard(segment: Segment): void {
    this.#dirty.push(segment);
  }

  /** A segment that is no longer in use becomes a spare now, at the size it has. */
  recycle(segment: Segment): void {
    segment.wipe();
    this.#spares.push(segment);
  }

  /**
   * Fills spares now.
   * @throws DiskFullError
   */
  stock(count = SPARES): void {
    while (
      this.#spares.length < count &&
      (this.#dirty.length > 0 || this.total < this.#options.maxSegments)
    ) {
      const segment = this.#allocate();
      try {
        segment.fillNow();
      } catch (error) {
        this.full = true;
        segment.remove();
        throw isNoRoom(error) ? new DiskFullError('a spare segment') : error;
      }
      this.#spares.push(segment);
    }
  }

  /** Fills spares without holding up commits, and removes what is too many. Resolves to false for lack of room. */
  async prepare(ended: () => boolean): Promise<boolean> {
    while (!ended() && (this.#spares.length < SPARES || this.#dirty.length > 0)) {
      if (this.#spares.length >= SPARES) {
        this.#dirty.shift()?.remove();
        continue;
      }
      if (this.#dirty.length === 0 && this.total >= this.#options.maxSegments) return true;
      let segment: Segment | undefined;
      try {
        this.#fillingNew = this.#dirty.length === 0;
        segment = this.#dirty.shift() ?? this.#create();
        // Nobody takes it until it is done.
        this.#filling = segment;
        await segment.fill();
        this.#spares.push(segment);
        this.full = false;
      } catch (error) {
        if (!isNoRoom(error)) throw error;
        this.full = true;
        segment?.remove();
        return false;
      } finally {
        this.#filling = undefined;
      }
    }
    return true;
  }

  close(): void {
    for (const segment of [...this.#spares, ...this.#dirty]) segment.close();
  }

  #allocate(): Segment {
    const dirty = this.#dirty.shift();
    if (dirty === undefined) return this.#create();
    dirty.wipe();
    return dirty;
  }

  #create(): Segment {
    const { disk, directory, segmentBytes, maxSegments } = this.#options;
    if (this.total >= maxSegments) throw new DiskFullError('another segment within maxBytes');
    try {
      // Half a segment helps nobody, and takes the room that others need to recover.
      if (!this.#diskHasRoom()) throw new DiskFullError('another segment');
      const name = `segment-${String(this.#nextFile).padStart(8, '0')}.log`;
      const segment = Segment.create(disk, join(directory, name), segmentBytes);
      this.#nextFile++;
      disk.syncFolder(directory);
      return segment;
    } catch (error) {
      this.full = true;
      throw isNoRoom(error) ? new DiskFullError('another segment') : error;
    }
  }
}
