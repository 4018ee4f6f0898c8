import { DatabaseSync } from 'node:sqlite';
import { bucketMs, type Telemetry, type TelemetryPoint } from './telemetry.ts';
import { TelemetryWriter } from './writer.ts';

/** Measurements kept; the observations stay in the store by its own policy. */
export const KEEP_MS = 400 * 24 * 3_600_000;

/** Telemetry in one SQLite file beside the store. @throws Error when the file can't be opened. */
export function embeddedTelemetry(file: string): Telemetry {
  const database = new DatabaseSync(file);
  // NORMAL: a power cut may cost the last second of a chart, which the store can fill again.
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    CREATE TABLE IF NOT EXISTS point (
      asset TEXT NOT NULL, quantity TEXT NOT NULL, at INTEGER NOT NULL, site TEXT NOT NULL, value REAL NOT NULL,
      PRIMARY KEY (asset, quantity, at)
    ) WITHOUT ROWID;
  `);
  const insert = database.prepare(
    'INSERT OR REPLACE INTO point (asset, quantity, at, site, value) VALUES (?, ?, ?, ?, ?)',
  );
  const expire = database.prepare('DELETE FROM point WHERE asset = ? AND quantity = ? AND at < ?');
  const select = database.prepare(`
    SELECT CAST((at - ?1) / ?2 AS INTEGER) AS bucket, avg(value) AS mean, min(value) AS low, max(value) AS high
    FROM point WHERE asset = ?3 AND quantity = ?4 AND at >= ?1 AND at <= ?5 GROUP BY bucket ORDER BY bucket
  `);
  const write = async (points: readonly TelemetryPoint[]) => {
    const newest = new Map<string, TelemetryPoint>();
    database.exec('BEGIN');
    try {
      for (const point of points) {
        insert.run(point.asset, point.quantity, point.at, point.site, point.value);
        newest.set(`${point.asset}\n${point.quantity}`, point);
      }
      for (const { asset, quantity, at } of newest.values()) expire.run(asset, quantity, at - KEEP_MS);
      database.exec('COMMIT');
    } catch (error) {
      database.exec('ROLLBACK');
      throw error;
    }
  };
  const writer = new TelemetryWriter(write);
  return {
    counts: writer.counts,
    write: (points) => writer.take(points),
    flushed: () => writer.flushed(),
    async series(query) {
      const length = bucketMs(query);
      return select.all(query.from, length, query.asset, query.quantity, query.to).map((row) => ({
        at: query.from + Number(row.bucket) * length + Math.floor(length / 2),
        mean: Number(row.mean),
        min: Number(row.low),
        max: Number(row.high),
      }));
    },
    async close() {
      await writer.close();
      database.close();
    },
  };
}
