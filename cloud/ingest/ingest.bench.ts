/**
 * Measures the ingest with the embedded store: batches of 300-byte observations from many gateways, checked, stored
 * with synchronous=FULL and acknowledged. Run: node cloud/ingest/ingest.bench.ts [seconds] [gateways]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '../../devices/model/clock.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import { createCredentials } from './credentials.ts';
import { createIngest } from './ingest.ts';
import { TestLane, testCredential } from './testing.ts';

const seconds = Number(process.argv[2] ?? 5);
const gateways = Number(process.argv[3] ?? 20);
const BATCH_RECORDS = 250;
const clock = manualClock(1_800_000_000_000);
const directory = await mkdtemp(join(tmpdir(), 'ingest-bench-'));
const store = openSqliteStore({ file: join(directory, 'store.sqlite'), clock, sitesOf: () => [] });
const all = Array.from({ length: gateways }, (_, index) => ({ ...testCredential, id: `gw-${index}` }));
const ending = new AbortController();
const ingest = createIngest({ store, credentials: createCredentials(all), clock }, ending.signal);
// Made beforehand: a gateway's work is not the cloud's.
const perGateway = Math.ceil((seconds * 150_000) / gateways / BATCH_RECORDS);
const batches = all.map(({ id }) => {
  const lane = new TestLane('bulk', id);
  return Array.from({ length: perGateway }, () =>
    lane.batch(Array.from({ length: BATCH_RECORDS }, () => lane.record())),
  );
});
const bytes = batches.flat().reduce((sum, { length }) => sum + length, 0);
const cpu = process.cpuUsage();
const started = performance.now();
const times: number[] = [];
await Promise.all(
  all.map(async (gateway, index) => {
    const own = batches[index] ?? [];
    for (const batch of own) {
      if (performance.now() - started > seconds * 1_000) return;
      const at = performance.now();
      const answer = await ingest.receive(gateway, 'bulk', batch);
      if (!('receipt' in answer)) throw new Error(JSON.stringify(answer));
      times.push(performance.now() - at);
    }
  }),
);
const elapsed = (performance.now() - started) / 1_000;
const { user, system } = process.cpuUsage(cpu);
const { records } = ingest.metrics();
times.sort((a, b) => a - b);
const p = (part: number) => (times[Math.floor((times.length - 1) * part)] ?? 0).toFixed(0);
const average = Math.round(bytes / (perGateway * gateways * BATCH_RECORDS));
console.log(
  `${records} records of ${average} bytes in ${elapsed.toFixed(1)} s: ${Math.round(records / elapsed)} records/s, ` +
    `${Math.round(records / ((user + system) / 1e6))} records per second of processor time, receipt p50 ${p(0.5)} ms, p99 ${p(0.99)} ms`,
);
ending.abort();
await store.close();
await rm(directory, { recursive: true });
