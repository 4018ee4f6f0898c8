/**
 * Measures the outbox against a raw log on the same disk in the same run: records of about 300 bytes with 1,
 * 100 and 1,000 in flight, each waiting until it is on disk. The raw log appends and calls fdatasync, grouping whatever
 * waits: once with bytes that are ready-made, the least that durability can cost, and once with the records as JSON,
 * the least that keeping these records can cost.
 * Run: node edge/outbox/outbox.bench.ts [seconds for each]
 */
import { generateKeyPairSync } from 'node:crypto';
import { fdatasync, openSync, write } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../../devices/model/clock.ts';
import type { RecordBody } from '../../devices/wire.ts';
import { openOutbox } from './open.ts';

const seconds = Number(process.argv[2] ?? 4);
const writing = promisify(write);
const syncing = promisify(fdatasync);

interface Log {
  put(number: number): Promise<void>;
  close(): Promise<void>;
}

function rawLog(path: string, serialised: boolean): Log {
  const file = openSync(path, 'w');
  const record = Buffer.alloc(300, 'r');
  let waiting: { number: number; done: () => void }[] = [];
  let running = false;
  let position = 0;
  const run = async () => {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const bytes = serialised
        ? Buffer.from(
            batch.map(({ number }) => `${JSON.stringify(body(`gw-1/epoch/${number}`, number))}\n`).join(''),
          )
        : Buffer.concat(batch.map(() => record));
      await writing(file, bytes, 0, bytes.length, position);
      await syncing(file);
      position += bytes.length;
      for (const { done } of batch) done();
    }
    running = false;
  };
  return {
    put: (number) =>
      new Promise((done) => {
        waiting.push({ number, done });
        if (!running) {
          running = true;
          setImmediate(run);
        }
      }),
    close: async () => undefined,
  };
}

const body = (id: string, number: number): RecordBody => ({
  type: 'observation',
  observation: {
    id,
    kind: 'temperature.measured',
    site: 'pharmacy-1',
    asset: 'fridge-1',
    source: 'zigbee2mqtt:0x00158d0004a1b2c3',
    observedAt: 1_790_000_000_000 + number,
    receivedAt: 1_790_000_000_000 + number,
    clock: 'set',
    value: 4.2,
  },
});

async function outboxLog(directory: string): Promise<Log> {
  const outbox = await openOutbox({
    directory,
    gateway: 'gw-1',
    signingKey: generateKeyPairSync('ed25519').privateKey,
    clock: systemClock,
    maxBytes: 1024 * 1024 * 1024,
    retainMs: 0,
    onFatal: (error) => {
      throw error;
    },
  });
  // What the cloud would do: without it the log only grows.
  const acknowledging = setInterval(() => void outbox.acknowledge('bulk', Number.MAX_SAFE_INTEGER), 1e9);
  return {
    put(number) {
      outbox.stage('bulk', 1_790_000_000_000 + number, (id) => body(id, number));
      return outbox.committed();
    },
    close() {
      clearInterval(acknowledging);
      return outbox.close();
    },
  };
}

async function measure(
  log: Log,
  inFlight: number,
): Promise<{ rate: number; p50: number; p99: number; max: number }> {
  const times: number[] = [];
  const end = performance.now() + seconds * 1_000;
  const started = performance.now();
  let number = 0;
  const one = async () => {
    while (performance.now() < end) {
      const at = performance.now();
      await log.put(number++);
      times.push(performance.now() - at);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  const rate = number / ((performance.now() - started) / 1_000);
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.floor((times.length - 1) * part)] ?? 0;
  return { rate, p50: at(0.5), p99: at(0.99), max: at(1) };
}

const directory = await mkdtemp(join(tmpdir(), 'outbox-bench-'));
try {
  for (const inFlight of [1, 100, 1_000]) {
    const rates: Record<string, number> = {};
    for (const round of [1, 2]) {
      for (const [name, open] of [
        ['raw log', async () => rawLog(join(directory, `raw-${inFlight}-${round}`), false)],
        ['raw log of JSON', async () => rawLog(join(directory, `json-${inFlight}-${round}`), true)],
        ['outbox', () => outboxLog(join(directory, `outbox-${inFlight}-${round}`))],
      ] as const) {
        const log = await open();
        const { rate, p50, p99, max } = await measure(log, inFlight);
        await log.close();
        rates[name] = Math.max(rates[name] ?? 0, rate);
        console.log(
          `${inFlight} in flight, ${name}: ${Math.round(rate)} records/s, p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, max ${max.toFixed(0)} ms`,
        );
      }
    }
    for (const baseline of ['raw log', 'raw log of JSON'])
      console.log(
        `  ${inFlight} in flight: ratio to ${baseline} ${((rates.outbox ?? 0) / (rates[baseline] ?? 1)).toFixed(2)} (goal 0.75)`,
      );
  }
} finally {
  await rm(directory, { recursive: true });
}
