/**
 * Groups what is staged into commits: what comes while one is being written is the next. Whoever waits is told when
 * all that it may have staged is on disk.
 */
import { type Lane, lanes } from '../../devices/wire.ts';
import type { CommitBatch, CommitResult } from './batch.ts';
import type { StateChange } from './snapshot.ts';
import { type BufferPool, Staging } from './staging.ts';

/**
 * From here on it is worth to have a second commit ready behind the one being written: whoever waits for the first
 * stages anew while the second is written, so that neither this thread nor the disk waits for the other. Smaller ones
 * wait and grow instead.
 */
const AHEAD_BYTES = 64 * 1024;
/** Commits with the log's thread at the same time: one being written, one ready to be. */
const MAX_COMMITS_UNDER_WAY = 2;
/** Not yet on disk at most; more is a disk that has stopped answering. */
export const MAX_STAGED_BYTES = 64 * 1024 * 1024;

/** There was no room for some of the records: they are given up and stated as lost. Later ones may succeed. */
export class OutboxFullError extends Error {
  constructor(records: number) {
    super(`outbox: disk full, ${records} records refused`);
    this.name = 'OutboxFullError';
  }
}

interface Deferred {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

interface Batch {
  staging: Staging;
  done?: Deferred;
  /** An earlier batch was refused, and some of those who wait for this one staged into that one. */
  tainted?: OutboxFullError;
  /** What it held, once it is under way. */
  state: readonly StateChange[];
  counts: Partial<Record<Lane, number>>;
}

export interface CommitQueueOptions {
  pool: BufferPool;
  /** One commit at most, a record more or less. */
  maxCommitBytes: number;
  send: (batch: CommitBatch, transfer: ArrayBuffer[]) => void;
  /** Runs a task at the end of this turn of the event loop. */
  soon: (task: () => void) => void;
}

/** What a commit held. */
export interface Committed {
  /** Changes that are on disk now. */
  state: readonly StateChange[];
  /** Records that are, by lane. */
  counts: Partial<Record<Lane, number>>;
  /** To be called when everything else knows: those who wait go on. */
  tell: () => void;
}

export class CommitQueue {
  readonly #options: CommitQueueOptions;
  #current: Batch;
  /** Full batches that wait for their turn. */
  readonly #queue: Batch[] = [];
  readonly #underWay: Batch[] = [];
  #queuedBytes = 0;
  #turnEndDue = false;
  #turnBytes = 0;
  #lastTurnBytes = 0;
  #failure: Error | undefined;

  constructor(options: CommitQueueOptions) {
    this.#options = options;
    this.#current = this.#newBatch();
  }

  #newBatch(): Batch {
    return { staging: new Staging(this.#options.pool), state: [], counts: {} };
  }

  get records(): number {
    const batches = [...this.#underWay, ...this.#queue, this.#current];
    return batches.reduce((sum, { staging }) => sum + staging.records, 0);
  }

  /** @throws RangeError when too much waits */
  add(lane: Lane, sequence: number, at: number, json: string): void {
    if (this.#queuedBytes + this.#current.staging.bytes + json.length > MAX_STAGED_BYTES)
      throw new RangeError(`outbox: ${MAX_STAGED_BYTES} bytes wait for the disk`);
    this.#current.staging.add(lane, sequence, at, json);
    this.#turnBytes += json.length;
    this.#staged();
  }

  keep(key: string, json: string | null): void {
    this.#current.staging.keep(key, json);
    this.#staged();
  }

  /** Resolves once everything staged so far is on disk. */
  settled(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const last = this.#queue.at(-1) ?? this.#underWay.at(-1);
    const newest = this.#current.staging.empty ? last : this.#current;
    if (newest === undefined) return Promise.resolve();
    newest.done ??= Promise.withResolvers<void>();
    return newest.done.promise;
  }

  /** Sends what has stood since a commit found no room for it. */
  retry(): void {
    if (this.#underWay.length === 0) this.#dispatch();
  }

  /** The oldest commit under way has ended. */
  finished({ refused, stateKept }: CommitResult): Committed {
    const batch = this.#underWay.shift();
    if (batch === undefined) throw new Error('outbox: a commit that nobody asked for');
    const later = [...this.#underWay, ...this.#queue];
    if (!stateKept) {
      const unknown = batch.state.filter(([key]) => !later.some(({ staging }) => staging.keeps(key)));
      this.#current.staging.keepOlder(unknown);
    }
    if (refused > 0 || !stateKept) {
      const error = new OutboxFullError(refused);
      batch.tainted = error;
      for (const other of [...later, this.#current]) if (!other.staging.empty) other.tainted ??= error;
    }
    // State alone that found no room waits for `retry`: at once it would be refused again, as fast as the disk can say so.
    if (stateKept || this.#queue.length > 0 || this.#current.staging.records > 0) this.#dispatch();
    return {
      state: stateKept ? batch.state : [],
      counts: refused > 0 ? {} : batch.counts,
      tell: () => {
        if (batch.tainted === undefined) batch.done?.resolve();
        else batch.done?.reject(batch.tainted);
      },
    };
  }

  /** Nothing will ever be written again. */
  fail(error: Error): void {
    this.#failure = error;
    for (const { done } of [...this.#underWay, ...this.#queue, this.#current]) done?.reject(error);
  }

  #staged(): void {
    const { bytes } = this.#current.staging;
    if (bytes >= this.#options.maxCommitBytes) this.#enqueue();
    // Half of what the last turn brought: the other half follows at its end.
    else if (this.#underWay.length === 0 && bytes >= Math.max(AHEAD_BYTES, this.#lastTurnBytes / 2))
      this.#dispatch();
    if (this.#turnEndDue) return;
    this.#turnEndDue = true;
    this.#options.soon(() => this.#turnEnd());
  }

  /** One turn of the event loop is one commit, or two when it was a long one. */
  #turnEnd(): void {
    this.#turnEndDue = false;
    this.#lastTurnBytes = this.#turnBytes;
    this.#turnBytes = 0;
    const free = MAX_COMMITS_UNDER_WAY - this.#underWay.length;
    if (free === MAX_COMMITS_UNDER_WAY || (free > 0 && this.#current.staging.bytes >= AHEAD_BYTES))
      this.#dispatch();
  }

  #enqueue(): void {
    this.#queuedBytes += this.#current.staging.bytes;
    this.#queue.push(this.#current);
    this.#current = this.#newBatch();
  }

  #dispatch(): void {
    if (this.#failure !== undefined) return;
    if (this.#queue.length === 0) {
      if (this.#current.staging.empty) return;
      this.#enqueue();
    }
    const batch = this.#queue.shift();
    if (batch === undefined) return;
    const { staging } = batch;
    this.#queuedBytes -= staging.bytes;
    batch.state = staging.state;
    const lines: CommitBatch['lines'] = {};
    const transfer: ArrayBuffer[] = [];
    for (const lane of lanes) {
      const staged = staging.lines(lane);
      if (staged === undefined) continue;
      lines[lane] = staged;
      batch.counts[lane] = staged.count;
      if (staged.bytes.buffer instanceof ArrayBuffer) transfer.push(staged.bytes.buffer);
    }
    this.#underWay.push(batch);
    this.#options.send({ lines, state: batch.state }, transfer);
  }
}
