import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { incident } from '../../devices/model/incident.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { type Entry, readEntry } from './entry.ts';
import { auditSettings, Trail } from './trail.ts';
import { verifyFolder } from './verify-folder.ts';

let state: string;
let store: Store;
const clock = manualClock(1_800_000_000_000);
const openStore = () =>
  openSqliteStore({ file: join(state, 'store.sqlite'), clock, sitesOf: () => ['linden'] });
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'gatehouse-trail-'));
  store = openStore();
});
afterEach(async () => {
  await store.close();
  rmSync(state, { recursive: true });
});

const openTrail = (
  of: Store = store,
  settings: object = {},
  configuration: { name: string; file: string }[] = [],
) =>
  Trail.open({
    store: of,
    clock,
    settings: auditSettings.parse({ origin: 'test.example/audit', ...settings }),
    state,
    resolve: (path) => path,
    configuration,
    onProblem: () => undefined,
  });

async function entriesOf(trail: Trail): Promise<Entry[]> {
  const found: Entry[] = [];
  for await (const bytes of trail.log.entries()) {
    const read = readEntry(bytes);
    if (typeof read === 'string') throw new Error(read);
    found.push(read);
  }
  return found;
}

const note = (at: number) =>
  store.audit({ at, by: 'mia', from: '192.0.2.1', action: 'noted', about: `${at}` });
const anIncident = (id: string, title: string) =>
  incident.parse({
    id,
    title,
    first: 1,
    last: 2,
    severity: 'high',
    priority: 3,
    detections: [],
    assets: [],
    identities: [],
    links: [],
  });

test('what changed is written down once, in order, whatever it was', async () => {
  const trail = await openTrail();
  await store.putAccount({ name: 'mia', passwordHash: 'secret-hash', role: 'operator' });
  await store.putIncidents([anIncident('i-1', 'Door forced')], []);
  await trail.drain();
  await store.putIncidents(
    [anIncident('i-1', 'Door forced, fridge open'), anIncident('i-2', 'Guessing')],
    [],
  );
  await store.act({ incident: 'i-1', at: 5, by: 'mia', action: 'noted', text: 'Called' });
  store.quarantine({ at: 6, wall: 'ingest', peer: 'gw', reason: 'malformed', raw: Uint8Array.of(1) });
  await store.append([], []);
  await trail.drain();
  await store.putIncidents([], [{ id: 'i-2', into: 'i-1' }]);
  await trail.drain();
  await trail.drain();
  const entries = await entriesOf(trail);
  expect(entries.map(({ number }) => number)).toEqual(entries.map((_, at) => at));
  expect(entries.slice(1).map(({ body }) => body.type)).toEqual([
    'account',
    'incident',
    'incident',
    'incident',
    'handled',
    'quarantined',
    'incident-ended',
  ]);
  expect(JSON.stringify(entries)).not.toContain('secret-hash');
  expect(entries.at(-1)?.body).toEqual({ type: 'incident-ended', incident: 'i-2', into: 'i-1' });
  expect(store.changes(10)).toEqual([]);
  expect(await verifyFolder(join(state, 'audit'))).toMatchObject({ state: 'verified', entries: 8 });
});

test('written down, and killed before the store heard of it: nothing is written twice', async () => {
  const trail = await openTrail({ ...store, takeChanges: () => Promise.reject(new Error('killed')) });
  await note(1);
  await expect(trail.drain()).rejects.toThrow('killed');
  await note(2);
  const again = await openTrail();
  await again.drain();
  const bodies = (await entriesOf(again)).map(({ body }) => body);
  expect(bodies.flatMap((body) => (body.type === 'acted' ? [body.at] : []))).toEqual([1, 2]);
});

test('killed at any moment, a cloud finds every change that was stored in its trail, once', async () => {
  await store.close();
  let stored = 0;
  for (const afterLines of [5, 60]) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'testing-writer.ts'), state], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let seen = 0;
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      seen = text.split('\n').length - 1;
      if (seen >= afterLines) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    stored = Number(text.split('\n').at(-2));
  }
  store = openStore();
  const trail = await openTrail();
  await trail.drain();
  const written = (await entriesOf(trail)).flatMap(({ body }) => (body.type === 'acted' ? [body.at] : []));
  expect(written).toEqual(written.map((_, at) => at + 1));
  expect(written.length).toBeGreaterThanOrEqual(stored);
  expect(await verifyFolder(join(state, 'audit'))).toMatchObject({ state: 'verified' });
});

test('a trail that was taken away or set back is refused; a store that was set back is told in it', async () => {
  const trail = await openTrail();
  await note(1);
  await trail.drain();
  await store.close();
  cpSync(state, `${state}-copy`, { recursive: true });
  store = openStore();
  const later = await openTrail();
  await note(2);
  await note(3);
  await later.drain();
  // The log alone from the copy: the store remembers more.
  cpSync(join(state, 'audit'), `${state}-new`, { recursive: true });
  rmSync(join(state, 'audit'), { recursive: true });
  await expect(openTrail()).rejects.toThrow(/it was set back/);
  cpSync(join(`${state}-copy`, 'audit'), join(state, 'audit'), { recursive: true });
  await expect(openTrail()).rejects.toThrow(/it was set back/);
  // The store alone from the copy: the log goes on and says so.
  rmSync(join(state, 'audit'), { recursive: true });
  cpSync(`${state}-new`, join(state, 'audit'), { recursive: true });
  await store.close();
  for (const name of ['store.sqlite', 'store.sqlite-wal', 'store.sqlite-shm'])
    rmSync(join(state, name), { force: true });
  cpSync(join(`${state}-copy`, 'store.sqlite'), join(state, 'store.sqlite'));
  store = openStore();
  const set = await openTrail();
  await note(4);
  await set.drain();
  const bodies = (await entriesOf(set)).map(({ body }) => body);
  expect(bodies.map(({ type }) => type)).toContain('store-set-back');
  expect(bodies.flatMap((body) => (body.type === 'acted' ? [body.at] : []))).toEqual([1, 2, 3, 4]);
  await store.close();
  rmSync(join(state, 'audit-key.pem'));
  store = openStore();
  await expect(openTrail()).rejects.toThrow(/its key .* is gone/);
  for (const end of ['copy', 'new']) rmSync(`${state}-${end}`, { recursive: true });
});

test('another configuration is noted once, and outsiders get each checkpoint', async () => {
  const file = join(state, 'cloud.yaml');
  writeFileSync(file, 'registry: one');
  const posted: string[] = [];
  const witness = createServer((request, response) => {
    request.on('data', (chunk) => posted.push(String(chunk)));
    request.on('end', () => response.end());
  });
  witness.listen(0, '127.0.0.1');
  await once(witness, 'listening');
  const { port } = witness.address() as AddressInfo;
  const checkpointsTo = join(state, 'kept');
  const settings = { checkpointsTo, witness: `http://127.0.0.1:${port}/` };
  const configuration = [{ name: 'cloud.yaml', file }];
  await openTrail(store, settings, configuration);
  const trail = await openTrail(store, settings, configuration);
  writeFileSync(file, 'registry: two');
  const changed = await openTrail(store, settings, configuration);
  expect((await entriesOf(changed)).map(({ body }) => body.type)).toEqual(['configuration', 'configuration']);
  expect(trail.log.checkpoint.size).toBe(1);
  const answered = once(witness, 'request');
  await changed.drain();
  await answered;
  const lines = readFileSync(checkpointsTo, 'utf8').trim().split('\n');
  expect(JSON.parse(lines.at(-1) ?? '')).toBe(changed.log.note);
  // Both remember: with the file alone a log from scratch is still refused.
  rmSync(join(state, 'audit'), { recursive: true });
  const forgetful = { ...store, cursor: () => undefined };
  await expect(openTrail(forgetful, settings, configuration)).rejects.toThrow(/knows 2: it was set back/);
  await new Promise((resolve) => witness.close(resolve));
  expect(posted.join('')).toContain('test.example/audit');
});
