/** The last pictures of one camera, in memory: what there is to show of the moments before something happened. */

export const MAX_RECENT_PICTURES = 64;
export const MAX_RECENT_BYTES = 8 * 1024 * 1024;

export interface RecentPicture {
  /** By the site's clock. */
  takenAt: number;
  /** By a clock that never jumps. */
  atMs: number;
  jpeg: Uint8Array;
}

export class RecentPictures {
  readonly #pictures: RecentPicture[] = [];
  #bytes = 0;

  push(picture: RecentPicture): void {
    this.#pictures.push(picture);
    this.#bytes += picture.jpeg.length;
    while (this.#pictures.length > MAX_RECENT_PICTURES || this.#bytes > MAX_RECENT_BYTES) {
      const oldest = this.#pictures.shift();
      if (oldest === undefined) break;
      this.#bytes -= oldest.jpeg.length;
    }
  }

  /** Oldest first. */
  since(atMs: number): readonly RecentPicture[] {
    return this.#pictures.filter((picture) => picture.atMs >= atMs);
  }

  get newest(): RecentPicture | undefined {
    return this.#pictures.at(-1);
  }
}
