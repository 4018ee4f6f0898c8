import { setTimeout as delay } from 'node:timers/promises';
import type { TelemetryPoint } from './telemetry.ts';

/** Points that wait for their engine; beyond it the oldest are given up: the store still has the observations. */
export const MAX_WAITING_POINTS = 100_000;
/** Points of one write: where InfluxDB is at its best (1,000 to 5,000). */
export const MAX_POINTS_PER_WRITE = 2_000;
const GATHER_MS = 250;
const RETRY_MS = 1_000;

/** Gathers points, writes them in batches, tries again while the engine is away. */
export class TelemetryWriter {
  readonly counts = { written: 0, givenUp: 0, waiting: 0 };
  readonly #write: (points: readonly TelemetryPoint[]) => Promise<void>;
  #waiting: TelemetryPoint[] = [];
  #writing: TelemetryPoint[] = [];
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(write: (points: readonly TelemetryPoint[]) => Promise<void>) {
    this.#write = write;
  }

  take(points: readonly TelemetryPoint[]): void {
    for (const point of points) this.#waiting.push(point);
    this.#giveUpExcess();
    this.#running ??= this.#run();
  }

  async flushed(): Promise<void> {
    await this.#running;
  }

  /** Writes what waits, once, and stops. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    if (!this.#closed) await delay(GATHER_MS);
    while (this.#waiting.length > 0) {
      // Taken out while it is written: what is given up meanwhile must not be what comes behind it.
      this.#writing = this.#waiting.splice(0, MAX_POINTS_PER_WRITE);
      try {
        await this.#write(this.#writing);
        this.counts.written += this.#writing.length;
        this.#writing = [];
      } catch {
        this.#waiting = [...this.#writing, ...this.#waiting];
        this.#writing = [];
        if (this.#closed) {
          this.counts.givenUp += this.#waiting.length;
          this.#waiting = [];
        } else await delay(RETRY_MS);
      }
      this.#giveUpExcess();
    }
    this.#running = undefined;
  }

  /** The oldest first. */
  #giveUpExcess(): void {
    const excess = Math.min(
      this.#waiting.length,
      this.#waiting.length + this.#writing.length - MAX_WAITING_POINTS,
    );
    if (excess > 0) {
      this.#waiting.splice(0, excess);
      this.counts.givenUp += excess;
    }
    this.counts.waiting = this.#waiting.length + this.#writing.length;
  }
}
