import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { type Detection, detection } from '../../devices/model/detection.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { Detector } from '../detector.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { readSnapshot } from './snapshot-file.ts';

const HOUR = 3_600_000;
const NOW = Date.parse('2026-11-23T08:00:00Z');
const hosts = Array.from({ length: 12 }, (_, index) => `host-${index}`);
const document = registryDocument.parse({
  sites: [{ id: 'linden', name: 'Linden' }],
  assets: hosts.map((id) => ({ id, kind: 'host', name: id, site: 'linden' })),
});

/** The same numbers in every run of a seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Batch {
  readonly observations: Observation[];
  readonly detections: Detection[];
  /** Taken back by whoever found it, as the clock's correction of a gateway may move one. */
  readonly moved: Detection[];
}

/** Failed log-ins that monitors make findings of, late ones among them, and what gateways found. */
function batchesOf(seed: number, count: number): Batch[] {
  const random = randomFrom(seed);
  let number = 0;
  const known: Detection[] = [];
  return Array.from({ length: count }, () => {
    const detections = Array.from({ length: 1 + random(4) }, () =>
      detection.parse({
        id: `d${number++}`,
        at: NOW - random(150) * HOUR - random(HOUR),
        rule: ['malware-found', 'web-scan', 'data-exfiltration'][random(3)],
        severity: ['low', 'medium', 'high'][random(3)],
        source: 'gw',
        assets: [hosts[random(hosts.length)]],
        identities: [],
        observables: random(2) === 0 ? { ip: `203.0.113.${random(6)}` } : {},
        summary: 'found',
      }),
    );
    const ip = `203.0.113.${random(6)}`;
    const from = NOW - random(20) * HOUR;
    const observations = Array.from({ length: random(3) * 8 }, (_, index) =>
      observation.parse({
        id: `source/${number++}`,
        kind: 'login.failed',
        site: 'linden',
        asset: hosts[random(3)],
        source: 'sshd',
        observedAt: from + index * 1_000,
        receivedAt: NOW,
        clock: 'foreign',
        subjects: { account: 'root' },
        observables: { ip },
      }),
    );
    const one = known[random(known.length + 4)];
    const moved = one === undefined ? [] : [{ ...one, at: one.at - HOUR, severity: 'high' as const }];
    known.push(...detections);
    return { observations, detections, moved };
  });
}

const clock = manualClock(NOW);
let folder: string;
let opened = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-restart-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface House {
  readonly store: Store;
  readonly said: string[];
  readonly file: string;
  /** Ends what was there without a word, and begins anew with what is on disk. */
  begin(over?: typeof document): Promise<Detector>;
  kill(): void;
}

function open(): House {
  const path = join(folder, String(opened++));
  const store = openSqliteStore({ file: `${path}.sqlite`, clock, sitesOf: () => ['linden'] });
  const said: string[] = [];
  let life = { isDead: false, ended: new AbortController() };
  const kill = () => {
    life.isDead = true;
    life.ended.abort();
  };
  return {
    store,
    said,
    file: `${path}.snapshot`,
    kill,
    begin: async (over = document) => {
      kill();
      const mine = { isDead: false, ended: new AbortController() };
      life = mine;
      // Nothing reaches the disk any more from the moment of a kill on.
      const unlessDead =
        <Asked extends unknown[], Value>(write: (...asked: Asked) => Promise<Value>) =>
        (...asked: Asked): Promise<Value> =>
          mine.isDead ? new Promise(() => {}) : write(...asked);
      const detector = new Detector({
        store: {
          ...store,
          append: unlessDead(store.append),
          withdraw: unlessDead(store.withdraw),
          putIncidents: unlessDead(store.putIncidents),
        },
        registry: registryOf(over),
        clock,
        monitors: {},
        snapshot: { file: `${path}.snapshot`, documents: () => [over], say: (message) => said.push(message) },
        onDetected: () => {},
        onFailed: (error) => said.push(`failed: ${error.message}`),
        signal: mine.ended.signal,
      });
      await detector.restore();
      return detector;
    },
  };
}

/** Every incident and every detection as text, by id. */
const all = (store: Store): Record<string, string> =>
  Object.fromEntries(
    [
      ...store.incidents({ offset: 0, limit: 10_000 }).map(({ incident }) => incident),
      ...store.detections({}),
    ].map((one) => [one.id, JSON.stringify(one)]),
  );

async function give({ store }: House, detector: Detector, batch: Batch): Promise<Promise<void>> {
  await store.append(batch.observations, [...batch.detections, ...batch.moved]);
  return detector.take(batch.observations, [...batch.detections, ...batch.moved]);
}

describe('a cloud that goes on from a snapshot', () => {
  test('holds what one without any restart holds, byte for byte, wherever it was cut', async () => {
    for (const seed of [1, 2]) {
      const batches = batchesOf(seed, 30);
      const random = randomFrom(seed * 77);
      const whole = open();
      const steady = await whole.begin();
      const broken = open();
      let detector = await broken.begin();
      for (const batch of batches) {
        await give(whole, steady, batch);
        await give(broken, detector, batch);
        const chance = random(8);
        // With some of it judged and not told, told and not stored, or stored and not judged.
        if (chance < 2) await detector.settled();
        if (chance === 3) await detector.writeSnapshot();
        if (chance === 4) detector = await broken.begin();
      }
      await steady.settled();
      await detector.settled();
      expect(all(broken.store)).toEqual(all(whole.store));
      await detector.end();
      detector = await broken.begin();
      await detector.settled();
      expect(all(broken.store)).toEqual(all(whole.store));
      expect(broken.said.filter((line) => !line.endsWith('there is none yet'))).toEqual([]);
      for (const { kill, store } of [whole, broken]) {
        kill();
        await store.close();
      }
    }
  });

  test('judges everything anew where the snapshot is torn or of another registry, and says so', async () => {
    const house = open();
    let detector = await house.begin();
    for (const batch of batchesOf(9, 10)) await give(house, detector, batch);
    await detector.end();
    const before = all(house.store);
    const whole = readFileSync(house.file);
    expect(house.said.splice(0)).toEqual([expect.stringMatching(/there is none yet$/)]);
    writeFileSync(house.file, whole.subarray(0, whole.length >> 1));
    detector = await house.begin();
    expect(house.said.splice(0)).toEqual([expect.stringMatching(/torn/)]);
    expect(all(house.store)).toEqual(before);
    writeFileSync(house.file, whole);
    appendFileSync(`${house.file}.new`, 'half of the next one');
    await house.begin();
    expect(house.said).toEqual([]);
    expect(all(house.store)).toEqual(before);
    await house.begin({ ...document, sites: document.sites.map((site) => ({ ...site, name: 'Lime' })) });
    expect(house.said).toEqual([expect.stringMatching(/registry/)]);
    expect(Object.keys(all(house.store))).toEqual(Object.keys(before));
    const titles = house.store.incidents({ offset: 0, limit: 1_000 }).map(({ incident }) => incident.title);
    expect(titles.filter((title) => title.endsWith('Lime')).length).toBeGreaterThan(0);
    expect(titles.filter((title) => title.endsWith('Linden'))).toEqual([]);
    house.kill();
    await house.store.close();
  });

  test('drops what was taken back after the snapshot, and what had been told of it', async () => {
    const house = open();
    let detector = await house.begin();
    const [one, other] = batchesOf(4, 2).map(({ detections: [first] }) => first);
    if (one === undefined || other === undefined) throw new Error('two were made');
    const apart = { ...other, at: one.at - 40 * HOUR };
    await give(house, detector, { observations: [], detections: [one], moved: [] });
    await detector.end();
    await give(house, detector, { observations: [], detections: [apart], moved: [] });
    await detector.settled();
    expect(house.store.counts().incident).toBe(2);
    await house.store.withdraw([one.id, apart.id]);
    detector = await house.begin();
    await detector.settled();
    expect(house.said.slice(1)).toEqual([]);
    expect(house.store.counts().incident).toBe(0);
    house.kill();
    await house.store.close();
  });

  test('judged anew by another registry while it runs, is what a start with that registry makes of it', async () => {
    const other = {
      ...document,
      assets: document.assets.map((one) => ({ ...one, public: one.id === 'host-1' })),
    };
    const house = open();
    const detector = await house.begin();
    const batches = batchesOf(6, 30);
    for (const batch of batches.slice(0, 25)) await give(house, detector, batch);
    const judging = detector.turn((table) => table.judgeAnew(registryOf(other), () => {}));
    for (const batch of batches.slice(25)) await give(house, detector, batch);
    await judging;
    await detector.settled();
    const running = all(house.store);
    const started = open();
    for (const { observations, detections, moved } of batches)
      await started.store.append(observations, [...detections, ...moved]);
    const fresh = await started.begin(other);
    await fresh.settled();
    expect(running).toEqual(all(started.store));
    for (const { kill, store } of [house, started]) {
      kill();
      await store.close();
    }
  });

  test('finds the last whole one where it was killed while it wrote the next', async () => {
    const file = join(folder, 'killed.snapshot');
    const modules = new URL('./snapshot-file.ts', import.meta.url).href;
    const script = `
      const { putSnapshot, written } = await import(${JSON.stringify(modules)});
      const ids = Array.from({ length: 20000 }, (_, index) => 'detection-' + index);
      for (let position = 1; ; position++) {
        await putSnapshot(${JSON.stringify(file)}, await written({ basis: 'a', position }, Array.from({ length: 20 }, () => ({ part: 'waiting', ids }))));
        if (position < 4) process.stdout.write('.');
      }`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    // Somewhere in the middle of one of those that follow.
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await once(child, 'close');
    const read = await readSnapshot(file, 'a');
    if ('reason' in read) throw new Error(read.reason);
    let parts = 0;
    for await (const part of read.parts()) if (part.part === 'waiting') parts += part.ids.length;
    expect(parts).toBe(400_000);
  });
});
