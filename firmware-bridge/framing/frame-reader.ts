/** Finds the frames in what a serial line delivers: pieces of any size, with anything between them. */
import { cobsDecode } from './cobs.ts';
import { crc16 } from './crc16.ts';

/** A node's frames have at most 48 bytes; whatever goes on longer without a zero is noise. */
export const MAX_ENCODED_FRAME_BYTES = 64;

const CHECKSUM_BYTES = 2;

/** What a reader has seen since it was made; for the log. */
export interface FrameCounts {
  whole: number;
  /** Failed in COBS, length or checksum: noise, or half a frame. */
  damaged: number;
}

export class FrameReader {
  readonly counts: FrameCounts = { whole: 0, damaged: 0 };
  private readonly kept = new Uint8Array(MAX_ENCODED_FRAME_BYTES);
  private length = 0;
  private isTooLong = false;

  /** Contents of the whole frames that end in these bytes, without their checksums. Never throws. */
  take(bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (const byte of bytes) {
      if (byte !== 0) {
        if (this.length < this.kept.length) this.kept[this.length++] = byte;
        else this.isTooLong = true;
        continue;
      }
      // Two zeros in a row part nothing: frames have one at either end.
      if (this.length > 0) {
        const frame = this.isTooLong ? undefined : unseal(this.kept.subarray(0, this.length));
        if (frame === undefined) this.counts.damaged++;
        else {
          this.counts.whole++;
          frames.push(frame);
        }
      }
      this.length = 0;
      this.isTooLong = false;
    }
    return frames;
  }
}

function unseal(encoded: Uint8Array): Uint8Array | undefined {
  const sealed = cobsDecode(encoded);
  if (sealed === undefined || sealed.length <= CHECKSUM_BYTES) return undefined;
  const content = sealed.slice(0, -CHECKSUM_BYTES);
  const stated = (sealed.at(-2) ?? 0) | ((sealed.at(-1) ?? 0) << 8);
  return crc16(content) === stated ? content : undefined;
}
