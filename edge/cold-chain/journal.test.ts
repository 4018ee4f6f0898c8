import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type DamagedLine, Journal, type JournalEntry } from './journal.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const march = at('2026-03-10T12:00:00');

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'gatehouse-journal-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const reading = (asset: string, value: number, time = march): JournalEntry => ({
  t: 'readings',
  asset,
  probe: 'p',
  list: [time, value],
});

async function allOf(journal: Journal, from = 0, to = at('2040-01-01T00:00:00')) {
  const damaged: DamagedLine[] = [];
  const entries: JournalEntry[] = [];
  for await (const entry of journal.read(from, to, (line) => damaged.push(line))) entries.push(entry);
  return { entries: entries.filter(({ t }) => t !== 'begin'), damaged };
}

test('what was appended is read again, by another process too, and the chain goes on', async () => {
  const path = folder();
  const first = await Journal.open(path);
  await first.append([reading('fridge-1', 5)], march);
  const second = await Journal.open(path);
  expect(second.head).toEqual(first.head);
  await second.append([reading('fridge-2', 6)], march);
  expect(await allOf(second)).toEqual({
    entries: [reading('fridge-1', 5), reading('fridge-2', 6)],
    damaged: [],
  });
});

test('half a line at the end, as a pulled plug leaves it, is cut off', async () => {
  const path = folder();
  const journal = await Journal.open(path);
  await journal.append([reading('fridge-1', 5)], march);
  appendFileSync(join(path, '2026-03.log'), `${'a'.repeat(64)} {"t":"read`);
  const again = await Journal.open(path);
  await again.append([reading('fridge-1', 6)], march);
  expect(await allOf(again)).toEqual({
    entries: [reading('fridge-1', 5), reading('fridge-1', 6)],
    damaged: [],
  });
});

test('a changed line, a removed line and a swapped one are named', async () => {
  const path = folder();
  const journal = await Journal.open(path);
  await journal.append(
    [4, 5, 6, 7].map((value) => reading('fridge-1', value)),
    march,
  );
  const file = join(path, '2026-03.log');
  const lines = readFileSync(file, 'utf8').split('\n');
  const damageOf = async (changed: string[]) => {
    writeFileSync(file, changed.join('\n'));
    return (await allOf(await Journal.open(path))).damaged;
  };
  const altered = lines.map((line, index) => (index === 2 ? line.replace(',5]', ',4.9]') : line));
  expect(await damageOf(altered)).toEqual([{ file: '2026-03.log', line: 3 }]);
  expect(await damageOf(lines.filter((_, index) => index !== 2))).toEqual([{ file: '2026-03.log', line: 3 }]);
  const [begin = '', a = '', b = '', ...rest] = lines;
  expect(await damageOf([begin, b, a, ...rest])).toHaveLength(3);
});

test('a month that is over is compressed; one that is older than five years is gone', async () => {
  const path = folder();
  const journal = await Journal.open(path);
  for (const month of ['2026-03', '2026-04', '2031-03', '2031-04'])
    await journal.append([reading('fridge-1', 5, at(`${month}-10T00:00:00`))], at(`${month}-10T00:00:00`));
  expect(await journal.tidy(at('2031-04-10T00:00:00'))).toEqual([]);
  expect(readdirSync(path).sort()).toEqual(['2026-04.log.gz', '2031-03.log.gz', '2031-04.log']);
  const { entries, damaged } = await allOf(await Journal.open(path));
  expect([entries.length, damaged]).toEqual([3, []]);
});

test('when its disk space is used up the oldest month goes, and that is told', async () => {
  const path = folder();
  const journal = await Journal.open(path, { maxBytes: 600 });
  for (const month of ['2026-03', '2026-04', '2026-05'])
    await journal.append([reading('fridge-1', 5)], at(`${month}-10T00:00:00`));
  expect(await journal.tidy(at('2026-05-10T00:00:00'))).toContain('2026-03');
  expect(journal.months()).toContain('2026-05');
});

test('an interrupted compression is begun again', async () => {
  const path = folder();
  const journal = await Journal.open(path);
  await journal.append([reading('fridge-1', 5)], march);
  writeFileSync(join(path, '2026-02.log.gz.tmp'), 'half');
  await Journal.open(path);
  expect(existsSync(join(path, '2026-02.log.gz.tmp'))).toBe(false);
});

test('a clock that was set back writes on where it was', async () => {
  const path = folder();
  const journal = await Journal.open(path);
  await journal.append([reading('fridge-1', 5)], march);
  await journal.append([reading('fridge-1', 6)], at('2020-01-01T00:00:00'));
  expect(journal.months()).toEqual(['2026-03']);
  expect((await allOf(journal)).entries).toHaveLength(2);
});
