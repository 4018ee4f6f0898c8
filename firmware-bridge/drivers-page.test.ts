/** docs/drivers.md against the repository: what it names is there, and what is there it names. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { catalog } from '../devices/profiles/catalog.ts';
import { linkKinds } from './links/catalog.ts';

const inProject = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const page = readFileSync(inProject('docs/drivers.md'), 'utf8');
const cellsOf = (line: string) =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
const rows = page.split('\n').filter((line) => line.startsWith('|'));
/** Rows of eight cells are drivers, of two cells tests. */
const drivers = rows
  .map(cellsOf)
  .filter((cells) => cells.length === 8 && /^(?:`|[A-Za-z])/.test(cells[0] ?? '') && cells[0] !== 'driver');
const tests = new Map(
  rows
    .map(cellsOf)
    .filter(([code, ...rest]) => /^[A-Z]\d$/.test(code ?? '') && rest.length === 1)
    .map(([code = '', named = '']) => [code, named]),
);

test('every test that it names is in the file that it names', () => {
  expect(tests.size).toBeGreaterThan(40);
  for (const [code, named] of tests) {
    const [, path = '', name = ''] = /^`([^`]+)`: (.+)$/.exec(named) ?? [];
    expect(existsSync(inProject(path)), `${code}: ${path}`).toBe(true);
    expect(readFileSync(inProject(path), 'utf8').includes(name), `${code}: ${name}`).toBe(true);
  }
});

test('every hardship of every driver has a test, or a reason why it is none', () => {
  const used = new Set<string>();
  for (const [name = '', simulator = '', ...hardships] of drivers) {
    const [, path] = /^`([^`]+)`$/.exec(simulator) ?? [];
    if (path !== undefined) expect(existsSync(inProject(path)), `${name}: ${path}`).toBe(true);
    for (const cell of hardships) {
      const codes = cell.match(/\b[A-Z]\d\b/g) ?? [];
      expect(codes.length > 0 || /^– .{5,}/.test(cell), `${name}: "${cell}"`).toBe(true);
      for (const code of codes) expect(tests.has(code), `${name}: ${code}`).toBe(true);
      for (const code of codes) used.add(code);
    }
  }
  expect([...tests.keys()].filter((code) => !used.has(code))).toEqual([]);
});

test('no link and no profile is missing', () => {
  const named = drivers.map(([name]) => name).join('\n');
  for (const kind of Object.keys(linkKinds)) expect(named).toContain(`\`${kind}\``);
  for (const { name } of catalog) expect(named).toContain(`\`${name}\``);
});
