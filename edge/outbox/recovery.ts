/** Reads a log back after a stop of any kind: which segments live, what they hold, where writing goes on. */
import { type Lane, lanes as laneNames } from '../../devices/wire.ts';
import { FRAME_HEADER_BYTES, type Frame, nextFrame, readFrame } from './frame.ts';
import type { LaneIndex } from './lane-index.ts';
import type { Loss } from './loss.ts';
import type { Segment } from './segment.ts';
import { readSnapshot, readStateChanges, type Snapshot } from './snapshot.ts';

export interface Recovered {
  /** Oldest first. */
  segments: Segment[];
  spares: Segment[];
  /** Were being emptied, or never got a whole frame: to be filled with zeros before they are used. */
  dirty: Segment[];
  commit: number;
  epoch: string;
  gateway: string;
  state: Map<string, string>;
  acknowledged: Record<Lane, number>;
  losses: Record<Lane, Loss[]>;
  /** Last record of each lane, as any frame states it, whether it can be read or not. */
  last: Record<Lane, number>;
  /** Position and chain of each lane as of the last snapshot. */
  stated: Record<Lane, { last: number; chain: string }>;
  /** Something stands behind the last whole frame: a commit that was under way, or one that was damaged. */
  torn: boolean;
}

interface Scanned {
  segment: Segment;
  /** Nothing but zeros behind the last frame. */
  clean: boolean;
}

const zeros = Buffer.alloc(64 * 1024);

function isZero(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const piece = bytes.subarray(at, at + zeros.length);
    if (!piece.equals(zeros.subarray(0, piece.length))) return false;
  }
  return true;
}

function scan(segment: Segment): Scanned | 'spare' | 'dirty' {
  const bytes = segment.read(0, segment.capacity);
  if (bytes.length < FRAME_HEADER_BYTES || isZero(bytes.subarray(0, FRAME_HEADER_BYTES)))
    return bytes.length === segment.capacity && isZero(bytes) ? 'spare' : 'dirty';
  let newest: Frame | undefined;
  // Zeros that never reached the disk may show frames of the file's former use again: their number is lower.
  for (const { frame } of framesIn(bytes)) if (frame.segment >= (newest?.segment ?? 0)) newest = frame;
  if (newest === undefined) return 'dirty';
  segment.number = newest.segment;
  segment.end = newest.end;
  return { segment, clean: isZero(bytes.subarray(newest.end)) };
}

/** All frames that are whole; what is damaged between them is passed over. */
function* framesIn(bytes: Buffer): Generator<{ frame: Frame; start: number }> {
  for (let offset: number | undefined = 0; offset !== undefined && offset < bytes.length; ) {
    const frame = readFrame(bytes, offset);
    if (frame !== undefined) yield { frame, start: offset };
    offset = frame?.end ?? nextFrame(bytes, offset + 1);
  }
}

/** No record was ever written here. */
export interface Unused {
  unused: true;
  files: Segment[];
}

/**
 * @param segments the log's files, in any order
 * @returns undefined when there is something, but no snapshot of it that can be read
 */
export function recover(
  segments: readonly Segment[],
  lanes: Readonly<Record<Lane, LaneIndex>>,
): Recovered | Unused | undefined {
  const recovered: Omit<Recovered, 'epoch' | 'gateway'> = {
    segments: [],
    spares: [],
    dirty: [],
    commit: 0,
    state: new Map(),
    acknowledged: { alarm: 0, bulk: 0 },
    losses: { alarm: [], bulk: [] },
    last: { alarm: 0, bulk: 0 },
    stated: { alarm: { last: 0, chain: '' }, bulk: { last: 0, chain: '' } },
    torn: false,
  };
  const found: Scanned[] = [];
  let tornBeforeFirstFrame = false;
  for (const segment of segments) {
    const scanned = scan(segment);
    if (scanned === 'spare') recovered.spares.push(segment);
    else if (scanned === 'dirty') {
      recovered.dirty.push(segment);
      tornBeforeFirstFrame ||= !isZero(segment.read(0, FRAME_HEADER_BYTES));
    } else found.push(scanned);
  }
  found.sort((a, b) => a.segment.number - b.segment.number);
  let newest: Snapshot | undefined;
  // Read a second time, now in order: the whole log must not stand in memory at once.
  for (const { segment } of found) {
    recovered.segments.push(segment);
    for (const { frame, start } of framesIn(segment.read(0, segment.end)))
      if (frame.segment === segment.number)
        newest = replay(frame, start, segment, lanes, recovered) ?? newest;
  }
  if (found.length === 0 && !tornBeforeFirstFrame) return { unused: true, files: [...segments] };
  const head = found.at(-1);
  if (newest === undefined || head === undefined) return undefined;
  recovered.torn = !head.clean || tornBeforeFirstFrame;
  for (const lane of laneNames) {
    const { last, chain, losses } = newest.lanes[lane];
    recovered.stated[lane] = { last, chain };
    recovered.losses[lane] = losses;
  }
  return { ...recovered, epoch: newest.epoch, gateway: newest.gateway };
}

function replay(
  frame: Frame,
  start: number,
  segment: Segment,
  lanes: Readonly<Record<Lane, LaneIndex>>,
  into: Pick<Recovered, 'commit' | 'state' | 'acknowledged' | 'last'>,
): Snapshot | undefined {
  let snapshot: Snapshot | undefined;
  into.commit = Math.max(into.commit, frame.commit);
  for (const lane of laneNames) {
    into.acknowledged[lane] = Math.max(into.acknowledged[lane], frame.acknowledged[lane]);
    into.last[lane] = Math.max(into.last[lane], frame.last[lane]);
  }
  for (const section of frame.sections) {
    if (section.kind === 'state') {
      for (const [key, json] of readStateChanges(section.data))
        if (json === null) into.state.delete(key);
        else into.state.set(key, json);
    } else if (section.kind === 'snapshot') {
      snapshot = readSnapshot(section.data);
      into.state.clear();
      for (const [key, json] of snapshot.state) into.state.set(key, json);
    } else if (section.kind === 'records' || section.kind === 'carried')
      lanes[section.lane].add(section, segment, start, frame.end);
  }
  return snapshot;
}
