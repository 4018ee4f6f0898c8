import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { openDatabase } from './database.ts';
import { openSqliteStore } from './sqlite.ts';
import { storeContract } from './store-contract.ts';
import { Writer } from './writer.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'gatehouse-store-'));
let folder = newFolder();

storeContract('SQLite', {
  open: (clock) =>
    openSqliteStore({
      file: join(folder, 'store.sqlite'),
      clock,
      sitesOf: ({ assets }) => (assets.includes('dock-1') ? ['north'] : ['linden']),
    }),
  forget: () => {
    rmSync(folder, { recursive: true, force: true });
    folder = newFolder();
  },
});

test('a file that is no database, and one of a later version, are refused by name', () => {
  const there = newFolder();
  const broken = join(there, 'broken.sqlite');
  writeFileSync(broken, 'this is not a database, but it is long enough to be looked at as one'.repeat(20));
  const options = { clock: manualClock(0), sitesOf: () => [] };
  expect(() => openSqliteStore({ file: broken, ...options })).toThrow(/not a database/);
  const later = join(there, 'later.sqlite');
  const database = openDatabase(later);
  database.exec('PRAGMA user_version = 999');
  database.close();
  expect(() => openSqliteStore({ file: later, ...options })).toThrow(/later version/);
  rmSync(there, { recursive: true });
});

test('one call that the database refuses takes no other call along', async () => {
  const there = newFolder();
  const file = join(there, 'store.sqlite');
  openDatabase(file).close();
  const writer = new Writer(file);
  const results = await Promise.allSettled([
    writer.write([['putCursor', 'first', 'a']]),
    writer.write([['putCursor', 'good', 'b']]),
    // A cursor must have a value.
    writer.write([['putCursor', 'bad', null]]),
    writer.write([['putCursor', 'also-good', 'c']]),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  await writer.close();
  rmSync(there, { recursive: true });
});
