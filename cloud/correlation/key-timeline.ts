import { living, type Run, rootOf } from './run.ts';

/**
 * The runs that share one key (an asset, an address, a zone), by slots of the key's window: whatever can
 * still matter to a moment is in its own slot or in one of the two beside it.
 *
 * A slot keeps apart the runs known to be in one component already (`joined`) from the rest, so that the
 * thousandth run on a key is compared until it is linked once and not a thousand times.
 */
export class KeyTimeline {
  readonly windowMs: number;
  readonly #numbers: number[] = [];
  readonly #slots: Slot[] = [];

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  get isEmpty(): boolean {
    return this.#numbers.length === 0;
  }

  slotNumber(atMs: number): number {
    return Math.floor(atMs / this.windowMs);
  }

  /** Puts a run into the slot of that moment. The caller sees to it that it is not there yet. */
  note(run: Run, atMs: number): void {
    const number = this.slotNumber(atMs);
    const index = this.#indexOf(number);
    const slot = this.#slots[index];
    if (slot !== undefined && this.#numbers[index] === number) {
      slot.rest.push(run);
      return;
    }
    this.#numbers.splice(index, 0, number);
    this.#slots.splice(index, 0, { joined: undefined, rest: [run] });
  }

  /**
   * Compares with `isLinked` as few runs around a moment as are needed to know every component that `run`
   * belongs to, and unites it with those.
   */
  join(run: Run, atMs: number, isLinked: (other: Run) => boolean, unite: (other: Run) => void): void {
    const number = this.slotNumber(atMs);
    let index = this.#indexOf(number - 1);
    for (; index < this.#numbers.length && (this.#numbers[index] ?? 0) <= number + 1; index++) {
      const slot = this.#slots[index];
      if (slot !== undefined) joinSlot(slot, run, isLinked, unite);
    }
  }

  /** Where the slot is, or where it would have to go in. */
  #indexOf(number: number): number {
    let high = this.#numbers.length;
    while (high > 0 && (this.#numbers[high - 1] ?? 0) >= number && high > this.#numbers.length - 4) high--;
    if (high === 0 || (this.#numbers[high - 1] ?? 0) < number) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#numbers[middle] ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

interface Slot {
  /** Runs of one and the same component. */
  joined: Run[] | undefined;
  /** Runs of which that is not known. */
  rest: Run[];
}

function joinSlot(
  slot: Slot,
  run: Run,
  isLinked: (other: Run) => boolean,
  unite: (other: Run) => void,
): void {
  const { joined } = slot;
  const main = joined?.[0];
  if (joined !== undefined && main !== undefined && rootOf(main) !== rootOf(run)) {
    // The latest first: it is the most likely to be near.
    for (let index = joined.length - 1; index >= 0; index--) {
      const other = joined[index];
      if (other === undefined || !isLinked(living(other))) continue;
      unite(other);
      break;
    }
  }
  let kept = 0;
  for (const noted of slot.rest) {
    const other = living(noted);
    if (rootOf(other) !== rootOf(run) && isLinked(other)) unite(other);
    slot.joined ??= [other];
    const first = slot.joined[0];
    if (first === other) continue;
    if (first !== undefined && rootOf(first) === rootOf(other)) slot.joined.push(other);
    else slot.rest[kept++] = other;
  }
  slot.rest.length = kept;
}
