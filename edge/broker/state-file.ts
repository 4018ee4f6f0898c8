/**
 * The broker's state on disk: read once at the start, then only written, by a thread of its own and in groups: while
 * one batch is synced the next gathers.
 */
import { renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { type Batch, type BatchOutcome, type Operation, SCHEMA, SCHEMA_VERSION } from './state-operations.ts';

/** Operations that may wait for a disk that does not keep up; beyond, nothing more is promised. */
export const MAX_WAITING_OPERATIONS = 50_000;
/** Operations in one transaction. */
const MAX_BATCH_OPERATIONS = 5_000;
/** After a passing failure (the disk is full) the same batch is tried again this much later. */
const RETRY_MS = 1_000;
/** Time that the thread gets to end by itself. */
const CLOSE_MS = 5_000;

interface Group {
  promise: Promise<void>;
  resolve: () => void;
  reject: (error: Error) => void;
}

function group(): Group {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  // Nobody need be waiting.
  promise.catch(() => {});
  return { promise, resolve, reject };
}

export class StateFile {
  readonly #worker: Worker;
  readonly #onFailure: (message: string, final: boolean) => void;
  /** Resolves once the thread has opened the file. */
  readonly ready: Promise<void>;
  readonly #ready = group();
  readonly #exited: Promise<void>;
  #waiting: Operation[] = [];
  #gathering = group();
  #underWay: { number: number; operations: Operation[]; group: Group } | undefined;
  #retained = new Map<string, number>();
  #number = 0;
  #scheduled = false;
  #broken: Error | undefined;
  #closing = false;
  #idle: (() => void) | undefined;

  constructor(path: string, onFailure: (message: string, final: boolean) => void) {
    this.#onFailure = onFailure;
    this.ready = this.#ready.promise;
    this.#worker = new Worker(new URL('./state-worker.ts', import.meta.url), {
      workerData: path,
      // The process's own flags need not suit a thread.
      execArgv: [],
    });
    this.#worker.unref();
    this.#worker.on('message', (outcome: BatchOutcome) => this.#written(outcome));
    this.#worker.on('error', (error) => this.#break(error));
    this.#exited = new Promise((resolve) => this.#worker.once('exit', () => resolve()));
  }

  get waiting(): number {
    return this.#waiting.length + (this.#underWay?.operations.length ?? 0);
  }

  write(operation: Operation): void {
    if (this.#broken !== undefined || this.#closing) return;
    if (operation.do === 'retain') {
      // Only the newest state of a topic is worth a write.
      const index = this.#retained.get(operation.topic);
      if (index !== undefined) {
        this.#waiting[index] = operation;
        return;
      }
      this.#retained.set(operation.topic, this.#waiting.length);
    } else if (operation.do === 'forget') this.#retained.delete(operation.topic);
    this.#waiting.push(operation);
    this.#schedule();
  }

  /** Resolves once everything written so far is on disk; rejects where that can't be said. */
  committed(): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    if (this.#waiting.length > MAX_WAITING_OPERATIONS)
      return Promise.reject(new Error('the disk does not keep up with the broker'));
    if (this.#waiting.length > 0) return this.#gathering.promise;
    return this.#underWay?.group.promise ?? Promise.resolve();
  }

  /** Writes what is waiting, then ends the thread. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#broken === undefined && this.waiting > 0) {
      const idle = new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
      this.#send();
      await idle;
    }
    this.#worker.postMessage('close');
    const impatience = setTimeout(() => void this.#worker.terminate(), CLOSE_MS);
    await this.#exited;
    clearTimeout(impatience);
  }

  #schedule(): void {
    if (this.#scheduled || this.#underWay !== undefined) return;
    this.#scheduled = true;
    // Later in this turn, so that all of a chunk's messages go into one batch.
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#underWay !== undefined || this.#waiting.length === 0) return;
    const operations = this.#waiting;
    this.#underWay = { number: ++this.#number, operations, group: this.#gathering };
    this.#waiting = [];
    this.#retained.clear();
    this.#gathering = group();
    this.#post(operations);
  }

  #post(operations: readonly Operation[]): void {
    const batch: Batch = { number: this.#number, operations: operations.slice(0, MAX_BATCH_OPERATIONS) };
    this.#worker.postMessage(batch);
  }

  #written(outcome: BatchOutcome): void {
    this.#ready.resolve();
    const underWay = this.#underWay;
    if (underWay === undefined || outcome.number !== underWay.number) return;
    if (outcome.failure !== undefined) {
      const error = new Error(`the broker's state was not written: ${outcome.failure.message}`);
      if (outcome.failure.final) {
        this.#break(error);
        return;
      }
      this.#onFailure(error.message, false);
      // Whoever waited is told no; the operations stay, in order, and are tried again.
      underWay.group.reject(error);
      this.#gathering.reject(error);
      this.#gathering = group();
      this.#waiting = [...underWay.operations, ...this.#waiting];
      this.#retained.clear();
      this.#underWay = undefined;
      if (this.#closing) this.#idle?.();
      else setTimeout(() => this.#schedule(), RETRY_MS).unref();
      return;
    }
    const rest = underWay.operations.slice(MAX_BATCH_OPERATIONS);
    if (rest.length > 0) {
      underWay.operations = rest;
      underWay.number = ++this.#number;
      this.#post(rest);
      return;
    }
    this.#underWay = undefined;
    underWay.group.resolve();
    if (this.#waiting.length > 0) this.#send();
    else this.#idle?.();
  }

  #break(error: Error): void {
    if (this.#broken !== undefined) return;
    this.#broken = error;
    this.#ready.reject(error);
    this.#underWay?.group.reject(error);
    this.#gathering.reject(error);
    this.#waiting = [];
    this.#underWay = undefined;
    this.#idle?.();
    this.#onFailure(error.message, true);
  }
}

/** Everything that stands in the file. */
export interface StoredState {
  retained: { topic: string; payload: Uint8Array; qos: number; identity: string; at: number }[];
  sessions: { client: string; identity: string; at: number }[];
  subscriptions: { client: string; filter: string; qos: number }[];
  queued: {
    client: string;
    number: number;
    topic: string;
    payload: Uint8Array;
    qos: number;
    packetId: number;
    released: number;
  }[];
  received: { client: string; packetId: number }[];
  wills: {
    client: string;
    identity: string;
    topic: string;
    payload: Uint8Array;
    qos: number;
    retain: number;
  }[];
}

/**
 * Opens or makes the file and reads all of it.
 * A damaged file is put aside (`damaged` names it) and a new one begun: a site without its retained messages
 * is better than one without a broker.
 */
export function readState(path: string, nowMs: number): { state: StoredState; damaged?: string } {
  try {
    return { state: readFile(path) };
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
    const damage = error instanceof DamagedState || code === 11 /* CORRUPT */ || code === 26; /* NOTADB */
    if (!damage) throw error;
    const damaged = `${path}.damaged-${nowMs}`;
    renameSync(path, damaged);
    for (const suffix of ['-wal', '-shm']) rmSync(path + suffix, { force: true });
    return { state: readFile(path), damaged };
  }
}

class DamagedState extends Error {}

function readFile(path: string): StoredState {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version === 0) database.exec(`BEGIN; ${SCHEMA} COMMIT;`);
    else if (version !== SCHEMA_VERSION)
      throw new Error(`${path}: version ${version}; this program knows version ${SCHEMA_VERSION}`);
    const check = database.prepare('PRAGMA quick_check').get()?.quick_check;
    if (check !== 'ok') throw new DamagedState(`${path}: ${String(check)}`);
    const rows = (sql: string) => database.prepare(sql).all();
    const text = (value: unknown) => String(value);
    const number = (value: unknown) => Number(value);
    const bytes = (value: unknown) => (value instanceof Uint8Array ? value : new Uint8Array(0));
    return {
      retained: rows('SELECT * FROM retained').map((row) => ({
        topic: text(row.topic),
        payload: bytes(row.payload),
        qos: number(row.qos),
        identity: text(row.identity),
        at: number(row.at),
      })),
      sessions: rows('SELECT * FROM session').map((row) => ({
        client: text(row.client),
        identity: text(row.identity),
        at: number(row.at),
      })),
      subscriptions: rows('SELECT * FROM subscription').map((row) => ({
        client: text(row.client),
        filter: text(row.filter),
        qos: number(row.qos),
      })),
      queued: rows('SELECT * FROM queued ORDER BY number').map((row) => ({
        client: text(row.client),
        number: number(row.number),
        topic: text(row.topic),
        payload: bytes(row.payload),
        qos: number(row.qos),
        packetId: number(row.packet_id),
        released: number(row.released),
      })),
      received: rows('SELECT * FROM received').map((row) => ({
        client: text(row.client),
        packetId: number(row.packet_id),
      })),
      wills: rows('SELECT * FROM will').map((row) => ({
        client: text(row.client),
        identity: text(row.identity),
        topic: text(row.topic),
        payload: bytes(row.payload),
        qos: number(row.qos),
        retain: number(row.retain),
      })),
    };
  } finally {
    database.close();
  }
}
