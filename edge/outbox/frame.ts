/**
 * One commit on disk. A frame is written and synchronised as a whole; it counts only when its CRC is right,
 * so a commit that was under way when the power went is simply not there.
 *
 * Little endian. Header: magic, frame length, commit number, CRC-32 of all but itself, segment number, how
 * far each lane is acknowledged, and the last record of each lane, so that a damaged frame is missed. Then sections: records of one lane, records carried over from a segment
 * that was given back, changes of state, or a snapshot of everything but the records.
 */
import { crc32 } from 'node:zlib';
import { GENESIS, type Lane, lanes } from '../../devices/wire.ts';

const MAGIC = 0x31424f47; // "GOB1"
export const FRAME_HEADER_BYTES = 64;
export const SECTION_HEADER_BYTES = 80;
const CRC_AT = 16;
/** Frames start at multiples of this, so that the search for the next frame after damage is quick. */
export const FRAME_ALIGNMENT = 8;

const kinds = ['records', 'carried', 'state', 'snapshot'] as const;
type SectionKind = (typeof kinds)[number];

/**
 * Consecutive records of a lane, as lines `<chain> <json>\n`. In `records` the chain values are still blank, with
 * the line's length in their place (chain.ts); what was carried over is complete.
 */
export interface RecordsSection {
  kind: 'records' | 'carried';
  lane: Lane;
  count: number;
  /** Sequence and chain value of the record before the first. */
  previous: number;
  previousChain: string;
  first: number;
  last: number;
  /** When the newest of them was staged, ms. */
  newestAt: number;
  data: Uint8Array;
}
/** JSON: changes `[[key, value as JSON or null], …]`, or a Snapshot. */
export interface TextSection {
  kind: 'state' | 'snapshot';
  data: Uint8Array;
}
export type Section = RecordsSection | TextSection;

export interface FrameHead {
  commit: number;
  segment: number;
  acknowledged: Readonly<Record<Lane, number>>;
  /** Last record of each lane, this frame's included. */
  last: Readonly<Record<Lane, number>>;
}

export interface Frame extends FrameHead {
  sections: Section[];
  /** Offset behind the frame. */
  end: number;
}

const padding = Buffer.alloc(FRAME_ALIGNMENT);
const padded = (bytes: number): number => Math.ceil(bytes / FRAME_ALIGNMENT) * FRAME_ALIGNMENT;

/** Bytes that a frame with these sections takes. */
export const frameBytes = (sections: readonly { data: Uint8Array }[]): number =>
  padded(
    sections.reduce((sum, { data }) => sum + SECTION_HEADER_BYTES + data.byteLength, FRAME_HEADER_BYTES),
  );

/** The frame as pieces for one `writev`; the records themselves are not copied. */
export function encodeFrame(head: FrameHead, sections: readonly Section[]): Uint8Array[] {
  const length = frameBytes(sections);
  const header = Buffer.alloc(FRAME_HEADER_BYTES);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(length, 4);
  header.writeDoubleLE(head.commit, 8);
  header.writeUInt32LE(head.segment, 20);
  header.writeDoubleLE(head.acknowledged.alarm, 24);
  header.writeDoubleLE(head.acknowledged.bulk, 32);
  header.writeDoubleLE(head.last.alarm, 40);
  header.writeDoubleLE(head.last.bulk, 48);
  header.writeUInt32LE(sections.length, 56);
  const pieces: Uint8Array[] = [header];
  let written = FRAME_HEADER_BYTES;
  for (const section of sections) {
    pieces.push(sectionHeader(section), section.data);
    written += SECTION_HEADER_BYTES + section.data.byteLength;
  }
  if (written < length) pieces.push(padding.subarray(0, length - written));
  let sum = crc32(header.subarray(0, CRC_AT));
  sum = crc32(header.subarray(CRC_AT + 4), sum);
  for (let index = 1; index < pieces.length; index++) sum = crc32(pieces[index] ?? padding, sum);
  header.writeUInt32LE(sum, CRC_AT);
  return pieces;
}

function sectionHeader(section: Section): Buffer {
  const header = Buffer.alloc(SECTION_HEADER_BYTES);
  header.writeUInt8(kinds.indexOf(section.kind), 0);
  header.writeUInt32LE(section.data.byteLength, 4);
  if (section.kind === 'records' || section.kind === 'carried') {
    header.writeUInt8(lanes.indexOf(section.lane), 1);
    header.writeUInt32LE(section.count, 8);
    header.writeDoubleLE(section.previous, 16);
    header.writeDoubleLE(section.first, 24);
    header.writeDoubleLE(section.last, 32);
    header.writeDoubleLE(section.newestAt, 40);
    header.write(section.previousChain, 48, 'hex');
  }
  return header;
}

/** The frame at `offset`, or undefined where there is none that is whole. */
export function readFrame(bytes: Buffer, offset: number): Frame | undefined {
  if (offset + FRAME_HEADER_BYTES > bytes.length || bytes.readUInt32LE(offset) !== MAGIC) return undefined;
  const length = bytes.readUInt32LE(offset + 4);
  const end = offset + length;
  if (length < FRAME_HEADER_BYTES || end > bytes.length) return undefined;
  const sum = crc32(bytes.subarray(offset + CRC_AT + 4, end), crc32(bytes.subarray(offset, offset + CRC_AT)));
  if (sum !== bytes.readUInt32LE(offset + CRC_AT)) return undefined;
  const sections: Section[] = [];
  let at = offset + FRAME_HEADER_BYTES;
  for (let left = bytes.readUInt32LE(offset + 56); left > 0; left--) {
    const dataLength = bytes.readUInt32LE(at + 4);
    sections.push(
      readSection(
        bytes,
        at,
        bytes.subarray(at + SECTION_HEADER_BYTES, at + SECTION_HEADER_BYTES + dataLength),
      ),
    );
    at += SECTION_HEADER_BYTES + dataLength;
  }
  return {
    commit: bytes.readDoubleLE(offset + 8),
    segment: bytes.readUInt32LE(offset + 20),
    acknowledged: { alarm: bytes.readDoubleLE(offset + 24), bulk: bytes.readDoubleLE(offset + 32) },
    last: { alarm: bytes.readDoubleLE(offset + 40), bulk: bytes.readDoubleLE(offset + 48) },
    sections,
    end,
  };
}

function readSection(bytes: Buffer, at: number, data: Buffer): Section {
  const kind: SectionKind = kinds[bytes.readUInt8(at)] ?? 'state';
  if (kind === 'state' || kind === 'snapshot') return { kind, data };
  return {
    kind,
    lane: lanes[bytes.readUInt8(at + 1)] ?? 'bulk',
    count: bytes.readUInt32LE(at + 8),
    previous: bytes.readDoubleLE(at + 16),
    first: bytes.readDoubleLE(at + 24),
    last: bytes.readDoubleLE(at + 32),
    newestAt: bytes.readDoubleLE(at + 40),
    previousChain: bytes.toString('hex', at + 48, at + 80),
    data,
  };
}

/** Offset of the next whole frame at or behind `offset`, or undefined: for going on behind damage. */
export function nextFrame(bytes: Buffer, offset: number): number | undefined {
  for (let at = padded(offset); at + FRAME_HEADER_BYTES <= bytes.length; at += FRAME_ALIGNMENT) {
    if (bytes.readUInt32LE(at) === MAGIC && readFrame(bytes, at) !== undefined) return at;
  }
  return undefined;
}

/** Room for `<chain> ` in front of each record's JSON; while a record is staged it holds the line's length. */
export const CHAIN_SLOT_BYTES = GENESIS.length + 1;

const SEQUENCE_AT = CHAIN_SLOT_BYTES + '{"sequence":'.length;
const AFTER_SKIP = ',"after":'.length;

function digits(bytes: Uint8Array, from: number): { value: number; end: number } {
  let value = 0;
  let end = from;
  for (let digit = (bytes[end] ?? 0) - 48; digit >= 0 && digit <= 9; digit = (bytes[end] ?? 0) - 48) {
    value = value * 10 + digit;
    end++;
  }
  return { value, end };
}

/** A line's sequence, read without parsing its JSON: the outbox writes `sequence` first, then `after`. */
export const lineSequence = (bytes: Uint8Array, lineStart: number): number =>
  digits(bytes, lineStart + SEQUENCE_AT).value;

export const lineAfter = (bytes: Uint8Array, lineStart: number): number =>
  digits(bytes, digits(bytes, lineStart + SEQUENCE_AT).end + AFTER_SKIP).value;
