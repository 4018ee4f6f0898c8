/**
 * Real time and chance, for what is about disks, threads and lines and not about the site. A simulation puts its own
 * in their place, so that the same seed gives the same run.
 */
import { randomBytes } from 'node:crypto';

export interface Machine {
  /** Milliseconds on a clock that never jumps. */
  monotonicMs(): number;
  /** Once after `ms`, or never: the answer cancels it. Keeps no process alive. */
  after(ms: number, task: () => void): () => void;
  /** Again and again; the answer ends it. Keeps no process alive. */
  every(ms: number, task: () => void): () => void;
  /** At the end of this turn of the event loop. */
  soon(task: () => void): void;
  /** From 0 up to 1. */
  random(): number;
  randomBytes(count: number): Buffer;
}

export const realMachine: Machine = {
  monotonicMs: () => performance.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  every(ms, task) {
    const timer = setInterval(task, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
  soon: (task) => void setImmediate(task),
  random: Math.random,
  randomBytes,
};
