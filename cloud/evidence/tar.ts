/** A plain tar (POSIX ustar, IEEE Std 1003.1, pax "ustar Interchange Format"), written in one way only. Pure. */

const BLOCK = 512;
/** Longest name: without the prefix field. */
const MAX_NAME = 100;
/** Files of one archive, and their bytes together. */
export const MAX_FILES = 2_000;
export const MAX_BYTES = 512 * 1024 * 1024;

export interface TarFile {
  name: string;
  bytes: Uint8Array;
}

/** It is no archive of this kind: what is wrong, and in which file. */
export class NotATar extends Error {
  readonly file: string;
  constructor(file: string, message: string) {
    super(message);
    this.name = 'NotATar';
    this.file = file;
  }
}

function headerOf(name: string, size: number, at: number): Uint8Array {
  const header = Buffer.alloc(BLOCK);
  const put = (text: string, offset: number) => header.write(text, offset, 'latin1');
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  put(name, 0);
  put(octal(0o644, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(size, 11), 124);
  put(octal(Math.floor(at / 1_000), 11), 136);
  put('        ', 148);
  put('0', 156);
  put('ustar', 257);
  put('00', 263);
  put('gatehouse', 265);
  put('gatehouse', 297);
  put(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return header;
}

/**
 * @param at time of the files, ms since 1970
 * @throws RangeError for a name that is too long or no plain name, or too many bytes
 */
export function tarOf(files: readonly TarFile[], at: number): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { name, bytes } of files) {
    if (!/^[\w./-]+$/.test(name) || name.length > MAX_NAME || name.startsWith('/') || name.includes('..'))
      throw new RangeError(`"${name}" can't name a file of the archive`);
    parts.push(headerOf(name, bytes.length, at), bytes, new Uint8Array(-bytes.length & (BLOCK - 1)));
  }
  parts.push(new Uint8Array(2 * BLOCK));
  const all = Buffer.concat(parts);
  if (all.length > MAX_BYTES || files.length > MAX_FILES) throw new RangeError('the archive is too large');
  return all;
}

export const isTar = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(257, 263)).toString('latin1') === 'ustar\0';

/** Reads what `tarOf` wrote, byte for byte: whatever else stands in it is an error. @throws NotATar */
export function readTar(archive: Uint8Array): TarFile[] {
  const files: TarFile[] = [];
  const text = (from: number, to: number) => Buffer.from(archive.subarray(from, to)).toString('latin1');
  let at = 0;
  let last = 'the beginning';
  for (;;) {
    if (at + BLOCK > archive.length) throw new NotATar(last, `it is cut off behind ${last}`);
    if (archive.subarray(at, at + BLOCK).every((byte) => byte === 0)) break;
    const name = text(at, at + MAX_NAME).replace(/\0.*$/s, '');
    const digits = [text(at + 124, at + 135), text(at + 136, at + 147)];
    const [size = Number.NaN, seconds = Number.NaN] = digits.map((octal) =>
      /^[0-7]{11}$/.test(octal) ? Number.parseInt(octal, 8) : Number.NaN,
    );
    const isRead = Number.isSafeInteger(size) && Number.isSafeInteger(seconds) && size <= archive.length;
    const header = isRead ? headerOf(name, size, seconds * 1_000) : undefined;
    if (header === undefined || !Buffer.from(header).equals(archive.subarray(at, at + BLOCK)))
      throw new NotATar(name, `the heading of a file behind ${last} was altered`);
    const end = at + BLOCK + size;
    const next = end + (-size & (BLOCK - 1));
    if (next > archive.length) throw new NotATar(name, `${name} is cut off`);
    if (!archive.subarray(end, next).every((byte) => byte === 0))
      throw new NotATar(name, `something was put behind ${name}`);
    if (files.length >= MAX_FILES) throw new NotATar(name, 'there are too many files in it');
    files.push({ name, bytes: archive.subarray(at + BLOCK, end) });
    last = name;
    at = next;
  }
  const rest = archive.subarray(at);
  if (rest.length !== 2 * BLOCK || !rest.every((byte) => byte === 0))
    throw new NotATar(last, 'something was put behind the end, or taken from it');
  return files;
}
