import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embeddedTelemetry } from './embedded.ts';
import { influxTelemetry } from './influx.ts';
import type { Telemetry } from './telemetry.ts';
import { MAX_POINTS_PER_WRITE, MAX_WAITING_POINTS, TelemetryWriter } from './writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-telemetry-'));
let influxd: ChildProcess | undefined;
let influxPort = 0;

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

beforeAll(async () => {
  influxPort = await freePort();
  const rpcPort = await freePort();
  const file = join(folder, 'influxdb.conf');
  writeFileSync(
    file,
    `bind-address = "127.0.0.1:${rpcPort}"
reporting-disabled = true
[meta]
dir = "${folder}/meta"
[data]
dir = "${folder}/data"
wal-dir = "${folder}/wal"
query-log-enabled = false
[http]
bind-address = "127.0.0.1:${influxPort}"
log-enabled = false
`,
  );
  influxd = spawn('/usr/bin/influxd', ['-config', file], { stdio: 'ignore' });
  for (let attempt = 0; attempt < 500; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${influxPort}/ping`).catch(() => undefined);
    if (answer?.status === 204) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('influxd (Debian package influxdb) did not start');
});

afterAll(() => {
  influxd?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const engines: [string, () => Telemetry][] = [
  ['embedded', () => embeddedTelemetry(join(folder, 'telemetry.sqlite'))],
  [
    'InfluxDB',
    () => influxTelemetry({ host: '127.0.0.1', port: influxPort, protocol: 'http', database: 'gatehouse' }),
  ],
];

const START = 1_700_000_000_000;
const point = (index: number, value = index) => ({
  site: 'linden',
  asset: "fridge-1's",
  quantity: 'temperature',
  at: START + index * 1_000,
  value,
});

describe.each(engines)('%s telemetry', (_name, open) => {
  test('gives means, lowest and highest of what was written, in order', async () => {
    const telemetry = open();
    telemetry.write(Array.from({ length: 60 }, (_, index) => point(index)));
    await telemetry.flushed();
    const series = await telemetry.series({
      asset: "fridge-1's",
      quantity: 'temperature',
      from: START,
      to: START + 59_999,
      points: 6,
    });
    expect(series).toEqual(
      [0, 1, 2, 3, 4, 5].map((bucket) => ({
        at: START + bucket * 10_000 + 5_000,
        mean: bucket * 10 + 4.5,
        min: bucket * 10,
        max: bucket * 10 + 9,
      })),
    );
    await telemetry.close();
  });

  test('a point written twice is one point', async () => {
    const telemetry = open();
    const twice = { ...point(0, 7), asset: 'twice' };
    telemetry.write([twice, twice]);
    telemetry.write([twice, { ...twice, at: twice.at + 1, value: 9 }]);
    await telemetry.flushed();
    const [bucket] = await telemetry.series({
      asset: 'twice',
      quantity: 'temperature',
      from: START,
      to: START + 999,
      points: 1,
    });
    expect(bucket?.mean).toBe(8);
    await telemetry.close();
  });

  test('nothing written gives nothing', async () => {
    const telemetry = open();
    expect(
      await telemetry.series({ asset: 'nobody', quantity: 'temperature', from: 0, to: START, points: 10 }),
    ).toEqual([]);
    await telemetry.close();
  });
});

test('while the engine is away points wait, and those over the bound are given up and counted', async () => {
  const telemetry = influxTelemetry({ host: '127.0.0.1', port: 1, protocol: 'http', database: 'x' });
  for (let block = 0; block < 101; block++) {
    telemetry.write(Array.from({ length: 1_000 }, (_, index) => point(block * 1_000 + index)));
  }
  expect(telemetry.counts).toMatchObject({ written: 0, givenUp: 1_000, waiting: 100_000 });
  await telemetry.close();
  expect(telemetry.counts.givenUp).toBe(101_000);
});

test('what is given up while others are being written is none of those, and each point is counted once', async () => {
  const begun = Promise.withResolvers<void>();
  const underWay = Promise.withResolvers<void>();
  const written: number[] = [];
  let isFirst = true;
  const writer = new TelemetryWriter(async (points) => {
    begun.resolve();
    if (isFirst) await underWay.promise;
    isFirst = false;
    for (const { value } of points) written.push(value);
  });
  writer.take(Array.from({ length: MAX_POINTS_PER_WRITE }, (_, index) => point(index)));
  await begun.promise;
  writer.take(Array.from({ length: MAX_WAITING_POINTS }, (_, index) => point(MAX_POINTS_PER_WRITE + index)));
  underWay.resolve();
  await writer.flushed();
  const { written: count, givenUp } = writer.counts;
  expect(count + givenUp).toBe(MAX_WAITING_POINTS + MAX_POINTS_PER_WRITE);
  expect(written).toHaveLength(count);
  expect(new Set(written).size).toBe(count);
  expect(written.at(-1)).toBe(MAX_WAITING_POINTS + MAX_POINTS_PER_WRITE - 1);
});
