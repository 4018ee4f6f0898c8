/** The thread that looks into JPEGs: a large one takes a tenth of a second, and no door may wait for that. */
import { parentPort } from 'node:worker_threads';
import jpeg from 'jpeg-js';
import { FRAME_HEIGHT, FRAME_PIXELS, FRAME_WIDTH } from './grey-frame.ts';

export type DecodeTask =
  | { id: number; task: 'grey'; jpeg: Uint8Array }
  /** Makes it fit into `maxBytes`, smaller and coarser as need be. */
  | { id: number; task: 'shrink'; jpeg: Uint8Array; maxBytes: number };
export type DecodeResult = { id: number; bytes: Uint8Array } | { id: number; problem: string };

/** A 12-megapixel frame decodes into 48 MB; what claims to be larger is no camera's. */
const LIMITS = {
  maxResolutionInMP: 16,
  maxMemoryUsageInMB: 384,
  useTArray: true,
  formatAsRGBA: true,
} as const;
/** Widths and qualities that are tried in turn. */
const attempts = [
  [960, 60],
  [640, 55],
  [480, 45],
  [320, 40],
  [200, 35],
] as const;

interface Picture {
  width: number;
  height: number;
  /** Four bytes a pixel. */
  data: Uint8Array;
}

const decode = (bytes: Uint8Array): Picture => jpeg.decode(bytes, LIMITS);

/** Each target pixel is the mean of the source pixels under it. */
function scaled(source: Picture, width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 4);
  for (let y = 0; y < height; y++) {
    const [top, bottom] = span(y, height, source.height);
    for (let x = 0; x < width; x++) {
      const [left, right] = span(x, width, source.width);
      let [red, green, blue] = [0, 0, 0];
      for (let row = top; row < bottom; row++) {
        for (let at = (row * source.width + left) * 4; at < (row * source.width + right) * 4; at += 4) {
          red += source.data[at] ?? 0;
          green += source.data[at + 1] ?? 0;
          blue += source.data[at + 2] ?? 0;
        }
      }
      const count = (bottom - top) * (right - left);
      data.set([red / count, green / count, blue / count, 255], (y * width + x) * 4);
    }
  }
  return { width, height, data };
}

function span(index: number, count: number, length: number): [from: number, to: number] {
  const from = Math.min(length - 1, Math.floor((index * length) / count));
  return [from, Math.max(from + 1, Math.min(length, Math.floor(((index + 1) * length) / count)))];
}

function greyOf(bytes: Uint8Array): Uint8Array {
  const { data } = scaled(decode(bytes), FRAME_WIDTH, FRAME_HEIGHT);
  const grey = new Uint8Array(FRAME_PIXELS);
  // ITU-R BT.601
  for (let at = 0; at < FRAME_PIXELS; at++)
    grey[at] =
      0.299 * (data[at * 4] ?? 0) + 0.587 * (data[at * 4 + 1] ?? 0) + 0.114 * (data[at * 4 + 2] ?? 0);
  return grey;
}

function shrunk(bytes: Uint8Array, maxBytes: number): Uint8Array {
  const source = decode(bytes);
  for (const [width, quality] of attempts) {
    const target = Math.min(width, source.width);
    const height = Math.max(1, Math.round((source.height * target) / source.width));
    const { data } = jpeg.encode(scaled(source, target, height), quality);
    if (data.length <= maxBytes) return data;
  }
  throw new Error(`can't be made to fit into ${maxBytes} bytes`);
}

parentPort?.on('message', (message: DecodeTask) => {
  const { id } = message;
  let result: DecodeResult;
  try {
    const bytes = message.task === 'grey' ? greyOf(message.jpeg) : shrunk(message.jpeg, message.maxBytes);
    result = { id, bytes };
  } catch (error) {
    result = { id, problem: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(result);
});
