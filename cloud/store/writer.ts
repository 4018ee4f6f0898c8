import { Worker } from 'node:worker_threads';
import type { Write } from './statements.ts';

/** Writes that wait for a transaction, at most; beyond it the caller is refused rather than memory filled. */
export const MAX_WAITING_WRITES = 500_000;
/** Writes of one transaction: enough for the disk's best pace, short enough for the next to start soon. */
export const MAX_WRITES_PER_TRANSACTION = 20_000;

interface Waiting {
  writes: readonly Write[];
  resolve(): void;
  reject(error: Error): void;
}

/**
 * Group commit: while one transaction runs, all that comes gathers into the next. What was given in one call is
 * in one transaction, in the order of the calls; a call that fails takes no other one along.
 */
export class Writer {
  readonly #worker: Worker;
  #waiting: Waiting[] = [];
  #waitingWrites = 0;
  #running: Waiting[] | undefined;
  #broken: Error | undefined;
  #closing: (() => void) | undefined;
  readonly #onBroken: ((error: Error) => void) | undefined;

  /** @param onBroken told once, when nothing can be written any more */
  constructor(file: string, onBroken?: (error: Error) => void) {
    this.#onBroken = onBroken;
    this.#worker = new Worker(new URL('./writer-worker.ts', import.meta.url), { workerData: file });
    this.#worker.on('message', (errors: (string | null)[]) => this.#done(errors));
    this.#worker.on('error', (error) =>
      this.#break(error instanceof Error ? error : new Error(String(error))),
    );
    this.#worker.on('exit', (code) => {
      if (this.#closing) this.#closing();
      else this.#break(new Error(`the store's writer ended with ${code}`));
    });
  }

  /** Resolves when the writes are on disk. @throws Error when the disk refused them, or too much waits. */
  write(writes: readonly Write[]): Promise<void> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    if (this.#waitingWrites + writes.length > MAX_WAITING_WRITES) {
      return Promise.reject(new Error(`more than ${MAX_WAITING_WRITES} writes wait for the store`));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes, resolve, reject });
      this.#waitingWrites += writes.length;
      if (this.#running === undefined) this.#next();
    });
  }

  /** Finishes what waits, then ends. */
  async close(): Promise<void> {
    if (this.#broken !== undefined) return;
    await this.write([]).catch(() => {});
    if (this.#broken !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#closing = resolve;
      this.#worker.postMessage('close');
    });
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const running: Waiting[] = [];
    let size = 0;
    while (this.#waiting.length > 0) {
      const one = this.#waiting[0];
      if (one === undefined || (size > 0 && size + one.writes.length > MAX_WRITES_PER_TRANSACTION)) break;
      running.push(one);
      size += one.writes.length;
      this.#waiting.shift();
    }
    this.#waitingWrites -= size;
    this.#running = running;
    this.#worker.postMessage(running.map(({ writes }) => writes));
  }

  /** One entry a call where any failed: null, or what went wrong with it. */
  #done(errors: (string | null)[]): void {
    const finished = this.#running ?? [];
    this.#running = undefined;
    for (const [index, { resolve, reject }] of finished.entries()) {
      const error = errors[index] ?? null;
      if (error === null) resolve();
      else reject(new Error(`the store refused: ${error}`));
    }
    this.#next();
  }

  #break(error: Error): void {
    const isFirst = this.#broken === undefined;
    this.#broken ??= error;
    for (const { reject } of [...(this.#running ?? []), ...this.#waiting]) reject(error);
    this.#running = undefined;
    this.#waiting = [];
    this.#waitingWrites = 0;
    if (isFirst) this.#onBroken?.(error);
  }
}
