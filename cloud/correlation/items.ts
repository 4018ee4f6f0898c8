import { FIRST_ROOM, NONE, widened } from './numbers.ts';
import { compareText } from './order.ts';
import { Texts } from './texts.ts';

/**
 * The detections in memory, each a number. What is known of one stands under its number in lists of their own: a
 * million objects are a million places to look into, and a garbage collector would look into each of them.
 */
export class Items {
  readonly #ids = new Texts();
  #times = new Float64Array(FIRST_ROOM);
  #runs = new Int32Array(FIRST_ROOM);

  get size(): number {
    return this.#ids.size;
  }

  /** NONE where it is not there. */
  find(id: string): number {
    return this.#ids.find(id);
  }

  all(): Iterable<number> {
    return this.#ids.numbers();
  }

  /** Takes one, which stands in no run yet; NONE where it is there already. */
  add(id: string, atMs: number): number {
    const before = this.#ids.size;
    const item = this.#ids.put(id);
    if (this.#ids.size === before) return NONE;
    if (item >= this.#times.length) this.#widen();
    this.#times[item] = atMs;
    this.#runs[item] = NONE;
    return item;
  }

  remove(item: number): void {
    this.#ids.remove(item);
  }

  clear(): void {
    this.#ids.clear();
    this.#times = new Float64Array(FIRST_ROOM);
    this.#runs = new Int32Array(FIRST_ROOM);
  }

  idOf(item: number): string {
    return this.#ids.textOf(item) ?? '';
  }

  atOf(item: number): number {
    return this.#times[item] ?? 0;
  }

  runOf(item: number): number {
    return this.#runs[item] ?? NONE;
  }

  setRun(item: number, run: number): void {
    this.#runs[item] = run;
  }

  /** By time, then by id, as `inOrder` has it. */
  compare(a: number, b: number): number {
    return this.atOf(a) - this.atOf(b) || compareText(this.idOf(a), this.idOf(b));
  }

  #widen(): void {
    const times = new Float64Array(this.#times.length * 2);
    times.set(this.#times);
    this.#times = times;
    this.#runs = widened(this.#runs, times.length);
  }
}
