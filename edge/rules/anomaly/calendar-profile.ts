/** What is usual at a time of the day or of the week: the mean of each part of the calendar, one visit at a time. */
import type { StateBlock } from './state-block.ts';

/** More visits than this make no difference to the weight of the next one. */
const MOST_VISITS = 255;
/** Which part is being visited, its sum and its count. */
const SCALARS = 3;
const [PART, SUM, COUNT] = [0, 1, 2] as const;

export class CalendarProfile {
  readonly #partMs: number;
  readonly #parts: number;
  readonly #weight: number;
  readonly #means: Float32Array;
  readonly #visits: Uint8Array;
  readonly #visiting: Float64Array;

  /**
   * @param partMs length of a part; `parts` of them are the cycle
   * @param weight of a new visit once the part is known: 0.3 forgets in about a week of days
   */
  constructor(block: StateBlock, partMs: number, parts: number, weight: number) {
    this.#partMs = partMs;
    this.#parts = parts;
    this.#weight = weight;
    this.#visiting = block.float64(SCALARS);
    this.#visiting[PART] = -1;
    this.#means = block.float32(parts);
    this.#visits = block.uint8(parts);
  }

  static bytes(parts: number): number {
    return SCALARS * 8 + parts * 4 + parts + 8;
  }

  /**
   * Takes a sample; afterwards `usual` tells of the part it fell into, from earlier visits only. A visit counts
   * as one, however many samples it brought: a device that reports every second must not forget yesterday.
   */
  take(at: number, value: number): void {
    const visiting = this.#visiting;
    const part = Math.floor(at / this.#partMs) % this.#parts;
    const before = visiting[PART] ?? -1;
    if (part !== before) {
      if (before >= 0) {
        const visits = Math.min(MOST_VISITS, (this.#visits[before] ?? 0) + 1);
        this.#visits[before] = visits;
        const mean = this.#means[before] ?? 0;
        const came = (visiting[SUM] ?? 0) / (visiting[COUNT] ?? 1);
        this.#means[before] = mean + (came - mean) * Math.max(this.#weight, 1 / visits);
      }
      visiting[PART] = part;
      visiting[SUM] = 0;
      visiting[COUNT] = 0;
    }
    visiting[SUM] = (visiting[SUM] ?? 0) + value;
    visiting[COUNT] = (visiting[COUNT] ?? 0) + 1;
  }

  /** Finished visits of the part that was taken last. */
  get visits(): number {
    return this.#visits[this.#visiting[PART] ?? 0] ?? 0;
  }

  /** The mean of those visits. */
  get usual(): number {
    return this.#means[this.#visiting[PART] ?? 0] ?? 0;
  }
}
