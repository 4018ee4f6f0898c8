import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../devices/model/clock.ts';
import { type Detection, detection } from '../devices/model/detection.ts';
import { graphInUse } from './assets/graph-in-use.ts';
import { weighing } from './assets/weighing.ts';
import { shops } from './correlation/bench-worlds.ts';
import { shuffled } from './correlation/random-world.ts';
import { Detector } from './detector.ts';
import { replayStore } from './replay-store.ts';
import { readStore } from './store/reading.ts';
import { openSqliteStore } from './store/sqlite.ts';

const DAY = 24 * 3_600_000;
const FROM = Date.parse('2026-11-20T00:00:00Z');
/** A week of five shops. */
const world = shops(1_500, 5);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-replay-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const graph = graphInUse({ registry: world.registry });
const landscape = { registry: () => world.registry, graph: () => graph };

/** A cloud that was sent all of this, in batches and out of order, and that has stored what it made of it. */
async function cloudThatSaw(detections: readonly Detection[]): Promise<void> {
  const clock = manualClock(FROM + 7 * DAY);
  const store = openSqliteStore({ file: join(folder, 'store.sqlite'), clock, sitesOf: () => [] });
  const detector = new Detector({
    store,
    registry: world.registry,
    clock,
    monitors: {},
    weighed: weighing({ detectionOf: (id) => store.detection(id), ...landscape }),
    onDetected: () => undefined,
    onFailed: (error) => {
      throw error;
    },
    signal: new AbortController().signal,
  });
  await detector.restore();
  for (let from = 0; from < detections.length; from += 100) {
    const some = detections.slice(from, from + 100);
    await store.append([], some);
    await detector.take([], some);
  }
  await detector.settled();
  await store.close();
}

test('the incidents of a store, and of one of its days, are byte for byte those that the running cloud stored', async () => {
  await cloudThatSaw(
    shuffled(world.detections, 3).map((one) =>
      detection.parse({ ...one, at: FROM + one.at, summary: 'seen' }),
    ),
  );
  const store = readStore(join(folder, 'store.sqlite'));
  const stored = store.incidents({ offset: 0, limit: 10_000 }).map(({ incident }) => incident);
  expect(stored.length).toBeGreaterThan(100);
  const ofDay = stored.filter(({ first, last }) => first < FROM + 4 * DAY && last >= FROM + 3 * DAY);
  expect(ofDay.length).toBeGreaterThan(10);
  expect(ofDay.length).toBeLessThan(stored.length / 2);
  const lines = (some: Iterable<unknown>) => [...some].map((one) => JSON.stringify(one)).sort();
  const weigh = weighing({ detectionOf: (id) => store.detection(id), ...landscape });
  expect(stored.some(({ effect }) => effect !== undefined)).toBe(true);
  expect(lines(replayStore(store, world.registry, undefined, weigh))).toEqual(lines(stored));
  expect(lines(replayStore(store, world.registry, FROM + 3 * DAY, weigh))).toEqual(lines(ofDay));
  store.close();

  const registry = join(folder, 'registry.json');
  writeFileSync(registry, JSON.stringify(world.registry.document));
  const arguments_ = ['--store', folder, '--day', '2026-11-23', '--registry', registry];
  const { stdout, stderr, status } = correlate(arguments_);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout.trimEnd().split('\n').sort()).toEqual(lines(ofDay));
});

const correlate = (arguments_: readonly string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'correlate.ts'), ...arguments_], {
    encoding: 'utf8',
  });

test('a store that is not there and a day that is none are named', () => {
  expect(() => readStore(join(folder, 'store.sqlite'))).toThrow('store.sqlite: there is no such store');
  const { stderr, status } = correlate(['--store', folder, '--day', '2026-02-30']);
  expect({ stderr, status }).toEqual({
    stderr: 'correlate: --day: expected a day such as 2026-11-23, got "2026-02-30"\n',
    status: 1,
  });
});

test('recorded detections are as urgent as what they will break, which no registry says nothing of', () => {
  const registry = join(folder, 'registry.yaml');
  writeFileSync(
    registry,
    `sites: [{ id: linden, name: Linden }]
assets:
  - { id: server, kind: host, name: Server, site: linden, addresses: [10.1.2.3] }
  - { id: shop, kind: shop, name: Shop, site: linden, dependsOn: [server], criticality: 5 }
`,
  );
  const input = `${JSON.stringify({ id: 'd1', at: FROM, rule: 'host-silent', severity: 'high', observables: { ip: '10.1.2.3' } })}\n`;
  const incidentOf = (...args: string[]) => {
    const { stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'correlate.ts'), ...args], {
      encoding: 'utf8',
      input,
    });
    return JSON.parse(stdout);
  };
  const plain = incidentOf();
  const told = incidentOf('--registry', registry);
  expect(plain).not.toHaveProperty('effect');
  expect(told).toMatchObject({
    assets: ['server'],
    effect: { cause: { asset: 'server', effect: 'down' } },
  });
  expect(told.priority).toBeGreaterThan(told.effect.without);
});
