import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { detection } from '../../devices/model/detection.ts';
import { incident } from '../../devices/model/incident.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { picture, recordBody } from '../../devices/wire.ts';
import { auditSettings, Trail } from '../audit/trail.ts';
import { TestLane, testObservation } from '../ingest/testing.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { AcceptedRecord, Store } from '../store/store.ts';
import { bundleOf } from './bundle.ts';
import { readTar, tarOf } from './tar.ts';
import { verifyBundle } from './verify-bundle.ts';

const state = mkdtempSync(join(tmpdir(), 'gatehouse-bundle-'));
const clock = manualClock(1_800_000_000_000);
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden Pharmacy', timeZone: 'UTC' }],
    zones: [],
    assets: [
      { id: 'door', kind: 'door', name: 'Back door', site: 'linden' },
      { id: 'camera', kind: 'camera', name: 'Camera', site: 'linden' },
    ],
    identities: [],
  }),
);
let store: Store;
let trail: Trail;
let bundle: Uint8Array;

beforeAll(async () => {
  store = openSqliteStore({ file: join(state, 'store.sqlite'), clock, sitesOf: () => ['linden'] });
  trail = await Trail.open({
    store,
    clock,
    settings: auditSettings.parse({ origin: 'test.example/audit' }),
    state,
    resolve: (path) => path,
    configuration: [],
    onProblem: () => undefined,
  });
  const lane = new TestLane('bulk');
  const accepted = Array.from({ length: 12 }, (): AcceptedRecord => {
    const { sequence, chain, line } = lane.record(testObservation);
    const json = Buffer.from(line).toString().slice(65).trimEnd();
    const body = recordBody.parse(JSON.parse(json).body);
    const { gateway, epoch, lane: of } = lane;
    return { gateway, epoch, lane: of, sequence, receivedAt: 1, body, json, chain };
  });
  await store.commit(accepted.slice(0, 4));
  await trail.drain();
  await store.commit(accepted.slice(4, 9));
  await trail.drain();
  await store.commit(accepted.slice(9));
  await trail.drain();
  const seen = [accepted[5], accepted[6], accepted[10]].flatMap((one) =>
    one?.body.type === 'observation' ? [one.body.observation] : [],
  );
  const own = { ...(seen[0] ?? (undefined as never)), id: 'log/e/1', observedAt: 7 };
  await store.append(
    [own],
    [
      detection.parse({
        id: 'd-1',
        at: 5,
        rule: 'forced-open',
        severity: 'high',
        source: 'gw-1',
        assets: ['door'],
        identities: [],
        observables: {},
        summary: 'The door was forced',
        evidence: [...seen.map(({ id }) => id), 'log/e/1'],
      }),
    ],
  );
  await store.putIncidents(
    [
      incident.parse({
        id: 'i-1',
        title: 'Break-in',
        first: 5,
        last: 5,
        severity: 'high',
        priority: 3,
        detections: ['d-1'],
        assets: ['door'],
        identities: [],
        links: [],
      }),
    ],
    [],
  );
  const shot = picture.parse({
    id: 'p-1',
    site: 'linden',
    asset: 'camera',
    takenAt: 6,
    mediaType: 'image/jpeg',
    base64: Buffer.from('not really a picture').toString('base64'),
  });
  const pictured = lane.record(() => ({ type: 'picture', picture: shot }));
  const json = Buffer.from(pictured.line).toString().slice(65).trimEnd();
  await store.commit([
    {
      gateway: lane.gateway,
      epoch: lane.epoch,
      lane: lane.lane,
      sequence: pictured.sequence,
      receivedAt: 6,
      body: recordBody.parse(JSON.parse(json).body),
      json,
      chain: pictured.chain,
    },
  ]);
  await store.act({ incident: 'i-1', at: 9, by: 'mia', action: 'noted', text: 'Umlaut ä' });
  await trail.drain();
  const { log, signer } = trail;
  bundle = await bundleOf('i-1', { store, registry, log, signer, exportedAt: clock.now() });
});
afterAll(async () => {
  await store.close();
  rmSync(state, { recursive: true });
});

/** The bundle with one bit flipped. */
const flipped = (at: number, bit: number): Uint8Array => {
  const copy = Uint8Array.from(bundle);
  copy[at] = (copy[at] ?? 0) ^ (1 << bit);
  return copy;
};
/** Where a file's bytes begin in the archive. */
function startOf(name: string): number {
  let at = 0;
  for (const file of readTar(bundle)) {
    if (file.name === name) return at + 512;
    at += 512 + file.bytes.length + (-file.bytes.length & 511);
  }
  throw new Error(`there is no ${name}`);
}

test('a bundle is verified with nothing but itself; runs of chains reach the trail', async () => {
  const verdict = await verifyBundle(bundle, { key: trail.signer });
  expect(verdict).toMatchObject({
    state: 'verified',
    incidents: 1,
    records: 4,
    origin: 'test.example/audit',
  });
  expect(verdict.first).toBeUndefined();
  // The cloud's own observation has no chain.
  expect(verdict.remarks.join()).toMatch(/1 records are covered by the signature/);
  expect(readTar(bundle).map(({ name }) => name)).toContain('pictures/001.jpg');
});

test('one flipped bit anywhere is found, in every file of it', async () => {
  for (const { name, bytes } of readTar(bundle)) {
    const verdict = await verifyBundle(flipped(startOf(name) + Math.floor(bytes.length / 2), 2), {
      key: trail.signer,
    }).catch(() => undefined);
    expect(verdict?.state ?? 'malicious', name).toBe('malicious');
  }
  await fc.assert(
    fc.asyncProperty(fc.nat(bundle.length - 1), fc.nat(7), async (at, bit) => {
      const verdict = await verifyBundle(flipped(at, bit), { key: trail.signer }).catch(() => undefined);
      expect(verdict?.state ?? 'malicious').toBe('malicious');
    }),
    { numRuns: 150 },
  );
});

test('the first altered record is named', async () => {
  const start = startOf('records.ndjson');
  const text = Buffer.from(bundle.subarray(start)).toString('latin1');
  const within = text.indexOf('back-door') > 0 ? text.indexOf('back-door') : text.indexOf('observedAt');
  const verdict = await verifyBundle(flipped(start + within, 0), { key: trail.signer });
  expect(verdict.state).toBe('malicious');
  expect(verdict.first?.message).toMatch(/^records\.ndjson: record \S+\/\S+\/\d+ was altered$/);
  const picture = await verifyBundle(flipped(startOf('pictures/001.jpg'), 0), { key: trail.signer });
  expect(picture.first?.message).toBe('pictures/001.jpg was altered');
});

test('who writes a new manifest over what was altered has not the key', async () => {
  const files = readTar(bundle).map(({ name, bytes }) => ({
    name,
    bytes:
      name === 'incident.json'
        ? Buffer.from(Buffer.from(bytes).toString().replace('Break-in', 'Nothing!'))
        : bytes,
  }));
  const forged = tarOf(files, clock.now());
  expect((await verifyBundle(forged, { key: trail.signer })).state).toBe('malicious');
});

test('an archive is read back as it was written', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{1,20}$/), fc.uint8Array({ maxLength: 1_500 })), {
        selector: ([name]) => name,
        maxLength: 6,
      }),
      (files) => {
        const written = files.map(([name, bytes]) => ({ name, bytes }));
        const read = readTar(tarOf(written, 1_800_000_000_000));
        expect(read.map(({ name, bytes }) => [name, [...bytes]])).toEqual(
          files.map(([name, bytes]) => [name, [...bytes]]),
        );
      },
    ),
  );
});
