import { InfluxDB } from 'influx';
import { bucketMs, MAX_BUCKETS, type Telemetry, type TelemetryPoint } from './telemetry.ts';
import { TelemetryWriter } from './writer.ts';

const MEASUREMENT = 'gatehouse';
const ANSWER_WITHIN_MS = 10_000;

export interface InfluxOptions {
  host: string;
  port: number;
  protocol: 'http' | 'https';
  database: string;
  username?: string | undefined;
  password?: string | undefined;
}

interface Row {
  time: { getTime(): number };
  mean: number | null;
  low: number;
  high: number;
}

const quoted = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** Telemetry in InfluxDB 1.x, or in what takes its line protocol. The database is made at the first write. */
export function influxTelemetry(options: InfluxOptions): Telemetry {
  const { username, password, ...where } = options;
  const client = new InfluxDB({
    ...where,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    options: { timeout: ANSWER_WITHIN_MS },
  });
  let isThere = false;
  const write = async (points: readonly TelemetryPoint[]) => {
    if (!isThere) {
      await client.createDatabase(options.database);
      isThere = true;
    }
    await client.writePoints(
      points.map(({ site, asset, quantity, at, value }) => ({
        measurement: MEASUREMENT,
        tags: { site, asset, quantity },
        fields: { value },
        timestamp: new Date(at),
      })),
      { precision: 'ms' },
    );
  };
  const writer = new TelemetryWriter(write);
  return {
    counts: writer.counts,
    write: (points) => writer.take(points),
    flushed: () => writer.flushed(),
    async series(query) {
      const length = bucketMs(query);
      // Buckets begin where the query begins, as in the embedded engine.
      const offset = query.from % length;
      const rows = await client.query<Row>(
        `SELECT mean(value) AS mean, min(value) AS low, max(value) AS high FROM ${MEASUREMENT}
         WHERE asset = ${quoted(query.asset)} AND quantity = ${quoted(query.quantity)}
         AND time >= ${query.from}ms AND time <= ${query.to}ms
         GROUP BY time(${length}ms, ${offset}ms) fill(none) LIMIT ${MAX_BUCKETS + 1}`,
      );
      return rows.flatMap(({ time, mean, low, high }) =>
        mean === null ? [] : [{ at: time.getTime() + Math.floor(length / 2), mean, min: low, max: high }],
      );
    },
    close: () => writer.close(),
  };
}
