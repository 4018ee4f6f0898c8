/**
 * One sample: from what has failed, everything that follows, each at the earliest time it can. Dijkstra's order over
 * times makes circles harmless; what nobody reaches costs nothing.
 */
import { CERTAIN, DELAY_LUCK, EDGE_TIMES, EDGE_WORDS, type Network } from './network.ts';
import { bitsAt, chanceAt } from './random.ts';
import { quantile } from './spread.ts';

/** Caused by nothing else: it was said to fail. */
export const ROOT = -1;

export interface Root {
  state: number;
  atMs: number;
}

/** Decides for each uncertain dependency, in the order in which they are asked. */
export type Decide = (edge: number) => boolean;

export class Propagation {
  readonly network: Network;
  /** When each state comes about, in ms; infinite where it does not. */
  readonly arrivalMs: Float64Array;
  /** The dependency by which it came about. */
  readonly by: Int32Array;
  /** States that came about, the earliest first: the first `reached` entries. */
  readonly order: Int32Array;
  reached = 0;
  /** Dependencies looked at so far, over all samples. */
  work = 0;
  /** A heap of four children each, with the times beside it: they are compared far more often than moved. */
  readonly #heap: Int32Array;
  readonly #heapMs: Float64Array;
  /** Where a state stands in the heap; NOT_THERE, or SETTLED. */
  readonly #place: Int32Array;
  #size = 0;
  /**
   * Most of what waits lies in drawers by time, unsorted; only the drawer that is open stands in the heap, which so
   * stays small. `#drawerHead` is the first state of each, the lists run through `#later` and `#earlier`.
   */
  readonly #drawers: number;
  readonly #drawerHead: Int32Array;
  readonly #later: Int32Array;
  readonly #earlier: Int32Array;
  #inDrawers = 0;
  #open = 0;
  #perMs = 0;
  readonly #slotMs: Float64Array;
  readonly #slotEdge: Int32Array;
  readonly #filled: Int32Array;
  readonly #touchedNeeds: Int32Array;
  #touched = 0;

  constructor(network: Network) {
    const states = network.states.length;
    this.network = network;
    this.arrivalMs = new Float64Array(states).fill(Number.POSITIVE_INFINITY);
    this.by = new Int32Array(states).fill(ROOT);
    this.order = new Int32Array(states);
    this.#heap = new Int32Array(states);
    this.#heapMs = new Float64Array(states);
    this.#place = new Int32Array(states).fill(NOT_THERE);
    this.#drawers = Math.min(MAX_DRAWERS, Math.max(1, states));
    this.#drawerHead = new Int32Array(this.#drawers).fill(NOT_THERE);
    this.#later = new Int32Array(states);
    this.#earlier = new Int32Array(states);
    this.#slotMs = new Float64Array(network.slots);
    this.#slotEdge = new Int32Array(network.slots);
    this.#filled = new Int32Array(network.needTo.length);
    this.#touchedNeeds = new Int32Array(network.needTo.length);
  }

  /**
   * @param untilMs what would come about then or later does not
   * @param sample its random numbers
   * @param decide takes their place for what comes through; delays must be fixed then
   */
  run(roots: readonly Root[], untilMs: number, sample: number, decide?: Decide): void {
    this.#forget();
    this.#open = 0;
    // A little less than all: what is due at the very end must not fall behind the last drawer.
    this.#perMs = untilMs > 0 ? (this.#drawers * (1 - 1e-9)) / untilMs : 0;
    for (const { state, atMs } of roots) if (atMs < untilMs) this.#lower(state, atMs, ROOT);
    // Looked at a billion times: everything at hand, everything that can rule a dependency out before a number is drawn.
    const { arrivalMs, order } = this;
    const { edgeStart, edgeWords, edgeTimes } = this.network;
    while (this.#size > 0 || this.#openNext()) {
      const state = this.#takeFirst();
      order[this.reached++] = state;
      const atMs = arrivalMs[state] ?? 0;
      const end = edgeStart[state + 1] ?? 0;
      const first = edgeStart[state] ?? 0;
      this.work += end - first;
      for (let edge = first; edge < end; edge++) {
        const word = edge * EDGE_WORDS;
        const to = edgeWords[word] ?? 0;
        const leastMs = atMs + (edgeTimes[edge * EDGE_TIMES] ?? 0);
        // Nothing could come earlier by it than by another way, nor in time.
        if (leastMs >= (arrivalMs[to] ?? 0) || leastMs >= untilMs) continue;
        const threshold = (edgeWords[word + 1] ?? 0) >>> 0;
        const key = edgeWords[word + 2] ?? 0;
        if (threshold !== CERTAIN) {
          if (threshold === 0) continue;
          if (decide === undefined ? bitsAt(sample, key) >= threshold : !decide(edge)) continue;
        }
        const widthMs = edgeTimes[edge * EDGE_TIMES + 1] ?? 0;
        const throughMs =
          widthMs === 0 ? leastMs : leastMs + this.#luckMs(edge, widthMs, chanceAt(sample, key ^ DELAY_LUCK));
        const need = edgeWords[word + 3] ?? 0;
        if (need >= 0) this.#need(need, to, throughMs, edge, sample, untilMs);
        else if (throughMs < untilMs && throughMs < (arrivalMs[to] ?? 0)) this.#lower(to, throughMs, edge);
      }
    }
  }

  /** What chance adds to a delay; all values of a uniform one lie evenly in its width. */
  #luckMs(edge: number, widthMs: number, luck: number): number {
    if (widthMs > 0) return luck * widthMs;
    const spread = this.network.edgeSpread[edge];
    return spread === undefined ? 0 : quantile(spread, luck);
  }

  #bufferMs(need: number, sample: number): number {
    const { needBufferMs, needSpread, needKey } = this.network;
    const spread = needSpread[need];
    const fixed = needBufferMs[need] ?? 0;
    return spread === undefined ? fixed : fixed + quantile(spread, chanceAt(sample, needKey[need] ?? 0));
  }

  /** A need with a buffer, or one that takes several failures. */
  #need(need: number, to: number, throughMs: number, edge: number, sample: number, untilMs: number): void {
    const failures = this.network.needFailures[need] ?? 1;
    if (failures === 1) this.#reach(to, throughMs + this.#bufferMs(need, sample), edge, untilMs);
    else this.#count(need, failures, throughMs, edge, sample, untilMs);
  }

  /** One of several failures that a need takes: the one that makes them enough brings it about. */
  #count(
    need: number,
    failures: number,
    throughMs: number,
    edge: number,
    sample: number,
    untilMs: number,
  ): void {
    const { needStart, needTo } = this.network;
    const slotMs = this.#slotMs;
    const slotEdge = this.#slotEdge;
    const start = needStart[need] ?? 0;
    const filled = this.#filled[need] ?? 0;
    if (filled === 0) this.#touchedNeeds[this.#touched++] = need;
    let slot = start + filled;
    while (slot > start && (slotMs[slot - 1] ?? 0) > throughMs) {
      slotMs[slot] = slotMs[slot - 1] ?? 0;
      slotEdge[slot] = slotEdge[slot - 1] ?? 0;
      slot--;
    }
    slotMs[slot] = throughMs;
    slotEdge[slot] = edge;
    this.#filled[need] = filled + 1;
    if (filled + 1 < failures) return;
    const last = start + failures - 1;
    this.#reach(
      needTo[need] ?? 0,
      (slotMs[last] ?? 0) + this.#bufferMs(need, sample),
      slotEdge[last] ?? 0,
      untilMs,
    );
  }

  #reach(state: number, atMs: number, edge: number, untilMs: number): void {
    if (atMs < untilMs && atMs < (this.arrivalMs[state] ?? 0)) this.#lower(state, atMs, edge);
  }

  #forget(): void {
    const { order, arrivalMs } = this;
    for (let index = 0; index < this.reached; index++) {
      const state = order[index] ?? 0;
      arrivalMs[state] = Number.POSITIVE_INFINITY;
      this.#place[state] = NOT_THERE;
    }
    for (let index = 0; index < this.#touched; index++) this.#filled[this.#touchedNeeds[index] ?? 0] = 0;
    this.reached = 0;
    this.#touched = 0;
  }

  #lower(state: number, atMs: number, edge: number): void {
    if (this.#place[state] === SETTLED || atMs >= (this.arrivalMs[state] ?? 0)) return;
    const place = this.#place[state] ?? NOT_THERE;
    const formerMs = this.arrivalMs[state] ?? 0;
    this.arrivalMs[state] = atMs;
    this.by[state] = edge;
    const drawer = (atMs * this.#perMs) | 0;
    if (place >= 0) this.#rise(place, state, atMs);
    else if (place === IN_DRAWER) {
      const former = (formerMs * this.#perMs) | 0;
      if (former === drawer) return;
      this.#takeOut(state, former);
      if (drawer <= this.#open) this.#rise(this.#size++, state, atMs);
      else this.#layInto(state, drawer);
    } else if (drawer <= this.#open) this.#rise(this.#size++, state, atMs);
    else this.#layInto(state, drawer);
  }

  #layInto(state: number, drawer: number): void {
    const head = this.#drawerHead[drawer] ?? NOT_THERE;
    this.#later[state] = head;
    this.#earlier[state] = NOT_THERE;
    if (head !== NOT_THERE) this.#earlier[head] = state;
    this.#drawerHead[drawer] = state;
    this.#place[state] = IN_DRAWER;
    this.#inDrawers++;
  }

  #takeOut(state: number, drawer: number): void {
    const later = this.#later[state] ?? NOT_THERE;
    const earlier = this.#earlier[state] ?? NOT_THERE;
    if (later !== NOT_THERE) this.#earlier[later] = earlier;
    if (earlier !== NOT_THERE) this.#later[earlier] = later;
    else this.#drawerHead[drawer] = later;
    this.#inDrawers--;
  }

  /** The next drawer with anything in it goes into the heap. False: nothing waits any more. */
  #openNext(): boolean {
    if (this.#inDrawers === 0) return false;
    const { arrivalMs } = this;
    do this.#open++;
    while (this.#drawerHead[this.#open] === NOT_THERE);
    for (let state = this.#drawerHead[this.#open] ?? NOT_THERE; state !== NOT_THERE; ) {
      const later = this.#later[state] ?? NOT_THERE;
      this.#rise(this.#size++, state, arrivalMs[state] ?? 0);
      this.#inDrawers--;
      state = later;
    }
    this.#drawerHead[this.#open] = NOT_THERE;
    return true;
  }

  #takeFirst(): number {
    const heap = this.#heap;
    const first = heap[0] ?? 0;
    this.#place[first] = SETTLED;
    const last = --this.#size;
    if (last > 0) this.#sink(heap[last] ?? 0, this.#heapMs[last] ?? 0);
    return first;
  }

  // What comes about at the same time goes by name: the same graph in another order gives the same.

  #rise(from: number, state: number, atMs: number): void {
    const heap = this.#heap;
    const heapMs = this.#heapMs;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 2;
      const other = heap[parent] ?? 0;
      const otherMs = heapMs[parent] ?? 0;
      if (otherMs < atMs || (otherMs === atMs && other < state)) break;
      heap[place] = other;
      heapMs[place] = otherMs;
      this.#place[other] = place;
      place = parent;
    }
    heap[place] = state;
    heapMs[place] = atMs;
    this.#place[state] = place;
  }

  #sink(state: number, atMs: number): void {
    const heap = this.#heap;
    const heapMs = this.#heapMs;
    const places = this.#place;
    const size = this.#size;
    let place = 0;
    for (;;) {
      const child = place * 4 + 1;
      if (child >= size) break;
      let best = child;
      let bestMs = heapMs[child] ?? 0;
      const end = Math.min(child + 4, size);
      for (let other = child + 1; other < end; other++) {
        const otherMs = heapMs[other] ?? 0;
        if (otherMs > bestMs || (otherMs === bestMs && (heap[other] ?? 0) > (heap[best] ?? 0))) continue;
        best = other;
        bestMs = otherMs;
      }
      const smallest = heap[best] ?? 0;
      if (bestMs > atMs || (bestMs === atMs && smallest > state)) break;
      heap[place] = smallest;
      heapMs[place] = bestMs;
      places[smallest] = place;
      place = best;
    }
    heap[place] = state;
    heapMs[place] = atMs;
    places[state] = place;
  }
}

const NOT_THERE = -1;
const SETTLED = -2;
const IN_DRAWER = -3;
/** More would take longer to look through than the heap saves. */
const MAX_DRAWERS = 4_096;
