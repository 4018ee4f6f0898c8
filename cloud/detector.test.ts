import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../devices/model/clock.ts';
import { type Detection, detection } from '../devices/model/detection.ts';
import { type Observation, observation } from '../devices/model/observation.ts';
import { registryDocument, registryOf } from '../devices/model/registry.ts';
import { CORRELATED_MS, type Detected, Detector } from './detector.ts';
import { MAX_WAITING } from './judging-queue.ts';
import { openSqliteStore } from './store/sqlite.ts';
import type { Store } from './store/store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-11-23T08:00:00Z');

const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden' }],
    zones: [{ id: 'store-room', site: 'linden', name: 'Store room' }],
    assets: [
      { id: 'cabinet', kind: 'cabinet', name: 'Cabinet', site: 'linden', zone: 'store-room' },
      { id: 'server', kind: 'host', name: 'Server', site: 'linden' },
    ],
  }),
);

let folder: string;
let store: Store;
let told: Detected[];
let ended: AbortController;
const failed: Error[] = [];
const clock = manualClock(NOW);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-detector-'));
  store = openSqliteStore({ file: join(folder, 'store.sqlite'), clock, sitesOf: () => ['linden'] });
  told = [];
  ended = new AbortController();
});
afterEach(async () => {
  ended.abort();
  await store.close();
  rmSync(folder, { recursive: true });
});

async function newLife(over: Partial<Store> = {}): Promise<Detector> {
  const detector = new Detector({
    store: { ...store, ...over },
    registry,
    clock,
    monitors: {},
    onDetected: (detected) => told.push(detected),
    onFailed: (error) => failed.push(error),
    signal: ended.signal,
  });
  await detector.restore();
  return detector;
}

const judged = (id: string, at: number, over: Partial<Detection> = {}): Detection =>
  detection.parse({
    id,
    at,
    rule: 'cabinet-opened',
    severity: 'medium',
    source: 'gw',
    assets: ['cabinet'],
    identities: [],
    observables: {},
    summary: 'opened',
    ...over,
  });

const failures = (from: number, count: number, ip = '203.0.113.9'): Observation[] =>
  Array.from({ length: count }, (_, index) =>
    observation.parse({
      id: `source/${ip}/${from + index}`,
      kind: 'login.failed',
      site: 'linden',
      asset: 'server',
      source: 'sshd',
      observedAt: from + index * 1_000,
      receivedAt: from + index * 1_000,
      clock: 'foreign',
      subjects: { account: 'root' },
      observables: { ip },
    }),
  );

async function take(
  detector: Detector,
  observations: Observation[],
  detections: Detection[] = [],
): Promise<void> {
  await store.append(observations, detections);
  await detector.take(observations, detections);
  await detector.settled();
}

const incidents = () =>
  store.incidents({ offset: 0, limit: 100 }).map(({ incident: { id, detections } }) => ({ id, detections }));

test('what was stored and not yet judged when the process ended is judged at the next start', async () => {
  await store.append(failures(NOW - HOUR, 15), [judged('d1', NOW - HOUR)]);
  await newLife();
  expect(
    store
      .incidents({ offset: 0, limit: 9 })
      .map(({ incident }) => incident.title)
      .sort(),
  ).toHaveLength(2);
  expect(incidents().flatMap(({ detections }) => detections)).toContain('d1');
});

test('findings of days ago stand, though what they rest on is no longer looked at', async () => {
  const first = await newLife();
  await take(first, failures(NOW - 5 * DAY, 15));
  await take(first, failures(NOW - HOUR, 15, '198.51.100.1'));
  const before = incidents();
  expect(before).toHaveLength(2);
  await newLife();
  expect(incidents()).toEqual(before);
});

test('an attack that goes on over a restart stays one, and late records revise it', async () => {
  const first = await newLife();
  await take(first, failures(NOW - HOUR, 15));
  const [before] = incidents();
  await store.act({ incident: before?.id ?? '', at: NOW, by: 'mia', action: 'acknowledged' });
  const second = await newLife();
  await take(second, failures(NOW - HOUR + 15_000, 15));
  await take(second, failures(NOW - HOUR - 10_000, 5));
  expect(incidents()).toHaveLength(1);
  const [after] = [...store.detections({})];
  expect(after?.count).toBe(35);
  // It begins earlier than was known: the former name leads to the incident of now.
  expect(store.currentIncident(before?.id ?? '')).toBe(incidents()[0]?.id);
  expect(store.handling(incidents()[0]?.id ?? '')?.state).toBe('acknowledged');
});

test('an incident that reaches over the edge of the memory keeps its name', async () => {
  const chain = Array.from({ length: 30 }, (_, index) =>
    judged(`d${String(index).padStart(2, '0')}`, NOW - CORRELATED_MS - 5 * HOUR + index * 20 * 60_000),
  );
  const first = await newLife();
  await take(first, [], chain);
  const before = incidents();
  expect(before).toHaveLength(1);
  await newLife();
  expect(incidents()).toEqual(before);
});

test('an incident whose detection was taken back as the process ended is gone at the next start', async () => {
  const first = await newLife();
  await take(first, [], [judged('d1', NOW - HOUR), judged('d2', NOW - 30 * HOUR)]);
  expect(incidents()).toHaveLength(2);
  await store.withdraw(['d1']);
  await newLife();
  expect(incidents().map(({ detections }) => detections)).toEqual([['d2']]);
});

test('what was found is told once it is in the store, with what it took over', async () => {
  const detector = await newLife();
  await take(detector, [], [judged('d2', NOW - HOUR), judged('d1', NOW - 2 * HOUR)]);
  expect(told.at(-1)?.changed).toHaveLength(2);
  await take(detector, [], [judged('between-1', NOW - 100 * 60_000), judged('between-2', NOW - 80 * 60_000)]);
  const last = told.at(-1);
  expect(last?.changed).toHaveLength(1);
  expect(last?.gone).toHaveLength(1);
  expect(store.incident(last?.gone[0]?.id ?? '')?.id).toBe(last?.changed[0]?.id);
  expect(failed).toEqual([]);
});

test('who brings more than can be judged has to wait, and nothing of it is lost', async () => {
  const disk = Promise.withResolvers<void>();
  const detector = await newLife({
    async putIncidents(changed, gone) {
      await disk.promise;
      await store.putIncidents(changed, gone);
    },
  });
  // Under way, not waiting.
  await detector.take([], [judged('first', NOW - 2 * DAY)]);
  let mayGoOn = false;
  const many = Array.from({ length: MAX_WAITING }, (_, index) =>
    judged(`d${index}`, NOW - DAY + index * 1_000),
  );
  const room = detector.take([], many).then(() => {
    mayGoOn = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(mayGoOn).toBe(false);
  expect(detector.counts).toMatchObject({ waiting: MAX_WAITING + 1, held: 1 });
  disk.resolve();
  await room;
  await detector.settled();
  expect(detector.counts.waiting).toBe(0);
  expect(
    incidents()
      .map(({ detections }) => detections.length)
      .sort((a, b) => a - b),
  ).toEqual([1, MAX_WAITING]);
});

test('a store that refuses for a while is asked again until it takes what was judged', async () => {
  let refusals = 0;
  const refusing = (): void => {
    if (refusals-- > 0) throw new Error('database or disk is full');
  };
  const detector = await newLife({
    async append(observations, detections) {
      refusing();
      await store.append(observations, detections);
    },
    async putIncidents(changed, gone) {
      refusing();
      await store.putIncidents(changed, gone);
    },
  });
  const seen = failures(NOW - HOUR, 15);
  await store.append(seen, []);
  refusals = 3;
  await detector.take(seen, []);
  await expect.poll(() => detector.problem).toContain('full');
  await detector.settled();
  expect(detector.problem).toBeUndefined();
  expect([...store.detections({})].map(({ count }) => count)).toEqual([15]);
  expect(incidents()).toHaveLength(1);
  expect(failed).toEqual([]);
});

test('the end does not wait for a store that refuses; the next life judges what it holds', async () => {
  const detector = await newLife({ putIncidents: () => Promise.reject(new Error('disk is full')) });
  const one = judged('d1', NOW - HOUR);
  await store.append([], [one]);
  await detector.take([], [one]);
  await expect.poll(() => detector.problem).toContain('full');
  ended.abort();
  await detector.settled();
  expect(failed).toEqual([]);
  await newLife();
  expect(incidents().map(({ detections }) => detections)).toEqual([['d1']]);
});

test('a large incident that was put off is in the store once all is settled, and after a restart the same', async () => {
  const detector = await newLife();
  const crowd = Array.from({ length: 300 }, (_, index) =>
    judged(`c${index}`, NOW - HOUR + index * 1_000, { rule: `rule-${index}`, severity: 'medium' }),
  );
  await store.append([], crowd);
  for (const one of crowd) await detector.take([], [one]);
  await detector.settled();
  const before = store.incidents({ offset: 0, limit: 9 });
  expect(before.map(({ incident }) => incident.detections.length)).toEqual([300]);
  await newLife();
  expect(store.incidents({ offset: 0, limit: 9 })).toEqual(before);
});
