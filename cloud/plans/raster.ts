/**
 * Pictures under a plan: PNG (W3C PNG, third edition) and JPEG (ITU-T T.81). Their frame is walked, their size is
 * bounded, and what is not needed to draw them (where and with what they were taken) is left out.
 */

export const MAX_SIDE = 8_192;
export const MAX_PIXELS = 32_000_000;
/** Parts of one file. */
const MAX_PARTS = 20_000;

export class ImageProblem extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ImageProblem';
  }
}

export interface TakenImage {
  bytes: Uint8Array;
  width: number;
  height: number;
  dropped: string[];
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Chunks that say how the picture looks; all others are left out. */
const PNG_KEPT: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'gAMA', 'sRGB', 'IDAT', 'IEND']);

function checkSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw new ImageProblem('the image has no size');
  if (width > MAX_SIDE || height > MAX_SIDE || width * height > MAX_PIXELS)
    throw new ImageProblem(`the image is ${width} × ${height}: at most ${MAX_SIDE} a side and 32 megapixels`);
}

/** @throws ImageProblem */
export function takePng(bytes: Uint8Array): TakenImage {
  if (!SIGNATURE.every((byte, index) => bytes[index] === byte)) throw new ImageProblem('this is not a PNG');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kept: Uint8Array[] = [bytes.subarray(0, 8)];
  const dropped = new Set<string>();
  let size: { width: number; height: number } | undefined;
  let hasData = false;
  for (let at = 8, parts = 0; ; parts++) {
    if (parts > MAX_PARTS) throw new ImageProblem('the PNG has too many parts');
    if (at + 12 > bytes.length) throw new ImageProblem('the PNG is cut off');
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const end = at + 12 + length;
    if (end > bytes.length) throw new ImageProblem('the PNG is cut off');
    if ((size === undefined) !== (type === 'IHDR'))
      throw new ImageProblem('the PNG does not begin with its size');
    if (type === 'IHDR') {
      if (length !== 13) throw new ImageProblem('the PNG does not begin with its size');
      size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) };
      checkSize(size.width, size.height);
    }
    if (type === 'IDAT') hasData = true;
    if (PNG_KEPT.has(type)) kept.push(bytes.subarray(at, end));
    else dropped.add(`PNG ${/^[A-Za-z]{4}$/.test(type) ? type : 'chunk'}`);
    at = end;
    if (type !== 'IEND') continue;
    if (at < bytes.length) dropped.add('bytes after its end');
    break;
  }
  if (size === undefined || !hasData) throw new ImageProblem('the PNG has no picture in it');
  return { bytes: Uint8Array.from(Buffer.concat(kept)), ...size, dropped: [...dropped] };
}

/** Start of frame: baseline and progressive, with Huffman coding; what browsers draw. */
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);
const isApplication = (marker: number): boolean => marker >= 0xe0 && marker <= 0xef;
/** JFIF and Adobe's colour transform are needed to draw it. */
const JPEG_KEPT: ReadonlySet<number> = new Set([0xe0, 0xee]);

/** @throws ImageProblem */
export function takeJpeg(bytes: Uint8Array): TakenImage {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new ImageProblem('this is not a JPEG');
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  const dropped = new Set<string>();
  let size: { width: number; height: number } | undefined;
  let hasData = false;
  let at = 2;
  for (let parts = 0; ; parts++) {
    if (parts > MAX_PARTS) throw new ImageProblem('the JPEG has too many parts');
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined) throw new ImageProblem('the JPEG is cut off');
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd9) {
      kept.push(bytes.subarray(at, at + 2));
      if (at + 2 < bytes.length) dropped.add('bytes after its end');
      break;
    }
    const length = (bytes[at + 2] ?? 0) * 256 + (bytes[at + 3] ?? 0);
    let end = at + 2 + length;
    if (length < 2 || end > bytes.length) throw new ImageProblem('the JPEG is cut off');
    if (FRAMES.has(marker)) {
      if (length < 8) throw new ImageProblem('the JPEG has no size');
      const height = (bytes[at + 5] ?? 0) * 256 + (bytes[at + 6] ?? 0);
      const width = (bytes[at + 7] ?? 0) * 256 + (bytes[at + 8] ?? 0);
      checkSize(width, height);
      size = { width, height };
    }
    if (marker === 0xda) {
      if (size === undefined) throw new ImageProblem('the JPEG has no size');
      hasData = true;
      // Coded data goes on to the next marker that is neither a stuffed byte nor a restart.
      while (end < bytes.length) {
        const next = bytes[end + 1] ?? 0xd9;
        if (bytes[end] === 0xff && next !== 0 && !(next >= 0xd0 && next <= 0xd7)) break;
        end++;
      }
    }
    if (marker === 0xfe) dropped.add('JPEG comment');
    else if (isApplication(marker) && !JPEG_KEPT.has(marker)) dropped.add(`JPEG APP${marker - 0xe0}`);
    else kept.push(bytes.subarray(at, end));
    at = end;
  }
  if (size === undefined || !hasData) throw new ImageProblem('the JPEG has no picture in it');
  return { bytes: Uint8Array.from(Buffer.concat(kept)), ...size, dropped: [...dropped] };
}
