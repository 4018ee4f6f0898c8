/** A measurement, for charts and records: the observation itself lies in the store. */
export interface TelemetryPoint {
  site: string;
  asset: string;
  /** `temperature` (°C), `humidity` (% relative), `battery` (%). */
  quantity: string;
  at: number;
  value: number;
}

/** All points of a stretch of time, summed up. */
export interface TelemetryBucket {
  /** The middle of the stretch. */
  at: number;
  mean: number;
  min: number;
  max: number;
}

export interface TelemetryQuery {
  asset: string;
  quantity: string;
  from: number;
  to: number;
  /** About so many buckets. */
  points: number;
}

/** Most buckets that one query gives. */
export const MAX_BUCKETS = 2_000;

/**
 * Where measurements go for charts: embedded by default, InfluxDB (or what speaks its line protocol) when
 * configured. Writing the same point twice is writing it once. The same contract test runs over each.
 */
export interface Telemetry {
  /** Takes points at once and writes them soon; never fails for the caller. Points that had to be given up are counted. */
  write(points: readonly TelemetryPoint[]): void;
  /** Resolves once everything taken so far is written or given up. */
  flushed(): Promise<void>;
  series(query: TelemetryQuery): Promise<TelemetryBucket[]>;
  readonly counts: { written: number; givenUp: number; waiting: number };
  close(): Promise<void>;
}

/** Length of a bucket in ms so that a query gives about as many as it asks for. */
export const bucketMs = ({ from, to, points }: TelemetryQuery): number =>
  Math.max(1_000, Math.ceil((to - from) / Math.min(Math.max(1, points), MAX_BUCKETS)));
