/** Finds OSDP frames in what a line delivers: pieces of any size, with noise between and inside. */
import {
  MARK,
  MAX_FRAME_BYTES,
  type ReceivedFrame,
  readFrame,
  START_OF_MESSAGE,
  statedLength,
} from './frame.ts';

/** What a reader has seen since it was made; for the log. */
export interface LineCounts {
  whole: number;
  /** Began like a frame and was none. */
  damaged: number;
  /** Bytes that belonged to nothing; marks are not counted. */
  noise: number;
}

export class OsdpFrameReader {
  readonly counts: LineCounts = { whole: 0, damaged: 0, noise: 0 };
  private kept = new Uint8Array(0);

  /** Whether something has begun that may become a frame. */
  get isInside(): boolean {
    return this.kept.length > 0;
  }

  /** Whole frames that end in these bytes. Never throws; keeps less than one frame of MAX_FRAME_BYTES. */
  take(bytes: Uint8Array): ReceivedFrame[] {
    const joined = new Uint8Array(this.kept.length + bytes.length);
    joined.set(this.kept);
    joined.set(bytes, this.kept.length);
    return this.scan(joined);
  }

  /**
   * Nothing more will come: what has begun was noise, or its length was damaged. Frames that lie inside it are
   * given back after all.
   */
  giveUp(): ReceivedFrame[] {
    const found: ReceivedFrame[] = [];
    while (this.kept.length > 0) {
      this.counts.damaged++;
      found.push(...this.scan(this.kept.subarray(1)));
    }
    return found;
  }

  private scan(bytes: Uint8Array): ReceivedFrame[] {
    const found: ReceivedFrame[] = [];
    let at = 0;
    while (at < bytes.length) {
      if (bytes[at] !== START_OF_MESSAGE) {
        if (bytes[at] !== MARK) this.counts.noise++;
        at++;
        continue;
      }
      const rest = bytes.subarray(at);
      const length = statedLength(rest.subarray(0, MAX_FRAME_BYTES));
      if (length === undefined || rest.length < length) break;
      const read =
        length === 0 ? { refused: 'no frame has this length' } : readFrame(rest.subarray(0, length));
      if ('refused' in read) {
        // One byte on, not the whole of it: a real frame may have begun inside what noise made look like one.
        this.counts.damaged++;
        at++;
      } else {
        this.counts.whole++;
        found.push(read);
        at += length;
      }
    }
    this.kept = bytes.slice(at);
    return found;
  }
}
