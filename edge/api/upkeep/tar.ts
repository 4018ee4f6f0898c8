/** A tar archive in the ustar format (POSIX.1-1988, "ustar Interchange Format"): plain files, nothing else. */

const BLOCK = 512;
/** Longest name in a header's own field. */
const MAX_NAME_BYTES = 100;

export interface ArchivedFile {
  name: string;
  bytes: Uint8Array;
}

/** @param at time of the files, ms; @throws RangeError for a name that is too long */
export function tar(files: readonly ArchivedFile[], at: number): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array[] = [];
  for (const { name, bytes } of files) {
    blocks.push(headerOf(name, bytes.length, at), bytes);
    const rest = bytes.length % BLOCK;
    if (rest !== 0) blocks.push(new Uint8Array(BLOCK - rest));
  }
  // Two empty blocks end the archive.
  blocks.push(new Uint8Array(2 * BLOCK));
  return Uint8Array.from(Buffer.concat(blocks));
}

function headerOf(name: string, size: number, at: number): Uint8Array {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES) throw new RangeError(`too long for an archive: ${name}`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  header.write(name, 0);
  header.write(octal(0o600, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(Math.max(0, Math.floor(at / 1_000)), 11), 136);
  // The sum is taken with its own field full of blanks.
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
