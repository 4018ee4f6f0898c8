import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { consistencyProof, inclusionProof, isConsistent, isIncluded, leafHash, rootOf } from './merkle.ts';
import { noteSigner } from './note.ts';
import { TileLog } from './tile-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-audit-'));
afterAll(() => rmSync(folder, { recursive: true }));
const signer = noteSigner('test.example/audit', join(folder, 'key.pem'));
const bytesOf = (number: number) => Buffer.from(`entry ${number}`);
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => bytesOf(from + at));

async function collected(entries: AsyncIterable<Uint8Array>): Promise<string[]> {
  const found: string[] = [];
  for await (const one of entries) found.push(Buffer.from(one).toString());
  return found;
}

test('batches of any size give the tree of all entries, before and after a restart', async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 4 }),
      async (sizes) => {
        const there = join(folder, `run-${run++}`);
        let log = await TileLog.open({ folder: there, signer });
        let size = 0;
        for (const more of sizes) {
          const before = { size, root: await log.rootAt(size) };
          await log.append(numbers(size, size + more));
          size += more;
          log = await TileLog.open({ folder: there, signer, known: [log.checkpoint] });
          expect(log.checkpoint.size).toBe(size);
          expect(log.checkpoint.root).toEqual(rootOf(numbers(0, size).map(leafHash)));
          const proof = await consistencyProof(before.size, size, log.range);
          expect(isConsistent(before, log.checkpoint, proof)).toBe(true);
        }
        const index = (size * 7) % size;
        const { root } = log.checkpoint;
        const proof = await inclusionProof(index, size, log.range);
        expect(isIncluded({ index, size, leaf: leafHash(bytesOf(index)), root }, proof)).toBe(true);
        expect(await collected(log.entries())).toEqual(numbers(0, size).map(String));
      },
    ),
    { numRuns: 6 },
  );
});

test('a finished tile leaves no unfinished ones behind, and a part of it can still be had', async () => {
  const there = join(folder, 'partial');
  const log = await TileLog.open({ folder: there, signer });
  await log.append(numbers(0, 100));
  await log.append(numbers(100, 300));
  const entries = readdirSync(join(there, 'tile', 'entries'), { recursive: true }).map(String);
  expect(entries.filter((name) => /\d$/.test(name)).sort()).toEqual(['000', '001.p/44']);
  expect((await log.tile({ level: 0, index: 0, width: 100 }))?.length).toBe(3_200);
  expect(await log.tile({ level: 0, index: 1, width: 45 })).toBeUndefined();
  expect(await log.tile({ level: 1, index: 0, width: 1 })).toHaveLength(32);
});

test('a log that was set back, rewritten or damaged is refused at the start, and says what is wrong', async () => {
  const there = join(folder, 'guarded');
  const log = await TileLog.open({ folder: there, signer });
  await log.append(numbers(0, 10));
  cpSync(there, `${there}-back`, { recursive: true });
  const { checkpoint } = await TileLog.open({ folder: there, signer });
  await log.append(numbers(10, 20));
  const known = [log.checkpoint];
  await expect(TileLog.open({ folder: `${there}-back`, signer, known })).rejects.toThrow(
    /ends at entry 10.*knows 20: it was set back/,
  );
  const forked = await TileLog.open({ folder: `${there}-back`, signer });
  await forked.append(numbers(100, 115));
  await expect(TileLog.open({ folder: `${there}-back`, signer, known })).rejects.toThrow(
    /first 20 entries are not those/,
  );
  // What both have in common is no fork.
  await TileLog.open({ folder: `${there}-back`, signer, known: [checkpoint] });
  writeFileSync(join(there, 'tile', '0', '000.p', '20'), Buffer.alloc(640));
  await expect(TileLog.open({ folder: there, signer })).rejects.toThrow(/do not add up to its checkpoint/);
  writeFileSync(join(there, 'checkpoint'), log.note.replace('20', '19'));
  await expect(TileLog.open({ folder: there, signer })).rejects.toThrow(/not signed by/);
});

test('the first disk error ends it: nothing is added on top of what may not be there', async () => {
  const there = join(folder, 'full');
  const log = await TileLog.open({ folder: there, signer });
  await log.append(numbers(0, 3));
  // A file where a folder must be.
  rmSync(join(there, 'tile'), { recursive: true });
  writeFileSync(join(there, 'tile'), '');
  await expect(log.append(numbers(3, 5))).rejects.toThrow();
  rmSync(join(there, 'tile'));
  await expect(log.append(numbers(3, 5))).rejects.toThrow();
  expect(log.checkpoint.size).toBe(3);
});
