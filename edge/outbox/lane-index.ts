/**
 * Where a lane's records lie. The memory it takes follows the size of the log, not the number of records:
 * neighbouring frames of a segment form a range, and a range is read and searched as a whole.
 */
import { GENESIS, type Lane } from '../../devices/wire.ts';
import { RunningChain } from './chain.ts';
import { lineAfter, type RecordsSection } from './frame.ts';
import { addLoss, type Loss } from './loss.ts';
import { chainOf, type Line, linesUpTo, type Range, RangeReader } from './range.ts';
import type { Segment } from './segment.ts';

/** A range ends once it covers this much of a file. */
const RANGE_BYTES = 256 * 1024;

/** Unacknowledged lines that follow one another. */
interface Run {
  after: number;
  previousChain: string;
  lines: Line[];
  last: Line;
}

export interface LinesRead {
  lines: Uint8Array[];
  records: number;
  bytes: number;
  /** Sequences; 0 and 0 when there is nothing. */
  first: number;
  last: number;
}

export class LaneIndex {
  readonly lane: Lane;
  acknowledged = 0;
  last = 0;
  /**
   * The last number that a frame on disk speaks of. A loss behind it is not told yet: after a power cut its numbers
   * would be given to new records, and the receiver would take those for what it has.
   */
  #written = 0;
  readonly #running = new RunningChain(GENESIS);
  waiting = 0;
  losses: Loss[] = [];
  readonly #ranges: Range[] = [];
  readonly #reader: RangeReader;
  readonly #now: () => number;
  readonly #onHole: (loss: Loss) => void;

  /** @param onHole told when records turn out to be unreadable */
  constructor(lane: Lane, now: () => number, onHole: (loss: Loss) => void) {
    this.lane = lane;
    this.#reader = new RangeReader(lane);
    this.#now = now;
    this.#onHole = onHole;
  }

  /** Chain value of the last record. */
  get chain(): string {
    return this.#running.value;
  }

  set chain(value: string) {
    this.#running.value = value;
  }

  /** The lane's newest lines, as they were staged: its chain goes on over them. */
  extend(lines: Uint8Array): void {
    this.#running.extend(lines);
  }

  /** Takes note of a section in the frame from `start` to `end`. */
  add(section: RecordsSection, segment: Segment, start: number, end: number): void {
    segment.last[this.lane] = Math.max(segment.last[this.lane], section.last);
    segment.newestAt = Math.max(segment.newestAt, section.newestAt);
    const carried = section.kind === 'carried';
    const open = this.#ranges.at(-1);
    if (
      !carried &&
      open !== undefined &&
      !open.carried &&
      open.segment === segment &&
      section.first > open.last &&
      start - open.start < RANGE_BYTES
    ) {
      open.end = end;
      open.last = section.last;
      open.count += section.count;
    } else {
      const { first, last, count } = section;
      this.#ranges.push({ segment, start, end, carried, first, last, count, acknowledged: 0 });
      if (open !== undefined && open.first > first)
        this.#ranges.sort((a, b) => a.first - b.first || b.last - a.last);
    }
    if (section.last > this.acknowledged) this.waiting += section.count;
    if (section.last > this.last) this.last = section.last;
  }

  /** After all sections of a reopened log were added: settles what was found twice or given up. */
  settle(acknowledged: number, losses: readonly Loss[]): void {
    this.#ranges.sort((a, b) => a.first - b.first || b.last - a.last);
    let covered = 0;
    for (const range of this.#ranges.splice(0)) {
      // A carried copy whose original is still there: the kill came between the two.
      if (range.last <= covered) continue;
      covered = range.last;
      this.#ranges.push(range);
    }
    for (const loss of losses) {
      this.losses.push(loss);
      if (loss.to > this.last) {
        this.last = loss.to;
        this.chain = loss.resumes;
      }
      for (const range of this.#ranges)
        if (range.first >= loss.from && range.last <= loss.to) range.acknowledged = range.count;
    }
    this.losses.sort((a, b) => a.from - b.from);
    this.acknowledged = 0;
    this.waiting = this.#ranges.reduce(
      (sum, range) => sum + range.count - range.acknowledged,
      this.losses.length,
    );
    this.acknowledge(acknowledged);
  }

  /** A frame on disk speaks of all there is. Answers whether a loss waited for that. */
  written(): boolean {
    const waited = this.#untold() !== undefined;
    this.#written = this.last;
    return waited;
  }

  #untold(): Loss | undefined {
    return this.losses.find(({ to }) => to > this.#written);
  }

  /** Chain value of the last record that is there, read from the log. */
  lastChainRead(): { sequence: number; chain: string } | undefined {
    const range = this.#ranges.at(-1);
    const line = range === undefined ? undefined : this.#reader.lines(range).at(-1);
    return line === undefined ? undefined : { sequence: line.sequence, chain: chainOf(line) };
  }

  /** Records up to `sequence` are in the cloud's store. */
  acknowledge(sequence: number): void {
    const upTo = Math.min(sequence, this.last);
    if (upTo <= this.acknowledged) return;
    for (let index = this.#rangeBehind(this.acknowledged); index < this.#ranges.length; index++) {
      const range = this.#ranges[index];
      if (range === undefined || range.first > upTo) break;
      const count = range.last <= upTo ? range.count : linesUpTo(this.#reader.lines(range), upTo);
      if (count > range.acknowledged) {
        this.waiting -= count - range.acknowledged;
        range.acknowledged = count;
      }
    }
    this.acknowledged = upTo;
    this.#dropLosses((loss) => loss.to <= upTo);
  }

  /** Chain value of a record that is still in the log, or undefined. */
  chainAt(sequence: number): string | undefined {
    if (sequence === this.last) return this.chain;
    const range = this.#ranges[this.#rangeBehind(sequence - 1)];
    if (range === undefined || range.first > sequence) return undefined;
    const lines = this.#reader.lines(range);
    const line = lines[linesUpTo(lines, sequence) - 1];
    return line?.sequence === sequence ? chainOf(line) : undefined;
  }

  /** Lines behind `after`, in order; where records were given up, their notice. At least one, whatever its size. */
  read(
    after: number,
    limit: { records: number; bytes: number },
    noticeLine: (loss: Loss) => Buffer,
  ): LinesRead {
    const read: LinesRead = { lines: [], records: 0, bytes: 0, first: 0, last: 0 };
    let cursor = after;
    while (read.records < limit.records) {
      const next = this.#next(cursor);
      if (next === undefined) break;
      const bytes = 'from' in next ? noticeLine(next) : next.bytes.subarray(next.start, next.end);
      if (read.records > 0 && read.bytes + bytes.length > limit.bytes) break;
      cursor = 'from' in next ? next.to : next.sequence;
      read.lines.push(bytes);
      read.bytes += bytes.length;
      read.first ||= cursor;
      read.last = cursor;
      read.records++;
    }
    return read;
  }

  #next(cursor: number): Line | Loss | undefined {
    const loss = this.losses.find(({ to }) => to > cursor && to <= this.#written);
    for (let index = this.#rangeBehind(cursor); index < this.#ranges.length; index++) {
      const range = this.#ranges[index];
      if (range === undefined) break;
      if (loss !== undefined && loss.to <= range.first) return this.#stated(loss, cursor);
      const lines = this.#reader.lines(range);
      const line = lines[linesUpTo(lines, cursor)];
      if (line === undefined) continue;
      if (loss !== undefined && loss.from <= line.sequence) return this.#stated(loss, cursor);
      // What was acknowledged may be gone; what was not must be there, or its loss be stated.
      const missing = Math.max(cursor, this.acknowledged);
      if (line.follows !== undefined && line.follows.sequence > missing)
        return this.#hole(missing, line.follows.sequence, line.follows.chain);
      return line;
    }
    if (loss !== undefined) return this.#stated(loss, cursor);
    if (this.#untold() !== undefined) return undefined;
    const missing = Math.max(cursor, this.acknowledged);
    return missing < this.last ? this.#hole(missing, this.last, this.chain) : undefined;
  }

  /** A loss that is about to be told; records in front of it that turned out unreadable become part of it. */
  #stated(loss: Loss, cursor: number): Loss {
    const missing = Math.max(cursor, this.acknowledged);
    if (loss.after <= missing) return loss;
    loss.count += this.#recount(missing, loss.after);
    loss.from = missing + 1;
    loss.after = missing;
    loss.reason = 'unreadable';
    this.#onHole(loss);
    return loss;
  }

  #hole(after: number, to: number, resumes: string): Loss {
    const loss: Loss = {
      from: after + 1,
      to,
      after,
      resumes,
      count: this.#recount(after, to),
      reason: 'unreadable',
      at: this.#now(),
    };
    this.losses.push(loss);
    this.losses.sort((a, b) => a.from - b.from);
    this.waiting++;
    this.#onHole(loss);
    return loss;
  }

  /** Corrects the counts of damaged ranges between two records; answers how many records are missing. */
  #recount(after: number, to: number): number {
    let missing = 0;
    for (const range of this.#ranges) {
      if (range.last <= after || range.first > to) continue;
      const readable = this.#reader.lines(range).length;
      const lost = range.count - readable;
      range.count = readable;
      missing += lost;
      this.waiting -= lost;
    }
    return missing;
  }

  /** How many records of a segment are not acknowledged. */
  unacknowledgedIn(segment: Segment): number {
    return this.#ranges.reduce(
      (sum, range) => (range.segment === segment ? sum + range.count - range.acknowledged : sum),
      0,
    );
  }

  /** A segment's unacknowledged lines, a list for each unbroken run. */
  #waitingRuns(segment: Segment): Run[] {
    const runs: Run[] = [];
    for (const range of this.#ranges) {
      if (range.segment !== segment || range.acknowledged === range.count) continue;
      let before: Line | undefined;
      for (const line of this.#reader.lines(range)) {
        if (line.sequence > this.acknowledged) {
          const after = lineAfter(line.bytes, line.start);
          const run = runs.at(-1);
          if (run !== undefined && run.last.sequence === after) {
            run.lines.push(line);
            run.last = line;
          } else {
            const previousChain = line.follows?.chain ?? (before === undefined ? GENESIS : chainOf(before));
            runs.push({ after, previousChain, lines: [line], last: line });
          }
        }
        before = line;
      }
    }
    return runs;
  }

  /** A segment's unacknowledged records as sections for another segment. */
  carriedFrom(segment: Segment): RecordsSection[] {
    return this.#waitingRuns(segment).map(({ after, previousChain, lines, last }) => ({
      kind: 'carried',
      lane: this.lane,
      count: lines.length,
      previous: after,
      previousChain,
      first: lines[0]?.sequence ?? last.sequence,
      last: last.sequence,
      newestAt: segment.newestAt,
      data: Buffer.concat(lines.map((line) => line.bytes.subarray(line.start, line.end))),
    }));
  }

  /** Gives up a segment's unacknowledged records; answers the losses, not yet merged with older ones. */
  giveUp(segment: Segment, at: number): Loss[] {
    const given: Loss[] = [];
    for (const { after, lines, last } of this.#waitingRuns(segment)) {
      const loss: Loss = {
        from: after + 1,
        to: last.sequence,
        after,
        resumes: chainOf(last),
        count: lines.length,
        reason: 'disk-full',
        at,
      };
      given.push(loss);
      this.lose(loss);
    }
    return given;
  }

  /** States a loss; merges it with its neighbours. */
  lose(loss: Loss): void {
    const before = this.losses.length;
    addLoss(this.losses, loss);
    this.waiting += this.losses.length - before;
    if (loss.to > this.last) {
      this.last = loss.to;
      this.chain = loss.resumes;
    }
  }

  /** The segment's content is about to go. */
  forget(segment: Segment): void {
    for (const range of this.#ranges.splice(0)) {
      if (range.segment === segment) this.waiting -= range.count - range.acknowledged;
      else this.#ranges.push(range);
    }
    this.#reader.forget(segment);
  }

  #dropLosses(gone: (loss: Loss) => boolean): void {
    const kept = this.losses.filter((loss) => !gone(loss));
    this.waiting -= this.losses.length - kept.length;
    this.losses = kept;
  }

  /** Index of the first range that reaches behind `sequence`. */
  #rangeBehind(sequence: number): number {
    let low = 0;
    let high = this.#ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ranges[middle]?.last ?? 0) > sequence) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
