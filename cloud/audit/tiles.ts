/** Where a log's hashes and entries lie, and how entries are packed: c2sp.org/tlog-tiles. */
import { HASH_BYTES } from './merkle.ts';

/** Hashes of one tile, entries of one bundle. */
export const TILE_WIDTH = 256;
/** Levels that a log can have: 256^6 entries are more than a number can count. */
export const MAX_LEVEL = 5;
/** An entry's length is told in two bytes. */
export const MAX_ENTRY_BYTES = 65_535;

/** One tile of hashes (level 0 and up) or one bundle of entries; `width` is 256 unless it is the last one. */
export interface TilePlace {
  level: number | 'entries';
  index: number;
  width: number;
}

/** `tile/0/x001/x234/067`, `tile/entries/000.p/17`. */
export function tilePath({ level, index, width }: TilePlace): string {
  const digits = String(index).padStart(3, '0');
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const path = groups.map((group, at) => (at < groups.length - 1 ? `x${group}` : group)).join('/');
  return `tile/${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** The place that a path names, behind `tile/`; undefined where it names none. */
export function tilePlace(path: string): TilePlace | undefined {
  const found = /^(\d|entries)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path);
  if (found === null) return undefined;
  const level = found[1] === 'entries' ? 'entries' : Number(found[1]);
  const index = Number((found[2] ?? '').replace(/[x/]/g, ''));
  const width = found[3] === undefined ? TILE_WIDTH : Number(found[3]);
  const place: TilePlace = { level, index, width };
  if (level !== 'entries' && level > MAX_LEVEL) return undefined;
  if (found[3] !== undefined && width >= TILE_WIDTH) return undefined;
  // Only one path names a place: no leading groups of zeros.
  return tilePath(place) === `tile/${path}` ? place : undefined;
}

/** How many hashes a level of a log with `size` entries has; its last tile may hold fewer than 256. */
export const hashesAt = (level: number | 'entries', size: number): number =>
  level === 'entries' ? size : Math.floor(size / TILE_WIDTH ** level);

/** @throws RangeError where an entry is too long */
export function bundleOf(entries: readonly Uint8Array[]): Uint8Array {
  const bytes = Buffer.alloc(entries.reduce((sum, { length }) => sum + 2 + length, 0));
  let at = 0;
  for (const entry of entries) {
    if (entry.length > MAX_ENTRY_BYTES) throw new RangeError(`an entry has ${entry.length} bytes`);
    at = bytes.writeUInt16BE(entry.length, at);
    bytes.set(entry, at);
    at += entry.length;
  }
  return bytes;
}

/** The entries of a bundle; undefined where the bytes are none. */
export function entriesOf(bundle: Uint8Array): Uint8Array[] | undefined {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.length);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    if (at + 2 > bytes.length) return undefined;
    const end = at + 2 + bytes.readUInt16BE(at);
    if (end > bytes.length) return undefined;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

/** The hashes of a tile; undefined where the bytes are none. */
export function hashesOf(tile: Uint8Array): Uint8Array[] | undefined {
  if (tile.length % HASH_BYTES !== 0) return undefined;
  return Array.from({ length: tile.length / HASH_BYTES }, (_, at) =>
    tile.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}
