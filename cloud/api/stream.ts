import { randomBytes } from 'node:crypto';
import type { StreamEvent } from './contract.ts';

/** Events kept for those who were away for a moment. */
export const MAX_KEPT_EVENTS = 4_096;
/** Bytes that a reader may be behind before it is cut: it comes back and resumes, or fetches afresh. */
export const MAX_BEHIND_BYTES = 512 * 1024;
/** Open streams altogether, and of one session (a tab each). */
export const MAX_STREAMS = 2_000;
export const MAX_STREAMS_PER_SESSION = 16;
/** How soon a browser tries again when it was cut, ms. */
const RETRY_MS = 1_000;

const encoder = new TextEncoder();

/** What a reader may see of an event; undefined: nothing. Asked when it is sent. */
export type View = (event: StreamEvent) => StreamEvent | undefined;

interface Kept {
  number: number;
  event: StreamEvent;
  frame: Uint8Array;
}

interface Reader {
  session: string;
  controller: ReadableStreamDefaultController<Uint8Array>;
  /** Ends the connection itself, where there is one: a reader that does not read can't be told politely. */
  cut: (() => void) | undefined;
  /** Undefined: sees everything. */
  view: View | undefined;
}

/**
 * Server-sent events (WHATWG HTML, 9.2) to many readers: each event is written down once, numbered, and kept for
 * a while. A number means something within one life of the process only.
 */
export class LiveStream {
  readonly #life = randomBytes(6).toString('hex');
  readonly #kept: Kept[] = [];
  readonly #readers = new Set<Reader>();
  #number = 0;
  readonly counts = { events: 0, cut: 0, resumed: 0, restarted: 0 };

  get size(): number {
    return this.#readers.size;
  }

  /** To everybody, now or when they are back. */
  publish(event: StreamEvent): void {
    const number = ++this.#number;
    const frame = this.#frame(number, event);
    this.#kept.push({ number, event, frame });
    if (this.#kept.length > MAX_KEPT_EVENTS) this.#kept.shift();
    this.counts.events++;
    const seen = new Map<View, Uint8Array | undefined>();
    for (const { view } of this.#readers)
      if (view !== undefined && !seen.has(view)) seen.set(view, this.#seenBy(view, { number, event, frame }));
    for (const reader of this.#readers) {
      const own = reader.view === undefined ? frame : seen.get(reader.view);
      if (own !== undefined) this.#give(reader, own);
    }
  }

  /**
   * A new reader's stream, undefined where there are too many. It begins with what it has missed since
   * `lastEventId`, or with `restart` where that can't be known, and with `hello`.
   * @param cut ends the reader's connection, where there is one
   * @param view what the reader may see of each event; everything where it is not said
   */
  open(
    session: string,
    lastEventId: string | undefined,
    hello: StreamEvent,
    cut?: () => void,
    view?: View,
  ): ReadableStream<Uint8Array> | undefined {
    const ofSession = [...this.#readers].filter((one) => one.session === session).length;
    if (this.#readers.size >= MAX_STREAMS || ofSession >= MAX_STREAMS_PER_SESSION) return undefined;
    let reader: Reader | undefined;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          reader = { session, controller, cut, view };
          controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
          // Reading what was missed and joining is one step: nothing is published in between.
          for (const frame of this.#missedSince(lastEventId, view)) controller.enqueue(frame);
          controller.enqueue(this.#frame(this.#number, hello));
          this.#readers.add(reader);
        },
        cancel: () => {
          if (reader !== undefined) this.#readers.delete(reader);
        },
      },
      { highWaterMark: MAX_BEHIND_BYTES, size: (chunk) => chunk.length },
    );
  }

  /** The session is over: so are its streams. */
  endSession(session: string): void {
    for (const reader of this.#readers) if (reader.session === session) this.#end(reader);
  }

  /** Sessions that have a stream open. */
  sessions(): Set<string> {
    return new Set([...this.#readers].map(({ session }) => session));
  }

  close(): void {
    for (const reader of this.#readers) this.#end(reader);
  }

  #missedSince(lastEventId: string | undefined, view: View | undefined): Uint8Array[] {
    if (lastEventId === undefined || lastEventId === '') return [];
    const [life, text = ''] = lastEventId.split('-', 2);
    const last = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    const oldest = this.#kept[0]?.number ?? this.#number + 1;
    if (life !== this.#life || !(last <= this.#number) || last < oldest - 1) return this.#restart();
    const frames = this.#kept
      .filter(({ number }) => number > last)
      .flatMap((kept) => (view === undefined ? kept.frame : (this.#seenBy(view, kept) ?? [])));
    // More than a reader may be behind: fetching afresh is less.
    if (frames.reduce((sum, frame) => sum + frame.length, 0) > MAX_BEHIND_BYTES / 2) return this.#restart();
    this.counts.resumed++;
    return frames;
  }

  #seenBy(view: View, { number, event, frame }: Kept): Uint8Array | undefined {
    const seen = view(event);
    return seen === undefined ? undefined : seen === event ? frame : this.#frame(number, seen);
  }

  #restart(): Uint8Array[] {
    this.counts.restarted++;
    return [this.#frame(this.#number, { type: 'restart', data: {} })];
  }

  #give(reader: Reader, frame: Uint8Array): void {
    if ((reader.controller.desiredSize ?? 0) <= 0) {
      this.counts.cut++;
      this.#readers.delete(reader);
      // With the connection goes what waits for it.
      if (reader.cut === undefined) reader.controller.error(new Error('read too slowly'));
      else reader.cut();
      return;
    }
    reader.controller.enqueue(frame);
  }

  #end(reader: Reader): void {
    this.#readers.delete(reader);
    reader.controller.close();
  }

  #frame(number: number, { type, data }: StreamEvent): Uint8Array {
    return encoder.encode(`id: ${this.#life}-${number}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}
