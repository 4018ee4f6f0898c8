import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { openForReading } from './database.ts';

/** One row as SQLite gives it. */
export type Row = Record<string, unknown>;

/** Statements kept ready, at most; queries of varying shape must not fill the memory. */
const MAX_PREPARED = 200;

/** The connection that only reads, with its statements kept ready. */
export class Reader {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  /** @throws Error when the file can't be opened */
  constructor(file: string) {
    this.#database = openForReading(file);
  }

  all(sql: string, ...parameters: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...parameters);
  }

  one(sql: string, ...parameters: SQLInputValue[]): Row | undefined {
    return this.#statement(sql).get(...parameters);
  }

  /** Row by row, while the caller takes its time: a statement of its own, which stays open. */
  each(sql: string, ...parameters: SQLInputValue[]): Iterable<Row> {
    return this.#database.prepare(sql).iterate(...parameters);
  }

  close(): void {
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    let found = this.#prepared.get(sql);
    if (found === undefined) {
      if (this.#prepared.size >= MAX_PREPARED) this.#prepared.clear();
      found = this.#database.prepare(sql);
      this.#prepared.set(sql, found);
    }
    return found;
  }
}

/** What this store wrote it trusts: it was checked at the wall. */
export const parsed = <Value>(json: unknown): Value => JSON.parse(String(json)) as Value;
export const optional = <Value>(row: Row | undefined): Value | undefined =>
  row === undefined ? undefined : parsed<Value>(row.json);
