/** One life of a simulated process: what it has begun ends with it, whatever it was just doing. */
import type { Clock } from '../../devices/model/clock.ts';
import type { Machine } from '../../edge/outbox/machine.ts';
import type { Random } from '../random.ts';
import type { Timeline } from './timeline.ts';

/** Thrown where a process is killed in the midst of a call; nobody lives to see it. */
export class Killed extends Error {
  constructor() {
    super('killed');
    this.name = 'Killed';
  }
}

/** The clock of a machine's board: it goes on while no process runs, may be wrong, and may be set. */
export class BoardClock {
  offsetMs: number;
  /** Milliseconds gained in a million. */
  driftPpm: number;
  readonly #timeline: Timeline;

  constructor(timeline: Timeline, originMs: number, driftPpm: number) {
    this.#timeline = timeline;
    this.offsetMs = originMs;
    this.driftPpm = driftPpm;
  }

  now(): number {
    const { nowMs } = this.#timeline;
    return Math.round(this.offsetMs + nowMs * (1 + this.driftPpm / 1_000_000));
  }
}

export class Life {
  isAlive = true;
  readonly machine: Machine;
  readonly clock: Clock;
  readonly ending = new AbortController();

  constructor(timeline: Timeline, board: BoardClock, random: Random) {
    const bornMs = timeline.nowMs;
    const monotonicMs = () => timeline.nowMs - bornMs + 1_000;
    const after = (ms: number, task: () => void) =>
      timeline.after(ms, () => {
        if (this.isAlive) task();
      });
    this.machine = {
      monotonicMs,
      after,
      every(ms, task) {
        let cancel = after(ms, function again() {
          cancel = after(ms, again);
          task();
        });
        return () => cancel();
      },
      soon: (task) => void after(0, task),
      random,
      randomBytes: (count) => Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256))),
    };
    this.clock = { now: () => board.now(), monotonicMs, rate: 1, schedule: after };
  }

  /** Nothing of it happens from here on. */
  end(): void {
    this.isAlive = false;
  }
}
