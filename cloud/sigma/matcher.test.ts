import { existsSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { EventFields } from './event-fields.ts';
import { loadFolder, ruleFilesOf } from './folder.ts';
import { Matcher } from './matcher.ts';
import { matchesPlainly } from './reference.ts';
import { ruleSetOf } from './rule-set.ts';
import type { Placeholders } from './value.ts';

const whole = (detection: string, logsource = '{category: test}') =>
  `title: t\nid: r\nlogsource: ${logsource}\ndetection:\n${detection.replaceAll(/^/gm, '  ')}`;

function matches(detection: string, event: EventFields, placeholders?: Placeholders): boolean {
  const set = ruleSetOf([{ file: 'x.yml', text: whole(detection) }], placeholders);
  expect(set.failed).toEqual([]);
  return new Matcher(set.detections).match(event).length === 1;
}

const search = (items: string, event: EventFields, placeholders?: Placeholders) =>
  matches(`s:\n${items.replaceAll(/^/gm, '  ')}\ncondition: s`, event, placeholders);

describe('values', () => {
  test.each<[string, EventFields, boolean]>([
    ["f: 'a*c'", { f: 'ABBC' }, true],
    ["f: 'a?c'", { f: 'abbc' }, false],
    ["f: 'a?c'", { f: 'a😀c' }, true],
    ["f: '*😀?'", { f: 'x😀😀' }, true],
    ["f: 'a\\*c'", { f: 'a*c' }, true],
    ["f: 'a\\*c'", { f: 'abc' }, false],
    ["f: 'a\\\\*'", { f: 'a\\xyz' }, true],
    ["f: 'a\\\\\\*'", { f: 'a\\*' }, true],
    ["f: 'a\\\\\\\\b'", { f: 'a\\\\b' }, true],
    ["f: 'C:\\Windows\\*'", { f: 'c:\\windows\\x' }, false],
    ["f: 'C:\\Windows\\\\*'", { f: 'c:\\windows\\x' }, true],
    ["f: 'ΣΊΣΥΦΟΣ'", { f: 'σίσυφος' }, true],
    ['f: straße', { f: 'STRAßE' }, true],
    ['f|cased: Abc', { f: 'abc' }, false],
    ['f|cased|contains: bC', { f: 'abCd' }, true],
    ['f: 4688', { f: '4688' }, true],
    ["f: '4688'", { f: 4688 }, true],
    ['f: true', { f: 'True' }, true],
    ["f: ''", { f: '' }, true],
    ["f: ''", {}, false],
    ["f: '*'", {}, false],
    ['f: null', {}, true],
    ['f: null', { f: null }, true],
    ['f: null', { f: '' }, false],
    ['f: [a, null]', {}, true],
    ['f|exists: true', { f: null }, true],
    ['f|exists: false', { f: null }, false],
    ['f|neq: a', { f: 'b' }, true],
    ['f|neq: [a, b]', { f: 'B' }, false],
    ['f|contains|all: [a, c]', { f: 'abc' }, true],
    ['f|contains|all: [a, d]', { f: 'abc' }, false],
    ['a.b: x', { a: { b: 'X' } }, true],
    ['a.b: x', { 'a.b': 'x' }, true],
    ['a.b.c: x', { 'a.b': { c: 'x' } }, true],
    ['a.b: x', { a: [{ b: 'y' }, { b: 'x' }] }, true],
    ['f: x', { f: ['y', 'X'] }, true],
    ['constructor: x', {}, false],
    ['__proto__.x: null', {}, true],
  ])('%s against %j', (items, event, expected) => {
    expect(search(items, event)).toBe(expected);
  });
});

describe('modifiers', () => {
  test.each<[string, EventFields, boolean]>([
    ["f|windash|contains: ' -enc '", { f: 'x /ENC y' }, true],
    ["f|windash|contains: ' -enc '", { f: 'x \u2014enc y' }, true],
    ["f|windash|contains|all: [' -a ', ' /b ']", { f: 'x /a -b y /b ' }, true],
    ["f|windash|contains|all: [' -a ', ' /b ']", { f: 'x /a y' }, false],
    ['f|base64: foobar', { f: 'Zm9vYmFy' }, true],
    ['f|base64offset|contains: http://', { f: btoa('x http://y') }, true],
    ['f|base64offset|contains: http://', { f: btoa('xy http://y') }, true],
    ['f|base64offset|contains: http://', { f: btoa(' http://y') }, true],
    [
      'f|wide|base64offset|contains: ping',
      { f: Buffer.from('a ping b', 'utf16le').toString('base64') },
      true,
    ],
    ['f|utf16le|base64: ab', { f: 'YQBiAA==' }, true],
    ['f|utf16be|base64: ab', { f: 'AGEAYg==' }, true],
    ['f|utf16|base64: ab', { f: '//5hAGIA' }, true],
    ['f|cidr: 10.0.0.0/8', { f: '10.1.2.3' }, true],
    ['f|cidr: [192.168.0.0/16, 2001:db8::/32]', { f: '2001:0DB8:1::7' }, true],
    ['f|cidr: 2001:db8::/33', { f: '2001:db8:8000::' }, false],
    ['f|cidr: 10.0.0.0/8', { f: '::ffff:10.9.9.9' }, true],
    ['f|cidr: 10.0.0.0/8', { f: 'host' }, false],
    ['f|fieldref: g', { f: 'Ab', g: 'aB' }, true],
    ['f|fieldref|cased: g', { f: 'Ab', g: 'aB' }, false],
    ['f|fieldref|startswith: g', { f: 'abc', g: 'AB' }, true],
    ['f|fieldref|neq: g', { f: 'a', g: 'b' }, true],
    ["f|re: '^a.c$'", { f: 'aXc' }, true],
    ["f|re: '^a.c$'", { f: 'AXC' }, false],
    ["f|re|i: '^a.c$'", { f: 'AXC' }, true],
    ["f|re: 'a.c'", { f: 'a\nc' }, false],
    ["f|re|s: 'a.c'", { f: 'a\nc' }, true],
    ["f|re|m: '^b$'", { f: 'a\nb\nc' }, true],
    ["f|re: '(?i)ABC'", { f: 'xabcx' }, true],
    ['f|lt: 5', { f: '4.5' }, true],
    ['f|gte: 5', { f: 5 }, true],
    ['f|gt: 5', { f: 'many' }, false],
    ['f|hour: 23', { f: '2026-11-23T23:15:00+05:00' }, true],
    ['f|hour|gte: 18', { f: '2026-11-23 08:00' }, false],
    ['f|minute: 15', { f: '2026-11-23T23:15:00Z' }, true],
    ['f|day: 23', { f: Date.UTC(2026, 10, 23) }, true],
    ['f|week: 48', { f: '2026-11-23' }, true],
    ['f|week: 53', { f: '2027-01-01' }, true],
    ['f|month: 11', { f: Date.UTC(2026, 10, 23) / 1_000 }, true],
    ['f|year: 2026', { f: '2026/11/23' }, true],
  ])('%s against %j', (items, event, expected) => {
    expect(search(items, event)).toBe(expected);
  });

  test('expand: placeholders stand for what a file says, and a percent sign for itself', () => {
    const placeholders = new Map([['admins', ['adm_*', 'root']]]);
    expect(search("f|expand: '%admins%'", { f: 'ADM_x' }, placeholders)).toBe(true);
    expect(search("f|expand: 'x\\%y%admins%'", { f: 'x%yroot' }, placeholders)).toBe(true);
    expect(search("f: '%admins%'", { f: '%admins%' }, placeholders)).toBe(true);
    const { failed } = ruleSetOf([{ file: 'x.yml', text: whole("s: {f|expand: '%others%'}\ncondition: s") }]);
    expect(failed[0]?.error).toBe('detection.s.f|expand: nothing is known for the placeholder %others%');
  });
});

describe('searches and conditions', () => {
  const event = { message: 'An EVIL thing', code: 7, tags: ['one', 'two'], inner: { deep: 'Water' } };
  test.each<[string, boolean]>([
    ['k: [evil, good]\ncondition: k', true],
    ["k:\n  '|all': [evil, water]\ncondition: k", true],
    ["k:\n  '|all': [evil, fire]\ncondition: k", false],
    ["k: ['e*l thing']\ncondition: k", true],
    ["k:\n  '|re': 'EV.L'\ncondition: k", true],
    ['k: evil\ncondition: k', true],
    ['k: [7]\ncondition: k', true],
    ['l:\n  - code: 8\n  - tags: two\ncondition: l', true],
    ['l:\n  - code: 7\n    tags: three\n  - evil\ncondition: l', true],
    ['a: {code: 7}\nb: {code: 8}\ncondition: a and not b', true],
    ['a: {code: 7}\nb: {code: 8}\ncondition: not a or b', false],
    ['a: {code: 7}\nb: {code: 8}\nc: {code: 9}\ncondition: a or b and c', true],
    ['a: {code: 7}\nb: {code: 8}\nc: {code: 9}\ncondition: (a or b) and c', false],
    ['a: {code: 7}\nb: {code: 8}\ncondition: 1 of them', true],
    ['a: {code: 7}\nb: {code: 8}\ncondition: all of them', false],
    ['a: {code: 7}\n_b: {code: 8}\ncondition: all of them', true],
    ['s_a: {code: 7}\ns_b: {tags: one}\nf_c: {code: 8}\ncondition: all of s_* and not 1 of f_*', true],
    ['s_a: {code: 7}\ns_b: {code: 8}\ncondition: any of s*', true],
    ['a: {code: 8}\nb: {code: 7}\ncondition: [a, b]', true],
    ['a: {code: 7}\ncondition: not (not a)', true],
  ])('%s', (detection, expected) => {
    expect(matches(detection, event)).toBe(expected);
  });
});

describe('filters', () => {
  const rule = whole('s: {a: 1}\ncondition: s', '{category: x, product: linux}');
  const withFilter = (filter: string, logsource = '{category: x}') =>
    new Matcher(
      ruleSetOf([
        { file: 'x.yml', text: `${rule}\n---\ntitle: f\nlogsource: ${logsource}\nfilter: ${filter}` },
      ]).detections,
    );
  test.each([
    '{rules: [r], s: {u: admin}, condition: not s}',
    '{rules: [r], s: {u: admin}, condition: s}',
    '{rules: any, s: {u: admin}, condition: not s}',
    '{s: {u: admin}, condition: not s}',
  ])('what %s names is suppressed', (filter) => {
    const matcher = withFilter(filter);
    expect(matcher.match({ a: 1, u: 'ADMIN' })).toHaveLength(0);
    expect(matcher.match({ a: 1, u: 'ben' })).toHaveLength(1);
  });
  test('a filter of another logsource changes nothing', () => {
    expect(
      withFilter('{rules: any, s: {u: admin}, condition: s}', '{category: y}').match({ a: 1, u: 'admin' }),
    ).toHaveLength(1);
  });
});

describe('routing', () => {
  const matcher = new Matcher(
    ruleSetOf(
      [
        '{category: webserver}',
        '{product: windows, category: process_creation}',
        '{product: windows, service: system}',
        '{}',
      ].map((logsource, index) => ({
        file: `${index}.yml`,
        text: whole('s: {a: 1}\ncondition: s', logsource).replace('id: r', `id: r${index}`),
      })),
    ).detections,
  );
  test.each([
    [undefined, ['r0', 'r1', 'r2', 'r3']],
    [{ category: 'webserver' }, ['r0', 'r3']],
    [{ category: 'process_creation' }, ['r1', 'r3']],
    [{ product: 'Windows' }, ['r1', 'r2', 'r3']],
    [{ product: 'linux', category: 'process_creation' }, ['r3']],
  ])('%j', (logsource, expected) => {
    expect(matcher.match({ a: 1 }, logsource).map(({ id }) => id)).toEqual(expected);
  });
});

/** Small words, so that what is looked for is found. */
const word = fc.constantFrom(
  'a',
  'ab',
  'B',
  'abc',
  'ba',
  'cab',
  '',
  'c',
  'aB-c',
  '/a',
  'x -a b',
  'ſK',
  '7',
  '10.1.2.3',
  'Σ',
  'ä',
  'ġ',
);
const fieldName = fc.constantFrom('f', 'g', 'h.i', 'h.j', 'k');
const leaf = fc.oneof(
  word,
  fc.tuple(word, word).map(([a, b]) => a + b),
  fc.integer({ min: 0, max: 12 }),
  fc.boolean(),
  fc.constant(null),
);
const randomEvent: fc.Arbitrary<EventFields> = fc.record(
  {
    f: leaf,
    g: fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })),
    h: fc.oneof(
      leaf,
      fc.record({ i: leaf, j: leaf }, { requiredKeys: [] }),
      fc.array(fc.record({ i: leaf }, { requiredKeys: [] }), { maxLength: 2 }),
    ),
    'h.i': leaf,
    k: leaf,
  },
  { requiredKeys: [] },
);
const glob = fc
  .array(fc.oneof(word, fc.constantFrom('*', '?', '\\*', '\\\\', '\\')), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join(''));
const values = (one: fc.Arbitrary<unknown>) => fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 3 }));
const itemEntry = fc.oneof(
  fc.tuple(fieldName, values(fc.oneof(glob, fc.integer({ min: 0, max: 12 }), fc.constant(null)))),
  fc.tuple(
    fc
      .tuple(
        fieldName,
        fc.subarray(['contains', 'startswith', 'endswith'], { maxLength: 1 }),
        fc.subarray(['cased', 'all', 'neq']),
      )
      .map(([field, place, rest]) => [field, ...place, ...rest].join('|')),
    values(glob),
  ),
  fc.tuple(
    fieldName.map((one) => `${one}|windash|contains`),
    values(fc.constantFrom('-a', ' -a', '/a', 'a-b', 'x -a')),
  ),
  fc.tuple(
    fieldName.map((one) => `${one}|base64offset|contains`),
    values(fc.constantFrom('abc', 'a', 'cab-')),
  ),
  fc.tuple(
    fieldName.map((one) => `${one}|re`),
    values(fc.constantFrom('^a', 'b+c?', '(?i)A[bB]', 'a|b', '[^a]b', 'x\\s-a', 'a{2,3}')),
  ),
  fc.tuple(
    fieldName.map((one) => `${one}|re|i`),
    values(fc.constantFrom('^A', 'BC', 'k', '\\w-')),
  ),
  fc.tuple(
    fc.tuple(fieldName, fc.constantFrom('lt', 'lte', 'gt', 'gte')).map((one) => one.join('|')),
    fc.integer({ min: 0, max: 12 }),
  ),
  fc.tuple(
    fieldName.map((one) => `${one}|exists`),
    fc.boolean(),
  ),
  fc.tuple(
    fieldName.map((one) => `${one}|fieldref`),
    fieldName,
  ),
  fc.tuple(
    fieldName.map((one) => `${one}|cidr`),
    fc.constantFrom('10.0.0.0/8', '10.1.2.3', '11.0.0.0/9'),
  ),
);
const mapping = fc
  .array(itemEntry, { minLength: 1, maxLength: 3 })
  .map((entries) => Object.fromEntries(entries));
const searchValue = fc.oneof(
  mapping,
  fc.array(fc.oneof(mapping, glob), { minLength: 1, maxLength: 3 }),
  glob,
);
const conditionText = fc.letrec<{ it: string }>((tie) => ({
  it: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('a', 'b', 'c_1', 'c_2', '1 of c_*', 'all of c_*', '1 of them', 'all of them'),
    fc.tuple(tie('it'), fc.constantFrom('and', 'or'), tie('it')).map((parts) => parts.join(' ')),
    tie('it').map((one) => `not ${one}`),
    tie('it').map((one) => `(${one})`),
  ),
})).it;
const randomRule = fc
  .record({ a: searchValue, b: searchValue, c_1: searchValue, c_2: searchValue, condition: conditionText })
  .map((detection) => ({ title: 't', logsource: { category: 'x' }, detection }));

describe('the same as a plain evaluation', () => {
  test('of random rules and random events', () => {
    fc.assert(
      fc.property(
        fc.array(randomRule, { minLength: 1, maxLength: 6 }),
        fc.array(randomEvent, { minLength: 1, maxLength: 6 }),
        (rules, events) => {
          // JSON is YAML.
          const set = ruleSetOf(
            rules.map((rule, index) => ({
              file: `${index}`,
              text: JSON.stringify({ ...rule, id: `r${index}` }),
            })),
          );
          expect(set.failed).toEqual([]);
          const matcher = new Matcher(set.detections);
          for (const event of events)
            expect(matcher.match(event).map(({ id }) => id)).toEqual(
              rules.flatMap((rule, index) => (matchesPlainly(rule, event) ? [`r${index}`] : [])),
            );
        },
      ),
      { numRuns: 500 },
    );
  }, 120_000);

  const folder = process.env.SIGMA_RULES ?? '';
  test.skipIf(!existsSync(folder))(
    'of the rules of SIGMA_RULES and events made of their own values',
    () => {
      const { detections, failed } = loadFolder(folder);
      expect(failed).toEqual([]);
      const matcher = new Matcher(detections);
      const documents = ruleFilesOf(folder).flatMap((file) =>
        parseAllDocuments(readFileSync(file, 'utf8')).map(
          (one) => parse(one.toString()) as { id: string; detection: unknown },
        ),
      );
      const names: string[] = [];
      const texts: string[] = [];
      const collect = (value: unknown, key: string): void => {
        if (Array.isArray(value)) for (const one of value) collect(one, key);
        else if (typeof value === 'object' && value !== null)
          for (const [name, inner] of Object.entries(value)) collect(inner, name);
        else if (key !== 'condition') {
          names.push(key.split('|')[0] ?? '');
          texts.push(String(value));
        }
      };
      for (const { detection } of documents) collect(detection, '');
      const pick = fc.nat({ max: names.length - 1 });
      // Values of neighbours stand in the same rule.
      const event = fc
        .array(fc.tuple(pick, fc.nat({ max: 6 })), { minLength: 1, maxLength: 4 })
        .map((picks) =>
          Object.fromEntries(
            picks.flatMap(([at, more]) =>
              Array.from({ length: more + 1 }, (_, index) => [
                names[at + index] || 'message',
                `x ${texts[at + index] ?? ''}`.slice(index % 2 ? 2 : 0),
              ]),
            ),
          ),
        );
      fc.assert(
        fc.property(event, (one) => {
          const found = matcher
            .match(one)
            .map(({ id }) => id)
            .sort();
          expect(found).toEqual(
            documents.flatMap((rule) => (matchesPlainly(rule, one) ? [rule.id] : [])).sort(),
          );
        }),
        { numRuns: 60 },
      );
    },
    300_000,
  );
});
