/**
 * The memory of a detector in one piece: every number it keeps lies in one buffer of fixed size, so that its bound
 * is the buffer's length, a snapshot is a copy, and nothing is allocated while samples come.
 */

/** A detector's snapshot could not be taken back: it belongs to another version, or was damaged. */
export class SnapshotError extends Error {}

export class StateBlock {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #kind: string;
  #used = 0;

  /**
   * @param kind name and version of what is kept, as `envelope-1`: a snapshot of another one is refused
   * @param byteLength the bound
   */
  constructor(kind: string, byteLength: number) {
    this.#kind = kind;
    this.#bytes = new Uint8Array(byteLength);
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  float64(count: number): Float64Array {
    return new Float64Array(this.#bytes.buffer, this.#take(count, 8), count);
  }

  float32(count: number): Float32Array {
    return new Float32Array(this.#bytes.buffer, this.#take(count, 4), count);
  }

  uint8(count: number): Uint8Array {
    return new Uint8Array(this.#bytes.buffer, this.#take(count, 1), count);
  }

  snapshot(): string {
    return `${this.#kind}:${Buffer.from(this.#bytes.buffer).toString('base64')}`;
  }

  /** @throws SnapshotError, and nothing has changed, when the snapshot is of another kind or size */
  restore(snapshot: string): void {
    const prefix = `${this.#kind}:`;
    if (!snapshot.startsWith(prefix)) throw new SnapshotError(`the snapshot is not of ${this.#kind}`);
    const kept = Buffer.from(snapshot.slice(prefix.length), 'base64');
    if (kept.length !== this.#bytes.length)
      throw new SnapshotError(`${kept.length} bytes instead of ${this.#bytes.length}`);
    this.#bytes.set(kept);
  }

  #take(count: number, size: number): number {
    const at = Math.ceil(this.#used / size) * size;
    this.#used = at + count * size;
    if (this.#used > this.#bytes.length)
      throw new RangeError(`${this.#kind} needs more than ${this.#bytes.length} bytes`);
    return at;
  }
}
