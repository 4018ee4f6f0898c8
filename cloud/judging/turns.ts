import { setImmediate as breathe } from 'node:timers/promises';

/** So long at a time something large is worked at, in ms, before all else that waits has its turn. */
export const TURN_MS = 8;

/** Divides something large into turns: `if (turns.isOver) await turns.next()` after each small step. */
export class Turns {
  #since = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#since >= TURN_MS;
  }

  async next(): Promise<void> {
    await breathe();
    this.#since = performance.now();
  }
}
