/** The page's live stream: each reader gets the whole page anew when it has changed, and only as fast as it reads. */
import type { SitePage } from './contract.ts';
import { withoutPeople } from './page.ts';

/** Pages a second at most, to all readers. */
export const MAX_PAGES_PER_SECOND = 4;
/** A large page goes less often, so that readers on a phone keep up: this many bytes a second for each. */
const MAX_BYTES_PER_SECOND = 512 * 1024;
/** Readers at once: a few tablets and phones, and the person who left tabs open. */
export const MAX_READERS = 64;
/** A reader that has taken nothing for so long is gone. */
export const SLOW_READER_MS = 20_000;
/** Something is said at least this often, so that the page can tell silence from peace. */
export const HEARTBEAT_MS = 10_000;

const encoder = new TextEncoder();

interface Reader {
  controller: ReadableStreamDefaultController<Uint8Array>;
  seesPeople: boolean;
  stuckSinceMs: number | undefined;
  /** Ends it, whether or not it has read what was sent. */
  cut(): void;
}

export class LivePages {
  readonly #readers = new Set<Reader>();
  readonly #page: () => SitePage;
  readonly #clock: () => SitePage['clock'];
  #timer: NodeJS.Timeout | undefined;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #bytes = 0;
  /** Readers that were cut because they were too slow, since the start. */
  slowCut = 0;

  constructor(page: () => SitePage, clock: () => SitePage['clock'], signal: AbortSignal) {
    this.#page = page;
    this.#clock = clock;
    const heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    heartbeat.unref();
    signal.addEventListener(
      'abort',
      () => {
        clearInterval(heartbeat);
        clearTimeout(this.#timer);
        for (const reader of [...this.#readers]) reader.cut();
      },
      { once: true },
    );
  }

  get readers(): number {
    return this.#readers.size;
  }

  /**
   * A new reader's stream, or undefined where there are too many. It ends with the signal.
   * @param drop closes the connection: who does not read would never see the stream's end
   */
  open(seesPeople: boolean, until: AbortSignal, drop: () => void): ReadableStream<Uint8Array> | undefined {
    if (this.#readers.size >= MAX_READERS || until.aborted) return undefined;
    let reader: Reader | undefined;
    const leave = () => {
      if (reader !== undefined) this.#readers.delete(reader);
      until.removeEventListener('abort', end);
    };
    const end = () => reader?.cut();
    until.addEventListener('abort', end, { once: true });
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          reader = {
            controller,
            seesPeople,
            stuckSinceMs: undefined,
            cut: () => {
              leave();
              try {
                controller.close();
              } catch {
                // It was closed by its reader at the same moment.
              }
              drop();
            },
          };
          this.#readers.add(reader);
          controller.enqueue(encoder.encode('retry: 2000\n\n'));
          this.#send(reader, this.#texts());
        },
        pull: () => {
          // What a slow reader missed it gets now.
          if (reader?.stuckSinceMs !== undefined) this.changed();
        },
        cancel: leave,
      },
      { highWaterMark: 2 },
    );
  }

  /** The page has changed: soon, and together with what else changes until then. */
  changed(): void {
    if (this.#timer !== undefined || this.#readers.size === 0) return;
    const pauseMs = Math.max(1_000 / MAX_PAGES_PER_SECOND, (this.#bytes / MAX_BYTES_PER_SECOND) * 1_000);
    const delayMs = Math.max(0, this.#lastAtMs + pauseMs - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#lastAtMs = performance.now();
      const texts = this.#texts();
      for (const reader of [...this.#readers]) this.#send(reader, texts);
    }, delayMs);
    this.#timer.unref();
  }

  /** The page as text, for those who may see the people's names and for the others; made only where asked for. */
  #texts(): (seesPeople: boolean) => string {
    const page = this.#page();
    const made = new Map<boolean, string>();
    return (seesPeople) => {
      const known = made.get(seesPeople);
      if (known !== undefined) return known;
      const text = JSON.stringify(seesPeople ? page : withoutPeople(page));
      this.#bytes = text.length;
      made.set(seesPeople, text);
      return text;
    };
  }

  #send(reader: Reader, texts: (seesPeople: boolean) => string): void {
    if ((reader.controller.desiredSize ?? 0) <= 0) {
      reader.stuckSinceMs ??= performance.now();
      return;
    }
    reader.stuckSinceMs = undefined;
    const text = texts(reader.seesPeople);
    reader.controller.enqueue(encoder.encode(`event: site\ndata: ${text}\n\n`));
  }

  /** The clock, and the whole page for what time alone has changed. Who has read nothing for long is cut off. */
  #beat(): void {
    const clock = encoder.encode(`event: clock\ndata: ${JSON.stringify(this.#clock())}\n\n`);
    for (const reader of [...this.#readers]) {
      if (reader.stuckSinceMs === undefined) {
        if ((reader.controller.desiredSize ?? 0) > 0) reader.controller.enqueue(clock);
        else reader.stuckSinceMs = performance.now();
      } else if (performance.now() - reader.stuckSinceMs >= SLOW_READER_MS) {
        this.slowCut++;
        reader.cut();
      }
    }
    this.changed();
  }
}
