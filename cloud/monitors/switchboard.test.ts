import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { Detector } from '../detector.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { BEHIND_AT, QUIET_MS, Switchboard } from './switchboard.ts';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden' }],
    zones: [],
    assets: [{ id: 'server', kind: 'host', name: 'Server', site: 'linden' }],
  }),
);
const administrator = { name: 'ines', from: '::1' };

let folder: string;
let store: Store;
let life: AbortController;
let clock: ReturnType<typeof manualClock>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-switches-'));
  clock = manualClock(NOW);
  life = new AbortController();
  store = openSqliteStore({ file: join(folder, 'store.sqlite'), clock, sitesOf: () => ['linden'] });
});
afterEach(async () => {
  life.abort();
  await store.close();
  rmSync(folder, { recursive: true });
});

async function newLife(off: string[] = []) {
  const board = new Switchboard({ store, clock, off, policyKinds: () => [] });
  await board.open();
  const detector = new Detector({
    store,
    registry,
    clock,
    monitors: {},
    decided: {
      decisions: [],
      renamed: async () => false,
      keeps: (one) => board.keeps(one),
      forget: () => board.forget(),
    },
    off: board.kindsOff,
    onDetected: () => undefined,
    onFailed: () => undefined,
    signal: life.signal,
  });
  await detector.restore();
  return { board, detector };
}

const failures = (from: number, count = 12) =>
  Array.from({ length: count }, (_, index) =>
    observation.parse({
      id: `source/e/${from + index}`,
      kind: 'login.failed',
      site: 'linden',
      asset: 'server',
      source: 'sshd:server',
      observedAt: NOW + (from + index) * 1_000,
      receivedAt: NOW,
      clock: 'foreign',
      subjects: { account: 'root' },
      observables: { ip: '203.0.113.9' },
    }),
  );

test('a monitor that is off looks at nothing, also after a restart, and catches up once it is on', async () => {
  const first = await newLife();
  expect(await first.board.switch('behavioural', false, administrator, first.detector)).toBe(true);
  expect(await first.board.switch('behavioural', false, administrator, first.detector)).toBe(false);
  const seen = failures(1);
  await store.append(seen, []);
  await first.detector.take(seen, []);
  await first.detector.settled();
  const { board, detector } = await newLife();
  expect(board.isOn('behavioural')).toBe(false);
  expect([...store.detections({})]).toEqual([]);
  const off = board.states(detector).find(({ id }) => id === 'behavioural');
  expect(off).toMatchObject({ standing: 'off', by: 'ines', since: NOW, enabled: false });
  await board.switch('behavioural', true, administrator, detector);
  expect([...store.detections({})].map(({ rule }) => rule)).toContain('brute-force');
  expect(store.incidents({ offset: 0, limit: 9 }).length).toBeGreaterThan(0);
  const on = board.states(detector).find(({ id }) => id === 'behavioural');
  expect(on).toMatchObject({ standing: 'on', enabled: true, inputs: [{ name: 'sshd' }] });
  expect(on?.newest[0]?.incident).toMatch(/^incident-/);
  expect(store.audited({ offset: 0, limit: 9 }).map(({ action }) => action)).toEqual([
    'tool.switched-on',
    'tool.switched-off',
  ]);
});

test('the configuration says how it begins; what a person said goes before it', async () => {
  const first = await newLife(['communication', 'access']);
  expect(first.board.isOn('communication')).toBe(false);
  expect(first.board.kindsOff).toContain('communication');
  await first.board.switch('access', true, administrator, first.detector);
  const second = await newLife(['access']);
  expect([second.board.isOn('communication'), second.board.isOn('access')]).toEqual([true, true]);
});

test('silence, lateness and what is wrong are told', async () => {
  const { board, detector } = await newLife();
  const standing = (id: string, of: Parameters<Switchboard['states']>[0] = detector) =>
    board.states(of).find((one) => one.id === id);
  expect(standing('behavioural')).toMatchObject({ standing: 'no-data' });
  board.observed(failures(0, 1));
  expect(standing('behavioural')).toMatchObject({ standing: 'on', observations: 1, lastObservedAt: NOW });
  const counts = { ...detector.counts, waiting: BEHIND_AT };
  expect(standing('behavioural', { counts, problem: undefined })?.standing).toBe('behind');
  expect(standing('behavioural', { counts, problem: 'disk full' })).toMatchObject({
    standing: 'failing',
    reason: 'disk full',
  });
  clock.advance(QUIET_MS + 1);
  expect(standing('behavioural')).toMatchObject({ standing: 'no-data', since: NOW });
  await board.attach({ 'audit-trail': { isThere: false } });
  expect(standing('audit-trail')).toMatchObject({ standing: 'off', canSwitch: false });
  await expect(board.switch('audit-trail', false, administrator, detector)).rejects.toThrow(RangeError);
});
