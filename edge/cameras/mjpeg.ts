/** Takes a stream of JPEGs apart (ffmpeg's `-f mjpeg`): from each start of image to its end. */

/** A picture larger than this is no picture of ours: the stream is out of step, and what was gathered is dropped. */
export const MAX_STREAMED_PICTURE_BYTES = 1024 * 1024;

export class JpegSplitter {
  #held = Buffer.alloc(0);
  /** Where the end has not been looked for yet. */
  #searched = 0;
  /** Bytes that belonged to no picture, since the start. */
  dropped = 0;

  /** @returns the pictures that are complete now */
  push(chunk: Uint8Array): Uint8Array[] {
    this.#held = Buffer.concat([this.#held, chunk]);
    const pictures: Uint8Array[] = [];
    for (;;) {
      this.#toStart();
      // FF D9 ends an image; in its data FF is followed by 00 (ISO/IEC 10918-1, annex B.1.1.5).
      const end = this.#held.indexOf(END, Math.max(2, this.#searched));
      if (end === -1) break;
      pictures.push(new Uint8Array(this.#held.subarray(0, end + 2)));
      this.#held = this.#held.subarray(end + 2);
      this.#searched = 0;
    }
    this.#searched = Math.max(0, this.#held.length - 1);
    if (this.#held.length > MAX_STREAMED_PICTURE_BYTES) this.#drop(this.#held.length);
    return pictures;
  }

  #toStart(): void {
    if (this.#held.length < 2 || (this.#held[0] === 0xff && this.#held[1] === 0xd8)) return;
    const start = this.#held.indexOf(START);
    const last = this.#held.at(-1) === 0xff ? 1 : 0;
    this.#drop(start === -1 ? this.#held.length - last : start);
  }

  #drop(bytes: number): void {
    this.dropped += bytes;
    this.#held = this.#held.subarray(bytes);
    this.#searched = 0;
  }
}

const START = Buffer.from([0xff, 0xd8]);
const END = Buffer.from([0xff, 0xd9]);
