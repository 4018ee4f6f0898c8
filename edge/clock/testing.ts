/** For tests only: a machine whose clock can be set like a real one. */
import { manualClock } from '../../devices/model/clock.ts';
import type { SystemTime } from './steady-clock.ts';

export interface TestSystemTime extends SystemTime {
  /** Time passes, for the clock that never jumps and for the other. */
  advance(byMs: number): void;
  /** Somebody or something sets the wall clock. */
  set(toMs: number, byTimeServer?: boolean): void;
}

export function testSystemTime(startMs: number, byTimeServer = false): TestSystemTime {
  const passing = manualClock(0);
  let offsetMs = startMs;
  let isSynchronized = byTimeServer;
  return {
    now: () => offsetMs + passing.now(),
    monotonicMs: () => passing.now(),
    schedule: (delayMs, task) => passing.schedule(delayMs, task),
    isSynchronized: async () => isSynchronized,
    advance: (byMs) => passing.advance(byMs),
    set(toMs, byServer = false) {
      offsetMs = toMs - passing.now();
      isSynchronized = byServer;
    },
  };
}
