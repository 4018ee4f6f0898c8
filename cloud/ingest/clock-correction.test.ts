/** A gateway that did not know the time at first: what it noted meanwhile is put right, whenever it arrives. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { type Detection, detection } from '../../devices/model/detection.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import type { RecordBody } from '../../devices/wire.ts';
import { Detector } from '../detector.ts';
import { correctedTime, correctionIn } from '../store/clock-correction.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { AcceptedRecord, Store } from '../store/store.ts';
import { createCredentials } from './credentials.ts';
import { createIngest, type Ingest } from './ingest.ts';
import { TestLane, testCredential, testObservation } from './testing.ts';

const DAY = 24 * 3_600_000;
/** What the gateway took the time for, and what it was. */
const THOUGHT = 1_800_000_000_000;
const WAS = THOUGHT + 3 * DAY;
const clock = manualClock(WAS + 60_000);
let directory: string;
let store: Store;
let ending: AbortController;

const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'pharmacy-1', name: 'Pharmacy' }],
    zones: [{ id: 'store-room', site: 'pharmacy-1', name: 'Store room' }],
    assets: [{ id: 'cabinet', kind: 'cabinet', name: 'Cabinet', site: 'pharmacy-1', zone: 'store-room' }],
  }),
);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'clock-correction-'));
  store = openSqliteStore({ file: join(directory, 'store.sqlite'), clock, sitesOf: () => ['pharmacy-1'] });
  ending = new AbortController();
});
afterEach(async () => {
  ending.abort();
  await store.close();
  await rm(directory, { recursive: true });
});

const seen = (atMs: number, quality: 'set' | 'unset') => (id: string) =>
  testObservation(id, { observedAt: atMs, receivedAt: atMs, clock: quality });
const judged = (id: string, at: number, rule = 'cabinet-opened'): Detection =>
  detection.parse({
    id,
    at,
    rule,
    severity: 'medium',
    source: 'gw-1',
    site: 'pharmacy-1',
    assets: ['cabinet'],
    identities: [],
    observables: {},
    summary: 'opened',
  });
const clockSet = (facts: object) => (id: string) =>
  testObservation(id, { kind: 'clock.set', observedAt: WAS + 10_000, clock: 'set', value: undefined, facts });
const set = clockSet({ boot: 'b007', correctionMs: 3 * DAY, sinceBootMs: 10_000, fromSequence: 1 });

function ingest(onCommitted?: (records: readonly AcceptedRecord[]) => Promise<void>): Ingest {
  const credentials = createCredentials([testCredential]);
  const more = onCommitted === undefined ? {} : { onCommitted };
  return createIngest({ store, credentials, clock, ...more }, ending.signal);
}

/** The records of one life: 1, 3, 4 and 6 on the lane of bulk, 2 and 5 on that of alarms. */
function life() {
  const [bulk, alarm] = [new TestLane('bulk'), new TestLane('alarm')];
  const early = bulk.batch([bulk.record(seen(THOUGHT + 1_000, 'unset'))]);
  const found = judged('d1', THOUGHT + 2_000);
  const alarms = alarm.batch([
    alarm.record(() => ({ type: 'detection', detection: found }), 1),
    alarm.record(set, 2),
  ]);
  const late = bulk.batch([
    bulk.record(seen(THOUGHT + 3_000, 'unset'), 1),
    bulk.record(seen(THOUGHT + 4_000, 'unset')),
    bulk.record(seen(WAS + 11_000, 'set'), 1),
  ]);
  return { early, alarms, late };
}

const times = () =>
  store
    .observations({ limit: 10 })
    .map(({ id, observedAt, clock: quality }) => [Number(id.split('/').at(-1)), observedAt - WAS, quality])
    .sort();

const expected = [
  [1, 1_000, 'corrected'],
  [3, 3_000, 'corrected'],
  [4, 4_000, 'corrected'],
  [5, 10_000, 'set'],
  [6, 11_000, 'set'],
];

it('what had come before, and what comes after, also to a cloud that was restarted', async () => {
  const { early, alarms, late } = life();
  await ingest().receive(testCredential, 'bulk', early);
  expect(times()).toEqual([[1, 1_000 - 3 * DAY, 'unset']]);
  await ingest().receive(testCredential, 'alarm', alarms);
  expect(times()).toEqual([expected[0], expected[3]]);
  expect(store.detection('d1')?.at).toBe(WAS + 2_000);
  await ingest().receive(testCredential, 'bulk', late);
  expect(times()).toEqual(expected);
  expect(store.observations({ from: WAS, limit: 10 })).toHaveLength(5);
});

it('also where both lanes are under way at once', async () => {
  const { early, alarms, late } = life();
  const running = ingest();
  await Promise.all([
    running.receive(testCredential, 'bulk', early),
    running.receive(testCredential, 'alarm', alarms),
    running.receive(testCredential, 'bulk', late),
  ]);
  expect(times()).toEqual(expected);
});

it('revises the incident that was judged by the wrong time', async () => {
  const detector = new Detector({
    store,
    registry,
    clock,
    monitors: {},
    onDetected: () => {},
    onFailed: (error) => {
      throw error;
    },
    signal: ending.signal,
  });
  await detector.restore();
  const running = ingest(async (records) => {
    const detections = records.flatMap(({ body }) => (body.type === 'detection' ? [body.detection] : []));
    const again = records.flatMap((record) => {
      const correction = correctionIn(record);
      return correction === undefined ? [] : store.detectionsOf(correction);
    });
    await detector.take([], [...detections, ...again]);
  });
  // Found in the cloud, half a minute after what the gateway found by its own clock three days before.
  const other = judged('d2', WAS + 32_000, 'another');
  await store.append([], [other]);
  await detector.take([], [other]);
  const [bulk, alarm] = [new TestLane('bulk'), new TestLane('alarm')];
  const found = judged('d1', THOUGHT + 2_000);
  await running.receive(
    testCredential,
    'alarm',
    alarm.batch([alarm.record(() => ({ type: 'detection', detection: found }), 1)]),
  );
  await running.receive(testCredential, 'bulk', bulk.batch([bulk.record(seen(THOUGHT, 'unset'))]));
  await detector.settled();
  const incidents = () => store.incidents({ offset: 0, limit: 10 }).map(({ incident }) => incident);
  expect(
    incidents()
      .map(({ detections }) => detections)
      .sort(),
  ).toEqual([['d1'], ['d2']]);

  await running.receive(testCredential, 'alarm', alarm.batch([alarm.record(set, 2)]));
  await detector.settled();
  expect(incidents()).toMatchObject([{ detections: ['d1', 'd2'], first: WAS + 2_000, last: WAS + 32_000 }]);
});

it('corrects nothing that a gateway does not say clearly, and nothing beyond when it was set', () => {
  const record = (facts: object, sequence = 5) => ({
    gateway: 'gw-1',
    epoch: 'e',
    sequence,
    body: clockSet(facts)('x') as RecordBody,
  });
  expect(correctionIn(record({ correctionMs: 5 }))).toBeUndefined();
  expect(correctionIn(record({ correctionMs: 'x', fromSequence: 1 }))).toBeUndefined();
  expect(correctionIn(record({ correctionMs: 5, fromSequence: 5 }))).toBeUndefined();
  const correction = correctionIn(record({ correctionMs: 3 * DAY, fromSequence: 2 }));
  expect(correction).toMatchObject({ from: 2, until: 5, correctionMs: 3 * DAY, setAt: WAS + 10_000 });
  if (correction === undefined) return;
  expect(correctedTime(THOUGHT, correction)).toBe(WAS);
  expect(correctedTime(WAS, correction)).toBe(WAS + 10_000);
});
