import { DatabaseSync } from 'node:sqlite';
import { migrations } from './migrations.ts';

/** How long one connection waits for another one's lock. */
const BUSY_MS = 10_000;

/**
 * Opens the store's file for writing, and brings its schema up to date.
 * @throws Error when the file can't be opened, or was written by a later version
 */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  // FULL: what a commit returns from is on disk, power cut or not.
  database.exec(
    `PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;`,
  );
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version ?? 0);
  if (version > migrations.length) {
    database.close();
    throw new Error(`${file} was written by a later version (schema ${version}, known ${migrations.length})`);
  }
  for (const [index, step] of migrations.entries()) {
    if (index < version) continue;
    database.exec('BEGIN IMMEDIATE');
    database.exec(step);
    database.exec(`PRAGMA user_version = ${index + 1}`);
    database.exec('COMMIT');
  }
  return database;
}

/** A second connection that only reads; it sees what was committed. */
export function openForReading(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true });
  database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA cache_size = -16000;`);
  return database;
}
