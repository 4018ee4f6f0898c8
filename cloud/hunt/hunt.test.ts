import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { detection } from '../../devices/model/detection.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { openSqliteStore } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { compileHunt, isMet, type Vocabulary } from './compile.ts';
import { firstPlace, lastPlace, momentOf } from './document-place.ts';
import { hold, readHunt } from './query.ts';
import { SearchIndex } from './search-index.ts';
import { termOf, termsOfObservation } from './terms.ts';

const NOW = Date.UTC(2026, 10, 23, 14);
const HOUR = 3_600_000;
const known: Vocabulary = {
  rules: ['door-forced', 'brute-force'],
  sites: [
    { id: 'linden', name: 'Linden Pharmacy' },
    { id: 'north', name: 'North warehouse' },
  ],
  assets: [{ id: 'back-door', name: 'Back door', addresses: [] }],
  people: [{ id: 'anna', name: 'Anna Weber', badges: ['04A1'], accounts: ['a.weber'] }],
};
const compiled = (text: string) => {
  const read = readHunt(text, NOW);
  if ('complaint' in read) throw new Error(JSON.stringify(read.complaint));
  const made = compileHunt(read.query, known);
  if ('complaint' in made) throw new Error(JSON.stringify(made.complaint));
  return made.compiled;
};
const complaint = (text: string) => {
  const read = readHunt(text, NOW);
  if ('complaint' in read) return read.complaint;
  const made = compileHunt(read.query, known);
  return 'complaint' in made ? made.complaint : undefined;
};

describe('the language', () => {
  test('the brief’s own example is read as it is meant', () => {
    expect(readHunt('kind:door.opened site:linden person:"Anna" 203.0.113.7 after:2h', NOW)).toEqual({
      query: {
        from: NOW - 2 * HOUR,
        terms: [
          { key: 'kind', values: ['door.opened'], isNegated: false, column: 1, length: 16 },
          { key: 'site', values: ['linden'], isNegated: false, column: 18, length: 11 },
          { key: 'person', values: ['Anna'], isNegated: false, column: 30, length: 13 },
          { key: 'text', values: ['203.0.113.7'], isNegated: false, column: 44, length: 11 },
        ],
      },
    });
  });
  test.each([
    ['kin:door.opened', 1, 'kind:'],
    ['site:linden person:"Anna', 20, '"Anna"'],
    ['kind:door.opend', 1, 'kind:door.opened'],
    ['site:lindn', 1, 'site:linden'],
    ['person:"Ana Weber"', 1, 'person:"Anna Weber"'],
    ['-after:2h', 8, undefined],
    ['after:yesterday', 7, '2h'],
    ['site:', 6, undefined],
    ['after:1h before:2h', 10, undefined],
  ])('%s: the complaint points at column %d', (text, column, suggestion) => {
    const found = complaint(text);
    expect(found?.column).toBe(column);
    expect(found?.message.length).toBeGreaterThan(10);
    if (suggestion !== undefined) expect(found?.suggestions).toContain(suggestion);
  });
  test('an IPv6 address is a word, and a dot or a hyphen makes a kind of a rule', () => {
    expect(compiled('2001:db8::7').all).toEqual([[termOf('value', '2001:db8::7')]]);
    expect(compiled('kind:door.forced')).toEqual(compiled('rule:door-forced'));
  });
  test('any text is read or complained about, within its columns', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
        const read = readHunt(text, NOW);
        const columns =
          'complaint' in read ? [read.complaint] : read.query.terms.filter(({ length }) => length > 0);
        for (const { column } of columns) {
          expect(column).toBeGreaterThan(0);
          expect(column).toBeLessThanOrEqual(text.length + 1);
        }
      }),
    );
  });
  test('what is held in words is read back', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -!#-~äß]{1,30}$/), (value) => {
        fc.pre(value.trim() !== '');
        const read = readHunt(hold('asset', value), NOW);
        expect('query' in read ? read.query.terms[0]?.values : read).toEqual([value.trim()]);
      }),
    );
  });
});

test('places keep the order of time and give back the second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 946_684_800_000, max: 3_000_000_000_000 }), (at) => {
      expect(momentOf(firstPlace(at))).toBe(Math.floor(at / 1_000) * 1_000);
      expect(lastPlace(at) + 1).toBe(firstPlace(at + 1_000));
      expect(Number.isSafeInteger(lastPlace(at))).toBe(true);
    }),
  );
});

test('different values are different terms', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 20 }), fc.string({ maxLength: 20 }), (one, other) => {
      expect(termOf('value', one) === termOf('value', other)).toBe(one.toLowerCase() === other.toLowerCase());
    }),
  );
});

describe('the index', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-hunt-'));
  const files = { store: join(folder, 'store.sqlite'), index: join(folder, 'search.sqlite') };
  let store: Store;
  let index: SearchIndex;
  const seen = (number: number, over: Partial<Observation> = {}) =>
    observation.parse({
      id: `log/e/${number}`,
      kind: 'door.opened',
      site: 'linden',
      asset: 'back-door',
      source: 'zigbee2mqtt:0x01',
      observedAt: NOW - number * 60_000,
      receivedAt: NOW,
      clock: 'set',
      ...over,
    });
  const all: Observation[] = [
    ...Array.from({ length: 30 }, (_, number) => seen(number + 1)),
    seen(31, { kind: 'badge.presented', subjects: { badge: '04A1' } }),
    seen(32, {
      kind: 'login.failed',
      site: 'north',
      asset: 'shop-admin',
      subjects: { account: 'a.weber' },
      observables: { ip: '203.0.113.7', path: '/wp-login.php' },
      facts: { reason: 'Müller’s password' },
    }),
    seen(33, { kind: 'login.failed', site: 'north', observables: { ip: '203.0.113.70' } }),
  ];
  const search = (text: string, over: { limit?: number; before?: number } = {}) =>
    index.search({ ...compiled(text), limit: 50, buckets: 20, now: NOW, ...over });
  const idsOf = (found: ReturnType<typeof search>) =>
    found.rows.map((row) => (row.type === 'observation' ? row.observation.id : row.detection.id));

  beforeAll(async () => {
    store = openSqliteStore({ file: files.store, clock: manualClock(NOW), sitesOf: () => [] });
    await store.append(all, []);
    index = new SearchIndex(files);
    while (index.indexSome() > 0);
  });
  afterAll(async () => {
    index.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  test.each([
    ['kind:door.opened after:10min', 10],
    ['person:Anna', 2],
    ['203.0.113.7', 1],
    ['wp-login.php', 1],
    ['muller', 1],
    ['"password müller"', 1],
    ['kind:login,badge -site:linden', 2],
    ['kind:login -203.0.113.7', 1],
    ['pass*', 1],
    ['asset:"back door" -kind:door', 2],
    ['', 33],
  ])('%s is found in the index, and the same by its terms alone', (text, count) => {
    const found = search(text);
    expect(found.total).toBe(count);
    const wanted = compiled(text);
    const matched = all.filter(
      (one) => isMet(wanted, termsOfObservation(one)) && one.observedAt >= (wanted.from ?? 0),
    );
    expect(idsOf(found).toSorted()).toEqual(matched.map(({ id }) => id).toSorted());
    expect(found.histogram.reduce((sum, bar) => sum + bar.count, 0)).toBe(count);
  });

  test('pages join, newest first, and facets say what there is', () => {
    const first = search('', { limit: 20 });
    const second = search('', { limit: 20, ...(first.next === undefined ? {} : { before: first.next }) });
    expect([...idsOf(first), ...idsOf(second)]).toEqual(all.map(({ id }) => id));
    expect(second.next).toBeUndefined();
    expect(first.facets.sites).toEqual([
      { value: 'linden', count: 31 },
      { value: 'north', count: 2 },
    ]);
  });

  test('a detection is found as it is now, and not once it was taken back', async () => {
    const judged = (summary: string) =>
      detection.parse({
        id: 'd-1',
        at: NOW - HOUR,
        rule: 'door-forced',
        severity: 'high',
        source: 'gw-1',
        site: 'linden',
        assets: ['back-door'],
        identities: ['anna'],
        observables: {},
        summary,
      });
    await store.append([], [judged('A crowbar was used')]);
    while (index.indexSome() > 0);
    expect(idsOf(search('rule:door-forced crowbar severity:medium'))).toEqual(['d-1']);
    await store.append([], [judged('A screwdriver was used')]);
    while (index.indexSome() > 0);
    expect(idsOf(search('crowbar'))).toEqual([]);
    expect(idsOf(search('screwdriver person:anna'))).toEqual(['d-1']);
    await store.withdraw(['d-1']);
    // The store forgets it; whatever the index still says of it is not shown.
    expect(idsOf(search('screwdriver'))).toEqual([]);
    while (index.indexSome() > 0);
    expect(search('screwdriver').total).toBe(0);
  });

  test('a watch tells what comes and matches, once', async () => {
    const hits: string[] = [];
    index.watched = [
      { id: 'w-1', ...compiled('kind:door person:anna') },
      { id: 'w-2', ...compiled('kind:door') },
    ];
    await store.append([seen(40), seen(41, { subjects: { badge: '04A1' } })], []);
    while (index.indexSome((hit) => hits.push(`${hit.watch} ${hit.observation.id}`)) > 0);
    expect(hits.toSorted()).toEqual(['w-1 log/e/41', 'w-2 log/e/40', 'w-2 log/e/41']);
    expect(index.behind).toBe(0);
  });

  test('an index that is gone is made again from the store', () => {
    const again = new SearchIndex({ ...files, index: join(folder, 'again.sqlite') });
    while (again.indexSome() > 0);
    const asked = { ...compiled('203.0.113.7'), limit: 5, buckets: 5, now: NOW };
    expect(again.search(asked).total).toBe(1);
    again.close();
  });
});
