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
