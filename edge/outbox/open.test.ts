import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../devices/model/clock.ts';
import { type Lane, MAX_RECORD_BYTES } from '../../devices/wire.ts';
import { type DurableOutbox, openOutbox } from './open.ts';
import { testKey, testObservation } from './testing.ts';

let directory: string;
let outbox: DurableOutbox;
const open = (signal?: AbortSignal) =>
  openOutbox(
    {
      directory,
      gateway: 'gw-1',
      signingKey: testKey,
      clock: systemClock,
      maxBytes: 8 * 1024 * 1024,
      segmentBytes: 1024 * 1024,
      onFatal: (error) => {
        throw error;
      },
    },
    signal,
  );
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outbox-open-'));
  outbox = await open();
});
afterEach(async () => {
  await outbox.close();
  await rm(directory, { recursive: true });
});
const stage = (lane: Lane, text = 'x') => outbox.stage(lane, 1, (id) => testObservation(id, 1, text));

it('names a record at once, and reads it back as it was staged', async () => {
  const staged: Lane[] = [];
  outbox.onStaged((lane) => staged.push(lane));
  const ids = [stage('bulk'), stage('alarm'), stage('bulk')];
  expect(ids).toEqual([1, 2, 3].map((sequence) => `gw-1/${outbox.epoch}/${sequence}`));
  await outbox.committed();
  expect(staged.sort()).toEqual(['alarm', 'bulk']);
  const records = await outbox.read('bulk', 0, { records: 10, bytes: 10_000 });
  expect(records.map(({ sequence, after }) => [sequence, after])).toEqual([
    [1, 0],
    [3, 1],
  ]);
  expect(JSON.parse(records[1]?.json ?? '')).toMatchObject({ body: { observation: { id: ids[2] } } });
  expect(outbox.progress('bulk')).toEqual({ lane: 'bulk', acknowledged: 0, waiting: 2 });
  await outbox.acknowledge('bulk', 1);
  expect(outbox.progress('bulk')).toEqual({ lane: 'bulk', acknowledged: 1, waiting: 1 });
});

it('keeps acknowledged records for the site itself, as long as it was told to', async () => {
  stage('bulk');
  stage('bulk');
  await outbox.committed();
  await outbox.acknowledge('bulk', 2);
  expect(await outbox.read('bulk', 0, { records: 10, bytes: 10_000 })).toHaveLength(2);
});

it('keeps the newest value of a key, and nothing of one that was forgotten', async () => {
  for (let count = 0; count < 100; count++) outbox.keep('rule/a', { count });
  outbox.keep('rule/b', 1);
  await outbox.committed();
  outbox.forget('rule/b');
  outbox.keep('other', true);
  await outbox.committed();
  expect([...outbox.kept('rule/')]).toEqual([['rule/a', { count: 99 }]]);
  await outbox.close();
  outbox = await open();
  expect([...outbox.kept('')]).toEqual([
    ['rule/a', { count: 99 }],
    ['other', true],
  ]);
});

it('refuses what is too large or has no JSON, and takes no number for it', async () => {
  expect(() => stage('bulk', 'x'.repeat(MAX_RECORD_BYTES))).toThrow('at most');
  expect(() =>
    outbox.stage('bulk', 1, () => {
      throw new Error('the body failed');
    }),
  ).toThrow('the body failed');
  expect(stage('bulk')).toBe(`gw-1/${outbox.epoch}/1`);
  expect(() => outbox.keep('nothing', undefined)).toThrow('no JSON');
  const large = 'x'.repeat(200_000);
  outbox.keep('a', large);
  expect(() => outbox.keep('b', large)).toThrow('state over 262144 bytes at "b"');
  outbox.forget('a');
  outbox.keep('b', large);
  await outbox.committed();
  expect([...outbox.kept('').keys()]).toEqual(['b']);
});

it('ends when its signal is aborted, with everything staged on disk', async () => {
  await outbox.close();
  const ending = new AbortController();
  outbox = await open(ending.signal);
  stage('alarm');
  ending.abort();
  await outbox.close();
  expect(() => stage('alarm')).toThrow('closed');
  outbox = await open();
  expect(outbox.progress('alarm').waiting).toBe(1);
});

it('says on each record which life wrote it, when on that life’s own clock, and knows the newest time after it', async () => {
  expect(outbox.newestAt).toBe(0);
  outbox.stage('bulk', 1_900_000_000_000, (id) => testObservation(id, 1, 'x'));
  outbox.stage('alarm', 1_800_000_000_000, (id) => testObservation(id, 1, 'x'));
  await outbox.committed();
  const told = async (lane: Lane) =>
    (await outbox.read(lane, 0, { records: 10, bytes: 10_000 })).map(({ json }) => JSON.parse(json));
  const first = { boot: outbox.boot, bootMs: expect.any(Number) };
  expect(await told('bulk')).toMatchObject([first]);
  expect(await told('alarm')).toMatchObject([first]);
  const { boot } = outbox;
  await outbox.close();
  outbox = await open();
  expect(outbox.newestAt).toBe(1_900_000_000_000);
  expect(outbox.boot).not.toBe(boot);
  expect(outbox.bootMs).toBeLessThan(10_000);
});
