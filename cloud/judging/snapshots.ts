import type { SavedPart } from '../correlation/saved.ts';
import type { Store } from '../store/store.ts';
import { basisOf, nameOf } from './basis.ts';
import { type NoSnapshot, putSnapshot, readSnapshot, type Snapshot, written } from './snapshot-file.ts';

/** How often what was judged is written down, in real time. */
export const SNAPSHOT_EVERY_MS = 10 * 60_000;
/** So soon after a start, or after everything was judged anew or a person decided something: the last one is no longer any good. */
const SNAPSHOT_SOON_MS = 30_000;

export interface SnapshotSettings {
  readonly file: string;
  /** What judging depends on beside the store: the registry, the graph of dependencies. A new object where it has changed. */
  documents(): readonly object[];
  /** A line for the log; about nothing that anybody has to mend. */
  say(message: string): void;
}

/** What was judged, on disk: when it is written, what it rests on, and whether the last one still holds. */
export class Snapshots {
  readonly #settings: SnapshotSettings;
  readonly #store: Store;
  readonly #write: () => Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  /** By which documents all is judged; undefined: by some that are no longer those of now. */
  #judgedBy: string | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  #hasEnded = false;

  /** @param write has one written, between two rounds */
  constructor(settings: SnapshotSettings, store: Store, write: () => Promise<void>) {
    this.#settings = settings;
    this.#store = store;
    this.#write = write;
  }

  #documents(): string {
    return this.#settings.documents().map(nameOf).join();
  }

  /** Judges everything, and notes by what. */
  async judging<Value>(judge: () => Promise<Value>): Promise<Value> {
    const by = this.#documents();
    this.#judgedBy = undefined;
    const value = await judge();
    if (by === this.#documents()) this.#judgedBy = by;
    return value;
  }

  /** The one to go on with; where there is none, the log says why. */
  async last(): Promise<Snapshot | undefined> {
    const read: Snapshot | NoSnapshot = await readSnapshot(
      this.#settings.file,
      basisOf(this.#store, [this.#documents()]),
    );
    if (!('reason' in read)) return read;
    this.refused(read.isMissing ? 'there is none yet' : read.reason);
    return undefined;
  }

  refused(reason: string): void {
    this.#settings.say(`judging everything anew, not going on from the snapshot: ${reason}`);
  }

  /** Written now and then from here on. */
  start(signal: AbortSignal): void {
    signal.addEventListener(
      'abort',
      () => {
        this.#hasEnded = true;
        clearTimeout(this.#timer);
      },
      { once: true },
    );
    this.soon();
  }

  /** What is on disk does not hold any more. */
  soon(): void {
    this.#dueIn(SNAPSHOT_SOON_MS);
  }

  #dueIn(ms: number): void {
    const at = performance.now() + ms;
    if (this.#hasEnded || at >= this.#dueAt) return;
    clearTimeout(this.#timer);
    this.#dueAt = at;
    this.#timer = setTimeout(() => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      void this.#write().finally(() => this.#dueIn(SNAPSHOT_EVERY_MS));
    }, ms);
    this.#timer.unref();
  }

  /**
   * Puts into memory what is to be written; nothing may be judged meanwhile. The answer puts it on disk, which may take
   * its time; undefined where it would say something that is no longer so.
   * @param position of the store, up to which all was judged
   */
  async taken(position: number, parts: Iterable<SavedPart>): Promise<(() => Promise<void>) | undefined> {
    const documents = this.#documents();
    if (this.#judgedBy !== documents) return undefined;
    const pieces = await written({ basis: basisOf(this.#store, [documents]), position }, parts);
    return () => putSnapshot(this.#settings.file, pieces);
  }

  failed(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#settings.say(`the snapshot of what was judged could not be written: ${reason}`);
  }
}
