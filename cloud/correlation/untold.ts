import { severityRank } from '../../devices/model/detection.ts';
import { FIRST_ROOM } from './numbers.ts';
import { isDue } from './pace.ts';
import type { Runs } from './runs.ts';

/**
 * Detections of the incidents that are told a second, at most, while more is coming: putting one into words costs ten
 * times what finding it does, and nobody reads ten thousand a second. What is left out waits its turn, the news of the
 * highest severity first, and then in the order it came.
 */
export const TOLD_PER_SECOND = 5_000;
/** So many may be told at once after a lull; an incident that holds more counts as so many. */
export const TOLD_AT_ONCE = 4_000;
/** How often large incidents that were told just before are looked at again (see pace.ts). */
export const RESTING_MS = 100;

const RANKS = severityRank('critical') + 1;
/** Entries that were dealt with are cut off the front of a queue from so many on. */
const CUT_FROM = 4_096;

/** What changed and was not told yet. A component is told whole, whichever of its runs brought the news. */
export class Untold {
  readonly #runs: Runs;
  /** By severity; runs that were told with another of their component stay in it, but are not changed any more. */
  readonly #queues = Array.from({ length: RANKS }, (): { runs: number[]; next: number } => ({
    runs: [],
    next: 0,
  }));
  /** For each run 1 where it changed. */
  #changed = new Uint8Array(FIRST_ROOM);
  /** Of large components that were told just before. */
  #resting: number[] = [];
  #lookedMs = Number.NEGATIVE_INFINITY;
  #room = TOLD_AT_ONCE;
  #filledMs = 0;
  #size = 0;

  constructor(runs: Runs) {
    this.#runs = runs;
  }

  get isEmpty(): boolean {
    return this.#size === 0;
  }

  isChanged(run: number): boolean {
    return this.#changed[run] === 1;
  }

  note(run: number): void {
    if (this.isChanged(run)) return;
    if (run >= this.#changed.length) {
      const changed = new Uint8Array(Math.max(run + 1, this.#changed.length * 2));
      changed.set(this.#changed);
      this.#changed = changed;
    }
    this.#changed[run] = 1;
    this.#size++;
    const queue = this.#queues[this.#runs.traitsOf(run).head.rank];
    if (queue === undefined) return;
    queue.runs.push(run);
    // Runs that are told with graver ones again and again must not fill a queue whose turn does not come.
    if (queue.runs.length - queue.next <= CUT_FROM + 2 * this.#size) return;
    queue.runs = [...new Set(queue.runs.slice(queue.next).filter((one) => this.isChanged(one)))];
    queue.next = 0;
  }

  /** Not to be told any more. */
  drop(run: number): void {
    if (!this.isChanged(run)) return;
    this.#changed[run] = 0;
    this.#size--;
  }

  /** The roots of all that changed. */
  takeAll(): Set<number> {
    const roots = new Set<number>();
    for (const runs of [...this.#queues.map((queue) => queue.runs), this.#resting])
      for (const run of runs) {
        if (!this.isChanged(run)) continue;
        this.drop(run);
        roots.add(this.#runs.rootOf(run));
      }
    this.clear();
    return roots;
  }

  /** The roots of some of what changed, that hold about so many detections together, whatever their pace; the gravest first. */
  takeSome(most: number): Set<number> {
    const runs = this.#runs;
    const roots = new Set<number>();
    let size = 0;
    const resting = { runs: this.#resting, next: 0 };
    for (const queue of [...this.#queues.toReversed(), resting])
      for (; queue.next < queue.runs.length && size < most; queue.next++) {
        const run = queue.runs[queue.next];
        if (run === undefined || !this.isChanged(run)) continue;
        const root = runs.rootOf(run);
        size += runs.sizeOf(root);
        for (const one of runs.ringOf(root)) this.drop(one);
        roots.add(root);
      }
    this.#resting = resting.runs.slice(resting.next);
    return roots;
  }

  /** The roots of what is to be told now, on a clock that never jumps. */
  takeDue(nowMs: number): number[] {
    const grownBy = ((nowMs - this.#filledMs) * TOLD_PER_SECOND) / 1_000;
    this.#filledMs = nowMs;
    this.#room = Math.min(TOLD_AT_ONCE, this.#room + Math.max(0, grownBy));
    const due: number[] = [];
    if (nowMs - this.#lookedMs >= RESTING_MS) {
      this.#lookedMs = nowMs;
      const rested = new Set(this.#resting);
      this.#resting = [];
      for (const run of rested) if (this.isChanged(run)) this.#offer(run, nowMs, due);
    }
    for (let rank = RANKS - 1; rank >= 0 && this.#room > 0; rank--) {
      const queue = this.#queues[rank];
      if (queue === undefined) continue;
      const { runs } = queue;
      for (; queue.next < runs.length && this.#room > 0; queue.next++) {
        const run = runs[queue.next];
        if (run !== undefined && this.isChanged(run)) this.#offer(run, nowMs, due);
      }
      if (queue.next === runs.length || queue.next >= CUT_FROM) {
        queue.runs = runs.slice(queue.next);
        queue.next = 0;
      }
    }
    return due;
  }

  clear(): void {
    for (const queue of this.#queues) {
      queue.runs = [];
      queue.next = 0;
    }
    this.#resting = [];
    this.#changed.fill(0);
    this.#size = 0;
  }

  #offer(run: number, nowMs: number, due: number[]): void {
    const runs = this.#runs;
    const root = runs.rootOf(run);
    const size = runs.sizeOf(root);
    const pace = runs.standingOf(root)?.pace;
    if (this.#room <= 0 || !isDue({ size, worst: runs.worstOf(root), pace }, nowMs)) {
      this.#resting.push(run);
      return;
    }
    this.#room -= Math.min(size, TOLD_AT_ONCE);
    for (const one of runs.ringOf(root)) this.drop(one);
    due.push(root);
  }
}
