/** The search over everything that was seen and judged, as the API uses it; the work is done in a thread of its own. */
import { Worker } from 'node:worker_threads';
import type { Registry } from '../../devices/model/registry.ts';
import { compileHunt, type Vocabulary } from './compile.ts';
import { type HuntComplaint, readHunt } from './query.ts';
import type { HuntFound, HuntSearch, Watched, WatchHit } from './search-index.ts';
import type { FromWorker, ToWorker } from './search-worker.ts';
import { termOf } from './terms.ts';

/** Searches that wait for an answer, at most; beyond it the desk is asked to try again. */
const MAX_WAITING = 64;
/** The index begins so long after the start, in real time: the cloud's own beginning comes first. */
const START_AFTER_MS = 5_000;
/** A registry of so many names is looked through for suggestions; of more the first. */
const MAX_NAMES = 50_000;

export interface HuntOptions {
  store: string;
  index: string;
  registry: Registry;
  /** Every rule that found anything. */
  rules(): readonly string[];
  onHits(hits: readonly WatchHit[]): void;
  onTrouble(message: string): void;
}

/** Nothing is searched at the moment. */
export class SearchBusy extends Error {}

export type HuntAnswer = { found: HuntFound } | { complaint: HuntComplaint };

export class Hunt {
  readonly #options: HuntOptions;
  readonly #waiting = new Map<number, { resolve(found: HuntFound): void; reject(error: Error): void }>();
  #worker: Worker | undefined;
  #startTimer: NodeJS.Timeout | undefined;
  #number = 0;
  #watched: Watched[] = [];
  #isClosed = true;

  constructor(options: HuntOptions) {
    this.#options = options;
  }

  /** Keeps the index up to date until it is closed; may be begun again after it. */
  start(): void {
    this.#isClosed = false;
    this.#startTimer = setTimeout(() => this.#start(), START_AFTER_MS);
    this.#startTimer.unref();
  }

  /**
   * What is found, or what is wrong with the query.
   * @param sites those that the asker may see; all where it is not said
   * @throws SearchBusy
   */
  async ask(
    text: string,
    asked: Omit<HuntSearch, 'all' | 'none'>,
    sites?: readonly string[],
  ): Promise<HuntAnswer> {
    const read = readHunt(text, asked.now);
    if ('complaint' in read) return read;
    const made = compileHunt(read.query, this.vocabulary());
    if ('complaint' in made) return made;
    const { all, none, from = asked.from, to = asked.to } = made.compiled;
    const search: HuntSearch = {
      ...asked,
      all: sites === undefined ? all : [...all, sites.map((site) => termOf('site', site))],
      none,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    };
    if (sites?.length === 0) search.all = [[termOf('type', 'nothing')]];
    return { found: await this.#ask(search) };
  }

  vocabulary(): Vocabulary {
    const { registry, rules } = this.#options;
    const { sites, assets, identities } = registry.document;
    return {
      rules: rules(),
      sites,
      assets: assets.slice(0, MAX_NAMES).map(({ id, name }) => ({ id, name, addresses: [] })),
      people: identities.slice(0, MAX_NAMES),
    };
  }

  /** These are looked for in everything that is taken in from now on. */
  watch(watched: readonly Watched[]): void {
    this.#watched = [...watched];
    if (this.#worker !== undefined) this.#tell({ type: 'watch', watched: this.#watched });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#startTimer);
    const worker = this.#worker;
    if (worker === undefined) return;
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    this.#tell({ type: 'close' });
    await ended;
  }

  #ask(search: HuntSearch): Promise<HuntFound> {
    if (this.#waiting.size >= MAX_WAITING || this.#isClosed)
      return Promise.reject(new SearchBusy('too many searches wait'));
    this.#start();
    const number = ++this.#number;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      this.#tell({ type: 'search', number, search });
    });
  }

  #tell(message: ToWorker): void {
    this.#worker?.postMessage(message);
  }

  #start(): void {
    if (this.#worker !== undefined || this.#isClosed) return;
    const { store, index, onHits, onTrouble } = this.#options;
    const worker = new Worker(new URL('./search-worker.ts', import.meta.url), {
      workerData: { store, index },
    });
    this.#worker = worker;
    if (this.#watched.length > 0) this.#tell({ type: 'watch', watched: this.#watched });
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'hits') {
        onHits(message.hits);
        return;
      }
      const asked = this.#waiting.get(message.number);
      this.#waiting.delete(message.number);
      if (message.type === 'answer') asked?.resolve(message.found);
      else asked?.reject(new Error(message.message));
    });
    worker.on('error', (error) => onTrouble(error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => {
      // The next search starts it anew: nothing but the index is lost, and that is made again.
      this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(new SearchBusy('the search has ended'));
      this.#waiting.clear();
    });
  }
}
