/** What the outbox and its thread tell each other. */
import type { KeyObject } from 'node:crypto';
import type { Lane, LossNotice } from '../../devices/wire.ts';
import type { CommitBatch } from './batch.ts';

export interface WorkerSetup {
  directory: string;
  gateway: string;
  signingKey: KeyObject;
  maxBytes: number;
  segmentBytes: number;
  retainMs: number;
  now: number;
}

export interface LaneState {
  last: number;
  acknowledged: number;
  waiting: number;
}

export interface LogState {
  lanes: Record<Lane, LaneState>;
  bytes: number;
  full: boolean;
  commits: number;
  givenUp: number;
}

/** `now` is the outbox's clock: the thread has none of its own. */
export type Request =
  | { type: 'commit'; now: number; batch: CommitBatch }
  | { type: 'read'; id: number; lane: Lane; after: number; records: number; bytes: number }
  | { type: 'acknowledge'; id: number; now: number; lane: Lane; sequence: number; chain: string | undefined }
  | { type: 'tidy'; now: number }
  | { type: 'close' };

export type Reply =
  | {
      type: 'ready';
      epoch: string;
      nextSequence: number;
      /** Newest time of a record; 0 where there is none. */
      newestAt: number;
      state: [string, string][];
      setAside: string | undefined;
      log: LogState;
    }
  /** What went well needs few words; `log` comes where something was refused or given up. */
  | { type: 'committed'; refused: number; stateKept: boolean; buffers: Uint8Array[]; log?: LogState }
  | { type: 'read'; id: number; records: number; first: number; last: number; lines: Uint8Array }
  | { type: 'acknowledged'; id: number; fits: boolean; log: LogState }
  | { type: 'tidied'; log: LogState }
  | { type: 'lost'; notice: LossNotice }
  /** A loss that waited for the disk may be read. */
  | { type: 'stated'; lane: Lane }
  | { type: 'failed'; message: string; code: string | undefined }
  | { type: 'closed' };
