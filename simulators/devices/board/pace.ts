/** Lets many boards of one process run as fast as the clock, a slice at a time. */
import type { Clock } from '../../../devices/model/clock.ts';

/** How often each board gets a turn, in real milliseconds: the delay that a byte may see. */
const SLICE_MS = 5;
/** A turn of all boards together takes no longer, so that everything else in the process gets its share. */
const TURN_BUDGET_MS = 40;
/** A board looks at the time after so many milliseconds of its own. */
const STEP_MS = 5;
/** A board further behind than this, in real milliseconds, gives the difference up: the machine is too slow. */
const MAX_LAG_MS = 500;

export interface Paced {
  /** Runs the board on by so many milliseconds of its own time. */
  run(byMs: number): void;
  /** End of a turn: whatever the board has said goes out now. */
  flush(): void;
}

export interface Lane {
  /** Milliseconds of the clock's time that the board never had, because the machine was too slow. */
  readonly slippedMs: number;
  leave(): void;
}

export class Pace {
  private readonly clock: Clock;
  private readonly lanes = new Set<{ board: Paced; ranUntilMs: number; slippedMs: number }>();

  constructor(clock: Clock, signal: AbortSignal) {
    this.clock = clock;
    const timer = setInterval(() => this.turn(), SLICE_MS);
    timer.unref();
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
    if (signal.aborted) clearInterval(timer);
  }

  join(board: Paced): Lane {
    const lane = { board, ranUntilMs: this.clock.monotonicMs(), slippedMs: 0 };
    this.lanes.add(lane);
    return {
      get slippedMs() {
        return lane.slippedMs;
      },
      leave: () => this.lanes.delete(lane),
    };
  }

  /** Runs every board up to the clock's time. Called by a timer; by hand where the clock is moved by hand. */
  turn(): void {
    const nowMs = this.clock.monotonicMs();
    for (const lane of this.lanes) {
      const stopAt = performance.now() + TURN_BUDGET_MS / this.lanes.size;
      do {
        const stepMs = Math.min(STEP_MS, nowMs - lane.ranUntilMs);
        if (stepMs <= 0) break;
        lane.board.run(stepMs);
        lane.ranUntilMs += stepMs;
      } while (performance.now() < stopAt);
      lane.board.flush();
      const tooFarBehindMs = nowMs - lane.ranUntilMs - MAX_LAG_MS * this.clock.rate;
      if (tooFarBehindMs > 0) {
        lane.slippedMs += tooFarBehindMs;
        lane.ranUntilMs += tooFarBehindMs;
      }
    }
  }
}
