/** The thread that the log lives in, as the outbox sees it. */
import { Worker } from 'node:worker_threads';
import type { Reply, Request, WorkerSetup } from './protocol.ts';

export interface LogThread {
  /** Buffers named in `transfer` belong to the thread from here on. */
  post(request: Request, transfer: ArrayBuffer[]): void;
  /** Replaces who was told before. `onEnd`: the thread is gone, with an error or by itself. */
  listen(onReply: (reply: Reply) => void, onEnd: (error: Error | undefined) => void): void;
  /** Resolves when the thread is gone. */
  readonly ended: Promise<void>;
  terminate(): Promise<unknown>;
}

/** A thread of this process. */
export function startLogThread(setup: WorkerSetup): LogThread {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: setup });
  let onReply = (_reply: Reply): void => undefined;
  let onEnd = (_error: Error | undefined): void => undefined;
  worker.on('message', (reply: Reply) => onReply(reply));
  worker.on('error', (error) => onEnd(error instanceof Error ? error : new Error(String(error))));
  const ended = new Promise<void>((resolve) =>
    worker.on('exit', () => {
      onEnd(undefined);
      resolve();
    }),
  );
  return {
    post: (request, transfer) => worker.postMessage(request, transfer),
    listen(reply, end) {
      onReply = reply;
      onEnd = end;
    },
    ended,
    terminate: () => worker.terminate(),
  };
}
