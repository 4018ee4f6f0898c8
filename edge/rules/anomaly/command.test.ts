import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { main } from './command.ts';

async function run(args: readonly string[], input: readonly string[] = []) {
  const printed: string[] = [];
  const complaints: string[] = [];
  const given = async function* () {
    yield* input;
  };
  const code = await main(args, {
    input: given(),
    open: (file) => {
      if (file === 'missing.csv') throw new Error('no such file');
      return given();
    },
    print: (text) => {
      printed.push(text);
      return undefined;
    },
    complain: (line) => complaints.push(line),
  });
  return { code, text: printed.join(''), complaints };
}

const rows = ['timestamp,value\n2014-04-01 00:00:00,1\n', '2014-04-01 00:05:00,2\n'];

test.each([['-'], ['file.csv'], []])('scores standard input or a file: %s', async (...operand) => {
  expect(await run(['score', ...operand], rows)).toEqual({
    code: 0,
    text: 'timestamp,value,anomaly_score\n2014-04-01 00:00:00,1,0\n2014-04-01 00:05:00,2,0\n',
    complaints: [],
  });
});

test('ends with 1 and a count when rows were skipped', async () => {
  const { code, complaints } = await run(['score'], [...rows, 'x,3\n']);
  expect(code).toBe(1);
  expect(complaints).toEqual([
    'line 4, column timestamp: "x" is no time; skipped',
    '1 of 3 rows were skipped',
  ]);
});

test('ends with 2 when it cannot begin', async () => {
  expect(await run(['score', 'missing.csv'])).toMatchObject({
    code: 2,
    text: '',
    complaints: ['missing.csv: no such file'],
  });
  expect((await run([])).code).toBe(2);
  expect((await run(['score', '--threshold', '3'])).code).toBe(2);
  expect((await run(['benchmark'])).code).toBe(2);
});

test('tells about itself', async () => {
  const { code, text } = await run(['--help']);
  expect(code).toBe(0);
  expect(text).toContain('anomaly score [FILE.csv | -]');
});

test('says that the benchmark is skipped where it is not', async () => {
  const { code, text } = await run(['benchmark', '/nowhere']);
  expect([code, text]).toEqual([0, 'skipped: there is no combined_windows.json in /nowhere\n']);
});

test('scores a benchmark of the published form', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'nab-'));
  const stamp = (index: number) => new Date(index * 300_000).toISOString().slice(0, 19).replace('T', ' ');
  const values = Array.from({ length: 1_000 }, (_, index) => (index === 600 ? 90 : (index % 9) / 3));
  writeFileSync(
    join(folder, 'made-up.csv'),
    `timestamp,value\n${values.map((value, index) => `${stamp(index)},${value}`).join('\n')}\n`,
  );
  writeFileSync(
    join(folder, 'combined_windows.json'),
    JSON.stringify({ 'made-up.csv': [[`${stamp(600)}.000000`, `${stamp(650)}.000000`]] }),
  );
  const { code, text } = await run(['benchmark', folder]);
  expect(code).toBe(0);
  expect(text).toContain('1 files, 1000 rows, 1 labelled windows');
  expect(text).toMatch(/^standard {13}100\.0/m);
});
