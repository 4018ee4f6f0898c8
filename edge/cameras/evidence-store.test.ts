import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { EvidenceStore, setId } from './evidence-store.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'evidence-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const clock = () => manualClock(1_000_000);
const troubles: string[] = [];
const storeWith = (own = clock(), maxBytes = 10_000) =>
  new EvidenceStore({
    directory,
    keepMs: 60_000,
    maxBytes,
    clock: own,
    onTrouble: (text) => troubles.push(text),
  });
const about = (detection: string, at = 1_000_000) => ({
  detection,
  rule: 'forced-open',
  severity: 'high' as const,
  summary: 'The back door was forced.',
  at,
  camera: 'yard-camera',
});
const picture = (takenAt: number, bytes = 100) => ({
  takenAt,
  jpeg: new Uint8Array(bytes).fill(takenAt % 251),
});

test('pictures before and after a detection are one set, also after a restart', async () => {
  const store = storeWith();
  await store.add(about('d1'), [picture(1), picture(2)]);
  await store.add(about('d1'), [picture(3)]);
  const again = storeWith();
  const [set] = again.list({ detection: 'd1' }, 10);
  expect(set?.pictures.map(({ takenAt }) => takenAt)).toEqual([1, 2, 3]);
  expect(again.bytes).toBe(300);
  expect(await again.read(set?.id ?? '', '002.jpg')).toEqual(Buffer.from(picture(3).jpeg));
});

test('it lists the newest first, by detection and by camera', async () => {
  const store = storeWith();
  await store.add(about('d1', 1_000_001), [picture(1)]);
  await store.add(about('d2', 1_000_002), [picture(2)]);
  expect(store.list({}, 10).map(({ detection }) => detection)).toEqual(['d2', 'd1']);
  expect(store.list({}, 1)).toHaveLength(1);
  expect(store.list({ camera: 'other' }, 10)).toEqual([]);
});

test('what is older than its time is removed from the disk', async () => {
  const own = clock();
  const store = storeWith(own);
  await store.add(about('d1'), [picture(1)]);
  own.advance(60_001);
  await store.prune();
  expect(store.size).toBe(0);
  expect(readdirSync(directory)).toEqual([]);
});

test('beyond its size the oldest goes', async () => {
  const store = storeWith(clock(), 250);
  for (const number of [1, 2, 3]) await store.add(about(`d${number}`, 1_000_000 + number), [picture(number)]);
  expect(store.list({}, 10).map(({ detection }) => detection)).toEqual(['d3', 'd2']);
  expect(readdirSync(directory)).toHaveLength(2);
});

test('a picture that was exchanged on the disk is not shown as what was kept', async () => {
  const store = storeWith();
  await store.add(about('d1'), [picture(1)]);
  const id = setId('d1', 'yard-camera');
  writeFileSync(join(directory, id, '000.jpg'), 'another one');
  troubles.length = 0;
  expect(await store.read(id, '000.jpg')).toBeUndefined();
  expect(troubles).toEqual([`evidence ${id}/000.jpg is not what was kept`]);
});

test('nothing but what was kept can be read', async () => {
  const store = storeWith();
  await store.add(about('d1'), [picture(1)]);
  for (const file of ['set.json', '../x', '001.jpg'])
    expect(await store.read(setId('d1', 'yard-camera'), file)).toBeUndefined();
  expect(await store.read('../..', '000.jpg')).toBeUndefined();
});

test('a folder that a crash left half written is removed at the start', () => {
  mkdirSync(join(directory, setId('d9', 'yard-camera')));
  expect(storeWith().size).toBe(0);
  expect(readdirSync(directory)).toEqual([]);
});
