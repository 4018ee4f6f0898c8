/** The gateway's side of the outbox: numbers records at once, packs them, and hands them to the log's thread. */
import type { KeyObject } from 'node:crypto';
import type { Clock } from '../../devices/model/clock.ts';
import {
  type Lane,
  type LossNotice,
  lanes,
  MAX_RECORD_BYTES,
  type RecordBody,
  recordId,
} from '../../devices/wire.ts';
import { CommitQueue } from './commit-queue.ts';
import { CHAIN_SLOT_BYTES, lineAfter, lineSequence } from './frame.ts';
import { KeptState } from './kept-state.ts';
import type { LogThread } from './log-thread.ts';
import { type Machine, realMachine } from './machine.ts';
import type { DurableOutbox, LaneProgress, OutboxMetrics, RecordLines, StoredRecord } from './outbox.ts';
import type { LogState, Reply, Request } from './protocol.ts';
import { RecordJson } from './record-json.ts';
import { BufferPool } from './staging.ts';

/** One commit at most, and the state at most: both must fit into a segment several times. */
const MAX_COMMIT_BYTES = 2 * 1024 * 1024;
const PART_OF_SEGMENT = 0.25;
/** All values together, or a quarter of a segment where that is less; they are written anew with each segment. */
export const MAX_STATE_BYTES = 4 * 1024 * 1024;
const TIDY_EVERY_MS = 1_000;
/** Lives of one gateway: enough that no two of them are ever the same. */
const BOOT_BYTES = 6;

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

export class ThreadedOutbox implements DurableOutbox {
  readonly epoch: string;
  readonly boot: string;
  readonly setAside: string | undefined;
  readonly newestAt: number;
  readonly #options: OutboxOptions;
  readonly #thread: LogThread;
  readonly #unlock: () => void;
  readonly #pool = new BufferPool();
  readonly #json: RecordJson;
  readonly #bornMs: number;
  readonly #commits: CommitQueue;
  readonly #idPrefix: string;
  readonly #state: KeptState;
  readonly #listeners = new Set<(lane: Lane) => void>();
  readonly #requests = new Map<number, (reply: Reply | Error) => void>();
  readonly #endTidying: () => void;
  #log: LogState;
  #sequence: number;
  readonly #last: Record<Lane, number>;
  #requestId = 0;
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    options: OutboxOptions,
    segmentBytes: number,
    thread: LogThread,
    ready: Extract<Reply, { type: 'ready' }>,
    unlock: () => void,
    machine: Machine = realMachine,
  ) {
    this.#options = options;
    this.boot = machine.randomBytes(BOOT_BYTES).toString('hex');
    this.#json = new RecordJson(this.boot);
    this.#bornMs = options.clock.monotonicMs();
    this.#thread = thread;
    this.#unlock = unlock;
    this.epoch = ready.epoch;
    this.setAside = ready.setAside;
    this.newestAt = ready.newestAt;
    this.#log = ready.log;
    this.#sequence = ready.nextSequence - 1;
    this.#last = { alarm: ready.log.lanes.alarm.last, bulk: ready.log.lanes.bulk.last };
    this.#state = new KeptState(ready.state, Math.min(MAX_STATE_BYTES, segmentBytes * PART_OF_SEGMENT));
    this.#commits = new CommitQueue({
      pool: this.#pool,
      maxCommitBytes: Math.min(MAX_COMMIT_BYTES, segmentBytes * PART_OF_SEGMENT),
      send: (batch, transfer) => this.#send({ type: 'commit', now: options.clock.now(), batch }, transfer),
      soon: machine.soon,
    });
    this.#idPrefix = recordId(options.gateway, this.epoch, 0).slice(0, -1);
    thread.listen(
      (reply) => this.#receive(reply),
      (error) => this.#fail(error ?? new Error('outbox: its thread has ended')),
    );
    this.#endTidying = machine.every(TIDY_EVERY_MS, () => {
      // State that found no room is tried again.
      this.#commits.retry();
      this.#send({ type: 'tidy', now: options.clock.now() });
    });
  }

  stage(lane: Lane, at: number, body: (id: string) => RecordBody): string {
    this.#usable();
    const sequence = this.#sequence + 1;
    const id = this.#idPrefix + sequence;
    const json = this.#json.of(sequence, this.#last[lane], at, this.bootMs, body(id));
    // Only a long text is worth measuring in advance.
    if (json.length * 3 > MAX_RECORD_BYTES) {
      const bytes = Buffer.byteLength(json);
      if (bytes > MAX_RECORD_BYTES)
        throw new RangeError(`outbox: record of ${bytes} bytes, at most ${MAX_RECORD_BYTES}`);
    }
    this.#commits.add(lane, sequence, at, json);
    this.#sequence = sequence;
    this.#last[lane] = sequence;
    return id;
  }

  get lastSequence(): number {
    return this.#sequence;
  }

  get bootMs(): number {
    return Math.max(0, Math.round(this.#options.clock.monotonicMs() - this.#bornMs));
  }

  keep(key: string, value: unknown): void {
    this.#usable();
    const json = JSON.stringify(value);
    if (json === undefined) throw new TypeError(`outbox: state "${key}" has no JSON`);
    this.#state.change(key, json);
    this.#commits.keep(key, json);
  }

  forget(key: string): void {
    this.#usable();
    this.#state.change(key, null);
    this.#commits.keep(key, null);
  }

  committed(): Promise<void> {
    return this.#commits.settled();
  }

  kept(prefix: string): Map<string, unknown> {
    return this.#state.under(prefix);
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
    return { bytes, full, commits, givenUp, stagedRecords: this.#commits.records };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#endTidying();
    if (this.#failure === undefined) {
      await this.committed().catch(() => undefined);
      this.#send({ type: 'close' });
      await this.#thread.ended;
    } else await this.#thread.terminate();
    this.#unlock();
  }

  #usable(): void {
    if (this.#closing !== undefined) throw new Error('outbox: closed');
    if (this.#failure !== undefined) throw this.#failure;
  }

  #send(request: Request, transfer: ArrayBuffer[] = []): void {
    if (this.#failure === undefined) this.#thread.post(request, transfer);
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
      case 'stated':
        for (const listener of this.#listeners) listener(reply.lane);
        return;
      case 'failed':
        this.#fail(new Error(`outbox: ${reply.message}`, { cause: reply.code }));
    }
  }

  #committed(reply: Extract<Reply, { type: 'committed' }>): void {
    for (const buffer of reply.buffers) this.#pool.give(buffer);
    const { state, counts, tell } = this.#commits.finished(reply);
    this.#state.committed(state);
    if (reply.log === undefined) {
      this.#log.commits++;
      for (const lane of lanes) this.#log.lanes[lane].waiting += counts[lane] ?? 0;
    } else this.#log = reply.log;
    tell();
    for (const lane of lanes)
      if (counts[lane] !== undefined) for (const listener of this.#listeners) listener(lane);
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    void this.#thread.terminate();
    this.#endTidying();
    for (const answer of this.#requests.values()) answer(error);
    this.#requests.clear();
    this.#commits.fail(error);
    if (this.#closing === undefined) this.#options.onFatal(error);
  }
}
