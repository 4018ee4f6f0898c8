import type { Detection } from '../devices/model/detection.ts';
import type { Observation } from '../devices/model/observation.ts';

/** Records that wait to be judged; from there on whoever brings more waits until half of them are. */
export const MAX_WAITING = 20_000;

/** What was stored together and is judged together. */
export interface Batch {
  readonly observations: readonly Observation[];
  readonly detections: readonly Detection[];
}

export const sizeOf = ({ observations, detections }: Batch): number =>
  observations.length + detections.length;

/**
 * Stands between what is stored, at the disk's pace, and the judging of it. It takes whatever it is given, for that
 * is in the store already, and asks whoever gave it to wait: a gateway then gets its receipt later and sends no
 * more, and a source reads no further. What stands here at most is the bound and what is under way at that moment,
 * which ingest and sources bound themselves.
 */
export class JudgingQueue {
  #batches: Batch[] = [];
  #size = 0;
  #isFull = false;
  #awaitingRoom: (() => void)[] = [];
  /** How often somebody had to wait. */
  held = 0;

  /** Records that wait. */
  get size(): number {
    return this.#size;
  }

  /** Resolves once there is room for more. */
  async put(batch: Batch): Promise<void> {
    const size = sizeOf(batch);
    if (size > 0) this.#batches.push(batch);
    this.#size += size;
    if (this.#size >= MAX_WAITING) this.#isFull = true;
    if (!this.#isFull) return;
    this.held++;
    await new Promise<void>((resolve) => this.#awaitingRoom.push(resolve));
  }

  /** Takes out the oldest, of about `most` records, as one; at least a whole batch where there is any. */
  next(most: number): Batch {
    const taken: Batch[] = [];
    let size = 0;
    for (const batch of this.#batches) {
      if (size > 0 && size + sizeOf(batch) > most) break;
      taken.push(batch);
      size += sizeOf(batch);
    }
    this.#batches = this.#batches.slice(taken.length);
    this.#size -= size;
    if (this.#size <= MAX_WAITING / 2) this.#letGo();
    return {
      observations: taken.flatMap(({ observations }) => observations),
      detections: taken.flatMap(({ detections }) => detections),
    };
  }

  /** Nothing is judged any more: the store has it all, and a new life begins with that. */
  giveUp(): void {
    this.#batches = [];
    this.#size = 0;
    this.#letGo();
  }

  #letGo(): void {
    this.#isFull = false;
    for (const go of this.#awaitingRoom.splice(0)) go();
  }
}
