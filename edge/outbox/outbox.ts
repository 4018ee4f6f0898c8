import type { Lane, RecordBody } from '../../devices/wire.ts';

/** A record read back from the outbox, ready to be sent. */
export interface StoredRecord {
  sequence: number;
  after: number;
  lane: Lane;
  /** The JSON text that the chain covers. */
  json: string;
  chain: string;
}

/** How far a lane has come. */
export interface LaneProgress {
  lane: Lane;
  /** Last record the cloud has committed. */
  acknowledged: number;
  waiting: number;
}

/**
 * The gateway's durable log: records and the site's state, committed together. What is staged in one turn of
 * the event loop is on disk when `committed` resolves, or the process has stopped.
 */
export interface Outbox {
  readonly epoch: string;
  /** Gives a record its number and id at once; `body` is made with the id. It is durable after `committed`. */
  stage(lane: Lane, at: number, body: (id: string) => RecordBody): string;
  /** The newest value of a named piece of state (a rule's, the arming's), written with the next commit. */
  keep(key: string, value: unknown): void;
  forget(key: string): void;
  /** Resolves once everything staged so far is on disk; rejects when the disk refuses: nothing may be acknowledged then. */
  committed(): Promise<void>;
  /** State as of the last commit, for the start. */
  kept(prefix: string): Map<string, unknown>;
  read(lane: Lane, afterSequence: number, limit: { records: number; bytes: number }): Promise<StoredRecord[]>;
  acknowledge(lane: Lane, sequence: number): Promise<void>;
  progress(lane: Lane): LaneProgress;
  /** Called after each commit that added to a lane. */
  onStaged(listener: (lane: Lane) => void): void;
  close(): Promise<void>;
}

/** Consecutive records of a lane as lines of a batch (devices/framing/batch.ts). */
export interface RecordLines {
  records: number;
  first: number;
  last: number;
  lines: Uint8Array;
}

export interface OutboxMetrics {
  /** Size of the log's files. */
  bytes: number;
  /** The last attempt to get more room on the disk failed. */
  full: boolean;
  commits: number;
  /** Records given up since the start. */
  givenUp: number;
  stagedRecords: number;
}

export interface DurableOutbox extends Outbox {
  /** Of this process's life; with `bootMs` it stands on each of its records. */
  readonly boot: string;
  /** Since this life began, by a clock that never jumps. */
  readonly bootMs: number;
  /** Number of the record that was staged last. */
  readonly lastSequence: number;
  /** Newest time of any record that is on disk, as of the start; 0 where there is none. */
  readonly newestAt: number;
  /** Where an unreadable log was moved at the start. */
  readonly setAside: string | undefined;
  readLines(
    lane: Lane,
    afterSequence: number,
    limit: { records: number; bytes: number },
  ): Promise<RecordLines>;
  /** As `acknowledge`; false when the chain value or the sequence is not one of this log's. */
  acknowledgeChecked(lane: Lane, sequence: number, chain: string): Promise<boolean>;
  metrics(): OutboxMetrics;
}
