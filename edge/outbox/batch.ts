/** What one commit brings to the log, and what became of it. */
import type { Lane } from '../../devices/wire.ts';
import type { StateChange } from './snapshot.ts';

/** Records of one lane as the gateway staged them: lines with a blank slot for the chain value. */
export interface StagedLines {
  /** Each line's length stands in its slot's first four bytes (little endian). */
  bytes: Uint8Array;
  count: number;
  first: number;
  last: number;
  newestAt: number;
}

export interface CommitResult {
  /** Records that were given up: nothing of the batch may be acknowledged to anybody when there are any. */
  refused: number;
  stateKept: boolean;
}

export interface CommitBatch {
  lines: Partial<Record<Lane, StagedLines>>;
  state: readonly StateChange[];
}
