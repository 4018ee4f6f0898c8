/** Something that may ask to be woken. `queuedAt` belongs to the queue. */
export interface Timed {
  wakeAt: number;
  queuedAt: number;
  /** Who goes first among those due in the same millisecond; must not depend on history. */
  precedes(other: Timed): boolean;
}

/** Below this many entries, abandoned ones are not worth clearing out. */
const COMPACT_FROM = 1_024;

/**
 * What is due next, in order of time: a binary heap in which moving a wake later or cancelling it costs
 * nothing. An entry keeps its old place; when it comes up too early it is put back at its true time. That is
 * the common case here: a door is closed long before its alarm, a heartbeat moves its own deadline each time.
 */
export class TimerQueue<Item extends Timed> {
  #times: number[] = [];
  #items: Item[] = [];
  #compactAt = COMPACT_FROM;

  /** Entries, abandoned ones included. */
  get size(): number {
    return this.#times.length;
  }

  /** Never later than the next wake, sometimes earlier (a cancelled one); Infinity: nothing waits. */
  earliest(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Time of the next wake, exactly; undefined: nothing waits. */
  next(): number | undefined {
    this.#settle();
    return this.#times[0];
  }

  /** Sets, moves or (with Infinity) cancels the item's wake. */
  schedule(item: Item, wakeAt: number): void {
    item.wakeAt = wakeAt;
    if (wakeAt >= item.queuedAt) return;
    item.queuedAt = wakeAt;
    this.#push(wakeAt, item);
  }

  /** Takes out the next item due at or before `untilMs`; its `wakeAt` still says when it was due. */
  take(untilMs: number): Item | undefined {
    this.#settle();
    const at = this.#times[0];
    const item = this.#items[0];
    if (at === undefined || item === undefined || at > untilMs) return undefined;
    this.#pop();
    item.queuedAt = Number.POSITIVE_INFINITY;
    return item;
  }

  /** Forgets all entries; whoever owns the items says when each is to be woken again. */
  clear(): void {
    this.#times = [];
    this.#items = [];
    this.#compactAt = COMPACT_FROM;
  }

  /** Brings an entry to the top whose time is its item's true time. */
  #settle(): void {
    for (;;) {
      const at = this.#times[0];
      const item = this.#items[0];
      if (at === undefined || item === undefined) return;
      if (item.queuedAt === at) {
        if (item.wakeAt === at) return;
        this.#pop();
        item.queuedAt = Number.POSITIVE_INFINITY;
        if (item.wakeAt !== Number.POSITIVE_INFINITY) this.schedule(item, item.wakeAt);
      } else this.#pop();
    }
  }

  #before(atA: number, a: Item, atB: number, b: Item): boolean {
    return atA < atB || (atA === atB && a.precedes(b));
  }

  #push(at: number, item: Item): void {
    if (this.#times.length >= this.#compactAt) this.#compact();
    this.#times.push(at);
    this.#items.push(item);
    this.#rise(this.#times.length - 1);
  }

  #pop(): void {
    const at = this.#times.pop();
    const item = this.#items.pop();
    if (at === undefined || item === undefined || this.#times.length === 0) return;
    this.#times[0] = at;
    this.#items[0] = item;
    this.#sink(0);
  }

  #rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#ordered(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #sink(from: number): void {
    let index = from;
    for (;;) {
      let first = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < this.#times.length && this.#ordered(child, first)) first = child;
      }
      if (first === index) return;
      this.#swap(index, first);
      index = first;
    }
  }

  #ordered(one: number, other: number): boolean {
    const [atA, a, atB, b] = [this.#times[one], this.#items[one], this.#times[other], this.#items[other]];
    if (atA === undefined || a === undefined || atB === undefined || b === undefined) return false;
    return this.#before(atA, a, atB, b);
  }

  #swap(one: number, other: number): void {
    const [atA, a, atB, b] = [this.#times[one], this.#items[one], this.#times[other], this.#items[other]];
    if (atA === undefined || a === undefined || atB === undefined || b === undefined) return;
    this.#times[one] = atB;
    this.#items[one] = b;
    this.#times[other] = atA;
    this.#items[other] = a;
  }

  /** Drops abandoned entries; afterwards there is room for as many again. */
  #compact(): void {
    const kept: { at: number; item: Item }[] = [];
    this.#times.forEach((at, index) => {
      const item = this.#items[index];
      if (item === undefined || item.queuedAt !== at) return;
      if (item.wakeAt === Number.POSITIVE_INFINITY) item.queuedAt = Number.POSITIVE_INFINITY;
      else kept.push({ at, item });
    });
    this.#times = kept.map(({ at }) => at);
    this.#items = kept.map(({ item }) => item);
    for (let index = (kept.length >> 1) - 1; index >= 0; index--) this.#sink(index);
    this.#compactAt = Math.max(COMPACT_FROM, kept.length * 2);
  }
}
