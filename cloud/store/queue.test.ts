import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { detection } from '../../devices/model/detection.ts';
import { type Incident, incident } from '../../devices/model/incident.ts';
import { openDatabase } from './database.ts';
import type { QueueQuery } from './queue.ts';
import { openSqliteStore } from './sqlite.ts';
import type { Store } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-queue-'));
const file = join(folder, 'store.sqlite');
let store: Store;

const rules = ['forced-open', 'brute-force', 'held-open'] as const;
const severities = ['low', 'high', 'critical'] as const;
const made = (number: number, over: Partial<Incident> = {}): Incident =>
  incident.parse({
    id: `i-${String(number).padStart(3, '0')}`,
    title: `Incident number ${number}`,
    first: 1_000 + number,
    last: 2_000 + number,
    severity: severities[number % 3],
    priority: number % 5,
    detections: [`d-${number}`],
    assets: [`door-${number % 2}`],
    identities: [],
    links: [],
    ...over,
  });
const ids = (query: Partial<QueueQuery> = {}) =>
  store.queue.page({ limit: 500, ...query }).map(({ incident: { id } }) => id);

beforeAll(async () => {
  store = openSqliteStore({
    file,
    clock: manualClock(9_000),
    sitesOf: ({ assets }) => assets.map((asset) => (asset === 'door-0' ? 'linden' : 'north')),
  });
  const judged = Array.from({ length: 40 }, (_, number) =>
    detection.parse({
      id: `d-${number}`,
      at: 1_000 + number,
      rule: rules[number % 3],
      severity: 'high',
      source: 'gw-1',
      assets: [],
      identities: [],
      observables: {},
      summary: 'seen',
    }),
  );
  await store.append([], judged);
  await store.putIncidents(
    Array.from({ length: 40 }, (_, number) => made(number)),
    [],
  );
  await store.act({ incident: 'i-003', at: 9_001, by: 'mia', action: 'assigned', assignee: 'mia' });
  await store.act({ incident: 'i-004', at: 9_001, by: 'mia', action: 'resolved', text: 'done' });
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

test('pages join without a gap or a repeat, also when something new comes in between', async () => {
  const whole = ids();
  expect(whole.length).toBe(40);
  const pages: string[] = [];
  let query: QueueQuery = { limit: 7 };
  for (let page = store.queue.page(query); page.length > 0; page = store.queue.page(query)) {
    pages.push(...page.map(({ incident: { id } }) => id));
    const last = page.at(-1)?.incident;
    if (last === undefined) break;
    query = { limit: 7, after: { priority: last.priority, first: last.first, incident: last.id } };
    // More urgent than all: it is before what was read, and moves nothing.
    if (pages.length === 14) await store.putIncidents([made(900, { priority: 99, detections: ['d-1'] })], []);
  }
  expect(pages).toEqual(whole);
  await store.putIncidents([], [{ id: 'i-900' }]);
  expect(ids()).toEqual(whole);
});

test('what is asked for by state, severity, site, rule, person, age and words is found', () => {
  const numbers = (query: Partial<QueueQuery>) => ids(query).map((id) => Number(id.slice(2)));
  const all = Array.from({ length: 40 }, (_, number) => number);
  const same = (query: Partial<QueueQuery>, wanted: (number: number) => boolean) =>
    expect(numbers(query).toSorted((a, b) => a - b)).toEqual(all.filter(wanted));
  same({ states: ['open', 'acknowledged', 'contained'] }, (number) => number !== 4);
  same({ states: ['resolved'] }, (number) => number === 4);
  same({ states: ['resolved', 'open'] }, () => true);
  same({ severity: 'high' }, (number) => number % 3 !== 0);
  same({ sites: ['linden'] }, (number) => number % 2 === 0);
  same({ sites: [] }, () => false);
  same({ rules: ['brute-force'] }, (number) => number % 3 === 1);
  same({ assignee: 'mia' }, (number) => number === 3);
  same({ assignee: '' }, (number) => number !== 3);
  same({ firstUntil: 1_010, lastFrom: 2_005 }, (number) => number >= 5 && number <= 10);
  same({ text: 'NUMBER 12' }, (number) => number === 12);
  expect(store.queue.count({ states: ['open'], severity: 'critical' })).toBe(13);
  expect(store.queue.counts()).toEqual({
    open: 39,
    acknowledged: 0,
    contained: 0,
    resolved: 1,
    'false-alarm': 0,
  });
  expect(store.queue.counts(['north']).open).toBe(20);
  expect(store.queue.rules()).toEqual(rules.toSorted());
  expect(store.queue.sharing(['held-open'], 'i-002', 3)).toEqual(['i-038', 'i-035', 'i-032']);
});

test('a page of the queue is a walk along its index, and sorts nothing', () => {
  const database = openDatabase(file);
  const plan = database
    .prepare(
      `EXPLAIN QUERY PLAN SELECT q.incident FROM queue q WHERE q.active = 1
       AND q.state IN (SELECT value FROM json_each(?)) AND q.priority <= ?
       ORDER BY q.priority DESC, q.first DESC, q.incident LIMIT 50`,
    )
    .all('["open"]', 3)
    .map((row) => String(row.detail))
    .join('\n');
  database.close();
  expect(plan).toContain('queue_order');
  expect(plan).not.toContain('TEMP B-TREE FOR ORDER BY');
});
