import { living, type Run, rootOf, withOneMore } from './run.ts';

/**
 * The runs that share one key (an asset, an address, a zone), by slots of the key's window: whatever can
 * still matter to a moment is in its own slot or in one of the two beside it.
 */
export class KeyTimeline {
  readonly windowMs: number;
  /** By number. */
  #slots: Slot[] = [];

  constructor(windowMs: number) {
    this.windowMs = windowMs;
  }

  slotNumber(atMs: number): number {
    return Math.floor(atMs / this.windowMs);
  }

  /** Puts a run into the slot of that moment. The caller sees to it that it is not there yet. */
  note(run: Run, atMs: number): void {
    const number = this.slotNumber(atMs);
    const index = this.#indexOf(number);
    const slot = this.#slots[index];
    if (slot?.number === number) slot.rest = withOneMore(slot.rest, run);
    else if (index === this.#slots.length) this.#slots = withOneMore(this.#slots, newSlot(number, run));
    else this.#slots.splice(index, 0, newSlot(number, run));
  }

  /** Drops the slots before that number. */
  forgetBefore(number: number): void {
    const first = this.#slots[0];
    if (first !== undefined && first.number < number)
      this.#slots = this.#slots.filter((slot) => slot.number >= number);
  }

  /** Takes runs out, wherever they are noted; whole components only, so that `joined` stays what it says. */
  drop(runs: ReadonlySet<Run>): void {
    const kept: Slot[] = [];
    for (const slot of this.#slots) {
      const joined = slot.joined?.filter((run) => !runs.has(run));
      slot.joined = joined === undefined || joined.length === 0 ? undefined : joined;
      slot.rest = slot.rest.filter((run) => !runs.has(run));
      if (slot.joined !== undefined || slot.rest.length > 0) kept.push(slot);
    }
    this.#slots = kept;
  }

  /**
   * Compares with `isLinked` as few runs around a time as are needed to know every component that `run`
   * belongs to, and unites it with those.
   */
  join(
    run: Run,
    fromMs: number,
    toMs: number,
    isLinked: (other: Run) => boolean,
    unite: (other: Run) => void,
  ): void {
    const last = this.slotNumber(toMs) + 1;
    for (let index = this.#indexOf(this.slotNumber(fromMs) - 1); index < this.#slots.length; index++) {
      const slot = this.#slots[index];
      if (slot === undefined || slot.number > last) return;
      joinSlot(slot, run, isLinked, unite);
    }
  }

  /** Where the slot is, or where it would have to go in. */
  #indexOf(number: number): number {
    let low = 0;
    let high = this.#slots.length;
    // Detections mostly come in order: look at the end first.
    if (high === 0 || (this.#slots[high - 1]?.number ?? 0) < number) return high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#slots[middle]?.number ?? 0) < number) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/**
 * A slot keeps apart the runs known to be in one component already from the rest, so that the thousandth run
 * on a key is compared until it is linked once and not a thousand times.
 */
interface Slot {
  readonly number: number;
  /** Runs of one and the same component. */
  joined: Run[] | undefined;
  /** Runs of which that is not known. */
  rest: Run[];
}

const newSlot = (number: number, run: Run): Slot => ({ number, joined: undefined, rest: [run] });

function joinSlot(
  slot: Slot,
  run: Run,
  isLinked: (other: Run) => boolean,
  unite: (other: Run) => void,
): void {
  joinJoined(slot, run, isLinked, unite);
  if (slot.rest.length === 0) return;
  let kept = 0;
  for (const noted of slot.rest) {
    const other = living(noted);
    if (rootOf(other) !== rootOf(run) && isLinked(other)) unite(other);
    const first = slot.joined?.[0];
    if (first === undefined) slot.joined = [other];
    else if (rootOf(first) !== rootOf(other)) slot.rest[kept++] = other;
    else if (first !== other) slot.joined = withOneMore(slot.joined ?? [], other);
  }
  slot.rest.length = kept;
}

/** One link to any of them makes all of them one. */
function joinJoined(
  { joined }: Slot,
  run: Run,
  isLinked: (other: Run) => boolean,
  unite: (other: Run) => void,
): void {
  const first = joined?.[0];
  if (joined === undefined || first === undefined || rootOf(first) === rootOf(run)) return;
  // The latest first: it is the most likely to be near.
  for (let index = joined.length - 1; index >= 0; index--) {
    const other = joined[index];
    if (other === undefined || !isLinked(living(other))) continue;
    unite(other);
    return;
  }
}
