import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SavedPart } from '../correlation/saved.ts';
import { putSnapshot, readSnapshot, written } from './snapshot-file.ts';

const parts: SavedPart[] = [
  { part: 'waiting', ids: ['d1', 'zwölf'] },
  { part: 'told', list: [[0, true, [['i1', 'd1']]]] },
];
let folder: string;
let file: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-snapshot-'));
  file = join(folder, 'snapshot');
  await putSnapshot(file, await written({ basis: 'a', position: 7 }, parts));
});
afterAll(() => rmSync(folder, { recursive: true }));

const reason = async (path: string, basis = 'a') => {
  const read = await readSnapshot(path, basis);
  return 'reason' in read ? read.reason : 'none';
};

test('what was written is read, with its position', async () => {
  const read = await readSnapshot(file, 'a');
  if ('reason' in read) throw new Error(read.reason);
  expect(read.position).toBe(7);
  const found: SavedPart[] = [];
  for await (const part of read.parts()) found.push(part);
  expect(found).toEqual(parts);
});

test('one that is missing, or rests on something else, is none', async () => {
  expect(await readSnapshot(join(folder, 'other'), 'a')).toEqual({
    reason: 'there is none',
    isMissing: true,
  });
  expect(await reason(file, 'b')).toContain('registry');
});

test('one that is torn anywhere, or has one byte changed anywhere, is none', async () => {
  const whole = readFileSync(file);
  const broken = join(folder, 'broken');
  for (let length = 0; length < whole.length; length += 5) {
    writeFileSync(broken, whole.subarray(0, length));
    expect(await reason(broken)).toMatch(/torn|hash|first line/);
  }
  for (let at = 0; at < whole.length; at += 7) {
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 1;
    writeFileSync(broken, changed);
    expect(await reason(broken)).not.toBe('none');
  }
});

test('one of another version is none', async () => {
  const lines = (await written({ basis: 'a', position: 7 }, [])).join('').split('\n');
  const first = `${(lines[0] ?? '').replace('"version":1', '"version":2')}\n`;
  const sha256 = createHash('sha256').update(first).digest('hex');
  writeFileSync(join(folder, 'version'), `${first}${JSON.stringify({ lines: 1, sha256 })}\n`);
  expect(await reason(join(folder, 'version'))).toContain('version 2');
});
