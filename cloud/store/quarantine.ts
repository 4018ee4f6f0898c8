import { TokenBucket } from '../sources/token-bucket.ts';
import type { Reader } from './reader.ts';
import type { Write } from './statements.ts';
import type { Quarantined } from './store.ts';
import type { Writer } from './writer.ts';

/** Refused inputs kept to look at; the oldest go. */
export const MAX_QUARANTINED = 2_000;
/** Bytes of one of them. */
export const MAX_QUARANTINED_BYTES = 2_048;

/** Kept a second in the long run, and at once: more would only drive out what came before, at the disk's cost. */
const KEPT_PER_SECOND = 100;
const KEPT_BURST = 2 * MAX_QUARANTINED;

/** What arrived and could not be taken: the newest is kept, all is counted. */
export class Quarantine {
  readonly #quota = new TokenBucket(KEPT_PER_SECOND, KEPT_BURST);
  /** Not kept, and not in the store's count yet. */
  #uncounted = 0;
  readonly #reader: Reader;
  readonly #writer: Writer;

  constructor(reader: Reader, writer: Writer) {
    this.#reader = reader;
    this.#writer = writer;
  }

  put({ at, wall, peer, reason, raw }: Quarantined): void {
    if (!this.#quota.tryTake(1)) {
      this.#uncounted++;
      return;
    }
    const writes: Write[] = [
      ['addQuarantine', at, wall, peer, reason, raw.slice(0, MAX_QUARANTINED_BYTES)],
      ['trimQuarantine', MAX_QUARANTINED],
      ['count', 'quarantined', 1 + this.#uncounted],
    ];
    this.#uncounted = 0;
    // What can't even be quarantined is told by the store's own failure, which stops the ingest.
    this.#writer.write(writes).catch(() => {});
  }

  list(limit: number): { total: number; newest: Quarantined[] } {
    const total = Number(this.#reader.one("SELECT value FROM tally WHERE name = 'quarantined'")?.value ?? 0);
    const newest = this.#reader
      .all('SELECT * FROM quarantine ORDER BY number DESC LIMIT ?', limit)
      .map((row) => ({
        at: Number(row.at),
        wall: String(row.wall),
        peer: String(row.peer),
        reason: String(row.reason),
        raw: row.raw instanceof Uint8Array ? row.raw : new Uint8Array(),
      }));
    return { total: total + this.#uncounted, newest };
  }
}
