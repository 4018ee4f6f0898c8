import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import type { Store } from '../store/store.ts';
import { ChangedElsewhere, RegistryBook } from './book.ts';
import { Discovery, MAX_NEW_PER_HOUR, MAX_OF_SITE } from './discovery.ts';
import { simulateStaff } from './learning/simulated-staff.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const staff = simulateStaff({ seed: 3, people: 15, days: 40 });
const now = Math.max(...staff.observations.map(({ observedAt }) => observedAt)) + 1;
const store: Pick<Store, 'observations'> = {
  observations: ({ from = 0, to = Number.POSITIVE_INFINITY, kinds }) =>
    staff.observations.filter(
      ({ observedAt, kind }) => observedAt >= from && observedAt <= to && kinds?.includes(kind) === true,
    ),
};
const open = () =>
  new RegistryBook({
    given: staff.registry,
    file: join(folder, 'overlay.json'),
    discoveryFile: join(folder, 'discovered.json'),
  });

describe('what was learned', () => {
  it('is used from the next start on: sure ones by themselves, others once accepted, rejected ones never', async () => {
    const book = open();
    await book.learn(store, now);
    const used = book.takeIntoUse();
    const sure = book.suggestions().filter(({ kind, isUsed }) => kind === 'badge-account' && isUsed);
    const [one, other] = sure;
    const doubtful = book.suggestions().find(({ isUsed }) => !isUsed);
    if (one === undefined || other === undefined || doubtful === undefined)
      throw new Error('too little was learned');
    expect(used.resolved({ account: one.b })?.by).toMatchObject({ state: 'inferred' });

    book.decide(one.id, 'rejected', 'sam', now);
    book.decide(other.id, 'accepted', 'sam', now);
    book.decide(doubtful.id, 'accepted', 'sam', now);
    // An incident and its reason rest on one registry while the cloud runs.
    expect(book.inUse).toBe(used);
    expect(book.waiting.changes.length).toBeGreaterThanOrEqual(3);

    const again = open();
    await again.learn(store, now);
    const next = again.takeIntoUse();
    const states = new Map(next.document.links?.map(({ a, b, state }) => [`${a}>${b}`, state]));
    expect(states.get(`${one.a}>${one.b}`)).toBeUndefined();
    expect(states.get(`${other.a}>${other.b}`)).toBe('accepted');
    expect(states.get(`${doubtful.a}>${doubtful.b}`)).toBe('accepted');
    const asked = again.suggestions().map(({ id }) => id);
    for (const { id } of [one, other, doubtful]) expect(asked).not.toContain(id);
    expect(() => again.decide('badge-account:x>y', 'accepted', 'sam', now)).toThrow(RangeError);
  });
});

describe('what was imported', () => {
  const file = (text: string) => [{ name: 'more.yaml', text }];
  const more = 'identities:\n  - { id: zoe, name: Zoe Adam, badges: ["ff01"] }\n';
  it('is told before, kept beside the file, and found again', () => {
    const book = open();
    expect(book.preview(file(more)).changes).toMatchObject([
      { list: 'identities', id: 'zoe', change: 'added' },
    ]);
    expect(book.document.identities).toEqual([]);
    book.import(file(more));
    expect(open().inUse.resolve({ badge: 'FF01' })?.name).toBe('Zoe Adam');
    expect(open().import(file(more)).changes).toEqual([]);
  });
  it('wins over the file’s entry of the same name', () => {
    const [reader] = staff.registry.assets;
    if (reader === undefined) throw new Error('the site has a reader');
    open().import(file(`assets:\n  - { id: ${reader.id}, kind: reader, name: Main reader, site: linden }\n`));
    expect(open().inUse.asset(reader.id)?.name).toBe('Main reader');
  });
  it('never overwrites what another program has put there', () => {
    const book = open();
    open().import(file(more));
    expect(() => book.import(file(more.replaceAll('zoe', 'yan')))).toThrow(ChangedElsewhere);
    expect(readFileSync(join(folder, 'overlay.json'), 'utf8')).toContain('zoe');
  });
  it('that does not fit the file any more is told with what to do', () => {
    writeFileSync(
      join(folder, 'overlay.json'),
      JSON.stringify({ assets: [{ id: 'a', kind: 'host', name: 'A', site: 'gone' }] }),
    );
    expect(open).toThrow(/does not fit the registry any more: assets\.\d+\.site: there is no site "gone"/);
  });
});

describe('what is heard and unknown', () => {
  const registry = registryOf(
    registryDocument.parse({
      sites: [{ id: 'linden', name: 'Linden', timeZone: 'UTC' }],
      assets: [{ id: 'sensor', kind: 'network', name: 'Sensor', site: 'linden', addresses: ['10.0.0.1'] }],
    }),
  );
  const HOUR = 3_600_000;
  const flow = (
    from: string,
    to: string,
    over: { at?: number; port?: number; bytesIn?: number; state?: string } = {},
  ) =>
    observation.parse({
      id: `f/${from}/${to}/${over.at ?? 0}`,
      kind: 'network.connected',
      site: 'linden',
      asset: 'sensor',
      source: 'zeek',
      observedAt: over.at ?? 0,
      receivedAt: over.at ?? 0,
      clock: 'set',
      observables: { ip: from, 'destination-ip': to },
      facts: { destinationPort: over.port ?? 443, bytesIn: over.bytesIn ?? 100, state: over.state ?? 'SF' },
    });

  it('is listed with what it seems to be; strangers of the Internet and the known are not', () => {
    const discovery = new Discovery(registry);
    discovery.heard([
      flow('10.0.0.1', '10.0.0.20', { port: 554 }),
      flow('10.0.0.30', '203.0.113.9', { at: HOUR }),
    ]);
    expect(discovery.list()).toMatchObject([
      { id: 'address:10.0.0.20', seems: 'camera', ports: [554], firstAt: 0 },
      { id: 'address:10.0.0.30', seems: 'host' },
    ]);
  });
  it('a scan of 65,000 addresses lists those that answered, within the quota, and who stays is kept', () => {
    const discovery = new Discovery(registry);
    for (let hour = 0; hour < 3; hour++)
      discovery.heard([flow('10.0.0.40', '10.0.0.1', { at: hour * HOUR })]);
    const one = flow('10.0.0.1', '10.1.0.0', { at: 5 * HOUR, bytesIn: 0, state: 'S0' });
    const scan = Array.from({ length: 65_000 }, (_, number) => ({
      ...one,
      observables: { ip: '10.0.0.1', 'destination-ip': `10.1.${number >> 8}.${number & 255}` },
    }));
    discovery.heard(scan);
    expect(discovery.list()).toHaveLength(1);
    // The scanned make up answers, day after day.
    for (let day = 0; day < 12; day++)
      for (let number = 0; number < 1_000; number++)
        discovery.heard([
          flow('10.0.0.1', `10.2.${day}.${number & 255}`, { at: day * 24 * HOUR + (number >> 8) * HOUR }),
        ]);
    expect(discovery.list().length).toBeLessThanOrEqual(MAX_OF_SITE);
    const burst = new Discovery(registry);
    burst.heard(Array.from({ length: 500 }, (_, n) => flow(`10.3.${n >> 8}.${n & 255}`, '10.0.0.1')));
    expect(burst.list()).toHaveLength(MAX_NEW_PER_HOUR);
    expect(burst.leftOut).toBe(500 - MAX_NEW_PER_HOUR);
    expect(discovery.find('address:10.0.0.40')).toBeDefined();
  });
  it('is taken in under its address, or ignored for good', () => {
    const book = open();
    const heard = (from: string) => ({ ...flow(from, '10.0.0.1'), asset: 'reader' });
    book.heard([heard('10.0.0.50'), heard('10.0.0.51')]);
    book.take('address:10.0.0.50', { id: 'till-9', name: 'Till 9', kind: 'host' });
    book.ignore('address:10.0.0.51');
    expect(book.discovered().items.map(({ id }) => id)).toEqual(['address:10.0.0.1']);
    const again = open();
    expect(again.inUse.assetAt('10.0.0.50')?.id).toBe('till-9');
    again.heard([heard('10.0.0.50'), heard('10.0.0.51')]);
    expect(again.discovered().items.map(({ id }) => id)).toEqual(['address:10.0.0.1']);
  });
});
