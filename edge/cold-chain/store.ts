/**
 * What the record of a site's fridges is made of, durable on the gateway: readings, doors, power, decisions and the
 * terms in force. It follows the gateway's log: nothing is written here before it is durable there, and a mark says
 * how far it has come, so after a pulled plug it takes up from the log what it had not written yet.
 */
import type { FridgeReading } from './excursion.ts';
import { type DamagedLine, type Happening, Journal, type JournalEntry, type JournalHead } from './journal.ts';
import { packed, thinned, unpacked } from './readings.ts';
import type { DatedTerms, FridgeTerms } from './terms.ts';

/** Written this often; the log has it all the while. */
export const WRITE_EVERY_MS = 5 * 60_000;
/** Written at once when so much has gathered. */
export const MAX_GATHERED = 2_000;
/** While the disk takes nothing, this much is held; what is more, the log gives again after a restart. */
export const MAX_HELD = 200_000;
/** Readings in one line. */
const MAX_READINGS_PER_LINE = 1_000;
/** A device that was away may tell of so long ago. */
const LATE_MS = 35 * 24 * 3_600_000;

export interface Mark {
  epoch: string;
  sequence: number;
}

/** What is known of one fridge, and of the site's power, in a stretch of time. */
export interface StoredWindow {
  readings: FridgeReading[];
  /** Sorted by time; each once. */
  happenings: Happening[];
  terms: DatedTerms[];
  /** Corrections that are in the readings, by probe. */
  offsets: Map<string, Set<number>>;
  damaged: DamagedLine[];
}

export interface StoreOptions {
  directory: string;
  now(): number;
  /** Resolves when all that was recorded so far is durable in the log. */
  committed(): Promise<void>;
  onTrouble(message: string): void;
  maxBytes?: number;
}

export class ColdChainStore {
  readonly #options: StoreOptions;
  readonly #journal: Journal;
  readonly #readings = new Map<
    string,
    { asset: string; probe: string; offset: number; list: FridgeReading[] }
  >();
  #entries: JournalEntry[] = [];
  #held = 0;
  #mark: Mark | undefined;
  #markWritten: Mark | undefined;
  #writing: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout;
  #tidiedIn = '';
  #isAsked = false;
  #hasFailed = false;
  /** What a new month begins with: terms in force and cases that nobody has decided yet. */
  opening: () => readonly JournalEntry[] = () => [];
  /** Observations that found no room while the disk took nothing. */
  dropped = 0;

  private constructor(options: StoreOptions, journal: Journal, mark: Mark | undefined) {
    this.#options = options;
    this.#journal = journal;
    this.#markWritten = mark;
    this.#timer = setInterval(() => void this.write(), WRITE_EVERY_MS);
    this.#timer.unref();
  }

  static async open(options: StoreOptions, signal?: AbortSignal): Promise<ColdChainStore> {
    const { directory, maxBytes } = options;
    const journal = await Journal.open(directory, maxBytes === undefined ? {} : { maxBytes });
    let mark: Mark | undefined;
    const newest = journal.months().at(-1);
    if (newest !== undefined) {
      const at = Date.parse(`${newest}-01T00:00:00Z`);
      // A month begins with its mark, so the newest file alone is asked.
      for await (const entry of journal.read(at, at, () => undefined, new Set()))
        if (entry.t === 'mark') mark = { epoch: entry.epoch, sequence: entry.sequence };
    }
    const store = new ColdChainStore(options, journal, mark);
    signal?.addEventListener('abort', () => void store.close(), { once: true });
    return store;
  }

  /** Up to where the log has been taken in, and is on disk here. */
  get mark(): Mark | undefined {
    return this.#markWritten;
  }

  get head(): JournalHead {
    return this.#journal.head;
  }

  bytes(): number {
    return this.#journal.bytes();
  }

  addReading(asset: string, reading: FridgeReading, offset: number): void {
    if (!this.#hasRoom()) return;
    const key = `${asset} ${reading.probe} ${offset}`;
    const held = this.#readings.get(key);
    if (held === undefined) this.#readings.set(key, { asset, probe: reading.probe, offset, list: [reading] });
    else held.list.push(reading);
    // One writing at a time; a disk that has just refused is asked again when its time has come.
    if (this.#held < MAX_GATHERED || this.#isAsked || this.#hasFailed) return;
    this.#isAsked = true;
    void this.write().finally(() => {
      this.#isAsked = false;
    });
  }

  addHappening(happening: Happening): void {
    if (this.#hasRoom()) this.#entries.push({ t: 'happened', ...happening });
  }

  addTerms(asset: string, at: number, terms: FridgeTerms): void {
    this.#entries.push({ t: 'terms', asset, at, terms });
  }

  /** All that was recorded up to here has been given to this store. */
  reached(mark: Mark): void {
    // Behind what found no room, the log must be gone through again after a restart.
    if (this.dropped === 0) this.#mark = mark;
  }

  /** Resolves once all that was added is on disk; never rejects: what could not be written is tried again. */
  write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    const lines: JournalEntry[] = [];
    const taken = [...this.#readings.values()];
    const entries = this.#entries;
    const mark = this.#mark;
    const held = this.#held;
    const isMarked =
      mark?.epoch === this.#markWritten?.epoch && mark?.sequence === this.#markWritten?.sequence;
    if (taken.length === 0 && entries.length === 0) return;
    this.#readings.clear();
    this.#entries = [];
    this.#held = 0;
    for (const { asset, probe, offset, list } of taken) {
      const kept = thinned(list);
      for (let start = 0; start < kept.length; start += MAX_READINGS_PER_LINE) {
        const part = packed(kept.slice(start, start + MAX_READINGS_PER_LINE));
        lines.push({ t: 'readings', asset, probe, ...(offset !== 0 && { offset }), list: part });
      }
    }
    lines.push(...entries);
    if (mark !== undefined && !isMarked) lines.push({ t: 'mark', ...mark });
    try {
      await this.#options.committed();
      const before = this.#markWritten;
      await this.#journal.append(lines, this.#options.now(), () => [
        ...this.opening(),
        ...(before === undefined ? [] : [{ t: 'mark' as const, ...before }]),
      ]);
      if (mark !== undefined) this.#markWritten = mark;
      this.#hasFailed = false;
    } catch (error) {
      for (const { asset, probe, offset, list } of taken) {
        const key = `${asset} ${probe} ${offset}`;
        const newer = this.#readings.get(key)?.list ?? [];
        this.#readings.set(key, { asset, probe, offset, list: [...list, ...newer] });
      }
      this.#entries = [...entries, ...this.#entries];
      this.#held += held;
      this.#hasFailed = true;
      this.#options.onTrouble(`the cold chain's record can't be written: ${String(error)}`);
      return;
    }
    const { month } = this.#journal.head;
    if (month === this.#tidiedIn) return;
    this.#tidiedIn = month;
    try {
      for (const gone of await this.#journal.tidy(this.#options.now()))
        this.#options.onTrouble(`the cold chain's record of ${gone} was given up: its disk space is used up`);
    } catch (error) {
      this.#options.onTrouble(`old months of the cold chain's record can't be tidied: ${String(error)}`);
    }
  }

  /**
   * Everything known about these assets in a stretch of time, however late it was told.
   * @param until decisions and other happenings are looked for up to here
   */
  async window(assets: readonly string[], from: number, to: number, until = to): Promise<StoredWindow> {
    await this.write();
    const wanted = new Set(assets);
    const damaged: DamagedLine[] = [];
    const readings: FridgeReading[] = [];
    const happenings = new Map<string, Happening>();
    const terms = new Map<string, DatedTerms>();
    const offsets = new Map<string, Set<number>>();
    const last = Math.min(Math.max(to + LATE_MS, until), this.#options.now() + LATE_MS);
    for await (const entry of this.#journal.read(from, last, (line) => damaged.push(line), wanted)) {
      if (entry.t === 'readings') {
        const inside = unpacked(entry.list, entry.probe).filter(({ at }) => at >= from && at < to);
        for (const reading of inside) readings.push(reading);
        if (inside.length > 0)
          offsets.set(entry.probe, (offsets.get(entry.probe) ?? new Set()).add(entry.offset ?? 0));
      } else if (entry.t === 'happened') {
        const { t: _type, ...happened } = entry;
        if (happened.at < until) happenings.set(happened.id, happened);
      } else if (entry.t === 'terms') {
        terms.set(`${entry.at}`, { at: entry.at, terms: entry.terms });
      }
    }
    return {
      readings: thinned(readings),
      happenings: [...happenings.values()].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)),
      terms: [...terms.values()].sort((a, b) => a.at - b.at),
      offsets,
      damaged,
    };
  }

  close(): Promise<void> {
    clearInterval(this.#timer);
    return this.write();
  }

  #hasRoom(): boolean {
    if (this.#held >= MAX_HELD) {
      if (this.dropped++ === 0)
        this.#options.onTrouble(
          `the cold chain's record holds no more than ${MAX_HELD} entries in memory: the rest comes from the log after a restart`,
        );
      return false;
    }
    this.#held++;
    return true;
  }
}
