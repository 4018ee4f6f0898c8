/** The registry as tables: people, badges, accounts, assets, addresses. Sites and zones are in the YAML alone. */
import { ConfigurationError } from '../../devices/configuration.ts';
import { type Asset, asset } from '../../devices/model/asset.ts';
import { type Identity, identity } from '../../devices/model/identity.ts';
import type { RegistryDocument } from '../../devices/model/registry.ts';
import { CsvProblem, type CsvRow, csvText, readCsv } from './csv.ts';

export const tableNames = ['people', 'badges', 'accounts', 'assets', 'addresses'] as const;
export type TableName = (typeof tableNames)[number];

type Cells = Readonly<Record<string, string>>;

/** Several values in one cell: parted by semicolons, as JSON where one of them would be misread. */
const listText = (values: readonly string[] = []): string =>
  values.some((value) => /;|^\s|\s$|^\[|^$/.test(value)) ? JSON.stringify(values) : values.join(';');

function listOf(text: string): unknown {
  if (text.startsWith('[')) return JSON.parse(text);
  return text === '' ? [] : text.split(';').map((value) => value.trim());
}

/** How one key of an entry is written into a cell and read from it. */
interface Column {
  readonly write: (value: unknown) => string;
  readonly read: (text: string) => unknown;
}
const plain: Column = { write: (value) => (value === undefined ? '' : String(value)), read: (text) => text };
const strings: Column = {
  write: (value) => (Array.isArray(value) ? listText(value.map(String)) : ''),
  read: listOf,
};
const number: Column = {
  ...plain,
  read: (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text),
};
const yesNo: Column = {
  write: (value) => (value === undefined ? '' : value === true ? 'yes' : 'no'),
  read: (text) => (/^(yes|true|1)$/i.test(text) ? true : /^(no|false|0)$/i.test(text) ? false : text),
};
const json: Column = {
  write: (value) =>
    value === undefined || (Array.isArray(value) && value.length === 0) ? '' : JSON.stringify(value),
  read: (text) => JSON.parse(text),
};

const personColumns = {
  id: plain,
  name: plain,
  kind: plain,
  sites: strings,
  devices: strings,
  mayOpen: strings,
  hosts: strings,
  vehicles: strings,
} satisfies Partial<Record<keyof Identity, Column>>;

const assetColumns = {
  id: plain,
  kind: plain,
  name: plain,
  site: plain,
  zone: plain,
  hostedOn: plain,
  guards: strings,
  dependsOn: strings,
  connects: strings,
  public: yesNo,
  escapeRoute: yesNo,
  freeEgress: yesNo,
  criticality: number,
  band: json,
  coldChain: json,
  geofences: json,
  position: json,
} satisfies Partial<Record<keyof Asset, Column>>;

const columns: Readonly<Record<TableName, readonly string[]>> = {
  people: Object.keys(personColumns),
  badges: ['badge', 'person'],
  accounts: ['account', 'person'],
  assets: Object.keys(assetColumns),
  addresses: ['address', 'asset'],
};

const written = (entry: Readonly<Record<string, unknown>>, by: Readonly<Record<string, Column>>): string[] =>
  Object.entries(by).map(([key, { write }]) => write(entry[key]));

/** One table of a registry. Pure. */
export function tableText(name: TableName, { identities, assets }: RegistryDocument): string {
  const rows = ((): string[][] => {
    switch (name) {
      case 'people':
        return identities.map((one) => written(one, personColumns));
      case 'badges':
        return identities.flatMap(({ id, badges }) => badges.map((badge) => [badge, id]));
      case 'accounts':
        return identities.flatMap(({ id, accounts }) => accounts.map((account) => [account, id]));
      case 'assets':
        return assets.map((one) => written(one, assetColumns));
      case 'addresses':
        return assets.flatMap(({ id, addresses = [] }) => addresses.map((address) => [address, id]));
    }
  })();
  return csvText([[...columns[name]], ...rows]);
}

/** What tables say of a registry; applied by `withTables`. */
export interface Table {
  readonly name: TableName;
  readonly file: string;
  readonly rows: readonly { readonly line: number; readonly cells: Cells }[];
}

/** Which table a text is, by its first line; columns may come in any order, and optional ones be left out. @throws ConfigurationError */
export function readTable(text: string, file: string): Table {
  const refuse = (line: number, key: string, message: string): never => {
    throw new ConfigurationError(file, [{ line, key, message }]);
  };
  let all: CsvRow[];
  try {
    all = readCsv(text);
  } catch (error) {
    if (error instanceof CsvProblem) return refuse(error.line, '', error.message);
    throw error;
  }
  const [head, ...body] = all;
  if (head === undefined) return refuse(1, '', 'is empty');
  const names = head.cells.map((cell) => cell.trim());
  const name = tableNames.find((one) => isHead(one, names));
  if (name === undefined)
    return refuse(
      head.line,
      '',
      `the first line names no table; known are ${tableNames.map((one) => `${one} (${columns[one].slice(0, 3).join(', ')} …)`).join(', ')}`,
    );
  const strange = names.find((one, index) => !columns[name].includes(one) || names.indexOf(one) !== index);
  if (strange !== undefined)
    return refuse(head.line, `column ${strange}`, `there is no such column in ${name}, or it is there twice`);
  const rows = body.map(({ line, cells }) => {
    if (cells.length !== names.length)
      return refuse(line, '', `has ${cells.length} cells, the first line ${names.length}`);
    return { line, cells: Object.fromEntries(names.map((key, index) => [key, cells[index] ?? ''])) };
  });
  return { name, file, rows };
}

const isHead = (name: TableName, names: readonly string[]): boolean => {
  switch (name) {
    case 'people':
      return names.includes('id') && names.includes('name') && !names.includes('site');
    case 'assets':
      return names.includes('id') && names.includes('site');
    default:
      return columns[name].every((column) => names.includes(column));
  }
};

/**
 * A registry with what tables say. People and assets are added, or the columns that are there replaced; a badge, an
 * account, an address moves to whom the table gives it, and whoever a table names has what it says and no more.
 * @throws ConfigurationError with file, line and column
 */
export function withTables(before: RegistryDocument, tables: readonly Table[]): RegistryDocument {
  const people = new Map(before.identities.map((one) => [one.id, one]));
  const assets = new Map(before.assets.map((one) => [one.id, one]));
  // People and assets first: the other tables speak of them.
  const order: readonly TableName[] = tableNames;
  for (const table of [...tables].sort(
    (a, b) =>
      Number(a.name !== 'people' && a.name !== 'assets') -
        Number(b.name !== 'people' && b.name !== 'assets') || order.indexOf(a.name) - order.indexOf(b.name),
  )) {
    if (table.name === 'people') entriesInto(people, table, personColumns, identity);
    else if (table.name === 'assets') entriesInto(assets, table, assetColumns, asset);
    else if (table.name === 'addresses')
      ownersInto(
        assets,
        table,
        'address',
        'asset',
        (one) => one.addresses ?? [],
        (one, list) => {
          const { addresses: _former, ...rest } = one;
          return list.length === 0 ? rest : { ...rest, addresses: list };
        },
        asset,
      );
    else {
      const key = table.name;
      ownersInto(
        people,
        table,
        key === 'badges' ? 'badge' : 'account',
        'person',
        (one) => one[key],
        (one, list) => ({ ...one, [key]: list }),
        identity,
      );
    }
  }
  return { ...before, identities: [...people.values()], assets: [...assets.values()] };
}

interface Parser<Entry> {
  safeParse(
    value: unknown,
  ):
    | { success: true; data: Entry }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

/** @throws ConfigurationError */
function checked<Entry>(
  schema: Parser<Entry>,
  value: unknown,
  { file }: Table,
  line: number,
  column?: string,
): Entry {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ConfigurationError(
    file,
    result.error.issues.map(({ path, message }) => ({
      line,
      key: `column ${column ?? String(path[0] ?? 'id')}`,
      message,
    })),
  );
}

function entriesInto<Entry extends { readonly id: string }>(
  entries: Map<string, Entry>,
  table: Table,
  by: Readonly<Record<string, Column>>,
  schema: Parser<Entry>,
): void {
  const seen = new Set<string>();
  for (const { line, cells } of table.rows) {
    const value: Record<string, unknown> = { ...entries.get(cells.id ?? '') };
    for (const [key, text] of Object.entries(cells)) {
      // An empty cell is what is not said: the default, or nothing.
      delete value[key];
      if (text === '') continue;
      try {
        value[key] = by[key]?.read(text);
      } catch {
        throw new ConfigurationError(table.file, [{ line, key: `column ${key}`, message: 'is no JSON' }]);
      }
    }
    const entry = checked(schema, value, table, line);
    if (seen.has(entry.id))
      throw new ConfigurationError(table.file, [
        { line, key: 'column id', message: `"${entry.id}" is there twice` },
      ]);
    seen.add(entry.id);
    entries.set(entry.id, entry);
  }
}

function ownersInto<Entry extends { readonly id: string }>(
  entries: Map<string, Entry>,
  table: Table,
  what: string,
  whose: string,
  of: (entry: Entry) => readonly string[],
  withList: (entry: Entry, list: string[]) => unknown,
  schema: Parser<Entry>,
): void {
  const given = new Map<string, string[]>();
  const taken = new Map<string, string>();
  for (const { line, cells } of table.rows) {
    const [thing, owner] = [cells[what] ?? '', cells[whose] ?? ''];
    const problem = (column: string, message: string) =>
      new ConfigurationError(table.file, [{ line, key: `column ${column}`, message }]);
    const entry = entries.get(owner);
    if (entry === undefined) throw problem(whose, `there is no ${whose} "${owner}"`);
    if (thing === '') throw problem(what, 'is empty');
    if (taken.has(thing.toLowerCase())) throw problem(what, `"${thing}" is there twice`);
    taken.set(thing.toLowerCase(), owner);
    const list = [...(given.get(owner) ?? []), thing];
    checked(schema, withList(entry, [thing]), table, line, what);
    given.set(owner, list);
  }
  for (const [id, entry] of entries) {
    const list = given.get(id);
    const had = of(entry);
    const kept = list ?? had.filter((thing) => !taken.has(thing.toLowerCase()));
    if (list === undefined && kept.length === had.length) continue;
    entries.set(id, checked(schema, withList(entry, [...kept]), table, 1, what));
  }
}
