/** Events that the station has not acknowledged, on disk before anybody waits for them. */
import { z } from 'zod';
import type { StationEvent } from './events.ts';
import { MAX_SEQUENCE } from './frame.ts';

/** All that is kept of the transmission lies below this prefix. */
export const TRANSMISSION_PREFIX = 'transmission/';
const EVENT_PREFIX = `${TRANSMISSION_PREFIX}event/`;
const ORDER_KEY = `${TRANSMISSION_PREFIX}order`;
const OPEN_PREFIX = `${TRANSMISSION_PREFIX}open/`;

/** Events that wait for a station that can't be reached; beyond, the oldest is given up. */
export const MAX_WAITING = 1_000;
/** Detections whose end is yet to be told. */
const MAX_OPEN = 256;

const stationEvent = z.strictObject({
  contactId: z.number().int().min(0).max(999),
  sia: z.string().length(2),
  qualifier: z.literal([1, 3]),
  number: z.number().int().min(0).max(999),
  at: z.number(),
});
const waitingEvent = z.strictObject({ order: z.number().int(), event: stationEvent });
/** An event with its place in the row. */
export type WaitingEvent = z.infer<typeof waitingEvent>;
const openEvent = z.strictObject({ detection: z.string(), event: stationEvent, wasActive: z.boolean() });
type OpenEvent = z.infer<typeof openEvent>;

export interface EventQueueOptions {
  kept: ReadonlyMap<string, unknown>;
  keep(key: string, value: unknown): void;
  forget(key: string): void;
}

export class EventQueue {
  readonly #options: EventQueueOptions;
  readonly #waiting: WaitingEvent[];
  readonly #open = new Map<string, OpenEvent>();
  #order: number;
  givenUp = 0;

  constructor(options: EventQueueOptions) {
    this.#options = options;
    const values = [...options.kept.values()];
    this.#waiting = values
      .flatMap((value) => waitingEvent.safeParse(value).data ?? [])
      .sort((a, b) => a.order - b.order);
    for (const open of values.flatMap((value) => openEvent.safeParse(value).data ?? []))
      this.#open.set(open.detection, open);
    const last = z.number().int().safeParse(options.kept.get(ORDER_KEY));
    this.#order = last.success ? last.data : (this.#waiting.at(-1)?.order ?? 0);
  }

  get size(): number {
    return this.#waiting.length;
  }

  get first(): WaitingEvent | undefined {
    return this.#waiting[0];
  }

  /** 1 to MAX_SEQUENCE, and the same for an event however often it is sent. */
  static sequenceOf({ order }: WaitingEvent): number {
    return ((order - 1) % MAX_SEQUENCE) + 1;
  }

  add(event: StationEvent): void {
    const waiting = { order: ++this.#order, event };
    this.#options.keep(ORDER_KEY, this.#order);
    this.#options.keep(EVENT_PREFIX + waiting.order, waiting);
    this.#waiting.push(waiting);
    if (this.#waiting.length <= MAX_WAITING) return;
    const oldest = this.#waiting[0];
    if (oldest === undefined) return;
    this.givenUp++;
    this.remove(oldest);
  }

  /** The station has it, or never will. */
  remove(done: WaitingEvent): void {
    const at = this.#waiting.indexOf(done);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    this.#options.forget(EVENT_PREFIX + done.order);
  }

  isOpen(detection: string): boolean {
    return this.#open.has(detection);
  }

  /** Remembers that the end of a detection is to be told. `follows`: the earlier word about the same. */
  open(detection: string, event: StationEvent, follows?: string): void {
    const earlier = follows === undefined ? undefined : this.#open.get(follows);
    if (earlier !== undefined) this.#close(earlier.detection);
    this.#put({ detection, event: earlier?.event ?? event, wasActive: earlier?.wasActive ?? false });
    if (this.#open.size <= MAX_OPEN) return;
    const [oldest] = this.#open.keys();
    if (oldest !== undefined) this.#close(oldest);
  }

  get hasOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Events whose cause was there and is gone. */
  ended(active: ReadonlySet<string>): StationEvent[] {
    const over: StationEvent[] = [];
    for (const open of [...this.#open.values()]) {
      const isActive = active.has(open.detection);
      if (isActive && !open.wasActive) this.#put({ ...open, wasActive: true });
      if (isActive || !open.wasActive) continue;
      over.push(open.event);
      this.#close(open.detection);
    }
    return over;
  }

  #put(open: OpenEvent): void {
    this.#open.set(open.detection, open);
    this.#options.keep(OPEN_PREFIX + open.detection, open);
  }

  #close(detection: string): void {
    this.#open.delete(detection);
    this.#options.forget(OPEN_PREFIX + detection);
  }
}
