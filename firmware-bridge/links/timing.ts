import type { Clock } from '../../devices/model/clock.ts';

/** A command that does not say how long it is good for; a person who pressed a button has gone by then. */
export const COMMAND_LIFETIME_MS = 10_000;

/**
 * A duration of the site's world, but never shorter than `realMs` outside it: where a day is run faster,
 * programs and cables are not.
 */
export const atLeastReal = (clock: Clock, siteMs: number, realMs: number): number =>
  Math.max(siteMs, realMs * clock.rate);

/** Beats that a silence grows by where one comes late. */
const MAX_BEATS_AT_ONCE = 2;

/**
 * How long a device has said nothing while this process was there to hear it, in real time. When the process itself
 * stood still (a busy machine, a laptop that slept) the silence is its own: what the device said lies unread in the
 * port, and is read after the beat that comes late.
 */
export class Silence {
  private readonly beatMs: number;
  private readonly nowMs: () => number;
  private silentMs = 0;
  private countedAtMs: number;

  /** @param beatMs how often `beat` is called */
  constructor(beatMs: number, nowMs = () => performance.now()) {
    this.beatMs = beatMs;
    this.nowMs = nowMs;
    this.countedAtMs = nowMs();
  }

  /** Something was heard. */
  end(): void {
    this.silentMs = 0;
    this.countedAtMs = this.nowMs();
  }

  /** Called by a timer; says how long the silence is by now, in ms. */
  beat(): number {
    const nowMs = this.nowMs();
    this.silentMs += Math.min(nowMs - this.countedAtMs, this.beatMs * MAX_BEATS_AT_ONCE);
    this.countedAtMs = nowMs;
    return this.silentMs;
  }
}
