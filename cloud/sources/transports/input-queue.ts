import { type Input, type Intake, MAX_BATCH_INPUTS, MAX_REPORTED_PER_INPUT } from '../intake.ts';

/** Inputs of a socket that wait to be stored, at most. */
export const MAX_WAITING_INPUTS = 10_000;
/** Their bytes, at most. */
export const MAX_WAITING_BYTES = 32 * 1024 * 1024;

/**
 * Stands between a socket, which does not wait, and the store, which takes its time. What arrives is numbered
 * within this life of the process: a socket has no memory, so nothing of it is ever read twice.
 */
export class InputQueue {
  readonly #intake: Intake;
  readonly #epoch: string;
  readonly #signal: AbortSignal;
  #waiting: Input[] = [];
  #bytes = 0;
  #sequence = 0;
  #awaitingRoom: (() => void)[] = [];
  #storing: Promise<void> | undefined;

  /** @param boot names this life of the process in the ids of records */
  constructor(intake: Intake, boot: string, signal: AbortSignal) {
    this.#intake = intake;
    this.#epoch = boot;
    this.#signal = signal;
  }

  /** For senders that can be held back: waits until at most half of the queue is taken, so nothing is given up. */
  async put(raw: Uint8Array, peer: string): Promise<void> {
    // Looked at anew by each that waited: the one before it may have filled it again.
    while (this.#isHalfFull) await new Promise<void>((resolve) => this.#awaitingRoom.push(resolve));
    this.offer(raw, peer);
  }

  get #isHalfFull(): boolean {
    return this.#waiting.length > MAX_WAITING_INPUTS / 2 || this.#bytes > MAX_WAITING_BYTES / 2;
  }

  /** False: full; the input is given up and counted. */
  offer(raw: Uint8Array, peer: string): boolean {
    if (this.#waiting.length >= MAX_WAITING_INPUTS || this.#bytes + raw.length > MAX_WAITING_BYTES) {
      this.#intake.drop(1, 'faster than they could be stored');
      return false;
    }
    this.#sequence += MAX_REPORTED_PER_INPUT;
    this.#bytes += raw.length;
    this.#waiting.push({
      raw,
      receivedAt: this.#intake.clock.now(),
      epoch: this.#epoch,
      sequence: this.#sequence,
      peer,
    });
    this.#storing ??= this.#store();
    return true;
  }

  /** Resolves once everything offered is stored, or given up because the signal ended it. */
  async settled(): Promise<void> {
    while (this.#storing !== undefined) await this.#storing;
  }

  async #store(): Promise<void> {
    // What arrives in one turn of the event loop is stored together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, MAX_BATCH_INPUTS);
      for (const { raw } of batch) this.#bytes -= raw.length;
      try {
        await this.#intake.takeUntilStored(batch, this.#signal);
      } catch {
        // Ended while the store failed: its trouble is told already, what is left can't be kept.
        this.#intake.drop(batch.length, 'the process ended before they were stored');
      }
      if (!this.#isHalfFull) for (const go of this.#awaitingRoom.splice(0)) go();
    }
    this.#storing = undefined;
  }
}
