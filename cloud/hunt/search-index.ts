/**
 * The index that the search is answered from: a SQLite file of its own beside the store, written behind the store's
 * back, so that nothing that comes in waits for it. It holds no evidence and is made anew where it is missing.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Detection } from '../../devices/model/detection.ts';
import type { Observation } from '../../devices/model/observation.ts';
import { type CompiledHunt, isMet, matchOf } from './compile.ts';
import { firstPlace, lastPlace, momentOf } from './document-place.ts';
import { termsOfDetection, termsOfObservation } from './terms.ts';

/** Another number makes every index anew. */
const VERSION = 1;
/** Records and pieces of news read at a time. */
export const INDEXED_AT_ONCE = 1_000;
/** Documents that are counted for one answer; of more, the newest. */
export const MAX_COUNTED = 100_000;
/** Of the counted, the newest so many are sorted by kind, site and asset. */
const MAX_SORTED = 10_000;
const MAX_FACETS = 12;

export interface HuntSearch extends CompiledHunt {
  /** Rows behind this document. */
  before?: number;
  limit: number;
  /** Bars of the histogram. */
  buckets: number;
  now: number;
}

export type FoundRow = { place: number } & (
  | { type: 'observation'; observation: Observation }
  | { type: 'detection'; detection: Detection }
);

export interface FoundFacet {
  value: string;
  count: number;
}

export interface HuntFound {
  rows: FoundRow[];
  /** Behind the last row, where there is more. */
  next?: number;
  total: number;
  /** There are more than were counted. */
  isMore: boolean;
  from: number;
  to: number;
  bucketMs: number;
  histogram: { at: number; count: number }[];
  facets: { kinds: FoundFacet[]; sites: FoundFacet[]; assets: FoundFacet[] };
  /** Of the newest so many. */
  sorted: number;
  /** Stored, and not searchable yet. */
  behind: number;
}

/** A search that is looked for in everything that comes. */
export interface Watched extends Pick<CompiledHunt, 'all' | 'none'> {
  id: string;
}
export interface WatchHit {
  watch: string;
  observation: Observation;
}

export class SearchIndex {
  readonly #index: DatabaseSync;
  readonly #store: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #names = new Map<string, number>();
  readonly #texts = new Map<number, string>();
  watched: readonly Watched[] = [];

  /** @throws Error when a file can't be opened */
  constructor(files: { store: string; index: string }) {
    this.#store = new DatabaseSync(files.store, { readOnly: true });
    this.#store.exec('PRAGMA busy_timeout = 10000; PRAGMA cache_size = -8000');
    this.#index = new DatabaseSync(files.index);
    // What a power cut takes is read again from the store.
    this.#index.exec(
      'PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000',
    );
    if (Number(this.#index.prepare('PRAGMA user_version').get()?.user_version ?? 0) !== VERSION) this.#make();
    for (const { number, text } of this.#index.prepare('SELECT number, text FROM name').all()) {
      this.#names.set(String(text), Number(number));
      this.#texts.set(Number(number), String(text));
    }
  }

  #make(): void {
    this.#index.exec(`
      BEGIN IMMEDIATE;
      DROP TABLE IF EXISTS hunt; DROP TABLE IF EXISTS doc; DROP TABLE IF EXISTS name; DROP TABLE IF EXISTS mark;
      CREATE TABLE doc (
        id INTEGER PRIMARY KEY, record INTEGER, detection TEXT, kind INTEGER NOT NULL, site INTEGER, asset INTEGER
      );
      CREATE UNIQUE INDEX doc_of_detection ON doc (detection) WHERE detection IS NOT NULL;
      CREATE TABLE name (number INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
      CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
      CREATE VIRTUAL TABLE hunt USING fts5(
        terms, content='', contentless_delete=1, detail=none, tokenize='ascii'
      );
      PRAGMA user_version = ${VERSION};
      COMMIT;`);
  }

  /** Records and news that wait. */
  get behind(): number {
    const newest = (sql: string) => Number(this.#of(this.#store, sql).get()?.newest ?? 0);
    return (
      Math.max(0, newest('SELECT max(number) AS newest FROM record') - this.#mark('record')) +
      Math.max(0, newest('SELECT max(number) AS newest FROM search_news') - this.#mark('news'))
    );
  }

  /** Takes in the next few of what is stored. @returns how many there were */
  indexSome(onHit?: (hit: WatchHit) => void): number {
    const after = this.#mark('record');
    const records = this.#of(
      this.#store,
      `SELECT number, kind IS NOT NULL AS seen, chain IS NULL AS own, at, json FROM record
       WHERE number > ? ORDER BY number LIMIT ${INDEXED_AT_ONCE}`,
    ).all(after);
    const news = this.#of(
      this.#store,
      `SELECT number, kind, key FROM search_news WHERE number > ? ORDER BY number LIMIT ${INDEXED_AT_ONCE}`,
    ).all(this.#mark('news'));
    if (records.length + news.length === 0) return 0;
    const seen = records
      .filter((row) => row.seen === 1)
      .map((row) => ({
        record: Number(row.number),
        observation: observationOf(row),
      }));
    const again = news.flatMap(({ kind, key }) => {
      if (kind !== 'record' || Number(key) > after) return [];
      const row = this.#record(Number(key));
      return row === undefined ? [] : [{ record: Number(key), observation: row }];
    });
    const judged = news.flatMap(({ kind, key }) => (kind === 'detection' ? [String(key)] : []));
    this.#index.exec('BEGIN IMMEDIATE');
    try {
      this.#forget(judged);
      const detections = judged.flatMap((id) => this.#detection(id) ?? []);
      const next = new Map<number, number>();
      // In order of their places: the index gathers what ascends, and writes it down whenever something does not.
      const coming = [
        ...[...seen, ...again].map((one) => ({ at: one.observation.observedAt, ...one })),
        ...detections.map((detection) => ({ at: detection.at, detection })),
      ].sort((a, b) => a.at - b.at);
      for (const one of coming) this.#add(one, next);
      this.#putMark('record', Number(records.at(-1)?.number ?? after));
      const lastNews = news.at(-1);
      if (lastNews !== undefined) this.#putMark('news', Number(lastNews.number));
      this.#index.exec('COMMIT');
    } catch (error) {
      this.#index.exec('ROLLBACK');
      throw error;
    }
    if (onHit !== undefined && this.watched.length > 0)
      for (const { observation } of seen) {
        const terms = termsOfObservation(observation);
        for (const watch of this.watched) if (isMet(watch, terms)) onHit({ watch: watch.id, observation });
      }
    return records.length + news.length;
  }

  #add(
    one: { at: number; record: number; observation: Observation } | { at: number; detection: Detection },
    next: Map<number, number>,
  ): void {
    const first = firstPlace(one.at);
    let place = next.get(first);
    if (place === undefined) {
      const last = this.#of(this.#index, 'SELECT max(id) AS last FROM doc WHERE id BETWEEN ? AND ?').get(
        first,
        lastPlace(one.at),
      )?.last;
      place = last === null || last === undefined ? first : Number(last) + 1;
    }
    next.set(first, place + 1);
    const isSeen = 'observation' in one;
    const terms = isSeen ? termsOfObservation(one.observation) : termsOfDetection(one.detection);
    const { site } = isSeen ? one.observation : one.detection;
    const asset = isSeen ? one.observation.asset : one.detection.assets[0];
    this.#of(
      this.#index,
      'INSERT INTO doc (id, record, detection, kind, site, asset) VALUES (?, ?, ?, ?, ?, ?)',
    ).run(
      place,
      isSeen ? one.record : null,
      isSeen ? null : one.detection.id,
      this.#number(isSeen ? one.observation.kind : one.detection.rule),
      site === undefined ? null : this.#number(site),
      asset === undefined ? null : this.#number(asset),
    );
    this.#of(this.#index, 'INSERT INTO hunt (rowid, terms) VALUES (?, ?)').run(place, [...terms].join(' '));
  }

  #forget(detections: readonly string[]): void {
    for (const id of detections) {
      const place = this.#of(this.#index, 'SELECT id FROM doc WHERE detection = ?').get(id)?.id;
      if (place === undefined) continue;
      this.#of(this.#index, 'DELETE FROM doc WHERE id = ?').run(Number(place));
      this.#of(this.#index, 'DELETE FROM hunt WHERE rowid = ?').run(Number(place));
    }
  }

  search(asked: HuntSearch): HuntFound {
    const { from = 0, to = asked.now + 3_600_000, before, limit, buckets } = asked;
    const match = matchOf(asked);
    const [low, high] = [firstPlace(from), lastPlace(to)];
    const places = this.#of(
      this.#index,
      `SELECT rowid AS id FROM hunt WHERE hunt MATCH ? AND rowid BETWEEN ? AND ?
       ORDER BY rowid DESC LIMIT ${MAX_COUNTED + 1}`,
    )
      .all(match, low, high)
      .map(({ id }) => Number(id));
    const isMore = places.length > MAX_COUNTED;
    const counted = isMore ? places.slice(0, MAX_COUNTED) : places;
    const rows: FoundRow[] = [];
    let next: number | undefined;
    const pages =
      before === undefined || counted.some((place) => place < before)
        ? counted.filter((place) => before === undefined || place < before)
        : this.#of(
            this.#index,
            'SELECT rowid AS id FROM hunt WHERE hunt MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC LIMIT ?',
          )
            .all(match, low, before - 1, limit + 1)
            .map(({ id }) => Number(id));
    for (const place of pages) {
      if (rows.length >= limit) {
        next = rows.at(-1)?.place;
        break;
      }
      const row = this.#row(place);
      // The index knows the second; and what has changed since is looked at again soon.
      const at = row === undefined ? undefined : atOf(row);
      if (row !== undefined && at !== undefined && at >= from && at <= to) rows.push(row);
    }
    const first = asked.from ?? momentOf(counted.at(-1) ?? low);
    const last = asked.to ?? Math.max(asked.now, momentOf(counted[0] ?? 0));
    const bucketMs = bucketOf(last - first, buckets);
    return {
      rows,
      ...(next === undefined ? {} : { next }),
      total: counted.length,
      isMore,
      from: first,
      to: last,
      bucketMs,
      histogram: histogramOf(counted, bucketMs),
      ...this.#facets(counted.slice(0, MAX_SORTED)),
      behind: this.behind,
    };
  }

  #facets(places: readonly number[]): Pick<HuntFound, 'facets' | 'sorted'> {
    const json = JSON.stringify(places);
    const by = (column: 'kind' | 'site' | 'asset'): FoundFacet[] =>
      this.#of(
        this.#index,
        `SELECT ${column} AS name, count(*) AS number FROM doc WHERE id IN (SELECT value FROM json_each(?))
           AND ${column} IS NOT NULL GROUP BY ${column} ORDER BY number DESC, name LIMIT ${MAX_FACETS}`,
      )
        .all(json)
        .map(({ name, number }) => ({ value: this.#texts.get(Number(name)) ?? '', count: Number(number) }));
    return { facets: { kinds: by('kind'), sites: by('site'), assets: by('asset') }, sorted: places.length };
  }

  #row(place: number): FoundRow | undefined {
    const doc = this.#of(this.#index, 'SELECT record, detection FROM doc WHERE id = ?').get(place);
    if (doc === undefined) return undefined;
    if (doc.detection !== null) {
      const detection = this.#detection(String(doc.detection));
      return detection === undefined ? undefined : { place, type: 'detection', detection };
    }
    const observation = this.#record(Number(doc.record));
    // Its time was corrected: it stands in another place now.
    if (observation === undefined || firstPlace(observation.observedAt) !== firstPlace(momentOf(place)))
      return undefined;
    return { place, type: 'observation', observation };
  }

  #record(number: number): Observation | undefined {
    const row = this.#of(
      this.#store,
      'SELECT chain IS NULL AS own, at, json FROM record WHERE number = ? AND kind IS NOT NULL',
    ).get(number);
    return row === undefined ? undefined : observationOf(row);
  }

  #detection(id: string): Detection | undefined {
    const row = this.#of(this.#store, 'SELECT json FROM detection WHERE id = ?').get(id);
    return row === undefined ? undefined : (JSON.parse(String(row.json)) as Detection);
  }

  #number(text: string): number {
    const known = this.#names.get(text);
    if (known !== undefined) return known;
    const number = this.#names.size + 1;
    this.#of(this.#index, 'INSERT OR IGNORE INTO name (number, text) VALUES (?, ?)').run(number, text);
    this.#names.set(text, number);
    this.#texts.set(number, text);
    return number;
  }

  #mark(name: 'record' | 'news'): number {
    return Number(this.#of(this.#index, 'SELECT value FROM mark WHERE name = ?').get(name)?.value ?? 0);
  }

  #putMark(name: 'record' | 'news', value: number): void {
    this.#of(
      this.#index,
      'INSERT INTO mark (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    ).run(name, value);
  }

  #of(database: DatabaseSync, sql: string): StatementSync {
    let found = this.#prepared.get(sql);
    if (found === undefined) {
      found = database.prepare(sql);
      this.#prepared.set(sql, found);
    }
    return found;
  }

  close(): void {
    this.#index.close();
    this.#store.close();
  }
}

const atOf = (row: FoundRow): number =>
  row.type === 'observation' ? row.observation.observedAt : row.detection.at;

/** A gateway's record holds its observation, the cloud's own is one; `at` is its time as it is known now. */
function observationOf({ own, at, json }: Record<string, unknown>): Observation {
  const read = JSON.parse(String(json)) as Observation | { body: { observation: Observation } };
  const one =
    own === 1 ? (read as Observation) : (read as { body: { observation: Observation } }).body.observation;
  return { ...one, observedAt: Number(at) };
}

const steps = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400,
].map((seconds) => seconds * 1_000);
const DAY_MS = 86_400_000;

/** A round width of a bar, so that about so many cover the time. */
export function bucketOf(spanMs: number, buckets: number): number {
  const wanted = Math.max(1, spanMs) / buckets;
  return steps.find((step) => step >= wanted) ?? Math.ceil(wanted / DAY_MS) * DAY_MS;
}

function histogramOf(places: readonly number[], bucketMs: number): { at: number; count: number }[] {
  const bars = new Map<number, number>();
  for (const place of places) {
    const at = Math.floor(momentOf(place) / bucketMs) * bucketMs;
    bars.set(at, (bars.get(at) ?? 0) + 1);
  }
  return [...bars].map(([at, count]) => ({ at, count })).sort((a, b) => a.at - b.at);
}
