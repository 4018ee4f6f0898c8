/** What partners may fetch: objects by collection, each version with the moment it was added; and what they posted. */
import { DatabaseSync } from 'node:sqlite';
import { microseconds, type Status, type StixObject, taxiiTime } from './resources.ts';

/** Objects of one collection; beyond it nothing is taken. */
export const MAX_OBJECTS = 500_000;
/** Answers to posts that are kept. */
const MAX_STATUSES = 10_000;

const schema = `
PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
CREATE TABLE IF NOT EXISTS object (
  collection TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, version_text TEXT NOT NULL, type TEXT NOT NULL,
  spec_version TEXT NOT NULL, added INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (collection, id, version));
CREATE UNIQUE INDEX IF NOT EXISTS object_added ON object (collection, added);
CREATE TABLE IF NOT EXISTS release (
  collection TEXT NOT NULL, release TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (collection, release, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS release_object ON release (collection, id);
CREATE TABLE IF NOT EXISTS status (number INTEGER PRIMARY KEY, id TEXT UNIQUE, partner TEXT NOT NULL, json TEXT NOT NULL);
`;

/** What of a collection is asked for: section 3.4. */
export interface Filter {
  readonly addedAfter?: number | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly types?: readonly string[] | undefined;
  readonly specVersions?: readonly string[] | undefined;
  /** `first`, `last`, `all`, or times in microseconds; the last where it is not said. */
  readonly versions?: readonly (number | 'first' | 'last' | 'all')[] | undefined;
  /** After this one: where the page before ended. */
  readonly after?: number | undefined;
  readonly limit: number;
}

export interface Shelved {
  readonly id: string;
  /** As its author wrote it. */
  readonly version: string;
  readonly added: number;
  readonly object: StixObject;
}

export class Shelf {
  readonly #database: DatabaseSync;
  readonly #now: () => number;
  #lastAdded: number;

  /** @param now ms @throws Error where the file can't be opened */
  constructor(file: string, now: () => number) {
    this.#database = new DatabaseSync(file);
    this.#database.exec(schema);
    this.#now = now;
    this.#lastAdded = Number(
      this.#database.prepare('SELECT max(added) AS last FROM object').get()?.last ?? 0,
    );
  }

  /** All or nothing; versions that are there already stay as they are. @returns those that were new */
  put(collection: string, objects: readonly StixObject[]): { id: string; version: string }[] {
    const count = this.#database.prepare('SELECT count(*) AS count FROM object WHERE collection = ?');
    if (Number(count.get(collection)?.count) + objects.length > MAX_OBJECTS)
      throw new RangeError(`a collection holds ${MAX_OBJECTS} objects at most`);
    const insert = this.#database.prepare('INSERT OR IGNORE INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    const added: { id: string; version: string }[] = [];
    this.#transaction(() => {
      for (const object of objects) {
        // One moment for each, ever later: whoever goes by the last moment they saw misses nothing.
        const at = Math.max(this.#now() * 1_000, this.#lastAdded + 1);
        const version = versionOf(object) ?? this.#knownVersion(collection, object) ?? taxiiTime(at);
        const us = microseconds(version) ?? at;
        const spec = typeof object.spec_version === 'string' ? object.spec_version : '2.1';
        const { changes } = insert.run(
          collection,
          object.id,
          us,
          version,
          object.type,
          spec,
          at,
          JSON.stringify(object),
        );
        if (changes === 0) continue;
        this.#lastAdded = at;
        added.push({ id: object.id, version });
      }
    });
    return added;
  }

  /** Objects have no version where their author gave them none: the same one again is no other. */
  #knownVersion(collection: string, { id }: StixObject): string | undefined {
    const known = this.#database.prepare('SELECT version_text FROM object WHERE collection = ? AND id = ?');
    const text = known.get(collection, id)?.version_text;
    return text === undefined ? undefined : String(text);
  }

  /** In the order they were added; `more` where the limit cut it. */
  list(collection: string, filter: Filter): { found: Shelved[]; more: boolean } {
    const conditions = ['collection = ?'];
    const values: (string | number)[] = [collection];
    const among = (column: string, wanted: readonly (string | number)[] | undefined) => {
      if (wanted === undefined) return;
      conditions.push(`${column} IN (SELECT value FROM json_each(?))`);
      values.push(JSON.stringify(wanted));
    };
    const later = Math.max(filter.addedAfter ?? 0, filter.after ?? 0);
    conditions.push('added > ?');
    values.push(later);
    among('id', filter.ids);
    among('type', filter.types);
    among('spec_version', filter.specVersions);
    const { versions = ['last'] } = filter;
    if (!versions.includes('all')) {
      const edge = (which: 'min' | 'max') =>
        `version = (SELECT ${which}(version) FROM object AS other WHERE other.collection = object.collection AND other.id = object.id)`;
      const any: string[] = [];
      if (versions.includes('first')) any.push(edge('min'));
      if (versions.includes('last')) any.push(edge('max'));
      const times = versions.filter((one) => typeof one === 'number');
      if (times.length > 0) {
        any.push('version IN (SELECT value FROM json_each(?))');
        values.push(JSON.stringify(times));
      }
      conditions.push(`(${any.join(' OR ')})`);
    }
    const rows = this.#database
      .prepare(`SELECT * FROM object WHERE ${conditions.join(' AND ')} ORDER BY added LIMIT ?`)
      .all(...values, filter.limit + 1);
    const found = rows.slice(0, filter.limit).map((row) => ({
      id: String(row.id),
      version: String(row.version_text),
      added: Number(row.added),
      object: JSON.parse(String(row.json)) as StixObject,
    }));
    return { found, more: rows.length > filter.limit };
  }

  has(collection: string, id: string): boolean {
    const known = this.#database.prepare('SELECT 1 FROM object WHERE collection = ? AND id = ? LIMIT 1');
    return known.get(collection, id) !== undefined;
  }

  /** Puts what belongs to one release, and remembers that it does. @returns how many were new */
  release(collection: string, release: string, objects: readonly StixObject[]): number {
    const added = this.put(collection, objects);
    const remember = this.#database.prepare('INSERT OR IGNORE INTO release VALUES (?, ?, ?)');
    this.#transaction(() => {
      for (const { id } of objects) remember.run(collection, release, id);
    });
    return added.length;
  }

  /** A person took releases back: what belongs to no other one is no longer told, in any version. */
  takeBack(collection: string, isMeant: (release: string) => boolean): void {
    const releases = this.#database
      .prepare('SELECT DISTINCT release FROM release WHERE collection = ?')
      .all(collection)
      .map(({ release }) => String(release))
      .filter(isMeant);
    const orphans = this.#database.prepare(
      `DELETE FROM object WHERE collection = :collection
         AND id IN (SELECT id FROM release WHERE collection = :collection AND release = :release)
         AND id NOT IN (SELECT id FROM release WHERE collection = :collection AND release <> :release)`,
    );
    const forget = this.#database.prepare('DELETE FROM release WHERE collection = ? AND release = ?');
    this.#transaction(() => {
      for (const release of releases) {
        orphans.run({ collection, release });
        forget.run(collection, release);
      }
    });
  }

  putStatus(partner: string, status: Status): void {
    this.#transaction(() => {
      this.#database
        .prepare('INSERT INTO status (id, partner, json) VALUES (?, ?, ?)')
        .run(status.id, partner, JSON.stringify(status));
      this.#database
        .prepare('DELETE FROM status WHERE number <= (SELECT max(number) FROM status) - ?')
        .run(MAX_STATUSES);
    });
  }

  /** Of what this partner posted. */
  status(partner: string, id: string): Status | undefined {
    const row = this.#database
      .prepare('SELECT json FROM status WHERE id = ? AND partner = ?')
      .get(id, partner);
    return row === undefined ? undefined : (JSON.parse(String(row.json)) as Status);
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
}

/** `modified`, else `created`: section 3.4.1 of TAXII. */
function versionOf(object: StixObject): string | undefined {
  for (const time of [object.modified, object.created])
    if (typeof time === 'string' && microseconds(time) !== undefined) return time;
  return undefined;
}
