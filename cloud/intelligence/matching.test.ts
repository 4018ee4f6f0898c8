import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { IntelligenceMonitor } from '../monitors/intelligence.ts';
import { csvShape, readCsv } from './imports/csv.ts';
import type { Imported, Origin } from './imports/imported.ts';
import { readMisp } from './imports/misp.ts';
import { readBundle } from './imports/stix-bundle.ts';
import { compiled, confidenceAt, halfLifeDays, type Indicator } from './indicator.ts';
import { Library } from './library.ts';
import { shownBy, viewOf } from './matching/observable.ts';
import { likeTest } from './stix/evaluate.ts';
import { parsePattern } from './stix/pattern.ts';

const NOW = Date.parse('2026-11-23T07:00:00Z');
const DAY = 86_400_000;
const ageing = { halfLives: halfLifeDays, minimumConfidence: 20, beforeMs: 7 * DAY };
const origin: Origin = { source: 'list', confidence: 80, tlp: 'green', subdomains: true, now: NOW };
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'linden', name: 'Linden' }],
    assets: [{ id: 'server', kind: 'host', name: 'Server', site: 'linden' }],
  }),
);
const seen = (id: number, over: Partial<Observation>): Observation =>
  observation.parse({
    id: `gw/epoch000/${String(id).padStart(6, '0')}`,
    kind: 'network.connected',
    site: 'linden',
    asset: 'server',
    source: 'zeek:net',
    observedAt: NOW + id * 1_000,
    receivedAt: NOW,
    clock: 'set',
    ...over,
  });
const outgoing = (id: number, target: string, more: Record<string, string> = {}) =>
  seen(id, { observables: { ip: '192.0.2.1', 'destination-ip': target, ...more } });
let number = 0;
const listed = (pattern: string, over: Partial<Indicator> = {}): Indicator => ({
  source: 'list',
  id: `indicator--00000000-0000-4000-8000-${String(++number).padStart(12, '0')}`,
  name: 'Bad',
  pattern,
  type: compiled(pattern).type,
  confidence: 80,
  validFrom: NOW - DAY,
  modified: NOW - DAY,
  tlp: 'green',
  labels: [],
  ...over,
});
const imported = (indicators: readonly Indicator[], revoked: string[] = []): Imported => ({
  indicators,
  revoked,
  refused: [],
  ignored: 0,
});
const libraryOf = (...indicators: Indicator[]) => {
  const library = new Library(':memory:', ageing, NOW);
  library.take('list', imported(indicators));
  return library;
};

describe('patterns', () => {
  test.each([
    ["[ipv4-addr:value = '203.0.113.9']", true],
    ["[ipv4-addr:value = '203.0.113.0/24']", true],
    ["[ipv4-addr:value ISSUBSET '203.0.112.0/20']", true],
    ["[ipv4-addr:value NOT IN ('203.0.113.9', '192.0.2.1')]", false],
    ["[domain-name:value LIKE '%.evil.example']", true],
    ["[domain-name:value = 'WWW.Evil.Example']", true],
    ["[domain-name:value MATCHES '^www\\\\..*example$']", true],
    ["[network-traffic:dst_ref.value = '203.0.113.9' AND network-traffic:dst_port = 443]", true],
    ['[network-traffic:dst_port > 443]', false],
    ["[network-traffic:src_ref.value = '203.0.113.9']", false],
    ["[file:name = 'x'] OR [domain-name:value IN ('a.example', 'www.evil.example')]", true],
    [
      "[domain-name:value = 'www.evil.example'] START t'2026-11-23T00:00:00Z' STOP t'2026-11-24T00:00:00Z'",
      true,
    ],
    [
      "[domain-name:value = 'www.evil.example'] START t'2026-11-24T00:00:00Z' STOP t'2026-11-25T00:00:00Z'",
      false,
    ],
    ["([domain-name:value = 'www.evil.example']) WITHIN 5 SECONDS", true],
    ['[NOT EXISTS domain-name:x AND EXISTS domain-name:value]', true],
    ['[url:value != 1]', false],
  ])('%s', (pattern, expected) => {
    const one = outgoing(1, '203.0.113.9', { domain: 'www.evil.example' });
    const { test: holds } = compiled(pattern);
    expect(holds(viewOf({ ...one, facts: { destinationPort: 443 } }), one.observedAt)).toBe(expected);
  });

  test.each([
    ["[ipv4-addr:value = '1.2.3.4'", /expected "\]".*character 29/],
    ["[a:b = 'x'] FOLLOWEDBY [a:b = 'y']", /FOLLOWEDBY: several observations/],
    ["[a:b = 'x'] AND [a:b = 'y']", /AND between observations/],
    ["[a:b = 'x'] REPEATS 5 TIMES", /REPEATS 5 TIMES/],
    ["[a:b = 'x' AND c:d = 'y']", /different objects/],
    ["[a:b MATCHES '(?=x)']", /MATCHES/],
    ["[ipv4-addr:value = '10.1.2.3']", /inside networks/],
    ["[ipv4-addr:value ISSUBSET '0.0.0.0/1']", /too wide/],
    ["[ipv4-addr:value = 'nonsense']", /no observation/],
    ['', /expected "\["/],
  ])('refused with a clear word: %s', (pattern, why) => {
    expect(() => compiled(pattern)).toThrow(why);
  });

  test('any text is read or refused, never more', () => {
    const words = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      'a:b',
      "'x'",
      '=',
      'AND',
      'OR',
      'NOT',
      'IN',
      'LIKE',
      '1.5',
      ' ',
      '.',
      "'",
      't',
      ',',
      'EXISTS',
      'WITHIN',
    );
    const text = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 25 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(text, (pattern) => {
        try {
          parsePattern(pattern);
        } catch (error) {
          expect(error).toHaveProperty('name', 'PatternProblem');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('LIKE is what its regular expression says', () => {
    const letters = fc
      .array(fc.constantFrom('a', 'b', '%', '_'), { maxLength: 8 })
      .map((one) => one.join(''));
    const plain = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map((one) => one.join(''));
    fc.assert(
      fc.property(letters, plain, (like, text) => {
        const expected = new RegExp(`^${like.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's').test(text);
        expect(likeTest(like)(text)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

test('the index finds what trying every pattern finds, also after some were taken back', () => {
  const address = fc.integer({ min: 0, max: 40 }).map((last) => `203.0.113.${last}`);
  const name = fc.constantFrom('evil.example', 'a.evil.example', 'b.a.evil.example', 'good.example');
  const pattern = fc.oneof(
    address.map((one) => `[ipv4-addr:value = '${one}']`),
    fc
      .tuple(address, fc.integer({ min: 24, max: 32 }))
      .map(([one, bits]) => `[ipv4-addr:value ISSUBSET '${one}/${bits}']`),
    name.map((one) => `[domain-name:value = '${one}' OR domain-name:value LIKE '%.${one}']`),
    fc
      .tuple(address, fc.constantFrom(80, 443))
      .map(
        ([one, port]) => `[network-traffic:dst_ref.value = '${one}' AND network-traffic:dst_port = ${port}]`,
      ),
    name.map((one) => `[domain-name:value MATCHES '${one.slice(0, 4)}']`),
  );
  fc.assert(
    fc.property(
      fc.array(pattern, { maxLength: 30 }),
      fc.array(fc.tuple(address, name), { minLength: 1, maxLength: 10 }),
      fc.nat(5),
      (patterns, shown, every) => {
        const indicators = patterns.map((one) => listed(one));
        const library = libraryOf(...indicators);
        const gone = indicators.filter((_, index) => every > 0 && index % every === 0);
        library.take(
          'list',
          imported(
            [],
            gone.map(({ id }) => id),
          ),
        );
        const left = indicators.filter((one) => !gone.includes(one));
        for (const [index, [target, domain]] of shown.entries()) {
          const one = { ...outgoing(index, target, { domain }), facts: { destinationPort: 443 } };
          const plain = left.filter(({ pattern: text }) => compiled(text).test(viewOf(one), one.observedAt));
          expect(
            library
              .hitsOf(one)
              .map(({ indicator }) => indicator.id)
              .sort(),
          ).toEqual(plain.map(({ id }) => id).sort());
        }
        library.close();
      },
    ),
    { numRuns: 60 },
  );
});

test('confidence halves with each half-life, before validity as after, and an expired one no longer matches', () => {
  const one = listed("[ipv4-addr:value = '203.0.113.9']", {
    validUntil: NOW + 60 * DAY,
    modified: NOW - DAY,
  });
  expect(confidenceAt(one, NOW - DAY, ageing)).toBe(80);
  expect(confidenceAt(one, NOW + 13 * DAY, ageing)).toBe(40);
  expect(confidenceAt(one, NOW + 27 * DAY, ageing)).toBeCloseTo(20, 10);
  expect(confidenceAt(one, NOW + 28 * DAY, ageing)).toBeUndefined();
  expect(confidenceAt(one, NOW - 7 * DAY, ageing)).toBeCloseTo(80 * 0.5 ** (6 / 14), 10);
  expect(confidenceAt(one, NOW - 9 * DAY, ageing)).toBeUndefined();
  expect(confidenceAt({ ...one, validUntil: NOW }, NOW, ageing)).toBeUndefined();
});

describe('lists', () => {
  test('CSV with names of columns, quotes, defused values, guesses', () => {
    const text =
      '# a list\r\nindicator,kind,score,note\r\n203[.]0[.]113[.]9,ip,90,"one, ""two"""\r\nhxxp://evil[.]example/x,,,\r\n10.0.0.1,ip,,\r\n???,,,\r\n\r\nevil.example,domain,40,"line\nbreak"\r\n';
    const shape = csvShape.parse({
      columns: { value: 'indicator', type: 'kind', confidence: 'score', name: 'note' },
    });
    const { indicators, refused } = readCsv(text, shape, origin);
    expect(indicators.map(({ type, confidence, name }) => ({ type, confidence, name }))).toEqual([
      { type: 'ip', confidence: 90, name: 'one, "two"' },
      { type: 'url', confidence: 80, name: 'http://evil.example/x' },
      { type: 'domain', confidence: 40, name: 'line break' },
    ]);
    expect(refused).toMatchObject([{ what: 'line 5' }, { what: 'line 6' }]);
    expect(() => readCsv(text, csvShape.parse({ columns: { value: 'nothing' } }), origin)).toThrow(
      /no column "nothing"/,
    );
  });

  test('MISP: what is meant for detection, with tags; what was deleted is taken back', () => {
    const uuid = (n: number) => `5f2504e0-4f89-41d3-9a0c-0305e82c330${n}`;
    const attribute = (n: number, type: string, value: string, over: object = {}) => ({
      uuid: uuid(n),
      type,
      value,
      to_ids: true,
      timestamp: '1763800000',
      ...over,
    });
    const { indicators, revoked, ignored, refused } = readMisp(
      JSON.stringify({
        Event: {
          uuid: uuid(0),
          info: 'Campaign',
          Tag: [{ name: 'tlp:amber' }, { name: 'misp:confidence-level="usually-confident"' }],
          Attribute: [
            attribute(1, 'domain|ip', 'evil.example|203.0.113.9'),
            attribute(2, 'comment', 'text'),
            attribute(3, 'ip-dst', '203.0.113.10', { to_ids: false }),
            attribute(4, 'ip-dst', '203.0.113.11', { deleted: true }),
            attribute(5, 'ip-dst', 'nonsense'),
          ],
          Object: [{ Attribute: [attribute(6, 'filename|sha256', `x.exe|${'a'.repeat(64)}`)] }],
        },
      }),
      origin,
    );
    expect(indicators).toMatchObject([
      { id: `indicator--${uuid(1)}`, type: 'domain', confidence: 75, tlp: 'amber', name: 'Campaign' },
      { type: 'hash', pattern: `[file:hashes.'SHA-256' = '${'a'.repeat(64)}']` },
    ]);
    expect([revoked, ignored, refused.length]).toEqual([[`indicator--${uuid(4)}`], 2, 1]);
    expect(indicators[0]?.pattern).toContain("OR [ipv4-addr:value = '203.0.113.9']");
  });

  test('STIX: what can be looked for is taken, the rest is named; others count as nothing', () => {
    const object = (n: number, over: object = {}) => ({
      type: 'indicator',
      id: `indicator--3f2504e0-4f89-41d3-9a0c-0305e82c330${n}`,
      spec_version: '2.1',
      created: '2026-11-20T00:00:00.000Z',
      modified: '2026-11-20T00:00:00.000Z',
      pattern: "[ipv4-addr:value = '203.0.113.9']",
      pattern_type: 'stix',
      valid_from: '2026-11-20T00:00:00Z',
      object_marking_refs: ['marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed'],
      ...over,
    });
    const bundle = (objects: unknown[]) => JSON.stringify({ type: 'bundle', id: 'bundle--x', objects });
    const read = readBundle(
      bundle([
        object(1),
        object(2, { revoked: true }),
        object(3, { pattern_type: 'yara' }),
        { type: 'malware', id: object(4).id },
        object(5, { pattern: '[' }),
        7,
      ]),
      origin,
    );
    expect(read).toMatchObject({
      indicators: [{ tlp: 'red', type: 'ip' }],
      revoked: [object(2).id],
      ignored: 1,
    });
    expect(read.refused.map(({ why }) => why)).toEqual([
      expect.stringMatching(/yara/),
      expect.stringMatching(/expected/),
      'not a STIX object',
    ]);
    expect(() => readBundle('{}', origin)).toThrow('not a STIX bundle');
  });
});

describe('matching', () => {
  const monitorOf = (library: Library) =>
    new IntelligenceMonitor({ library, registry, pauseMs: 3_600_000, rememberMs: 7 * DAY });
  const standing = (monitor: IntelligenceMonitor, batches: readonly (readonly Observation[])[]) => {
    const found = new Map<string, unknown>();
    for (const batch of batches) {
      const { put, withdraw } = monitor.observe(batch);
      for (const id of withdraw) found.delete(id);
      for (const one of put) found.set(one.id, one);
    }
    return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  };

  test('a match names the indicator, its source and age; what came by weighs less than what was contacted', () => {
    const library = libraryOf(listed("[ipv4-addr:value = '203.0.113.9']"));
    const out = standing(monitorOf(library), [[outgoing(1, '203.0.113.9'), outgoing(2, '203.0.113.9')]]);
    expect(out).toMatchObject([
      {
        rule: 'intelligence.match',
        severity: 'high',
        count: 2,
        facts: { source: 'list', confidence: 76, ageDays: 1, part: 'outbound', value: '203.0.113.9' },
        evidence: ['gw/epoch000/000001', 'gw/epoch000/000002'],
      },
    ]);
    const came = standing(monitorOf(library), [
      [seen(3, { kind: 'web.requested', observables: { ip: '203.0.113.9', path: '/' } })],
    ]);
    expect(came).toMatchObject([{ severity: 'low' }]);
    const inside = standing(monitorOf(library), [
      [seen(4, { kind: 'login.succeeded', observables: { ip: '203.0.113.9' } })],
    ]);
    expect(inside).toMatchObject([{ severity: 'high' }]);
  });

  test('any order of arrival, repeats, and an indicator that comes later give the same', () => {
    const indicators = [
      listed("[ipv4-addr:value ISSUBSET '203.0.113.0/28']"),
      listed("[domain-name:value = 'evil.example']"),
    ];
    const all = Array.from({ length: 20 }, (_, n) =>
      outgoing(n * 400, `203.0.113.${n % 18}`, n % 3 === 0 ? { domain: 'evil.example' } : {}),
    );
    const expected = standing(monitorOf(libraryOf(...indicators)), [all]);
    expect(expected.length).toBeGreaterThan(2);
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...all, ...all.slice(0, 4)], { minLength: 24 }),
        fc.integer({ min: 1, max: 9 }),
        (order, size) => {
          const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, at) =>
            order.slice(at * size, (at + 1) * size),
          );
          expect(standing(monitorOf(libraryOf(...indicators)), batches)).toEqual(expected);
        },
      ),
      { numRuns: 30 },
    );
    const library = libraryOf();
    const late = monitorOf(library);
    expect(standing(late, [all])).toEqual([]);
    late.changed(library.take('list', imported(indicators)));
    late.hunted(all);
    expect(standing(late, [[]])).toEqual(expected);
  });

  test('what is revoked takes its detections back; an older version of it does not bring them again', () => {
    const one = listed("[ipv4-addr:value = '203.0.113.9']");
    const library = libraryOf(one);
    const monitor = monitorOf(library);
    const [found] = monitor.observe([outgoing(1, '203.0.113.9')]).put;
    monitor.changed(library.take('list', imported([], [one.id])));
    expect(monitor.observe([]).withdraw).toEqual([found?.id]);
    expect(library.take('list', imported([one])).put).toEqual([]);
    expect(monitor.observe([outgoing(2, '203.0.113.9')]).put).toEqual([]);
    expect(library.take('list', imported([{ ...one, modified: NOW }])).put).toHaveLength(1);
    expect(monitor.observe([outgoing(3, '203.0.113.9')]).put).toHaveLength(1);
  });

  test('sightings count each observation once', () => {
    const one = listed("[ipv4-addr:value = '203.0.113.9']");
    const library = libraryOf(one);
    const monitor = monitorOf(library);
    const twice = [outgoing(1, '203.0.113.9'), outgoing(2, '203.0.113.9')];
    monitor.observe(twice);
    monitor.observe(twice);
    expect(library.sightings('list', one.id)).toMatchObject({
      count: 2,
      firstAt: NOW + 1_000,
      lastAt: NOW + 2_000,
    });
  });

  test('what an observation shows is told once, with the part it played', () => {
    expect(
      shownBy(
        seen(1, {
          kind: 'login.succeeded',
          subjects: { account: 'A@B.example' },
          observables: { ip: '::ffff:203.0.113.9' },
        }),
      ),
    ).toEqual([
      { type: 'ip', value: '203.0.113.9', part: 'inside' },
      { type: 'account', value: 'a@b.example', part: 'inside' },
      { type: 'email', value: 'a@b.example', part: 'inside' },
    ]);
  });
});
