/** Where records lie in a segment, and reading them: the unit that the index remembers and the disk is asked for. */
import type { Lane } from '../../devices/wire.ts';
import { chainLines } from './chain.ts';
import { CHAIN_SLOT_BYTES, lineSequence, nextFrame, readFrame } from './frame.ts';
import type { Segment } from './segment.ts';

/** Ranges kept in memory. */
const MAX_LOADED = 8;
const LINE_FEED = 10;

/** Neighbouring frames of a segment, of which the records of one lane count. */
export interface Range {
  segment: Segment;
  /** Bytes of whole frames in the segment. */
  start: number;
  end: number;
  carried: boolean;
  first: number;
  last: number;
  count: number;
  /** How many of them are acknowledged. */
  acknowledged: number;
}

/** A record's line inside of a buffer. */
export interface Line {
  sequence: number;
  bytes: Buffer;
  start: number;
  end: number;
  /** Of the section's first line: the record before it, as the log states it. */
  follows?: { sequence: number; chain: string };
}

export const chainOf = (line: Line): string =>
  line.bytes.toString('latin1', line.start, line.start + CHAIN_SLOT_BYTES - 1);

/** How many lines have a sequence up to `sequence`. */
export function linesUpTo(lines: readonly Line[], sequence: number): number {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.sequence ?? 0) > sequence) high = middle;
    else low = middle + 1;
  }
  return low;
}

export class RangeReader {
  readonly #lane: Lane;
  /** Ranges that were read, the latest last: what is under way is asked for again when its receipt comes. */
  readonly #loaded = new Map<Range, { upTo: number; lines: Line[] }>();

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  /** The range's lines that can be read; only what was added since the last time is read from the file. */
  lines(range: Range): readonly Line[] {
    const loaded = this.#loaded.get(range) ?? { upTo: range.start, lines: [] };
    this.#loaded.delete(range);
    this.#loaded.set(range, loaded);
    for (const oldest of this.#loaded.keys()) {
      if (this.#loaded.size <= MAX_LOADED) break;
      this.#loaded.delete(oldest);
    }
    if (loaded.upTo < range.end) {
      this.#parse(range, range.segment.read(loaded.upTo, range.end), loaded.lines);
      loaded.upTo = range.end;
    }
    return loaded.lines;
  }

  /** The segment's content is about to go. */
  forget(segment: Segment): void {
    for (const range of this.#loaded.keys()) if (range.segment === segment) this.#loaded.delete(range);
  }

  #parse(range: Range, bytes: Buffer, lines: Line[]): void {
    let offset = 0;
    while (offset < bytes.length) {
      const frame = readFrame(bytes, offset);
      if (frame === undefined) {
        // A flipped byte costs its own frame; the reader finds the hole by what the next section follows.
        const next = nextFrame(bytes, offset + 1);
        if (next === undefined) return;
        offset = next;
        continue;
      }
      offset = frame.end;
      for (const section of frame.sections) {
        if (section.kind !== (range.carried ? 'carried' : 'records') || section.lane !== this.#lane) continue;
        if (range.carried && section.first !== range.first) continue;
        const data = Buffer.from(section.data.buffer, section.data.byteOffset, section.data.byteLength);
        let follows: Line['follows'] = { sequence: section.previous, chain: section.previousChain };
        const take = (start: number, end: number) => {
          const line: Line = { sequence: lineSequence(data, start), bytes: data, start, end };
          if (follows !== undefined) line.follows = follows;
          follows = undefined;
          lines.push(line);
        };
        // What was carried had its chain values already.
        if (!range.carried) chainLines(data, section.previousChain, take);
        else
          for (let start = 0, end = 0; start < data.length; start = end) {
            end = data.indexOf(LINE_FEED, start) + 1 || data.length;
            take(start, end);
          }
      }
    }
  }
}
