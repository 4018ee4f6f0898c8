import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { type Detection, detection } from '../../devices/model/detection.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { Detector } from '../detector.ts';
import { replayStore } from '../replay-store.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { decidedBy } from './decided-by.ts';
import { CannotBeDone, Hands } from './hands.ts';
import { RulingBook } from './ruling-book.ts';
import { Suppressions } from './suppressions.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = Date.parse('2026-11-23T13:05:00Z');
const mara = { name: 'Mara Klein', from: '192.0.2.1' };
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden', timeZone: 'Europe/Berlin' }],
    zones: [{ id: 'store-room', site: 'linden', name: 'Store room' }],
    assets: [
      { id: 'cabinet', kind: 'cabinet', name: 'Cabinet', site: 'linden', zone: 'store-room' },
      { id: 'server', kind: 'host', name: 'Server', site: 'linden' },
    ],
  }),
);

let folder: string;
let store: Store;
let life: AbortController;
let clock: ReturnType<typeof manualClock>;
const failed: Error[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-hands-'));
  clock = manualClock(NOW);
  store = openSqliteStore({ file: join(folder, 'store.sqlite'), clock, sitesOf: () => ['linden'] });
});
afterEach(async () => {
  life.abort();
  await store.close();
  rmSync(folder, { recursive: true });
  expect(failed.splice(0)).toEqual([]);
});

/** The store stays, everything else begins anew. */
async function newLife(): Promise<{ detector: Detector; hands: Hands }> {
  life?.abort();
  life = new AbortController();
  const book = new RulingBook(store.rulings());
  const suppressions = new Suppressions(store, registry);
  const detector = new Detector({
    store,
    registry,
    clock,
    monitors: {},
    decided: decidedBy({ store, book, keepers: [suppressions] }),
    onDetected: () => undefined,
    onFailed: (error) => failed.push(error),
    signal: life.signal,
  });
  await detector.restore();
  const hands = new Hands({
    store,
    registry,
    clock,
    detector,
    book,
    suppressions,
    onHandled: () => undefined,
    onSuppression: () => undefined,
  });
  hands.start(life.signal);
  return { detector, hands };
}

const judged = (id: string, minutes: number, over: Partial<Detection> = {}): Detection =>
  detection.parse({
    id,
    at: NOW + minutes * MINUTE,
    rule: `rule-${id}`,
    severity: 'high',
    source: 'gw',
    assets: ['cabinet'],
    identities: [],
    observables: {},
    summary: 'opened',
    ...over,
  });

async function take(detector: Detector, ...detections: Detection[]): Promise<void> {
  await store.append([], detections);
  await detector.take([], detections);
  await detector.settled();
}

/** What replay makes of the store must be what the running cloud stored. */
const replayed = (): string[] =>
  [...replayStore(store, registry)].map(({ detections }) => detections.join()).sort();
const stored = (): string[] =>
  groups()
    .map((group) => group.join())
    .sort();

/** Which detections are together in the store. */
const groups = (): string[][] =>
  store
    .incidents({ offset: 0, limit: 50 })
    .map(({ incident }) => incident.detections)
    .sort((a, b) => ((a[0] ?? '') < (b[0] ?? '') ? -1 : 1));
const incidentOf = (id: string): string =>
  store.incidents({ offset: 0, limit: 50 }).find(({ incident }) => incident.detections.includes(id))?.incident
    .id ?? '';

test('what a person took out stays out: of what comes later, of a restart, and until it is undone', async () => {
  const first = await newLife();
  await take(first.detector, judged('a', 0), judged('b', 1), judged('c', 2));
  expect(groups()).toEqual([['a', 'b', 'c']]);
  await store.act({ incident: incidentOf('a'), at: NOW, by: 'Tom', action: 'acknowledged' });
  const now = await first.hands.split(incidentOf('a'), ['b'], 'the cleaner', mara);
  expect(groups()).toEqual([['a', 'c'], ['b']]);
  expect(now).toEqual(expect.arrayContaining([incidentOf('a'), incidentOf('b')]));
  expect(store.handling(incidentOf('b'))?.state).toBe('acknowledged');
  await take(first.detector, judged('d', 3));
  expect(replayed()).toEqual(stored());
  const { detector, hands } = await newLife();
  await take(detector, judged('e', 1.5));
  for (const group of groups()) expect(group.includes('a') && group.includes('b')).toBe(false);
  const [ruling] = hands.rulingsOf(['b']);
  expect(ruling).toMatchObject({ kind: 'split', by: 'Mara Klein', text: 'the cleaner' });
  await hands.undo(ruling?.id ?? '', 'it was not', mara);
  expect(groups()).toEqual([
    ['a', 'b', 'c', 'd', 'e'].sort((x, y) => 'abecd'.indexOf(x) - 'abecd'.indexOf(y)),
  ]);
  await expect(hands.undo(ruling?.id ?? '', undefined, mara)).rejects.toThrow(CannotBeDone);
  expect(store.audited({ offset: 0, limit: 9 }).map(({ action, by }) => [action, by])).toEqual([
    ['incident.undone', 'Mara Klein'],
    ['incident.split', 'Mara Klein'],
  ]);
  const said = store.activities(incidentOf('a')).map(({ action }) => action);
  expect(said).toEqual(expect.arrayContaining(['split', 'undone']));
});

test('two that a person joined are one, with who, when and why as the reason, also over a restart', async () => {
  const { detector, hands } = await newLife();
  await take(detector, judged('a', 0), judged('x', 2, { assets: ['server'] }));
  const [a, x] = [incidentOf('a'), incidentOf('x')];
  await hands.merge(a, x, 'same van', mara);
  expect(groups()).toEqual([['a', 'x']]);
  expect(store.currentIncident(x)).toBe(a);
  const second = await newLife();
  await take(second.detector, judged('y', 3, { assets: ['server'] }));
  expect(groups()).toEqual([['a', 'x', 'y']]);
  const because = store.incident(a)?.links.map(({ evidence }) => evidence[0]?.because);
  expect(because).toContain('joined by Mara Klein at 14:05 on 23 November: same van');
  await second.hands.undo(second.hands.rulingsOf(['a'])[0]?.id ?? '', undefined, mara);
  expect(groups()).toEqual([['a'], ['x', 'y']]);
  await expect(second.hands.merge(a, a, 'why', mara)).rejects.toThrow('one incident already');
  await expect(second.hands.split(a, ['a'], 'why', mara)).rejects.toThrow('not all of them');
});

test('joins what has left the memory long ago', async () => {
  const { detector, hands } = await newLife();
  const old = judged('old', -30 * 24 * 60);
  await take(detector, old, judged('a', 0));
  await newLife();
  const later = await newLife();
  await later.hands.merge(incidentOf('a'), incidentOf('old'), 'the same hand', mara);
  expect(groups()).toEqual([['old', 'a']]);
  await hands.undo(later.hands.rulingsOf(['a'])[0]?.id ?? '', undefined, mara).catch(() => undefined);
});

test('what is suppressed is kept and counted, and comes back when its time is over or somebody says so', async () => {
  const first = await newLife();
  await take(first.detector, judged('before', -1, { rule: 'held-open' }));
  const suppression = await first.hands.suppress(
    {
      rule: 'held-open',
      asset: 'cabinet',
      owner: 'Mara Klein',
      text: 'builders in the store room',
      until: NOW + HOUR,
      from: undefined,
    },
    mara,
  );
  await take(
    first.detector,
    judged('kept', 5, { rule: 'held-open' }),
    judged('elsewhere', 6, { rule: 'held-open', assets: ['server'] }),
    judged('other', 7),
  );
  expect(groups().flat().sort()).toEqual(['before', 'elsewhere', 'other']);
  expect(store.detection('kept')).toBeDefined();
  expect(replayed()).toEqual(stored());
  const second = await newLife();
  await take(second.detector, judged('late', 4, { rule: 'held-open' }));
  expect(second.hands.suppressions.kept(suppression.id)).toBe(2);
  expect(second.hands.suppressions.newest(suppression.id)).toEqual(['kept', 'late']);
  expect(groups().flat()).not.toContain('late');
  clock.advance(HOUR);
  await expect.poll(() => store.suppressions()[0]?.ended?.by).toBe('gatehouse');
  await second.detector.settled();
  await expect.poll(() => groups().flat().sort()).toEqual(['before', 'elsewhere', 'kept', 'late', 'other']);
  expect(second.hands.suppressions.kept(suppression.id)).toBe(2);
  expect(store.audited({ offset: 0, limit: 9 }).map(({ action }) => action)).toEqual([
    'suppression.expired',
    'suppression.made',
  ]);
});

test('with what was found before, an incident goes, and is back by its name when the suppression is undone', async () => {
  const { detector, hands } = await newLife();
  await take(detector, judged('a', -5, { rule: 'held-open' }), judged('b', 1, { rule: 'held-open' }));
  const id = incidentOf('a');
  await store.act({ incident: id, at: NOW, by: 'Tom', action: 'acknowledged' });
  const made = await hands.suppress(
    { rule: 'held-open', site: 'linden', owner: 'Tom', text: 'test', until: NOW + HOUR, from: NOW - HOUR },
    mara,
  );
  expect(groups()).toEqual([]);
  expect(hands.suppressions.kept(made.id)).toBe(2);
  await hands.end(made.id, 'over', mara);
  expect(groups()).toEqual([['a', 'b']]);
  expect(store.handling(id)?.state).toBe('acknowledged');
  await expect(hands.end(made.id, undefined, mara)).rejects.toThrow('over already');
});
