/** Opens the outbox: its directory, and the thread that the log lives in. */
import type { LossNotice } from '../../devices/wire.ts';
import { lockDirectory } from './lock.ts';
import { MIN_SEGMENT_BYTES, MIN_SEGMENTS } from './log.ts';
import { type LogThread, startLogThread } from './log-thread.ts';
import type { Machine } from './machine.ts';
import type { DurableOutbox } from './outbox.ts';
import type { Reply, WorkerSetup } from './protocol.ts';
import { type OutboxOptions, ThreadedOutbox } from './threaded-outbox.ts';

export { OutboxFullError } from './commit-queue.ts';
export type { DurableOutbox, OutboxMetrics, RecordLines } from './outbox.ts';
export { MAX_STATE_BYTES, type OutboxOptions } from './threaded-outbox.ts';

const DEFAULT_MAX_BYTES = 512 * 1024 * 1024;
const DEFAULT_SEGMENT_BYTES = 16 * 1024 * 1024;
const DEFAULT_RETAIN_MS = 24 * 3_600_000;

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
  const setup: WorkerSetup = {
    directory: options.directory,
    gateway: options.gateway,
    signingKey: options.signingKey,
    maxBytes,
    segmentBytes,
    retainMs: options.retainMs ?? DEFAULT_RETAIN_MS,
    now: options.clock.now(),
  };
  return outboxOn(startLogThread(setup), options, segmentBytes, unlock, signal);
}

/** The outbox on a thread that was just started, once its log is open. */
export async function outboxOn(
  thread: LogThread,
  options: OutboxOptions,
  segmentBytes: number,
  unlock: () => void,
  signal?: AbortSignal,
  machine?: Machine,
): Promise<DurableOutbox> {
  const lost: LossNotice[] = [];
  try {
    const ready = await new Promise<Extract<Reply, { type: 'ready' }>>((resolve, reject) => {
      const first = (reply: Reply) => {
        if (reply.type === 'lost') lost.push(reply.notice);
        else if (reply.type === 'ready') resolve(reply);
        else if (reply.type === 'failed') reject(new Error(reply.message));
      };
      thread.listen(first, (error) => reject(error ?? new Error('outbox: its thread has ended')));
    });
    const outbox = new ThreadedOutbox(options, segmentBytes, thread, ready, unlock, machine);
    for (const notice of lost) options.onLoss?.(notice);
    signal?.addEventListener('abort', () => void outbox.close(), { once: true });
    return outbox;
  } catch (error) {
    await thread.terminate();
    unlock();
    throw error;
  }
}
