/**
 * Notices silence. Time is taken from the monotonic clock, so that a wall clock that is set changes nothing;
 * and time in which the gateway itself stood still (a suspended machine, a stalled process) is not held
 * against the devices: what they said meanwhile may still be waiting to be read.
 */
import type { Clock } from '../../devices/model/clock.ts';

/** The caller comes back this late without anything being wrong; times the clock's rate. */
export const TOLERATED_LATENESS_MS = 5_000;
/** After a standstill, devices are given this long to be read before any is called silent; times the clock's rate. */
export const GRACE_MS = 10_000;
/** A gateway that is late every time must still notice silence at last. */
const MAX_GRACES_IN_A_ROW = 3;

interface Watched {
  intervalMs: number;
  /** In listened time. */
  heardAtMs: number;
  silent: boolean;
}

export class Supervision {
  readonly #clock: Clock;
  readonly #watched = new Map<string, Watched>();
  #lastMonotonicMs: number;
  /** Time during which this gateway listened. */
  #listenedMs = 0;
  /** Lower bound of the next silence, in listened time: hearing a device only moves its own further away. */
  #nextMs = Number.POSITIVE_INFINITY;
  #graceUntilMs = 0;
  #graces = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#lastMonotonicMs = clock.monotonicMs();
  }

  /** Begins or changes the supervision of a device that was heard `heardAgoMs` ago. */
  watch(device: string, intervalMs: number, heardAgoMs = 0): void {
    this.#listen();
    const heardAtMs = this.#listenedMs - heardAgoMs;
    this.#watched.set(device, { intervalMs, heardAtMs, silent: false });
    this.#nextMs = Math.min(this.#nextMs, heardAtMs + intervalMs);
  }

  forget(device: string): void {
    this.#watched.delete(device);
  }

  heard(device: string): void {
    this.#listen();
    const watched = this.#watched.get(device);
    if (watched === undefined) return;
    watched.heardAtMs = this.#listenedMs;
    watched.silent = false;
    this.#nextMs = Math.min(this.#nextMs, watched.heardAtMs + watched.intervalMs);
  }

  /** Devices that have fallen silent since the last call. */
  overdue(): string[] {
    this.#listen();
    if (this.#listenedMs < Math.max(this.#nextMs, this.#graceUntilMs)) return [];
    const silent: string[] = [];
    this.#nextMs = Number.POSITIVE_INFINITY;
    for (const [device, watched] of this.#watched) {
      if (watched.silent) continue;
      const dueMs = watched.heardAtMs + watched.intervalMs;
      if (dueMs <= this.#listenedMs) {
        watched.silent = true;
        silent.push(device);
      } else this.#nextMs = Math.min(this.#nextMs, dueMs);
    }
    return silent;
  }

  /** In how long `overdue` should be asked next; undefined when nobody can fall silent. */
  nextDueInMs(): number | undefined {
    if (this.#nextMs === Number.POSITIVE_INFINITY) return undefined;
    const sinceMs = this.#clock.monotonicMs() - this.#lastMonotonicMs;
    return Math.max(0, Math.max(this.#nextMs, this.#graceUntilMs) - this.#listenedMs - sinceMs);
  }

  #listen(): void {
    const nowMs = this.#clock.monotonicMs();
    const passedMs = Math.max(0, nowMs - this.#lastMonotonicMs);
    this.#lastMonotonicMs = nowMs;
    const expectedMs = Math.max(0, Math.max(this.#nextMs, this.#graceUntilMs) - this.#listenedMs);
    const stoodStill = passedMs > expectedMs + TOLERATED_LATENESS_MS * this.#clock.rate;
    if (stoodStill && this.#graces < MAX_GRACES_IN_A_ROW) {
      this.#graces++;
      this.#listenedMs += expectedMs;
      this.#graceUntilMs = this.#listenedMs + GRACE_MS * this.#clock.rate;
      return;
    }
    if (!stoodStill && this.#listenedMs >= this.#graceUntilMs) this.#graces = 0;
    this.#listenedMs += passedMs;
  }
}
