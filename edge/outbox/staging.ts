/** Records on their way to the disk: packed into one buffer a lane, so that a commit crosses to the thread in one piece. */
import type { Lane } from '../../devices/wire.ts';
import type { StagedLines } from './batch.ts';
import { CHAIN_SLOT_BYTES } from './frame.ts';
import type { StateChange } from './snapshot.ts';

const FIRST_BUFFER_BYTES = 256 * 1024;
/** Buffers that come back from the thread and wait for their next use. */
const MAX_SPARE_BUFFERS = 4;

/** Buffers go to the thread and come back: no new memory for each commit. */
export class BufferPool {
  readonly #spare: Buffer[] = [];

  take(bytes: number): Buffer {
    const index = this.#spare.findIndex((buffer) => buffer.length >= bytes);
    const [found] = index < 0 ? [] : this.#spare.splice(index, 1);
    return found ?? Buffer.from(new ArrayBuffer(Math.max(bytes, FIRST_BUFFER_BYTES)));
  }

  give(bytes: Uint8Array): void {
    if (this.#spare.length < MAX_SPARE_BUFFERS && bytes.buffer.byteLength >= FIRST_BUFFER_BYTES)
      this.#spare.push(Buffer.from(bytes.buffer));
  }
}

class LinesBuffer {
  buffer: Buffer;
  used = 0;
  count = 0;
  first = 0;
  last = 0;
  newestAt = 0;

  constructor(buffer: Buffer) {
    this.buffer = buffer;
  }
}

/** What the next commit will hold. */
export class Staging {
  readonly #pool: BufferPool;
  readonly #lines: Partial<Record<Lane, LinesBuffer>> = {};
  readonly #state = new Map<string, string | null>();
  bytes = 0;
  records = 0;

  constructor(pool: BufferPool) {
    this.#pool = pool;
  }

  get empty(): boolean {
    return this.records === 0 && this.#state.size === 0;
  }

  /** @returns the record's bytes as JSON */
  add(lane: Lane, sequence: number, at: number, json: string): number {
    // A character takes three bytes at most (a pair of surrogates four).
    const most = CHAIN_SLOT_BYTES + json.length * 3 + 1;
    let lines = this.#lines[lane];
    if (lines === undefined) {
      lines = new LinesBuffer(this.#pool.take(most));
      this.#lines[lane] = lines;
    } else if (lines.used + most > lines.buffer.length) {
      const larger = this.#pool.take(Math.max(lines.used + most, lines.buffer.length * 2));
      lines.buffer.copy(larger, 0, 0, lines.used);
      this.#pool.give(lines.buffer);
      lines.buffer = larger;
    }
    const { buffer, used } = lines;
    const written = buffer.write(json, used + CHAIN_SLOT_BYTES);
    const length = CHAIN_SLOT_BYTES + written + 1;
    buffer.writeUInt32LE(length, used);
    buffer[used + length - 1] = 10;
    if (lines.count === 0) lines.first = sequence;
    lines.last = sequence;
    lines.newestAt = at;
    lines.count++;
    lines.used += length;
    this.bytes += length;
    this.records++;
    return written;
  }

  keep(key: string, json: string | null): void {
    this.#state.set(key, json);
  }

  keeps(key: string): boolean {
    return this.#state.has(key);
  }

  /** State of a commit that did not hold it; what was kept since is newer. */
  keepOlder(changes: readonly StateChange[]): void {
    for (const [key, json] of changes) if (!this.#state.has(key)) this.#state.set(key, json);
  }

  /** Lanes that it adds to. */
  get lanes(): Lane[] {
    return (['alarm', 'bulk'] as const).filter((lane) => this.#lines[lane] !== undefined);
  }

  lines(lane: Lane): StagedLines | undefined {
    const lines = this.#lines[lane];
    if (lines === undefined) return undefined;
    const { buffer, used, count, first, last, newestAt } = lines;
    return { bytes: new Uint8Array(buffer.buffer, 0, used), count, first, last, newestAt };
  }

  get state(): StateChange[] {
    return [...this.#state];
  }
}
