/**
 * The gateway's clock. It goes by the clock that never jumps, and follows the system's where that is believed:
 * gradually where the two are near, with a step that is told where they are not. Where the system's is not believed,
 * it goes on by itself, from the newest time that was ever recorded here, and says so.
 */
import { type Clock, systemClock } from '../../devices/model/clock.ts';
import {
  type ClockMode,
  EARLIEST_MS,
  isPlausible,
  judgeClock,
  SLEW_RATE,
  SLEW_WITHIN_MS,
} from './clock-policy.ts';
import { synchronization } from './synchronized.ts';

/** How often it is compared with the system's, in real time. */
export const COMPARED_EVERY_MS = 5_000;

/** The machine's clocks. */
export interface SystemTime {
  now(): number;
  monotonicMs(): number;
  schedule(delayMs: number, task: () => void): () => void;
  isSynchronized(): Promise<boolean>;
}

export const systemTime: SystemTime = {
  now: systemClock.now,
  monotonicMs: systemClock.monotonicMs,
  schedule: systemClock.schedule,
  isSynchronized: synchronization(),
};

/** Something about the clock that must be known: a step, or that it is believed from now on, or no more. */
export interface ClockChange {
  quality: 'set' | 'unset';
  /** By how much `now` went on at once; negative for back. 0 where it did not. */
  correctionMs: number;
  /** First and last instant that this clock has shown on the timeline it has just left. */
  from: number;
  until: number;
  because: string;
}

export class SteadyClock implements Clock {
  readonly rate = 1;
  readonly #system: SystemTime;
  readonly #mode: ClockMode;
  /** At `#anchorMonotonicMs` it showed `#anchorMs`, with `#slewMs` still to be made up for. */
  #anchorMs: number;
  #anchorMonotonicMs: number;
  #slewMs = 0;
  #quality: 'set' | 'unset' = 'unset';
  #because = '';
  #begunAt: number;
  #differenceMs = 0;
  #isSynchronized = false;

  constructor(mode: ClockMode, system: SystemTime = systemTime) {
    this.#mode = mode;
    this.#system = system;
    const systemMs = system.now();
    this.#anchorMs = isPlausible(systemMs) ? systemMs : EARLIEST_MS;
    this.#anchorMonotonicMs = system.monotonicMs();
    this.#begunAt = this.#anchorMs;
    this.#quality = this.#judge().quality;
  }

  get quality(): 'set' | 'unset' {
    return this.#quality;
  }

  /** For the gateway's health: why it is not believed, and how far the system's clock is off ours. */
  get standing(): { quality: 'set' | 'unset'; because: string; differenceMs: number } {
    return { quality: this.#quality, because: this.#because, differenceMs: this.#differenceMs };
  }

  // Bound to it, as those of the other clocks are: a part that needs the time alone is handed the function alone.
  readonly now = (): number => Math.floor(this.#exactly());
  readonly monotonicMs = (): number => this.#system.monotonicMs();
  readonly schedule = (delayMs: number, task: () => void): (() => void) =>
    this.#system.schedule(delayMs, task);

  /**
   * Before anything else is done with it: `newestAt` is the newest time that an earlier life has recorded. It begins
   * no earlier, unless a time server says that the earlier life was wrong.
   */
  async begin(newestAt: number): Promise<void> {
    this.#isSynchronized = await this.#system.isSynchronized();
    const systemMs = this.#system.now();
    const isBelieved = this.#isSynchronized && isPlausible(systemMs);
    if (isBelieved) this.#anchor(systemMs);
    else if (isPlausible(newestAt) && newestAt >= this.now()) this.#anchor(newestAt + 1);
    this.#begunAt = this.now();
    const verdict = this.#judge();
    this.#quality = verdict.quality;
    if (verdict.quality === 'unset') this.#because = verdict.because;
  }

  /** Compares it with the system's clock from now on, and tells what comes of it. */
  watch(onChanged: (change: ClockChange) => void, signal: AbortSignal): void {
    const compare = async () => {
      this.#isSynchronized = await this.#system.isSynchronized();
      if (signal.aborted) return;
      const change = this.compare();
      if (change !== undefined) onChanged(change);
      cancel = this.#system.schedule(COMPARED_EVERY_MS, () => void compare());
    };
    let cancel = this.#system.schedule(COMPARED_EVERY_MS, () => void compare());
    signal.addEventListener('abort', () => cancel(), { once: true });
  }

  /** One comparison. @returns what must be told, where something must */
  compare(): ClockChange | undefined {
    const [until, before] = [this.#exactly(), this.#quality];
    const verdict = this.#judge();
    this.#quality = verdict.quality;
    if (verdict.quality === 'unset') {
      this.#because = verdict.because;
      this.#anchor(until);
      if (before === 'unset') return undefined;
      return {
        quality: 'unset',
        correctionMs: 0,
        from: this.#begunAt,
        until: Math.floor(until),
        because: verdict.because,
      };
    }
    const because = this.#isSynchronized ? 'a time server has set it' : "the system's clock was set";
    this.#because = because;
    if (verdict.act === 'slew') {
      this.#anchor(until, verdict.differenceMs);
      return before === 'set'
        ? undefined
        : { quality: 'set', correctionMs: 0, from: this.#begunAt, until: Math.floor(until), because };
    }
    const [from, correctionMs] = [this.#begunAt, Math.round(verdict.differenceMs)];
    this.#anchor(until + correctionMs);
    this.#begunAt = from + correctionMs;
    return { quality: 'set', correctionMs, from, until: Math.floor(until), because };
  }

  #exactly(): number {
    const passedMs = this.#system.monotonicMs() - this.#anchorMonotonicMs;
    return this.#anchorMs + passedMs + this.#slewedIn(passedMs);
  }

  #judge() {
    const verdict = judgeClock({
      mode: this.#mode,
      systemMs: this.#system.now(),
      isSynchronized: this.#isSynchronized,
      ownMs: this.now(),
      wasSet: this.#quality === 'set',
    });
    this.#differenceMs = verdict.differenceMs;
    return verdict;
  }

  #anchor(atMs: number, slewMs = 0): void {
    this.#anchorMs = atMs;
    this.#anchorMonotonicMs = this.#system.monotonicMs();
    this.#slewMs = Math.max(-SLEW_WITHIN_MS, Math.min(SLEW_WITHIN_MS, slewMs));
  }

  /** How much of the difference is made up for after `passedMs`: never so much that it would run back. */
  #slewedIn(passedMs: number): number {
    const mostMs = passedMs * SLEW_RATE;
    return Math.max(-mostMs, Math.min(mostMs, this.#slewMs));
  }
}
