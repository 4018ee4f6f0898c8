/** What brings pictures, whatever it is. */
export interface PictureSource {
  /** Runs until the signal; never rejects. */
  run(): Promise<void>;
}

export interface SourceListener {
  /** A JPEG as it came. */
  onJpeg(jpeg: Uint8Array): void;
  /** A small grey frame, where the source makes them itself. */
  onGrey?(frame: Uint8Array): void;
  /** It has begun to work, or works again. */
  onWorking(): void;
  /** It does not work, and why. */
  onFailed(why: string): void;
}
