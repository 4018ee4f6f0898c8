/**
 * All indicators: on disk in a file of their own, and found in memory by what observations show. What was matched is
 * counted here, each observation once, whatever is judged again after a start.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Observation } from '../../devices/model/observation.ts';
import type { Imported, Refused } from './imports/imported.ts';
import { MAX_REFUSALS } from './imports/imported.ts';
import { type Ageing, type Compiled, compiled, confidenceAt, type Indicator } from './indicator.ts';
import { IndicatorIndex } from './matching/indicator-index.ts';
import { type Shown, shownBy, viewOf } from './matching/observable.ts';

/** Indicators in all; beyond it further ones are refused. */
export const MAX_INDICATORS = 2_000_000;
/** Compiled patterns kept ready. */
const MAX_READY = 10_000;
/** Sightings of one indicator that are kept one by one; their count goes on. */
export const MAX_SIGHTINGS_KEPT = 1_000;
const DAY_MS = 24 * 3_600_000;

const schema = `
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS indicator (
  row INTEGER PRIMARY KEY, source TEXT NOT NULL, id TEXT NOT NULL, modified INTEGER NOT NULL,
  dead_at INTEGER NOT NULL, revoked INTEGER NOT NULL DEFAULT 0, json TEXT NOT NULL, UNIQUE (source, id));
CREATE TABLE IF NOT EXISTS sighting (
  row INTEGER NOT NULL, observation TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (row, observation)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sighted (
  row INTEGER PRIMARY KEY, count INTEGER NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS feed (name TEXT PRIMARY KEY, state TEXT NOT NULL);
`;

/** What an import changed. */
export interface Change {
  /** Rows that are new or say something new. */
  readonly put: readonly number[];
  /** Rows that are no longer looked for. */
  readonly gone: readonly number[];
  readonly refused: readonly Refused[];
}

/** One indicator that an observation matched. */
export interface Hit {
  readonly row: number;
  readonly indicator: Indicator;
  /** The value that was shown; none where the pattern compares something else. */
  readonly shown: Shown | undefined;
  /** What is left of it at the time of the observation, 0 to 100. */
  readonly confidence: number;
}

export interface Sightings {
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** The newest. */
  readonly observations: readonly { readonly id: string; readonly at: number }[];
}

interface Ready {
  readonly indicator: Indicator;
  readonly compiled: Compiled;
}

export class Library {
  readonly #database: DatabaseSync;
  readonly #ageing: Ageing;
  readonly #ignored: ReadonlySet<string>;
  readonly #index = new IndicatorIndex();
  readonly #ready = new Map<number, Ready>();
  readonly #statements: Record<
    'find' | 'insert' | 'update' | 'revoke' | 'byRow' | 'sight' | 'count',
    StatementSync
  >;
  #size = 0;

  /**
   * @param file ':memory:' for one that is not kept
   * @param ignored values that never match: addresses many share
   * @throws Error where the file can't be opened
   */
  constructor(file: string, ageing: Ageing, now: number, ignored: readonly string[] = []) {
    this.#ageing = ageing;
    this.#ignored = new Set(ignored.map((value) => value.toLowerCase()));
    this.#database = new DatabaseSync(file);
    this.#database.exec(schema);
    const prepare = (sql: string) => this.#database.prepare(sql);
    this.#statements = {
      find: prepare('SELECT row, modified, revoked, json FROM indicator WHERE source = ? AND id = ?'),
      insert: prepare('INSERT INTO indicator (source, id, modified, dead_at, json) VALUES (?, ?, ?, ?, ?)'),
      update: prepare('UPDATE indicator SET modified = ?, dead_at = ?, json = ?, revoked = 0 WHERE row = ?'),
      revoke: prepare('UPDATE indicator SET revoked = 1 WHERE row = ?'),
      byRow: prepare('SELECT json FROM indicator WHERE row = ?'),
      sight: prepare('INSERT OR IGNORE INTO sighting VALUES (?, ?, ?)'),
      count: prepare(`INSERT INTO sighted VALUES (?1, 1, ?2, ?2) ON CONFLICT (row) DO UPDATE SET
        count = count + 1, first_at = min(first_at, ?2), last_at = max(last_at, ?2)`),
    };
    prepare('UPDATE indicator SET revoked = 1 WHERE dead_at < ?').run(now - this.#keptMs);
    const alive = prepare('SELECT row, json FROM indicator WHERE revoked = 0');
    for (const { row, json } of alive.iterate()) this.#lookFor(Number(row), read(json));
  }

  /** Indicators that are looked for. */
  get size(): number {
    return this.#size;
  }

  get indexBytes(): number {
    return this.#index.bytes;
  }

  /** What is seen so long ago may still be looked at. */
  get #keptMs(): number {
    return this.#ageing.beforeMs + DAY_MS;
  }

  /** All or nothing. What its source has under the same identifier and is older takes its place; older news do not. */
  take(source: string, { indicators, revoked, refused }: Imported): Change {
    const put: number[] = [];
    const gone: number[] = [];
    const problems = [...refused];
    const then: (() => void)[] = [];
    this.#transaction(() => {
      for (const one of indicators) {
        const known = this.#statements.find.get(source, one.id);
        if (known !== undefined && Number(known.modified) >= one.modified) continue;
        if (known === undefined && this.#size + put.length >= MAX_INDICATORS) {
          if (problems.length < MAX_REFUSALS)
            problems.push({ what: one.id, why: `there are ${MAX_INDICATORS} indicators already` });
          continue;
        }
        const json = JSON.stringify({ ...one, source });
        const deadAt = deadAtOf(one, this.#ageing);
        let row: number;
        if (known === undefined)
          row = Number(
            this.#statements.insert.run(source, one.id, one.modified, deadAt, json).lastInsertRowid,
          );
        else {
          row = Number(known.row);
          this.#statements.update.run(one.modified, deadAt, json, row);
        }
        then.push(() => {
          if (known !== undefined && known.revoked === 0) this.#drop(row, read(known.json));
          if (this.#lookFor(row, { ...one, source })) put.push(row);
          else {
            this.#statements.revoke.run(row);
            problems.push({ what: one.id, why: 'too many patterns that name nothing exact' });
          }
        });
      }
      for (const id of revoked) {
        const known = this.#statements.find.get(source, id);
        if (known === undefined || known.revoked === 1) continue;
        const row = Number(known.row);
        this.#statements.revoke.run(row);
        then.push(() => {
          this.#drop(row, read(known.json));
          gone.push(row);
        });
      }
    });
    for (const change of then) change();
    return { put, gone, refused: problems };
  }

  /** Identifiers of a source that are looked for: a list that is replaced as a whole takes back what it leaves out. */
  *idsOf(source: string): Iterable<string> {
    const rows = this.#database.prepare('SELECT id FROM indicator WHERE source = ? AND revoked = 0');
    for (const { id } of rows.iterate(source)) yield String(id);
  }

  byRow(row: number): Indicator | undefined {
    const found = this.#statements.byRow.get(row);
    return found === undefined ? undefined : read(found.json);
  }

  /** No longer looked for: too old for anything that may still come. @returns how many */
  forget(now: number): number {
    const rows = this.#database
      .prepare('SELECT row, json FROM indicator WHERE revoked = 0 AND dead_at < ?')
      .all(now - this.#keptMs);
    this.#transaction(() => {
      for (const { row } of rows) this.#statements.revoke.run(Number(row));
    });
    for (const { row, json } of rows) this.#drop(Number(row), read(json));
    this.#transaction(() => {
      this.#database.exec(
        `DELETE FROM sighting WHERE at < ${Math.trunc(now - 4 * this.#keptMs)};
         DELETE FROM indicator WHERE revoked = 1 AND dead_at < ${Math.trunc(now - 365 * DAY_MS)};`,
      );
    });
    return rows.length;
  }

  /** What an observation matches, the most confident first. Pure but for what it keeps ready. */
  hitsOf(observation: Observation): Hit[] {
    if (this.#size === 0) return [];
    const shown = shownBy(observation).filter(({ value }) => !this.#ignored.has(value));
    const rows = this.#index.find(shown);
    if (rows.size === 0) return [];
    const view = viewOf(observation, shown);
    const hits: Hit[] = [];
    for (const [row, value] of rows) {
      const ready = this.#readyOf(row);
      if (ready === undefined) continue;
      const confidence = confidenceAt(ready.indicator, observation.observedAt, this.#ageing);
      if (confidence === undefined || !ready.compiled.test(view, observation.observedAt)) continue;
      hits.push({ row, indicator: ready.indicator, shown: value, confidence });
    }
    return hits.sort(
      (a, b) =>
        b.confidence - a.confidence ||
        (a.indicator.source + a.indicator.id < b.indicator.source + b.indicator.id ? -1 : 1),
    );
  }

  /** Counts each observation of an indicator once, however often it is said. */
  sighted(
    seen: readonly { readonly row: number; readonly observation: string; readonly at: number }[],
  ): void {
    if (seen.length === 0) return;
    this.#transaction(() => {
      for (const { row, observation, at } of seen)
        if (this.#statements.sight.run(row, observation, at).changes === 1)
          this.#statements.count.run(row, at);
    });
  }

  sightings(source: string, id: string): Sightings | undefined {
    const known = this.#statements.find.get(source, id);
    const total = this.#database.prepare('SELECT * FROM sighted WHERE row = ?').get(Number(known?.row ?? -1));
    if (known === undefined || total === undefined) return undefined;
    const observations = this.#database
      .prepare('SELECT observation, at FROM sighting WHERE row = ? ORDER BY at DESC LIMIT ?')
      .all(Number(known.row), MAX_SIGHTINGS_KEPT)
      .map((one) => ({ id: String(one.observation), at: Number(one.at) }));
    return {
      count: Number(total.count),
      firstAt: Number(total.first_at),
      lastAt: Number(total.last_at),
      observations,
    };
  }

  /** By the name its source gives it. */
  find(source: string, id: string): Indicator | undefined {
    const known = this.#statements.find.get(source, id);
    return known === undefined ? undefined : read(known.json);
  }

  /**
   * Indicators that are looked for, those seen last before the rest, then the newest.
   * @param query `text`: a part of the name, the pattern or the source
   */
  list(query: { text?: string; seenOnly?: boolean; source?: string; offset: number; limit: number }): {
    items: { indicator: Indicator; count: number; lastAt: number | undefined }[];
    total: number;
  } {
    const conditions = ['revoked = 0'];
    const values: string[] = [];
    if (query.seenOnly === true) conditions.push('sighted.row IS NOT NULL');
    if (query.source !== undefined) {
      conditions.push('source = ?');
      values.push(query.source);
    }
    if (query.text !== undefined && query.text !== '') {
      conditions.push("instr(lower(source || ' ' || json), ?) > 0");
      values.push(query.text.toLowerCase());
    }
    const from = `FROM indicator LEFT JOIN sighted ON sighted.row = indicator.row WHERE ${conditions.join(' AND ')}`;
    const found = this.#database
      .prepare(`SELECT json, sighted.count AS count, last_at ${from}
        ORDER BY last_at IS NULL, last_at DESC, modified DESC, indicator.row LIMIT ? OFFSET ?`)
      .all(...values, query.limit, query.offset);
    const total = this.#database.prepare(`SELECT count(*) AS total ${from}`).get(...values);
    return {
      items: found.map(({ json, count, last_at: last }) => ({
        indicator: read(json),
        count: Number(count ?? 0),
        lastAt: last === null || last === undefined ? undefined : Number(last),
      })),
      total: Number(total?.total ?? 0),
    };
  }

  feedState(name: string): string | undefined {
    const found = this.#database.prepare('SELECT state FROM feed WHERE name = ?').get(name);
    return found === undefined ? undefined : String(found.state);
  }

  putFeedState(name: string, state: string): void {
    this.#database
      .prepare('INSERT INTO feed VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET state = ?2')
      .run(name, state);
  }

  close(): void {
    this.#database.close();
  }

  #transaction(work: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #lookFor(row: number, one: Indicator): boolean {
    const anchors = compiled(one.pattern).anchors;
    if (!this.#index.add(row, anchors)) return false;
    this.#size++;
    this.#ready.delete(row);
    return true;
  }

  #drop(row: number, one: Indicator): void {
    this.#index.remove(row, compiled(one.pattern).anchors);
    this.#ready.delete(row);
    this.#size--;
  }

  #readyOf(row: number): Ready | undefined {
    const known = this.#ready.get(row);
    if (known !== undefined) return known;
    const found = this.#statements.byRow.get(row);
    if (found === undefined) return undefined;
    const one = read(found.json);
    const ready = { indicator: one, compiled: compiled(one.pattern) };
    if (this.#ready.size >= MAX_READY) this.#ready.clear();
    this.#ready.set(row, ready);
    return ready;
  }
}

const read = (json: unknown): Indicator => JSON.parse(String(json)) as Indicator;

/** From when on nothing that is seen can match: it has expired, or too little of its confidence is left. */
export function deadAtOf(
  { validFrom, validUntil, modified, confidence, type }: Indicator,
  ageing: Ageing,
): number {
  const { halfLives, minimumConfidence } = ageing;
  const lives = confidence < minimumConfidence ? 0 : Math.log2(confidence / Math.max(1, minimumConfidence));
  const agedAt = Math.ceil(Math.max(validFrom, modified) + lives * halfLives[type] * DAY_MS);
  return Math.min(validUntil ?? Number.MAX_SAFE_INTEGER, agedAt);
}
