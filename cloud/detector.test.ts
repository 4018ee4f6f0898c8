import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../devices/model/clock.ts';
import { type Detection, detection } from '../devices/model/detection.ts';
import { type Observation, observation } from '../devices/model/observation.ts';
import { registryDocument, registryOf } from '../devices/model/registry.ts';
import { CORRELATED_MS, type Detected, Detector } from './detector.ts';
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

async function newLife(): Promise<Detector> {
  const detector = new Detector({
    store,
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
