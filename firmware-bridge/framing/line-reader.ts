/** Lines of text out of a stream of bytes: ended by CR, LF or both, bounded, and without empty ones. */

const CR = 0x0d;
const LF = 0x0a;

export class LineReader {
  readonly #most: number;
  #bytes: number[] = [];
  #isTooLong = false;
  /** Lines that were too long and are not given out. */
  tooLong = 0;

  /** @param most bytes of one line */
  constructor(most: number) {
    this.#most = most;
  }

  /** @returns the lines that are complete by now, a character a byte (ISO 8859-1) */
  take(bytes: Uint8Array): string[] {
    const lines: string[] = [];
    for (const byte of bytes) {
      if (byte === CR || byte === LF) {
        if (this.#isTooLong) this.tooLong++;
        else if (this.#bytes.length > 0) lines.push(Buffer.from(this.#bytes).toString('latin1'));
        this.#bytes = [];
        this.#isTooLong = false;
      } else if (this.#bytes.length >= this.#most) this.#isTooLong = true;
      else this.#bytes.push(byte);
    }
    return lines;
  }

  /** Bytes of a line that has begun. */
  get pending(): number {
    return this.#bytes.length;
  }

  /** Forgets the line that has begun. */
  drop(): void {
    this.#bytes = [];
    this.#isTooLong = false;
  }
}
