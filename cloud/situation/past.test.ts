import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import type { Store } from '../store/store.ts';
import { fold, History, READ_PER_KIND } from './history.ts';
import { spansOf, wasOpen } from './incident-times.ts';
import { LinkHistory } from './link-history.ts';
import { linksDown } from './links-down.ts';
import { countsOf, Presence, zoneBehind } from './presence.ts';
import { isStale, pictureSettings, supervisionOf } from './settings.ts';
import { Situation, withoutPerson } from './situation.ts';

const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden' }],
    zones: [
      { id: 'shop', site: 'linden', name: 'Shop' },
      { id: 'store', site: 'linden', name: 'Store' },
      { id: 'yard', site: 'linden', name: 'Yard' },
    ],
    assets: [
      {
        id: 'store-door',
        kind: 'door',
        name: 'Store door',
        site: 'linden',
        zone: 'store',
        connects: ['shop', 'store'],
      },
      { id: 'reader-in', kind: 'reader', name: 'In', site: 'linden', zone: 'shop', hostedOn: 'store-door' },
      {
        id: 'reader-out',
        kind: 'reader',
        name: 'Out',
        site: 'linden',
        zone: 'store',
        guards: ['store-door'],
      },
      { id: 'gate', kind: 'reader', name: 'Gate', site: 'linden', zone: 'yard' },
      { id: 'fridge', kind: 'fridge', name: 'Fridge', site: 'linden', zone: 'store' },
    ],
    identities: [{ id: 'anna', name: 'Anna Weber', badges: ['04A1'] }],
  }),
);
const seen = (kind: Observation['kind'], observedAt: number, over: Partial<Observation> = {}): Observation =>
  observation.parse({
    id: `g/e/${observedAt}`,
    kind,
    site: 'linden',
    asset: 'reader-in',
    source: 's',
    observedAt,
    receivedAt: observedAt,
    clock: 'set',
    ...over,
  });
const badge = (at: number, asset: string, number = '04A1') =>
  seen('access.granted', at, { asset, subjects: { badge: number } });

describe('who is where', () => {
  test('is behind the door that the badge opened', () => {
    expect(zoneBehind('reader-in', registry)).toBe('store');
    expect(zoneBehind('reader-out', registry)).toBe('shop');
    expect(zoneBehind('gate', registry)).toBe('yard');
    expect(zoneBehind('nothing', registry)).toBeUndefined();
  });
  test('does not depend on the order in which badges are told', () => {
    const course = [
      badge(1, 'gate'),
      badge(2, 'reader-in'),
      badge(3, 'reader-out'),
      badge(2, 'gate', 'FFFF'),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(course, { minLength: 4 }), (order) => {
        const presence = new Presence(registry);
        for (const one of order) presence.apply(one);
        expect(countsOf(presence.at('linden', 10, 1_000))).toEqual([
          { zone: 'shop', count: 1 },
          { zone: 'yard', count: 1 },
        ]);
      }),
    );
  });
  test('ends some time after the last badge', () => {
    const presence = new Presence(registry);
    presence.apply(badge(1, 'gate'));
    expect(presence.at('linden', 1_001, 1_000)).toHaveLength(1);
    expect(presence.at('linden', 1_002, 1_000)).toEqual([]);
    expect(presence.bySite(1_002, 1_000).size).toBe(0);
  });
  test('is not told by the state of a reader', () => {
    const situation = new Situation();
    situation.apply(badge(1, 'gate'));
    expect(situation.factsOf('gate').map(withoutPerson)).toMatchObject([
      { property: 'badge', value: 'granted' },
    ]);
  });
});

describe('a picture of the past', () => {
  const begin = () => ({
    at: 0,
    situation: new Situation(),
    presence: new Presence(registry),
    arming: new Map(),
  });
  test('is the same in one step and in many', () => {
    const course = [
      seen('door.opened', 1, { asset: 'store-door' }),
      seen('alarm.armed', 2, { facts: { mode: 'night' } }),
      seen('temperature.measured', 3, { asset: 'fridge', value: 5 }),
      badge(4, 'reader-in'),
      seen('door.closed', 5, { asset: 'store-door' }),
      seen('alarm.disarmed', 6),
      seen('temperature.measured', 7, { asset: 'fridge', value: 9 }),
    ];
    const whole = begin();
    fold(whole, course, registry);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: course.length }), (cut) => {
        const first = begin();
        fold(first, course.slice(0, cut), registry);
        const then = {
          at: 0,
          situation: first.situation.copy(),
          presence: first.presence.copy(),
          arming: new Map(first.arming),
        };
        fold(then, course.slice(cut), registry);
        for (const id of ['store-door', 'fridge', 'reader-in'])
          expect(then.situation.factsOf(id)).toEqual(whole.situation.factsOf(id));
        expect(then.presence.at('linden', 10, 100)).toEqual(whole.presence.at('linden', 10, 100));
        expect(then.arming).toEqual(whole.arming);
        // What came later did not reach back.
        const before = begin();
        fold(before, course.slice(0, cut), registry);
        expect(first.situation.factsOf('fridge')).toEqual(before.situation.factsOf('fridge'));
      }),
    );
    expect(whole.arming.get('linden')).toBe('disarmed');
  });
  test('has the incidents that were unresolved then, opened again ones twice', () => {
    const spans = spansOf({ openedAt: 10, state: 'resolved' }, [
      { at: 12, action: 'acknowledged' },
      { at: 20, action: 'resolved' },
      { at: 30, action: 'reopened' },
      { at: 40, action: 'false-alarm' },
    ]);
    const one = { id: 'i', severity: 'high' as const, assets: [], openedAt: 10, spans };
    expect([5, 10, 19, 20, 30, 39, 40].map((at) => wasOpen(one, at))).toEqual([
      false,
      true,
      true,
      false,
      true,
      true,
      false,
    ]);
    expect(spansOf({ openedAt: 10, state: 'open' }, [])).toEqual([{ from: 10 }]);
    expect(spansOf({ openedAt: 10, state: 'resolved' }, [])).toEqual([{ from: 10, to: 10 }]);
  });
});

test('links of gateways are known as of a moment, and after a restart', async () => {
  const clock = manualClock(100);
  const kept = new Map<string, unknown>();
  const store = {
    documents: () => [...kept].map(([id, value]) => ({ kind: 'link-history', id, revision: 1, value })),
    putDocuments: async (writes: readonly { id: string; value: unknown }[]) => {
      for (const { id, value } of writes) kept.set(id, structuredClone(value));
    },
  };
  const troubles: string[] = [];
  const first = new LinkHistory({ store, clock }, (trouble) => troubles.push(trouble));
  first.changed('g', true);
  clock.advance(50);
  first.changed('g', false);
  clock.advance(50);
  first.changed('g', true);
  first.changed('g', true);
  await first.settled();
  expect([first.at('g', 99), first.at('g', 120), first.at('g', 160)]).toEqual([
    undefined,
    { connected: true, since: 100 },
    { connected: false, since: 150 },
  ]);
  clock.advance(100);
  const second = new LinkHistory({ store, clock }, (trouble) => troubles.push(trouble));
  expect(second.at('g', 250)).toEqual({ connected: true, since: 200 });
  expect(second.at('g', 300)).toEqual({ connected: false, since: 300 });
  kept.set('h', 'nonsense');
  new LinkHistory({ store, clock }, (trouble) => troubles.push(trouble));
  expect(troubles).toEqual([expect.stringContaining('h can')]);
});

test('what does not get through is told: gateway, camera, transmission, a backlog of alarms', () => {
  const states = (property: string, value: string) => [{ property, value, since: 5, seenAt: 6 }];
  const camera = { id: 'c', name: 'C', kind: 'camera' as const, states: states('picture', 'obscured') };
  const panel = {
    id: 'p',
    name: 'P',
    kind: 'alarm-panel' as const,
    states: states('transmission', 'failed'),
  };
  const fine = { id: 'd', name: 'D', kind: 'door' as const, states: states('contact', 'open') };
  expect(linksDown({ id: 'g', connected: false, lastSeenAt: 3 }, [camera, panel, fine])).toEqual([
    { kind: 'gateway', id: 'g', name: 'g', since: 3 },
    { kind: 'camera', id: 'c', name: 'C', since: 5 },
    { kind: 'uplink', id: 'p', name: 'P', since: 5 },
  ]);
  expect(linksDown({ id: 'g', connected: true, waiting: { alarm: 900, bulk: 0 } }, [])).toMatchObject([
    { kind: 'uplink' },
  ]);
});

test('a datum is stale after its own interval, and a house may set another', () => {
  const usual = supervisionOf(pictureSettings.parse({}));
  const hour = 3_600_000;
  expect(isStale({ property: 'temperature', seenAt: 0 }, usual, hour)).toBe(true);
  expect(isStale({ property: 'contact', seenAt: 0 }, usual, hour)).toBe(false);
  const strict = supervisionOf(pictureSettings.parse({ supervisionMs: { contact: 60_000 } }));
  expect(isStale({ property: 'contact', seenAt: 0 }, strict, hour)).toBe(true);
});

test('a quiet door of a site is known behind the flood of others', async () => {
  const clock = manualClock(10_000_000);
  const flood = Array.from({ length: READ_PER_KIND + 5 }, (_, index) =>
    seen('door.opened', 5_000 + index, { asset: 'gate' }),
  );
  const all = [seen('door.opened', 1_000, { asset: 'store-door' }), ...flood];
  const store = {
    observations: ({ kinds, asset, from = 0, to = 0, limit }: Parameters<Store['observations']>[0]) =>
      all
        .filter((one) => kinds?.includes(one.kind) !== false && (asset === undefined || one.asset === asset))
        .filter(({ observedAt }) => observedAt >= from && observedAt <= to)
        .reverse()
        .slice(0, limit),
    queue: { page: () => [] },
    activities: () => [],
  };
  const history = new History({ store, registry, clock, replayForMs: 9_999_999 });
  expect((await history.at(9_000)).situation.factsOf('store-door')).toEqual([]);
  const detail = await history.ofSite('linden', 9_000);
  expect(detail.situation.factsOf('store-door')).toMatchObject([
    { property: 'contact', value: 'open', since: 1_000 },
  ]);
  expect((await history.ofSite('linden', 900)).situation.factsOf('store-door')).toEqual([]);
});
