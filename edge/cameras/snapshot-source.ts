import { setTimeout as delay } from 'node:timers/promises';
import type { PictureSource, SourceListener } from './source.ts';

/** Snapshots that fail in a row before the source counts as failed: one is a busy camera. */
export const FAILED_AFTER = 3;
/** A failed source is tried less often, up to this, real ms. */
const RETRY_AT_MOST_MS = 15_000;

export interface SnapshotSourceOptions extends SourceListener {
  /** Undefined: it isn't known yet where the pictures are, which is no failure. @throws Error that says what is wrong */
  fetch(signal: AbortSignal): Promise<Uint8Array | undefined>;
  everyMs: number;
  signal: AbortSignal;
}

/** Single JPEGs by HTTP, one after the other. */
export class SnapshotSource implements PictureSource {
  readonly #options: SnapshotSourceOptions;

  constructor(options: SnapshotSourceOptions) {
    this.#options = options;
  }

  async run(): Promise<void> {
    const { signal, everyMs } = this.#options;
    let failures = 0;
    let isWorking = false;
    while (!signal.aborted) {
      const begunAtMs = performance.now();
      try {
        const jpeg = await this.#options.fetch(signal);
        if (signal.aborted) return;
        if (jpeg !== undefined) {
          failures = 0;
          if (!isWorking) this.#options.onWorking();
          isWorking = true;
          this.#options.onJpeg(jpeg);
        }
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        if (failures === FAILED_AFTER) {
          isWorking = false;
          this.#options.onFailed(error instanceof Error ? error.message : String(error));
        }
      }
      const slower = Math.max(0, failures - FAILED_AFTER);
      const restMs = Math.min(everyMs * 2 ** Math.min(slower, 8), Math.max(everyMs, RETRY_AT_MOST_MS));
      await delay(Math.max(0, restMs - (performance.now() - begunAtMs)), undefined, { signal }).catch(
        () => {},
      );
    }
  }
}
