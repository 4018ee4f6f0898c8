/** The gateway's side of the outbox: numbers records at once, packs them, and hands them to the log's thread. */
import { type KeyObject, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../devices/model/clock.ts';
import {
  type Lane,
  type LossNotice,
  lanes,
  MAX_RECORD_BYTES,
  type RecordBody,
  recordId,
} from '../../devices/wire.ts';
import { CHAIN_SLOT_BYTES, lineAfter, lineSequence } from './frame.ts';
import { lockDirectory } from './lock.ts';
import { MIN_SEGMENT_BYTES, MIN_SEGMENTS } from './log.ts';
import type { LaneProgress, Outbox, StoredRecord } from './outbox.ts';
import type { LogState, Reply, Request, WorkerSetup } from './protocol.ts';
import type { StateChange } from './snapshot.ts';
import { BufferPool, Staging } from './staging.ts';

/**
 * From here on it is worth to have a second commit ready behind the one being written: whoever waits for the first
 * stages anew while the second is written, so that neither this thread nor the disk waits for the other. Smaller ones
 * wait and grow instead.
 */
const AHEAD_BYTES = 64 * 1024;
/** Commits with the thread at the same time: one being written, one ready to be. */
const MAX_COMMITS_UNDER_WAY = 2;
/** One commit at most, and the state at most: both must fit into a segment several times. */
const MAX_COMMIT_BYTES = 2 * 1024 * 1024;
const PART_OF_SEGMENT = 0.25;
/** Not yet on disk at most; more is a disk that has stopped answering. */
export const MAX_STAGED_BYTES = 64 * 1024 * 1024;
/** All values together, or a quarter of a segment where that is less; they are written anew with each segment. */
export const MAX_STATE_BYTES = 4 * 1024 * 1024;
const TIDY_EVERY_MS = 1_000;
const DEFAULT_MAX_BYTES = 512 * 1024 * 1024;
const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;
const DEFAULT_RETAIN_MS = 24 * 3_600_000;

export interface OutboxOptions {
  directory: string;
  gateway: string;
  /** Ed25519, private; signs loss notices. */
  signingKey: KeyObject;
  clock: Clock;
  /** Of the whole log on disk. When it is reached, the oldest bulk records are given up. */
  maxBytes?: number;
  segmentBytes?: number;
  /** Records that the cloud has are kept this long for the site itself, as far as `maxBytes` allows. */
  retainMs?: number;
  /** The disk has failed: nothing that is not on it yet will ever be. The process should end. */
  onFatal: (error: Error) => void;
  /** Records were given up. */
  onLoss?: (notice: LossNotice) => void;
}

/** There was no room for some of the records: they are given up and stated as lost. Later ones may succeed. */
export class OutboxFullError extends Error {
  constructor(records: number) {
    super(`outbox: disk full, ${records} records refused`);
    this.name = 'OutboxFullError';
  }
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
  /** Of this process's life. */
  readonly boot: string;
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
  state?: StateChange[];
  counts?: Partial<Record<Lane, number>>;
}

/**
 * Opens or creates the log in `directory`; a log that can't be read is moved aside and stated as lost.
 * Closed by `close` or when the signal is aborted.
 */
export async function openOutbox(options: OutboxOptions, signal?: AbortSignal): Promise<DurableOutbox> {
  signal?.throwIfAborted();
  const maxBytes = options.maxBytes ?? DEFAULT_MAX_BYTES;
  const segmentBytes = Math.max(
    MIN_SEGMENT_BYTES,
    Math.min(options.segmentBytes ?? DEFAULT_SEGMENT_BYTES, Math.floor(maxBytes / MIN_SEGMENTS)),
  );
  if (options.signingKey.type !== 'private' || options.signingKey.asymmetricKeyType !== 'ed25519')
    throw new TypeError('outbox: the signing key must be a private Ed25519 key');
  const unlock = lockDirectory(options.directory);
  const workerData: WorkerSetup = {
    directory: options.directory,
    gateway: options.gateway,
    signingKey: options.signingKey,
    maxBytes,
    segmentBytes,
    retainMs: options.retainMs ?? DEFAULT_RETAIN_MS,
    now: options.clock.now(),
  };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
  const lost: LossNotice[] = [];
  try {
    const ready = await new Promise<Extract<Reply, { type: 'ready' }>>((resolve, reject) => {
      worker.once('error', reject);
      worker.on('message', function first(reply: Reply) {
        if (reply.type === 'lost') lost.push(reply.notice);
        else if (reply.type === 'ready') {
          worker.off('message', first);
          worker.off('error', reject);
          resolve(reply);
        } else if (reply.type === 'failed') reject(new Error(reply.message));
      });
    });
    const outbox = new ThreadedOutbox(options, segmentBytes, worker, ready, unlock);
    for (const notice of lost) options.onLoss?.(notice);
    signal?.addEventListener('abort', () => void outbox.close(), { once: true });
    return outbox;
  } catch (error) {
    await worker.terminate();
    unlock();
    throw error;
  }
}

class ThreadedOutbox implements DurableOutbox {
  readonly epoch: string;
  readonly boot = randomUUID();
  readonly setAside: string | undefined;
  readonly #options: OutboxOptions;
  readonly #maxCommitBytes: number;
  readonly #maxStateBytes: number;
  readonly #worker: Worker;
  readonly #unlock: () => void;
  readonly #pool = new BufferPool();
  readonly #idPrefix: string;
  readonly #kept: Map<string, string>;
  readonly #listeners = new Set<(lane: Lane) => void>();
  readonly #requests = new Map<number, (reply: Reply | Error) => void>();
  readonly #tidying: NodeJS.Timeout;
  #log: LogState;
  #sequence: number;
  readonly #last: Record<Lane, number>;
  #requestId = 0;
  #current: Batch;
  /** Full batches that wait for their turn. */
  readonly #queue: Batch[] = [];
  readonly #underWay: Batch[] = [];
  #queuedBytes = 0;
  #stateBytes = 0;
  #turnEndDue = false;
  #turnBytes = 0;
  #lastTurnBytes = 0;
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    options: OutboxOptions,
    segmentBytes: number,
    worker: Worker,
    ready: Extract<Reply, { type: 'ready' }>,
    unlock: () => void,
  ) {
    this.#options = options;
    this.#maxCommitBytes = Math.min(MAX_COMMIT_BYTES, segmentBytes * PART_OF_SEGMENT);
    this.#maxStateBytes = Math.min(MAX_STATE_BYTES, segmentBytes * PART_OF_SEGMENT);
    this.#worker = worker;
    this.#unlock = unlock;
    this.epoch = ready.epoch;
    this.setAside = ready.setAside;
    this.#log = ready.log;
    this.#sequence = ready.nextSequence - 1;
    this.#last = { alarm: ready.log.lanes.alarm.last, bulk: ready.log.lanes.bulk.last };
    this.#kept = new Map(ready.state);
    for (const [key, json] of ready.state) this.#stateBytes += key.length + json.length;
    this.#idPrefix = recordId(options.gateway, this.epoch, 0).slice(0, -1);
    this.#current = { staging: new Staging(this.#pool) };
    worker.on('message', (reply: Reply) => this.#receive(reply));
    worker.on('error', (error) => this.#fail(error));
    worker.on('exit', () => this.#fail(new Error('outbox: its thread has ended')));
    this.#tidying = setInterval(() => {
      // State that found no room is tried again.
      if (this.#underWay.length === 0) this.#dispatch();
      this.#send({ type: 'tidy', now: options.clock.now() });
    }, TIDY_EVERY_MS);
    this.#tidying.unref();
  }

  stage(lane: Lane, at: number, body: (id: string) => RecordBody): string {
    this.#usable();
    const sequence = this.#sequence + 1;
    const id = this.#idPrefix + sequence;
    const json = `{"sequence":${sequence},"after":${this.#last[lane]},"at":${at},"body":${JSON.stringify(body(id))}}`;
    // Only a long text is worth measuring in advance.
    if (json.length * 3 > MAX_RECORD_BYTES) {
      const bytes = Buffer.byteLength(json);
      if (bytes > MAX_RECORD_BYTES)
        throw new RangeError(`outbox: record of ${bytes} bytes, at most ${MAX_RECORD_BYTES}`);
    }
    if (this.#queuedBytes + this.#current.staging.bytes + json.length > MAX_STAGED_BYTES)
      throw new RangeError(`outbox: ${MAX_STAGED_BYTES} bytes wait for the disk`);
    this.#current.staging.add(lane, sequence, at, json);
    this.#sequence = sequence;
    this.#last[lane] = sequence;
    this.#staged(json.length);
    return id;
  }

  keep(key: string, value: unknown): void {
    this.#usable();
    const json = JSON.stringify(value);
    if (json === undefined) throw new TypeError(`outbox: state "${key}" has no JSON`);
    const bytes = this.#stateBytes + key.length + json.length - this.#sizeOf(key);
    if (bytes > this.#maxStateBytes)
      throw new RangeError(`outbox: state over ${this.#maxStateBytes} bytes at "${key}"`);
    this.#stateBytes = bytes;
    this.#sizes.set(key, key.length + json.length);
    this.#current.staging.keep(key, json);
    this.#staged();
  }

  forget(key: string): void {
    this.#usable();
    this.#stateBytes -= this.#sizeOf(key);
    this.#sizes.set(key, 0);
    this.#current.staging.keep(key, null);
    this.#staged();
  }

  /** Sizes of what was kept since the start; before that, what the log had. */
  readonly #sizes = new Map<string, number>();
  #sizeOf(key: string): number {
    const known = this.#sizes.get(key);
    if (known !== undefined) return known;
    const json = this.#kept.get(key);
    return json === undefined ? 0 : key.length + json.length;
  }

  committed(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const newest = this.#current.staging.empty
      ? (this.#queue.at(-1) ?? this.#underWay.at(-1))
      : this.#current;
    if (newest === undefined) return Promise.resolve();
    newest.done ??= Promise.withResolvers<void>();
    return newest.done.promise;
  }

  kept(prefix: string): Map<string, unknown> {
    const found = new Map<string, unknown>();
    for (const [key, json] of this.#kept) if (key.startsWith(prefix)) found.set(key, JSON.parse(json));
    return found;
  }

  async read(
    lane: Lane,
    afterSequence: number,
    limit: { records: number; bytes: number },
  ): Promise<StoredRecord[]> {
    const { lines } = await this.readLines(lane, afterSequence, limit);
    const bytes = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength);
    const records: StoredRecord[] = [];
    for (let start = 0; start < bytes.length; ) {
      const end = bytes.indexOf(10, start);
      records.push({
        sequence: lineSequence(bytes, start),
        after: lineAfter(bytes, start),
        lane,
        json: bytes.toString('utf8', start + CHAIN_SLOT_BYTES, end),
        chain: bytes.toString('latin1', start, start + CHAIN_SLOT_BYTES - 1),
      });
      start = end + 1;
    }
    return records;
  }

  async readLines(
    lane: Lane,
    after: number,
    { records, bytes }: { records: number; bytes: number },
  ): Promise<RecordLines> {
    const reply = await this.#request((id) => ({ type: 'read', id, lane, after, records, bytes }));
    if (reply.type !== 'read') throw new Error(`outbox: ${reply.type} in answer to read`);
    return { records: reply.records, first: reply.first, last: reply.last, lines: reply.lines };
  }

  async acknowledge(lane: Lane, sequence: number): Promise<void> {
    await this.#acknowledge(lane, sequence, undefined);
  }

  acknowledgeChecked(lane: Lane, sequence: number, chain: string): Promise<boolean> {
    return this.#acknowledge(lane, sequence, chain);
  }

  async #acknowledge(lane: Lane, sequence: number, chain: string | undefined): Promise<boolean> {
    const now = this.#options.clock.now();
    const reply = await this.#request((id) => ({ type: 'acknowledge', id, now, lane, sequence, chain }));
    return reply.type === 'acknowledged' && reply.fits;
  }

  progress(lane: Lane): LaneProgress {
    const { acknowledged, waiting } = this.#log.lanes[lane];
    return { lane, acknowledged, waiting };
  }

  onStaged(listener: (lane: Lane) => void): void {
    this.#listeners.add(listener);
  }

  metrics(): OutboxMetrics {
    const { bytes, full, commits, givenUp } = this.#log;
    const batches = [...this.#underWay, ...this.#queue, this.#current];
    const stagedRecords = batches.reduce((sum, { staging }) => sum + staging.records, 0);
    return { bytes, full, commits, givenUp, stagedRecords };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#tidying);
    if (this.#failure === undefined) {
      await this.committed().catch(() => undefined);
      const exited = once(this.#worker, 'exit');
      this.#send({ type: 'close' });
      await exited;
    } else await this.#worker.terminate();
    this.#unlock();
  }

  #usable(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) throw new Error('outbox: closed');
  }

  #send(request: Request, transfer: ArrayBuffer[] = []): void {
    if (this.#failure === undefined) this.#worker.postMessage(request, transfer);
  }

  #request(request: (id: number) => Request): Promise<Exclude<Reply, { type: 'failed' }>> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      const id = ++this.#requestId;
      this.#requests.set(id, (reply) => {
        if (reply instanceof Error) reject(reply);
        else if (reply.type !== 'failed') resolve(reply);
      });
      this.#send(request(id));
    });
  }

  #staged(bytes = 0): void {
    this.#turnBytes += bytes;
    const staged = this.#current.staging.bytes;
    if (staged >= this.#maxCommitBytes) this.#enqueue();
    // Half of what the last turn brought: the other half follows at its end.
    else if (this.#underWay.length === 0 && staged >= Math.max(AHEAD_BYTES, this.#lastTurnBytes / 2))
      this.#dispatch();
    if (this.#turnEndDue) return;
    this.#turnEndDue = true;
    setImmediate(() => this.#turnEnd());
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
    this.#current = { staging: new Staging(this.#pool) };
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
    const counts: Partial<Record<Lane, number>> = {};
    batch.counts = counts;
    const lines: Extract<Request, { type: 'commit' }>['batch']['lines'] = {};
    const transfer: ArrayBuffer[] = [];
    for (const lane of lanes) {
      const staged = staging.lines(lane);
      if (staged === undefined) continue;
      lines[lane] = staged;
      counts[lane] = staged.count;
      if (staged.bytes.buffer instanceof ArrayBuffer) transfer.push(staged.bytes.buffer);
    }
    this.#underWay.push(batch);
    this.#send(
      { type: 'commit', now: this.#options.clock.now(), batch: { lines, state: batch.state } },
      transfer,
    );
  }

  #receive(reply: Reply): void {
    switch (reply.type) {
      case 'committed':
        this.#committed(reply);
        return;
      case 'read':
      case 'acknowledged': {
        if (reply.type === 'acknowledged') this.#log = reply.log;
        const answer = this.#requests.get(reply.id);
        this.#requests.delete(reply.id);
        answer?.(reply);
        return;
      }
      case 'tidied':
        this.#log = reply.log;
        return;
      case 'lost':
        this.#options.onLoss?.(reply.notice);
        return;
      case 'failed':
        this.#fail(new Error(`outbox: ${reply.message}`, { cause: reply.code }));
    }
  }

  #committed({ refused, stateKept, buffers, log }: Extract<Reply, { type: 'committed' }>): void {
    for (const buffer of buffers) this.#pool.give(buffer);
    const batch = this.#underWay.shift();
    if (batch === undefined) throw new Error('outbox: a commit that nobody asked for');
    if (log === undefined) this.#advance(batch.counts ?? {});
    else this.#log = log;
    const state = batch.state ?? [];
    if (stateKept) {
      for (const [key, json] of state)
        if (json === null) this.#kept.delete(key);
        else this.#kept.set(key, json);
    } else {
      const newer = [...this.#underWay, ...this.#queue];
      const unknown = state.filter(([key]) => !newer.some(({ staging }) => staging.keeps(key)));
      this.#current.staging.keepOlder(unknown);
    }
    if (refused > 0 || !stateKept) {
      const error = new OutboxFullError(refused);
      batch.tainted = error;
      for (const later of [...this.#underWay, ...this.#queue, this.#current])
        if (!later.staging.empty) later.tainted ??= error;
    }
    this.#dispatch();
    if (batch.tainted === undefined) batch.done?.resolve();
    else batch.done?.reject(batch.tainted);
    if (refused === 0)
      for (const lane of lanes)
        if (batch.counts?.[lane] !== undefined) for (const listener of this.#listeners) listener(lane);
  }

  #advance(counts: Partial<Record<Lane, number>>): void {
    this.#log.commits++;
    for (const lane of lanes) this.#log.lanes[lane].waiting += counts[lane] ?? 0;
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    void this.#worker.terminate();
    clearInterval(this.#tidying);
    for (const answer of this.#requests.values()) answer(error);
    this.#requests.clear();
    for (const batch of [...this.#underWay, ...this.#queue, this.#current]) batch.done?.reject(error);
    if (this.#closing === undefined) this.#options.onFatal(error);
  }
}
