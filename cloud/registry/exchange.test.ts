import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../devices/configuration.ts';
import { type RegistryDocument, registryDocument } from '../../devices/model/registry.ts';
import { readCsvText } from '../duties/testing.ts';
import { csvText, readCsv } from './csv.ts';
import { differenceOf } from './difference.ts';
import { withFiles, yamlText } from './exchange.ts';
import { tableNames, tableText } from './tables.ts';

const anyId = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/);
const ids = fc.uniqueArray(anyId, { minLength: 1, maxLength: 5 });
/** Text that spreadsheets, separators and quoting trip over. */
const anyText = fc
  .oneof(
    fc.string({ maxLength: 12 }),
    fc.constantFrom(
      '=SUM(A1)',
      '+49 30',
      '-1',
      '@x',
      "'quoted",
      "''=",
      'a;b',
      '[1]',
      ' a ',
      'ä,"ö"',
      'a\nb',
      '',
    ),
  )
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what names may not hold.
  .map((text) => text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, ''));
/** An empty or blank cell says nothing, so a name is never one. */
const anyName = anyText.map((text) => (text === '' ? 'x' : text));
const labels = fc.uniqueArray(anyName, { maxLength: 3, selector: (text) => text.toLowerCase() });

const anyRegistry: fc.Arbitrary<RegistryDocument> = fc
  .record({
    sites: ids,
    assets: ids,
    people: ids,
    names: fc.array(anyName, { minLength: 10, maxLength: 10 }),
    labels: fc.array(labels, { minLength: 5, maxLength: 5 }),
    flag: fc.boolean(),
  })
  .map(({ sites, assets, people, names, labels: lists, flag }) => {
    const taken = new Set<string>();
    const own = (list: readonly string[], prefix: string) =>
      list.filter(
        (text) => !taken.has(prefix + text.toLowerCase()) && taken.add(prefix + text.toLowerCase()),
      );
    return registryDocument.parse({
      sites: sites.map((id) => ({ id, name: 'Site', timeZone: 'UTC' })),
      assets: assets.map((id, index) => ({
        id,
        kind: index % 2 ? 'door' : 'host',
        name: names[index],
        site: sites[0],
        guards: flag ? assets.slice(0, index) : [],
        public: flag,
        criticality: (index % 5) + 1,
        ...(index === 0
          ? { band: { minCelsius: 2, maxCelsius: 8.5 }, addresses: ['10.0.0.1', 'pos-1.lan'] }
          : {}),
        ...(flag ? { escapeRoute: false } : {}),
      })),
      identities: people.map((id, index) => ({
        id,
        name: names[index + 5],
        sites: flag ? sites : [],
        badges: own(lists[index] ?? [], 'b'),
        accounts: own(lists[(index + 1) % 5] ?? [], 'a'),
        devices: lists[(index + 2) % 5],
        ...(flag ? { vehicles: assets.slice(0, 1) } : {}),
      })),
      sharedAddresses: flag ? ['192.0.2.1'] : [],
      ...(flag
        ? {
            links: [
              {
                kind: 'badge-account',
                a: 'x',
                b: 'y',
                state: 'accepted',
                confidence: 0.97,
                together: 14,
                days: 15,
              },
            ],
          }
        : {}),
    });
  });
const bare = ({ sites, zones }: RegistryDocument) => registryDocument.parse({ sites, zones });
const tables = (document: RegistryDocument) =>
  tableNames.map((name) => ({ name: `${name}.csv`, text: tableText(name, document) }));

describe('a registry goes out and comes in again as it was', () => {
  it('as YAML', () => {
    fc.assert(
      fc.property(anyRegistry, (document) => {
        const files = [{ name: 'registry.yaml', text: yamlText(document) }];
        expect(withFiles(registryDocument.parse({ sites: [] }), files)).toEqual(document);
        expect(differenceOf(document, withFiles(document, files)).changes).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
  it('as tables, but for sites and links, which are in the YAML alone', () => {
    fc.assert(
      fc.property(anyRegistry, (document) => {
        const { links: _links, sharedAddresses: _shared, ...rest } = document;
        expect(withFiles(bare(document), tables(document))).toEqual({ ...rest, sharedAddresses: [] });
        expect(differenceOf(document, withFiles(document, tables(document))).changes).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
  it('any cells in any rows', () => {
    const rows = fc.array(
      fc.array(fc.string({ unit: 'binary', maxLength: 8 }), { minLength: 2, maxLength: 4 }),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(rows, (all) => {
        expect(readCsv(csvText(all)).map(({ cells }) => cells)).toEqual(all);
      }),
      { numRuns: 40 },
    );
  });
});

it('no cell of a table is a formula', () => {
  fc.assert(
    fc.property(anyRegistry, (document) => {
      for (const { text } of tables(document))
        for (const cell of readCsvText(text).flat()) expect(cell).not.toMatch(/^[=+\-@\t]/);
    }),
    { numRuns: 60 },
  );
});

const before = registryDocument.parse({
  sites: [{ id: 'linden', name: 'Linden', timeZone: 'UTC' }],
  assets: [{ id: 'pos', kind: 'host', name: 'Till', site: 'linden' }],
  identities: [
    { id: 'anna', name: 'Anna Weber', badges: ['04A1', '04A2'] },
    { id: 'ben', name: 'Ben Klein', accounts: ['b.klein'] },
  ],
});
const csv = (name: string, ...lines: string[]) => ({ name: `${name}.csv`, text: lines.join('\n') });
const complaint = (...files: { name: string; text: string }[]): string => {
  try {
    withFiles(before, files);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'taken';
};

it('a badge moves to whom the table gives it, and the others keep theirs', () => {
  const after = withFiles(before, [csv('badges', 'badge,person', '04A2,ben')]);
  expect(after.identities.map(({ badges }) => badges)).toEqual([['04A1'], ['04A2']]);
  expect(differenceOf(before, after).changes).toMatchObject([
    { id: 'anna', change: 'changed', fields: ['badges: ["04A1","04A2"] → ["04A1"]'] },
    { id: 'ben', change: 'changed' },
  ]);
});

it.each([
  [[csv('people', 'id,name,kind', 'anna,Anna,boss')], /^people\.csv:2 column kind: /],
  [
    [csv('assets', 'id,kind,name,site', 'a,host,A,linden', 'b,host,B,nowhere')],
    'assets.csv:3 column site: there is no site "nowhere"',
  ],
  [[csv('accounts', 'account,person', 'x,carl')], 'accounts.csv:2 column person: there is no person "carl"'],
  [
    [csv('badges', 'badge,person', '04a1,anna', '04A1,ben')],
    'badges.csv:3 column badge: "04A1" is there twice',
  ],
  [[csv('badges', 'badge,person', '"04a1,anna')], 'badges.csv:2: a quoted cell does not end'],
  [[csv('people', 'id,name', '"a\nb",c', 'anna')], /^people\.csv:4: has 1 cells/],
  [[csv('other', 'a,b', '1,2')], /^other\.csv:1: the first line names no table/],
  [
    [csv('addresses', 'address,asset', '10.0.0.300,pos')],
    /^addresses\.csv:2 column address: expected an IPv4/,
  ],
  [
    [{ name: 'r.yaml', text: 'assets:\n  - { id: a, kind: host, name: A, site: nowhere }\n' }],
    'r.yaml:2 assets[0].site: there is no site "nowhere"',
  ],
] as const)('what is wrong is told with file, line and column: %#', (files, expected) => {
  expect(complaint(...files)).toMatch(expected);
});
