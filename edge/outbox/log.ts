/**
 * The outbox's log: segments of frames in a directory. One thread owns it; every call blocks until the disk
 * has answered. Records and state of one commit stand in one frame, so they are there together or not at all.
 */
import type { KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type Lane, type LossNotice, lanes } from '../../devices/wire.ts';
import type { CommitBatch, CommitResult } from './batch.ts';
import { type Disk, realDisk } from './disk.ts';
import { encodeFrame, frameBytes, type RecordsSection, type Section } from './frame.ts';
import type { LinesRead } from './lane-index.ts';
import { LogLanes } from './log-lanes.ts';
import { type LossNotary, lossNotary } from './loss.ts';
import { type Machine, realMachine } from './machine.ts';
import { type Recovered, recover, type Unused } from './recovery.ts';
import { DiskFullError, Segment } from './segment.ts';
import { SegmentShelf } from './segment-shelf.ts';
import { segmentNames, setAside } from './set-aside.ts';
import type { Snapshot, StateChange } from './snapshot.ts';

export interface LogOptions {
  directory: string;
  gateway: string;
  /** Ed25519, private: signs loss notices. */
  signingKey: KeyObject;
  /** All segments together, spares included; at least MIN_SEGMENTS segments. */
  maxBytes: number;
  segmentBytes: number;
  /** Acknowledged records are kept this long, room permitting. */
  retainMs: number;
  now: () => number;
  disk?: Disk;
  machine?: Pick<Machine, 'monotonicMs' | 'randomBytes'>;
  onLoss?: (lane: Lane, notice: LossNotice) => void;
  /** A loss may go out: it waited for a frame that states it. */
  onStated?: (lane: Lane) => void;
}

/** Head, spare, and something between them: below that nothing could be given back. */
export const MIN_SEGMENTS = 4;
/** A record of MAX_RECORD_BYTES, a snapshot and carried alarms must fit into a fraction of a segment. */
export const MIN_SEGMENT_BYTES = 1024 * 1024;
/** A frame is tried in the head, in a new segment, in a spare, and again after room was made. */
const ATTEMPTS = 8;
/** What a loss in either lane adds to a snapshot, at most. */
const LOSS_STATEMENT_BYTES = 1024;
/** Alarms are carried over from a segment that is given back when they are at most this part of it. */
const CARRIED_PART = 0.5;

export class OutboxLog {
  readonly epoch: string;
  readonly lanes: LogLanes;
  readonly state: Map<string, string>;
  /** Where the files of an unreadable log were moved. */
  readonly setAside: string | undefined;
  readonly #options: LogOptions;
  readonly #disk: Disk;
  readonly #notary: LossNotary;
  readonly #segments: Segment[];
  readonly #shelf: SegmentShelf;
  #commit: number;
  #persisted: Record<Lane, number>;
  #preparing: Promise<void> | undefined;
  #failure: Error | undefined;
  closed = false;
  commits = 0;

  /** @throws when the directory cannot be used, or has not even room for the first segments */
  constructor(options: LogOptions) {
    this.#options = options;
    this.#disk = options.disk ?? realDisk;
    const { monotonicMs, randomBytes } = options.machine ?? realMachine;
    this.#disk.makeFolder(options.directory);
    this.#disk.syncFolder(dirname(options.directory));
    // A former life may have been killed between making a file and making its name last.
    this.#disk.syncFolder(options.directory);
    this.lanes = this.#newLanes();
    const files = segmentNames(this.#disk, options.directory).map((name) =>
      Segment.open(this.#disk, join(options.directory, name), options.segmentBytes),
    );
    const recovered = this.#recovered(files);
    const kept = recovered !== undefined && 'epoch' in recovered ? recovered : undefined;
    if (kept !== undefined && kept.gateway !== options.gateway)
      throw new Error(
        `outbox ${options.directory}: belongs to gateway "${kept.gateway}", not "${options.gateway}"`,
      );
    if (recovered === undefined) {
      for (const file of files.splice(0)) file.close();
      this.setAside = setAside(this.#disk, options.directory, options.now(), randomBytes(3).toString('hex'));
      this.lanes = this.#newLanes();
    }
    this.epoch = kept?.epoch ?? randomBytes(8).readBigUInt64LE().toString(36).padStart(13, '0');
    this.#notary = lossNotary(options.gateway, this.epoch, options.signingKey);
    this.#segments = kept?.segments ?? [];
    this.#shelf = new SegmentShelf(
      {
        disk: this.#disk,
        monotonicMs,
        directory: options.directory,
        segmentBytes: options.segmentBytes,
        maxSegments: Math.max(MIN_SEGMENTS, Math.floor(options.maxBytes / options.segmentBytes)),
        inUse: () => this.#segments.length,
      },
      files,
      kept?.spares ?? [],
      kept?.dirty ?? [...files],
    );
    this.#commit = kept?.commit ?? 0;
    this.state = kept?.state ?? new Map();
    this.#persisted = { ...(kept?.acknowledged ?? { alarm: 0, bulk: 0 }) };
    if (kept !== undefined) this.lanes.resume(kept);
    else if (recovered === undefined) this.lanes.statePreviousLife();
    this.#start(kept?.torn === true);
  }

  #recovered(files: readonly Segment[]): Recovered | Unused | undefined {
    try {
      return recover(files, this.lanes);
    } catch {
      // A frame was whole and its text is none of ours.
      return undefined;
    }
  }

  #newLanes(): LogLanes {
    const { now, onLoss } = this.#options;
    return new LogLanes({ now, onLoss: (lane, loss) => onLoss?.(lane, this.#notary.notice(lane, loss)) });
  }

  #start(torn: boolean): void {
    if (this.#segments.length === 0) {
      // A log that has its first spare can always give something up; without room for that there is no log.
      this.#shelf.stock();
      this.#rotate();
      return;
    }
    const head = this.#head();
    if (torn) head.wipe(head.end);
    // The last commits may never have been synchronised: written again, the disk must take them or say so.
    this.#disk.write(head.file, [head.read(0, head.end)], 0);
    this.#disk.sync(head.file);
    if (this.lanes.statementDue) this.#append([], []);
    else this.#allWritten();
    try {
      this.#shelf.stock(1);
    } catch (error) {
      if (!(error instanceof DiskFullError)) throw error;
      this.#makeRoom();
    }
  }

  /** There must always be somewhere to go: room is made while what is given up can be stated. */
  #makeRoom(): void {
    try {
      this.#giveBack();
    } catch (error) {
      // The head refuses as well: commits will be refused until there is room.
      if (!(error instanceof DiskFullError)) throw error;
    }
  }

  #head(): Segment {
    const head = this.#segments.at(-1);
    if (head === undefined) throw new Error('outbox: no segment');
    return head;
  }

  get bytes(): number {
    return this.#shelf.total * this.#options.segmentBytes;
  }

  /** The last attempt to get more room failed. */
  get full(): boolean {
    return this.#shelf.full;
  }

  /** Newest time of the records that are there; 0 where there are none. */
  get newestAt(): number {
    return this.#segments.reduce((newest, segment) => Math.max(newest, segment.newestAt), 0);
  }

  get nextSequence(): number {
    return this.lanes.nextSequence;
  }

  /**
   * Makes a batch durable. What could not be taken for lack of room is stated as lost with the next commit
   * that succeeds.
   * @throws whatever else the disk says: the log must not be used any more
   */
  commit(batch: CommitBatch): CommitResult {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      const sections = this.#sections(batch.lines);
      if (this.#appended(sections, batch.state)) {
        for (const { lane, data } of sections) this.lanes[lane].extend(data);
        return { refused: 0, stateKept: true };
      }
      // The alarms alone, then: they are few.
      const { alarm, bulk } = batch.lines;
      const alone = sections.filter(({ lane }) => lane === 'alarm');
      if (alarm !== undefined && bulk !== undefined && this.#appended(alone, batch.state)) {
        this.lanes.alarm.extend(alarm.bytes);
        this.lanes.refuse('bulk', bulk);
        return { refused: bulk.count, stateKept: true };
      }
      if (alarm !== undefined) this.lanes.refuse('alarm', alarm);
      if (bulk !== undefined) this.lanes.refuse('bulk', bulk);
      return { refused: (alarm?.count ?? 0) + (bulk?.count ?? 0), stateKept: false };
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  /** Work that a commit left for afterwards: a lane's chain. The batch's buffers are free then. */
  finish(): void {
    for (const name of lanes) void this.lanes[name].chain;
  }

  #sections(staged: CommitBatch['lines']): RecordsSection[] {
    return lanes.flatMap((name): RecordsSection[] => {
      const lines = staged[name];
      if (lines === undefined) return [];
      const { count, first, last, newestAt, bytes } = lines;
      const { last: previous, chain: previousChain } = this.lanes[name];
      return [
        { kind: 'records', lane: name, count, previous, previousChain, first, last, newestAt, data: bytes },
      ];
    });
  }

  #appended(sections: RecordsSection[], state: readonly StateChange[]): boolean {
    try {
      this.#append(sections, state);
      return true;
    } catch (error) {
      if (error instanceof DiskFullError) return false;
      throw error;
    }
  }

  #append(records: readonly RecordsSection[], state: readonly StateChange[]): void {
    for (let attempt = 1; ; attempt++) {
      const sections: Section[] = [];
      if (this.lanes.statementDue) sections.push(this.#snapshot());
      sections.push(...records);
      if (state.length > 0) sections.push({ kind: 'state', data: Buffer.from(JSON.stringify(state)) });
      try {
        if (frameBytes(sections) + this.#reserve() <= this.#head().room) {
          this.#write(sections);
          break;
        }
        if (attempt === ATTEMPTS) throw new DiskFullError('a commit');
        // Room may be made on the way, and then there is something to state.
        this.#rotate();
      } catch (error) {
        if (!(error instanceof DiskFullError) || error.inPlace || attempt === ATTEMPTS) throw error;
        this.#shelf.full = true;
        if (!this.#shelf.hasSpare && !this.#giveBack()) throw error;
      }
    }
    this.lanes.statementDue = false;
    for (const [key, json] of state)
      if (json === null) this.state.delete(key);
      else this.state.set(key, json);
  }

  /**
   * Without a spare, the end of the head is kept for the statement of what must be given up: once a segment is
   * emptied, a kill would leave nobody who knows what stood there.
   */
  #reserve(): number {
    return this.#shelf.hasSpare ? 0 : frameBytes([this.#snapshot()]) + LOSS_STATEMENT_BYTES;
  }

  #write(sections: readonly Section[]): void {
    const head = this.#head();
    const { acknowledged } = this.lanes;
    const start = head.end;
    const last = { alarm: this.lanes.alarm.last, bulk: this.lanes.bulk.last };
    for (const section of sections) if (section.kind === 'records') last[section.lane] = section.last;
    const pieces = encodeFrame(
      { commit: this.#commit + 1, segment: head.number, acknowledged, last },
      sections,
    );
    head.write(pieces, frameBytes(sections));
    this.#disk.sync(head.file);
    this.#commit++;
    this.commits++;
    this.#persisted = acknowledged;
    for (const section of sections)
      if (section.kind === 'records' || section.kind === 'carried')
        this.lanes[section.lane].add(section, head, start, head.end);
    this.#allWritten();
  }

  /** Whatever was to be stated stands on the disk: losses go out with it. */
  #allWritten(): void {
    for (const name of lanes) if (this.lanes[name].written()) this.#options.onStated?.(name);
  }

  #snapshot(): Section {
    const content: Snapshot = {
      format: 1,
      gateway: this.#options.gateway,
      epoch: this.epoch,
      lanes: this.lanes.snapshot(),
      state: [...this.state],
    };
    return { kind: 'snapshot', data: Buffer.from(JSON.stringify(content)) };
  }

  /** Goes on in another segment; its first frame says everything but the records. */
  #rotate(): void {
    const next = this.#shelf.take();
    next.number = (this.#segments.at(-1)?.number ?? 0) + 1;
    this.#segments.push(next);
    try {
      this.#write([this.#snapshot()]);
    } catch (error) {
      this.#segments.pop();
      if (!(error instanceof DiskFullError)) throw error;
      // Where even bytes that are there already can't be written anew, giving something up helps nobody.
      throw this.#shelf.putBack(next) ? new DiskFullError(next.path, true) : error;
    }
    this.lanes.statementDue = false;
    // There must always be somewhere to go: room is made while there is some.
    if (this.#shelf.exhausted) this.#giveBack();
  }

  /**
   * Makes a spare of the segment that is missed least: one whose records were all acknowledged, else one with
   * bulk (its alarms are carried over), else the oldest. False when there is none.
   */
  #giveBack(): boolean {
    const old = this.#segments.slice(0, -1);
    const carriable = (segment: Segment) => {
      const bytes = this.lanes.alarm.carriedFrom(segment).reduce((sum, { data }) => sum + data.length, 0);
      return bytes <= segment.capacity * CARRIED_PART;
    };
    const waiting = (segment: Segment, name: Lane) => this.lanes[name].unacknowledgedIn(segment);
    const victim =
      old.find((segment) => waiting(segment, 'alarm') + waiting(segment, 'bulk') === 0) ??
      old.find((segment) => waiting(segment, 'bulk') > 0 && carriable(segment)) ??
      old[0];
    if (victim === undefined) return false;
    const carry = waiting(victim, 'bulk') > 0 && carriable(victim);
    const carried = carry ? this.lanes.alarm.carriedFrom(victim) : [];
    const room = this.#head().room;
    // Alarms are only let go of in one place once they stand in another.
    if (carried.length > 0 && frameBytes([this.#snapshot(), ...carried]) > room) return false;
    for (const name of lanes) {
      if (name === 'alarm' && carry) continue;
      this.lanes.giveUp(name, victim);
    }
    const sections = [this.#snapshot(), ...carried];
    if ((this.lanes.statementDue || carried.length > 0) && frameBytes(sections) <= this.#head().room) {
      this.#write(sections);
      this.lanes.statementDue = false;
    }
    this.#forget(victim);
    this.#shelf.recycle(victim);
    return true;
  }

  #forget(segment: Segment): void {
    this.lanes.forget(segment);
    this.#segments.splice(this.#segments.indexOf(segment), 1);
  }

  read(lane: Lane, after: number, limit: { records: number; bytes: number }): LinesRead {
    return this.lanes[lane].read(after, limit, (loss) => this.#notary.line(lane, loss));
  }

  /**
   * @param chain the receiver's; when it is not ours for that record, nothing is acknowledged
   * @returns whether the receiver's word fits this log
   */
  acknowledge(lane: Lane, sequence: number, chain?: string): boolean {
    const index = this.lanes[lane];
    if (sequence > index.last) return false;
    const stated = index.losses.find((loss) => loss.to === sequence)?.resumes;
    const ours = chain === undefined ? undefined : (stated ?? index.chainAt(sequence));
    if (chain !== undefined && sequence > index.acknowledged && ours !== chain) return false;
    index.acknowledge(sequence);
    return true;
  }

  /**
   * Between commits: gives back segments whose records were acknowledged and have been kept long enough, and
   * fills spares ahead of time. Resolves when that is done.
   */
  async tidy(): Promise<void> {
    if (this.#failure !== undefined || this.closed) return;
    try {
      this.#retire();
      const isNews = lanes.some((name) => this.lanes[name].acknowledged > this.#persisted[name]);
      if (isNews || this.lanes.statementDue) this.#appended([], []);
      this.#preparing ??= this.#prepare().finally(() => {
        this.#preparing = undefined;
      });
      await this.#preparing;
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  #retire(): void {
    const keptSince = this.#options.now() - this.#options.retainMs;
    for (const segment of this.#segments.slice(0, -1)) {
      const through = lanes.every((name) => segment.last[name] <= this.#persisted[name]);
      if (!through || (this.#options.retainMs > 0 && segment.newestAt > keptSince)) break;
      this.#forget(segment);
      this.#shelf.discard(segment);
    }
  }

  async #prepare(): Promise<void> {
    const room = await this.#shelf.prepare(() => this.closed);
    if (!room && !this.closed && !this.#shelf.hasSpare) this.#giveBack();
  }

  /** Closes the files; what was acknowledged since the last commit is written down first. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    await this.#preparing?.catch(() => undefined);
    if (this.#failure === undefined) this.#appended([], []);
    for (const segment of this.#segments) segment.close();
    this.#shelf.close();
  }
}
