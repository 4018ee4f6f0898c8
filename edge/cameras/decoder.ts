import { Worker } from 'node:worker_threads';
import type { DecodeResult, DecodeTask } from './decode-worker.ts';
import type { GreyFrame } from './grey-frame.ts';

/** Pictures that may wait; a watch can do without one, and a busy machine must not pile them up. */
export const MAX_WAITING_PICTURES = 64;
/** A picture that takes longer was made to take longer. */
const DECODE_WITHIN_MS = 10_000;

interface Waiting {
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

/** Looks into JPEGs on a thread of its own, one after the other. */
export class Decoder {
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #timer: NodeJS.Timeout | undefined;
  #count = 0;
  #isClosed = false;

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.#close(), { once: true });
  }

  /** @throws Error where it is no JPEG, or too many wait */
  grey(jpeg: Uint8Array): Promise<GreyFrame> {
    return this.#ask((id) => ({ id, task: 'grey', jpeg }));
  }

  /** The picture itself where it is small enough, a smaller one otherwise. @throws as `grey` */
  shrink(jpeg: Uint8Array, maxBytes: number): Promise<Uint8Array> {
    if (jpeg.length <= maxBytes) return Promise.resolve(jpeg);
    return this.#ask((id) => ({ id, task: 'shrink', jpeg, maxBytes }));
  }

  #ask(taskFor: (id: number) => DecodeTask): Promise<Uint8Array> {
    if (this.#isClosed) return Promise.reject(new Error('closed'));
    if (this.#waiting.size >= MAX_WAITING_PICTURES)
      return Promise.reject(new Error(`${MAX_WAITING_PICTURES} pictures wait already`));
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#standing().postMessage(taskFor(id));
      if (this.#waiting.size === 1) this.#guard();
    });
  }

  #standing(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('./decode-worker.ts', import.meta.url));
    worker.unref();
    worker.on('message', (result: DecodeResult) => {
      const waiting = this.#waiting.get(result.id);
      this.#waiting.delete(result.id);
      this.#guard();
      if ('bytes' in result) waiting?.resolve(result.bytes);
      else waiting?.reject(new Error(result.problem));
    });
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#giveUp(error instanceof Error ? error : new Error(String(error)));
    });
    this.#worker = worker;
    return worker;
  }

  /** The one under way has its time; each answer begins it anew. */
  #guard(): void {
    clearTimeout(this.#timer);
    if (this.#waiting.size === 0) return;
    this.#timer = setTimeout(() => this.#giveUp(new Error('the picture took too long')), DECODE_WITHIN_MS);
    this.#timer.unref();
  }

  /** The thread is of no more use; the next picture gets a new one. */
  #giveUp(error: Error): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    clearTimeout(this.#timer);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }

  #close(): void {
    this.#isClosed = true;
    this.#giveUp(new Error('closed'));
  }
}
