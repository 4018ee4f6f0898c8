import { FIRST_ROOM, NONE, widened } from './numbers.ts';
import { compareText } from './order.ts';

/**
 * The detections in memory, each a number. What is known of one stands under its number in lists of their own: a
 * million objects are a million places to look into, and a garbage collector would look into each of them.
 */
export class Items {
  readonly #numbers = new Map<string, number>();
  readonly #ids: string[] = [];
  #times = new Float64Array(FIRST_ROOM);
  #runs = new Int32Array(FIRST_ROOM);
  /** Numbers that nobody has at present. */
  readonly #free: number[] = [];

  get size(): number {
    return this.#numbers.size;
  }

  /** NONE where it is not there. */
  find(id: string): number {
    return this.#numbers.get(id) ?? NONE;
  }

  /** All of them, in the order in which they came. */
  all(): Iterable<number> {
    return this.#numbers.values();
  }

  /** Takes one that is not there yet; it stands in no run. */
  add(id: string, atMs: number): number {
    const item = this.#free.pop() ?? this.#ids.length;
    if (item >= this.#times.length) this.#widen();
    this.#numbers.set(id, item);
    this.#ids[item] = id;
    this.#times[item] = atMs;
    this.#runs[item] = NONE;
    return item;
  }

  remove(item: number): void {
    this.#numbers.delete(this.idOf(item));
    this.#ids[item] = '';
    this.#free.push(item);
  }

  clear(): void {
    this.#numbers.clear();
    this.#ids.length = 0;
    this.#free.length = 0;
    this.#times = new Float64Array(FIRST_ROOM);
    this.#runs = new Int32Array(FIRST_ROOM);
  }

  idOf(item: number): string {
    return this.#ids[item] ?? '';
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
