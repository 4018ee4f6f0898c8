import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { detection } from '../../devices/model/detection.ts';
import { incident } from '../../devices/model/incident.ts';
import { recordBody } from '../../devices/wire.ts';
import { TestLane, testObservation } from '../ingest/testing.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { AcceptedRecord, Store } from '../store/store.ts';
import { exportLines } from './export.ts';
import { leafHash } from './merkle.ts';
import { checkpointText, noteSigner } from './note.ts';
import { auditSettings, Trail } from './trail.ts';
import type { Verdict } from './verdict.ts';
import { verifyExport } from './verify.ts';
import { verifyFolder } from './verify-folder.ts';

const state = mkdtempSync(join(tmpdir(), 'gatehouse-verify-'));
const clock = manualClock(1_800_000_000_000);
let store: Store;
let trail: Trail;
/** A checkpoint on the way. */
let kept = '';
let whole: string[] = [];

const exported = async (wishes: Parameters<typeof exportLines>[1] = {}) => {
  const lines: string[] = [];
  const parts = { log: trail.log, signer: trail.signer, store, exportedAt: clock.now() };
  for await (const line of exportLines(parts, wishes)) lines.push(line.slice(0, -1));
  return lines;
};

const judged = (id: string) =>
  detection.parse({
    id,
    at: 5,
    rule: 'forced-open',
    severity: 'high',
    source: 'gw-1',
    assets: ['door'],
    identities: [],
    observables: {},
    summary: `The door was forced (${id})`,
  });
const found = (id: string) =>
  incident.parse({
    id,
    title: `Incident ${id}`,
    first: 1,
    last: 2,
    severity: 'high',
    priority: 3,
    detections: [`${id}-d`],
    assets: ['door'],
    identities: [],
    links: [],
  });

beforeAll(async () => {
  store = openSqliteStore({ file: join(state, 'store.sqlite'), clock, sitesOf: () => [] });
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
  const accepted = Array.from({ length: 6 }, (): AcceptedRecord => {
    const { sequence, chain, line } = lane.record(testObservation);
    const json = Buffer.from(line).toString().slice(65).trimEnd();
    const body = recordBody.parse(JSON.parse(json).body);
    const { gateway, epoch, lane: of } = lane;
    return { gateway, epoch, lane: of, sequence, receivedAt: 1, body, json, chain };
  });
  await store.commit(accepted.slice(0, 3));
  await trail.drain();
  await store.commit(accepted.slice(3));
  await store.append([], [judged('i-1-d'), judged('i-2-d')]);
  await store.putIncidents([found('i-1'), found('i-2')], []);
  for (let at = 0; at < 12; at++)
    await store.audit({
      at,
      by: 'mia',
      from: '192.0.2.1',
      action: 'noted',
      about: at % 2 === 0 ? 'i-1' : 'i-2',
    });
  await trail.drain();
  kept = trail.log.note;
  await store.act({ incident: 'i-1', at: 9, by: 'mia', action: 'noted', text: 'Umlaut ä and line\u2028end' });
  await trail.drain();
  whole = await exported({ records: true });
});
afterAll(async () => {
  await store.close();
  rmSync(state, { recursive: true });
});

const first = (verdict: Verdict) => [verdict.state, verdict.first?.what, verdict.first?.entry];
/** Lines of entries begin behind the header. */
const lineOf = (entry: number) => entry + 1;

test('an export is verified with nothing but itself, records and incidents with it', async () => {
  expect(await verifyExport(whole, { key: trail.signer, checkpoint: kept })).toEqual({
    state: 'verified',
    origin: 'test.example/audit',
    key: trail.signer.id,
    size: 18,
    entries: 18,
    incidents: 2,
    records: 6,
    remarks: [],
  });
});

test('any byte that is changed is noticed, and a changed entry is named', async () => {
  const text = `${whole.join('\n')}\n`;
  const entries = Buffer.byteLength(`${whole[0]}\n`);
  const entriesEnd = Buffer.byteLength(`${whole.slice(0, 19).join('\n')}\n`);
  const bytes = Buffer.from(text);
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: bytes.length - 2 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        const line = bytes.subarray(0, at).filter((byte) => byte === 10).length;
        const verdict = await verifyExport(changed.toString('utf8').replace(/\n$/, '').split('\n')).catch(
          (error: Error) => error,
        );
        // A header that can't be read is no export at all, and says so.
        if (verdict instanceof Error) {
          expect(line).toBe(0);
          return;
        }
        expect(verdict.state).toBe('malicious');
        if (at >= entries && at < entriesEnd && bytes[at] !== 10 && changed[at] !== 10)
          expect(verdict.first?.entry).toBe(line - 1);
      },
    ),
    { numRuns: 200 },
  );
});

test('an entry that was altered, taken away, put in or moved is named', async () => {
  const altered = [...whole];
  altered[lineOf(7)] = altered[lineOf(7)]?.replace('mia', 'eve') ?? '';
  expect(first(await verifyExport(altered))).toEqual(['malicious', 'altered', 7]);
  const missing = whole.toSpliced(lineOf(9), 1);
  expect(first(await verifyExport(missing))).toEqual(['malicious', 'missing', 9]);
  const inserted = whole.toSpliced(lineOf(4), 0, whole[lineOf(4)]?.replace('mia', 'eve') ?? '');
  expect(first(await verifyExport(inserted))).toEqual(['malicious', 'inserted', 4]);
  const moved = whole.toSpliced(lineOf(5), 1).toSpliced(lineOf(10), 0, whole[lineOf(5)] ?? '');
  expect(first(await verifyExport(moved))).toEqual(['malicious', 'reordered', 5]);
  const cut = whole.slice(0, lineOf(11));
  expect(first(await verifyExport(cut))).toEqual(['malicious', 'missing', 11]);
  expect((await verifyExport(whole.slice(0, -1))).first?.message).toContain('there is no seal');
});

test('an entry altered together with its hash is found between two checkpoints', async () => {
  const forged = [...whole];
  const line = JSON.parse(forged[lineOf(7)] ?? '');
  line.entry = line.entry.replace('mia', 'eve');
  line.leaf = Buffer.from(leafHash(Buffer.from(line.entry))).toString('base64');
  forged[lineOf(7)] = JSON.stringify(line);
  const { first: named } = await verifyExport(forged);
  expect(named?.message).toBe('an entry from 0 to 17 was altered, and the hash beside it');
  // Whoever has the key can write another log; a checkpoint that was kept gives that away.
  const thief = noteSigner('test.example/audit', join(state, 'audit-key.pem'));
  const rewritten = thief.sign(checkpointText({ origin: thief.name, size: 17, root: new Uint8Array(32) }));
  expect(first(await verifyExport(whole, { checkpoint: rewritten }))).toEqual([
    'malicious',
    'forked',
    undefined,
  ]);
  const header = JSON.parse(whole[0] ?? '');
  const other = noteSigner('test.example/audit', join(state, 'other-key.pem'));
  expect((await verifyExport(whole, { key: other })).first?.message).toContain('not the one that you gave');
  expect(header.key).toBe(trail.signer.text);
});

test('incidents and records of gateways are checked by what the trail says of them', async () => {
  const of = (text: string) => whole.findIndex((line) => line.includes(text));
  const change = (at: number, from: string, to: string) =>
    whole.with(at, (whole[at] ?? '').replace(from, to));
  const message = async (lines: string[]) => (await verifyExport(lines)).first?.message;
  expect(await message(change(of('"title":"Incident i-2","first"'), 'Incident i-2', 'Incident i-3'))).toMatch(
    /incident i-2 was altered: entry \d+ has another hash/,
  );
  expect(await message(change(of('forced (i-1-d)'), 'was forced', 'was closed'))).toContain(
    'a detection of incident i-1 was altered',
  );
  const record = of('{"record":{"sequence":4');
  expect(await message(change(record, '4.2', '5.2'))).toBe(
    'record gw-1/epoch0001/bulk/4 was altered: it does not follow from the one before',
  );
  expect(await message(whole.toSpliced(record, 1))).toBe(
    'record gw-1/epoch0001/bulk/4 is missing, behind 3, and nothing in the trail says why',
  );
  expect(await message(whole.toSpliced(record, 3))).toContain(
    'records of gw-1/epoch0001/bulk behind 3 are missing',
  );
  expect(await message(whole.toSpliced(of('{"incident":{"id":"i-1"'), 1))).toContain('content is missing');
});

test('a part proves each of its entries; older and newer copies are told apart', async () => {
  const part = await exported({ incident: 'i-1', since: 16 });
  const verdict = await verifyExport(part, { key: trail.signer });
  expect(verdict).toMatchObject({ state: 'verified', entries: 8, size: 18, incidents: 1 });
  const altered = part.with(3, (part[3] ?? '').replace('mia', 'eve'));
  expect(await verifyExport(altered)).toMatchObject({ state: 'malicious', first: { what: 'altered' } });
  expect(await verifyExport(part, { checkpoint: kept })).toMatchObject({ state: 'verified' });
  const before = whole;
  await store.putIncidents([{ ...found('i-1'), title: 'Newer' }], []);
  expect(await verifyExport(await exported())).toMatchObject({ state: 'synchronising' });
  await trail.drain();
  expect(await verifyExport(await exported())).toMatchObject({ state: 'verified' });
  expect(await verifyExport(before, { checkpoint: trail.log.note })).toMatchObject({ state: 'outdated' });
});

test('what is written down while an export is made does not look like a forgery', async () => {
  const lines: string[] = [];
  const parts = { log: trail.log, signer: trail.signer, store, exportedAt: clock.now() };
  for await (const line of exportLines(parts, {})) {
    lines.push(line.slice(0, -1));
    if (lines.length !== 3) continue;
    await store.putIncidents([{ ...found('i-1'), title: 'Newest' }], [{ id: 'i-2', into: 'i-1' }]);
    await trail.drain();
  }
  const { first: wrong, state: now } = await verifyExport(lines);
  expect([wrong, now]).toEqual([undefined, 'synchronising']);
  // Afterwards one has gone into the other, and that is no forgery either.
  expect(await verifyExport(await exported())).toMatchObject({ state: 'verified', incidents: 1 });
});

test('a copy of the log itself is checked tile by tile', async () => {
  const log = join(state, 'audit');
  const wishes = { checkpoint: kept };
  expect(await verifyFolder(log, wishes)).toMatchObject({ state: 'verified', size: 21 });
  const bundle = join(log, 'tile', 'entries', '000.p', '21');
  const bytes = readFileSync(bundle);
  writeFileSync(bundle, Buffer.from(bytes.toString('latin1').replace('192.0.2.1', '192.0.2.9'), 'latin1'));
  expect(await verifyFolder(log)).toMatchObject({ state: 'malicious', first: { what: 'altered' } });
  writeFileSync(bundle, bytes);
  const tile = join(log, 'tile', '0', '000.p', '21');
  const hashes = readFileSync(tile);
  hashes[32 * 6] = (hashes[32 * 6] ?? 0) ^ 1;
  writeFileSync(tile, hashes);
  expect(await verifyFolder(log)).toMatchObject({ state: 'malicious', first: { entry: 6 } });
});
