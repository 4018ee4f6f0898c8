/** The only connection that writes. Each message is one transaction: all of it is on disk, or none of it. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase } from './database.ts';
import { type StatementName, statements, type Write } from './statements.ts';

const port = parentPort;
if (port === null) throw new Error('writer-worker.ts runs as a worker thread');

const database: DatabaseSync = openDatabase(String(workerData));
const prepared = new Map<StatementName, StatementSync>();

function statement(name: StatementName): StatementSync {
  let found = prepared.get(name);
  if (found === undefined) {
    found = database.prepare(statements[name]);
    prepared.set(name, found);
  }
  return found;
}

/** SQLITE_FULL: there is no room now, there may be later. */
const FULL = 13;
/** SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_NOTADB: what is on the disk is no longer known; trying again would only pretend. */
const finalErrors = new Set([10, 11, 26]);

function run(calls: readonly (readonly Write[])[]): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const writes of calls)
      for (const [name, ...parameters] of writes) statement(name).run(...parameters);
    database.exec('COMMIT');
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // The transaction was gone already; the first error is the one that matters.
    }
    throw error;
  }
}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
const codeOf = (error: unknown): number =>
  error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;

port.on('message', (calls: readonly (readonly Write[])[] | 'close') => {
  if (calls === 'close') {
    database.close();
    port.close();
    return;
  }
  try {
    run(calls);
    port.postMessage([]);
  } catch (error) {
    // The thread ends with it, and the writer refuses everything from then on.
    if (finalErrors.has(codeOf(error))) throw error;
    if (calls.length === 1 || codeOf(error) === FULL) {
      port.postMessage(calls.map(() => textOf(error)));
      return;
    }
    // One call among them is at fault: the others must not pay for it.
    port.postMessage(
      calls.map((writes) => {
        try {
          run([writes]);
          return null;
        } catch (own) {
          return textOf(own);
        }
      }),
    );
  }
});
