/** A picture made small and grey: all that a watch on it needs. */

/** Small enough to be looked at twice a second for dozens of cameras, large enough that a smeared lens shows. */
export const FRAME_WIDTH = 128;
export const FRAME_HEIGHT = 72;
export const FRAME_PIXELS = FRAME_WIDTH * FRAME_HEIGHT;

/** FRAME_PIXELS bytes, line by line, 0 black to 255 white. */
export type GreyFrame = Uint8Array;

export interface FrameLook {
  /** A tenth of the picture is darker than `low`, a tenth is brighter than `high`: a clock in a corner counts little. */
  low: number;
  high: number;
  /** A tenth of the steps between neighbours is larger, against the picture's own contrast: falls when the lens is smeared. */
  sharpness: number;
}

export function lookOf(frame: GreyFrame): FrameLook {
  const counts = new Uint32Array(256);
  let sum = 0;
  for (const value of frame) {
    counts[value] = (counts[value] ?? 0) + 1;
    sum += value;
  }
  const mean = sum / FRAME_PIXELS;
  let variance = 0;
  for (let value = 0; value < 256; value++) variance += (counts[value] ?? 0) * (value - mean) ** 2;
  const deviation = Math.sqrt(variance / FRAME_PIXELS);
  const steps = new Uint32Array(511);
  for (const step of gradientOf(frame)) steps[step] = (steps[step] ?? 0) + 1;
  return {
    low: percentile(counts, 0.1),
    high: percentile(counts, 0.9),
    // Noise of a picture without contrast is not sharpness.
    sharpness: percentile(steps, 0.9) / Math.max(deviation, 8),
  };
}

function percentile(counts: Uint32Array, share: number): number {
  let seen = 0;
  for (let value = 0; value < counts.length; value++) {
    seen += counts[value] ?? 0;
    if (seen >= share * FRAME_PIXELS) return value;
  }
  return counts.length - 1;
}

/** How much each pixel differs from its right and its lower neighbour: edges stay where they are by day and by night. */
export function gradientOf(frame: ArrayLike<number>): Float32Array {
  const gradient = new Float32Array(FRAME_PIXELS);
  for (let y = 0; y < FRAME_HEIGHT - 1; y++) {
    for (let x = 0; x < FRAME_WIDTH - 1; x++) {
      const at = y * FRAME_WIDTH + x;
      const here = frame[at] ?? 0;
      gradient[at] = Math.abs((frame[at + 1] ?? 0) - here) + Math.abs((frame[at + FRAME_WIDTH] ?? 0) - here);
    }
  }
  return gradient;
}

/** Correlation of two pictures, -1 to 1, whatever their brightness and contrast; 0 where one of them has none. */
export function correlation(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let [sumOne, sumOther] = [0, 0];
  for (let at = 0; at < FRAME_PIXELS; at++) {
    sumOne += one[at] ?? 0;
    sumOther += other[at] ?? 0;
  }
  const [meanOne, meanOther] = [sumOne / FRAME_PIXELS, sumOther / FRAME_PIXELS];
  let [both, ofOne, ofOther] = [0, 0, 0];
  for (let at = 0; at < FRAME_PIXELS; at++) {
    const a = (one[at] ?? 0) - meanOne;
    const b = (other[at] ?? 0) - meanOther;
    both += a * b;
    ofOne += a * a;
    ofOther += b * b;
  }
  return ofOne === 0 || ofOther === 0 ? 0 : both / Math.sqrt(ofOne * ofOther);
}

/** How much of the same scene two pictures show: by their brightness or by their edges, whichever says more. */
export const likeness = (frame: GreyFrame, reference: ArrayLike<number>): number =>
  Math.max(correlation(frame, reference), correlation(gradientOf(frame), gradientOf(reference)));

export function isSame(one: GreyFrame, other: GreyFrame): boolean {
  for (let at = 0; at < FRAME_PIXELS; at++) if (one[at] !== other[at]) return false;
  return true;
}
