/** Simulated time: what is due happens in order, and nothing waits for a real clock. */

interface Due {
  atMs: number;
  /** Of two at the same time, the one that was asked for first. */
  ticket: number;
  task: (() => void) | undefined;
}

const isBefore = (a: Due, b: Due): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.ticket < b.ticket);

export class Timeline {
  nowMs = 0;
  events = 0;
  #ticket = 0;
  /** A binary heap, the earliest first. */
  readonly #due: Due[] = [];

  /** Runs a task once, `ms` from now; the answer cancels it. */
  after(ms: number, task: () => void): () => void {
    const due: Due = { atMs: this.nowMs + Math.max(0, ms), ticket: this.#ticket++, task };
    this.#push(due);
    return () => {
      due.task = undefined;
    };
  }

  /**
   * Goes on until `isOver`, or until nothing is due any more. What a task sets off without waiting (promises) has
   * happened before the next one runs: so the order of everything follows from the times alone.
   */
  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const next = this.#pop();
      if (next === undefined) return;
      if (next.task === undefined) continue;
      this.nowMs = next.atMs;
      this.events++;
      next.task();
      await new Promise(setImmediate);
    }
  }

  #push(due: Due): void {
    const heap = this.#due;
    let at = heap.length;
    heap.push(due);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(due, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = due;
  }

  #pop(): Due | undefined {
    const heap = this.#due;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      let child = heap[below];
      if (child === undefined) break;
      const right = heap[below + 1];
      if (right !== undefined && isBefore(right, child)) {
        below++;
        child = right;
      }
      if (!isBefore(child, last)) break;
      heap[at] = child;
      at = below;
    }
    heap[at] = last;
    return first;
  }
}
