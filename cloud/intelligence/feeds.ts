/** Brings indicators in, on a schedule: files that changed, collections from where they were read up to. */
import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import type { Clock } from '../../devices/model/clock.ts';
import type { Feed } from './configuration.ts';
import { readCsv } from './imports/csv.ts';
import { type Imported, MAX_DOCUMENT_BYTES, type Origin } from './imports/imported.ts';
import { readMisp } from './imports/misp.ts';
import { readBundle, readObjects } from './imports/stix-bundle.ts';
import type { Change, Library } from './library.ts';
import { type Place, TaxiiClient } from './taxii/client.ts';

/** A feed that fails is asked again after twice the time, up to so many times its usual one. */
const LONGEST_BACK_OFF = 8;

export interface FeedHealth {
  readonly name: string;
  readonly lastAt: number | undefined;
  readonly indicators: number;
  readonly revoked: number;
  readonly refused: number;
  readonly problem: string | undefined;
}

export interface FeedParts {
  library: Library;
  clock: Clock;
  resolve(path: string): string;
  onChange(change: Change): void;
  log: { info(what: object, text: string): void; warn(what: object, text: string): void };
}

/** What is kept of a feed. Of a file: its time and size. */
const feedState = z.looseObject({
  file: z.string().optional(),
  places: z
    .record(
      z.string(),
      z.looseObject({ addedAfter: z.exactOptional(z.string()), next: z.exactOptional(z.string()) }),
    )
    .default({}),
});

export class FeedRunner {
  readonly #feed: Feed;
  readonly #parts: FeedParts;
  readonly #health: { -readonly [Key in keyof FeedHealth]: FeedHealth[Key] };
  #failures = 0;

  constructor(feed: Feed, parts: FeedParts) {
    this.#feed = feed;
    this.#parts = parts;
    this.#health = {
      name: feed.name,
      lastAt: undefined,
      indicators: 0,
      revoked: 0,
      refused: 0,
      problem: undefined,
    };
  }

  get health(): FeedHealth {
    return { ...this.#health };
  }

  /** Polls now and then, until the signal. */
  start(signal: AbortSignal): void {
    const { clock } = this.#parts;
    let cancel: () => void = () => undefined;
    const poll = async () => {
      await this.poll(signal);
      if (signal.aborted) return;
      cancel = clock.schedule(this.#feed.everyMs * Math.min(LONGEST_BACK_OFF, 2 ** this.#failures), poll);
    };
    cancel = clock.schedule(0, poll);
    signal.addEventListener('abort', () => cancel(), { once: true });
  }

  /** Never throws: what went wrong is told, and is tried again. */
  async poll(signal: AbortSignal): Promise<void> {
    const { log, clock } = this.#parts;
    try {
      if (this.#feed.type === 'file') this.#readFile(this.#feed);
      else await this.#readCollections(this.#feed, signal);
      this.#failures = 0;
      this.#health.problem = undefined;
      this.#health.lastAt = clock.now();
    } catch (error) {
      if (signal.aborted) return;
      this.#failures = Math.min(10, this.#failures + 1);
      this.#health.problem = error instanceof Error ? error.message : String(error);
      log.warn({ feed: this.#feed.name, problem: this.#health.problem }, 'a feed of indicators fails');
    }
  }

  get #origin(): Origin {
    const { name, confidence, tlp, subdomains } = this.#feed;
    return { source: name, confidence, tlp, subdomains, now: this.#parts.clock.now() };
  }

  #state(): z.infer<typeof feedState> {
    const { library } = this.#parts;
    return feedState.parse(JSON.parse(library.feedState(this.#feed.name) ?? '{}'));
  }

  #take(imported: Imported): void {
    const { library, log } = this.#parts;
    const change = library.take(this.#feed.name, imported);
    this.#health.indicators += change.put.length;
    this.#health.revoked += change.gone.length;
    this.#health.refused += change.refused.length;
    for (const { what, why } of change.refused.slice(0, 10))
      log.info({ feed: this.#feed.name, what, why }, 'an indicator is left out');
    if (change.put.length + change.gone.length > 0) this.#parts.onChange(change);
  }

  #readFile(settings: Extract<Feed, { type: 'file' }>): void {
    const { library, resolve } = this.#parts;
    const file = resolve(settings.path);
    const { mtimeMs, size } = statSync(file);
    const stamp = `${mtimeMs} ${size}`;
    const state = this.#state();
    if (state.file === stamp) return;
    if (size > MAX_DOCUMENT_BYTES) throw new Error(`${file} is longer than ${MAX_DOCUMENT_BYTES} bytes`);
    const text = readFileSync(file, 'utf8');
    const read =
      settings.format === 'csv'
        ? readCsv(text, settings.csv, this.#origin)
        : settings.format === 'misp'
          ? readMisp(text, this.#origin)
          : readBundle(text, this.#origin);
    this.#take(settings.whole ? { ...read, revoked: [...read.revoked, ...this.#leftOut(read)] } : read);
    library.putFeedState(settings.name, JSON.stringify({ ...state, file: stamp }));
  }

  #leftOut({ indicators }: Imported): string[] {
    const listed = new Set(indicators.map(({ id }) => id));
    const { library } = this.#parts;
    return Array.from(library.idsOf(this.#feed.name)).filter((id) => !listed.has(id));
  }

  async #readCollections(settings: Extract<Feed, { type: 'taxii' }>, signal: AbortSignal): Promise<void> {
    const { secretFile, username, url } = settings;
    const secret =
      secretFile === undefined ? undefined : readFileSync(this.#parts.resolve(secretFile), 'utf8').trim();
    const client = new TaxiiClient(
      secret === undefined
        ? undefined
        : username === undefined
          ? { kind: 'bearer', token: secret }
          : { kind: 'basic', name: username, password: secret },
      signal,
    );
    const roots = settings.collection === undefined ? await client.apiRoots(url) : [url];
    for (const root of roots) {
      const ids =
        settings.collection === undefined
          ? (await client.collections(root)).map(({ id }) => id)
          : [settings.collection];
      for (const id of ids) await this.#readCollection(client, root, id);
    }
  }

  async #readCollection(client: TaxiiClient, root: string, id: string): Promise<void> {
    const { library } = this.#parts;
    const key = `${root} ${id}`;
    const from: Place = this.#state().places[key] ?? {};
    for await (const { objects, place } of client.objects(root, id, from)) {
      this.#take(readObjects(objects, this.#origin));
      // After what it brought: a page that is read twice changes nothing, one that is left out is lost.
      const state = this.#state();
      library.putFeedState(
        this.#feed.name,
        JSON.stringify({ ...state, places: { ...state.places, [key]: place } }),
      );
    }
  }
}
