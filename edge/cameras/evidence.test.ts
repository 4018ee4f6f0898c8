import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import type { Detection } from '../../devices/model/detection.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { evidenceConfiguration } from './configuration.ts';
import { camerasThatSaw, Evidence, MAX_SETS_UNDER_WAY } from './evidence.ts';
import type { EvidenceStore } from './evidence-store.ts';
import { MAX_RECENT_BYTES, MAX_RECENT_PICTURES, RecentPictures } from './recent-pictures.ts';

const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'shop', name: 'Shop' }],
    zones: [
      { id: 'yard', site: 'shop', name: 'Yard' },
      { id: 'room', site: 'shop', name: 'Room' },
    ],
    assets: [
      { id: 'yard-camera', kind: 'camera', name: 'Yard', site: 'shop', zone: 'yard' },
      { id: 'room-camera', kind: 'camera', name: 'Room', site: 'shop', zone: 'room', guards: ['safe'] },
      { id: 'gate', kind: 'door', name: 'Gate', site: 'shop', zone: 'yard' },
      { id: 'safe', kind: 'cabinet', name: 'Safe', site: 'shop' },
      { id: 'till', kind: 'host', name: 'Till', site: 'shop' },
    ],
  }),
);

const detection = (id: string, assets: string[]): Detection => ({
  id,
  at: 0,
  rule: 'forced-open',
  severity: 'high',
  source: 'gateway-1',
  assets,
  identities: [],
  observables: {},
  summary: 'Forced.',
  facts: {},
  evidence: [],
  count: 1,
});

let stop = new AbortController();
beforeEach(() => {
  stop = new AbortController();
});
afterEach(() => stop.abort());

test('the cameras that may have seen it hang in the same zone, guard it, or are what it is about', () => {
  const saw = (...assets: string[]) => camerasThatSaw({ assets }, registry);
  expect(saw('gate')).toEqual(['yard-camera']);
  expect(saw('safe')).toEqual(['room-camera']);
  expect(saw('yard-camera', 'safe')).toEqual(['yard-camera', 'room-camera']);
  expect(saw('till')).toEqual([]);
  expect(saw('no-such-asset')).toEqual([]);
});

test('a storm of detections does not become a storm of pictures, and says so once', async () => {
  const added: string[] = [];
  const troubles: string[] = [];
  const store = {
    add: (about: { detection: string }) => {
      added.push(about.detection);
      return Promise.resolve(undefined);
    },
    prune: () => Promise.resolve(),
  } as unknown as EvidenceStore;
  const evidence = new Evidence({
    configuration: evidenceConfiguration.parse({ beforeMs: 0, afterMs: 0 }),
    store,
    clock: manualClock(0),
    registry,
    recent: () => [],
    onKept: () => {},
    onTrouble: (text) => troubles.push(text),
    signal: stop.signal,
  });
  for (let index = 0; index < MAX_SETS_UNDER_WAY + 10; index++)
    evidence.detected(detection(`d${index}`, ['gate']));
  evidence.detected(detection('d0', ['gate']));
  expect(added).toHaveLength(MAX_SETS_UNDER_WAY);
  expect(evidence.leftOut).toBe(10);
  expect(troubles).toHaveLength(1);
  // Once they are complete there is room again.
  await vi.waitFor(() => expect(added).toHaveLength(2 * MAX_SETS_UNDER_WAY));
  await vi.waitFor(() => {
    evidence.detected(detection('later', ['gate']));
    expect(added).toContain('later');
  });
});

test('pictures in memory have a bound in number and in size, and the newest stay', () => {
  const recent = new RecentPictures();
  for (let at = 0; at < 200; at++) recent.push({ takenAt: at, atMs: at, jpeg: new Uint8Array(10) });
  expect(recent.since(0)).toHaveLength(MAX_RECENT_PICTURES);
  expect(recent.newest?.takenAt).toBe(199);
  for (let at = 200; at < 210; at++)
    recent.push({ takenAt: at, atMs: at, jpeg: new Uint8Array(MAX_RECENT_BYTES / 4) });
  expect(recent.since(0).map(({ takenAt }) => takenAt)).toEqual([206, 207, 208, 209]);
});
