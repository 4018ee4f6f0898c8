import { closeSync, openSync, readdirSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Lane } from '../../devices/wire.ts';
import { realDisk } from './disk.ts';
import { TestLog } from './testing.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outbox-log-'));
});
afterEach(() => rm(directory, { recursive: true }));

const segmentFiles = () =>
  readdirSync(directory)
    .filter((name) => name.startsWith('segment-'))
    .map((name) => join(directory, name));

/** The file that frames were last written to. */
function fileWith(text: string): { path: string; at: number } {
  for (const path of segmentFiles()) {
    const at = readFileSync(path).indexOf(text);
    if (at >= 0) return { path, at };
  }
  throw new Error(`no segment holds "${text}"`);
}

function flip(path: string, at: number): void {
  const file = openSync(path, 'r+');
  const byte = readFileSync(path)[at] ?? 0;
  writeSync(file, Buffer.from([byte ^ 0x10]), 0, 1, at);
  closeSync(file);
}

const bulk = (count: number, text = 'x') =>
  Array.from({ length: count }, () => ({ lane: 'bulk' as const, text }));
const filler = 'f'.repeat(400);

describe('a log that is opened again', () => {
  it('goes on where it stood, in numbers, chain and state', async () => {
    const first = new TestLog(directory);
    first.put(
      [{ lane: 'bulk' }, { lane: 'alarm' }, { lane: 'bulk' }],
      [
        ['arming', '"away"'],
        ['door', '1'],
      ],
    );
    first.put([{ lane: 'bulk' }], [['door', null]]);
    await first.log.close();
    const again = new TestLog(directory);
    expect(again.log.epoch).toBe(first.log.epoch);
    expect([...again.log.state]).toEqual([['arming', '"away"']]);
    expect(again.put([{ lane: 'alarm' }]).sequences).toEqual([5]);
    expect(again.follow('bulk').sequences).toEqual([1, 3, 4]);
    expect(again.follow('alarm').sequences).toEqual([2, 5]);
    expect(again.lost).toEqual([]);
    await again.log.close();
  });

  it('knows what was acknowledged', async () => {
    const first = new TestLog(directory);
    first.put(bulk(10));
    expect(first.log.acknowledge('bulk', 7)).toBe(true);
    expect(first.log.lanes.bulk.waiting).toBe(3);
    await first.log.close();
    const again = new TestLog(directory);
    expect(again.log.lanes.bulk.acknowledged).toBe(7);
    expect(again.log.lanes.bulk.waiting).toBe(3);
    await again.log.close();
  });

  it('is refused to another gateway', async () => {
    const first = new TestLog(directory);
    await first.log.close();
    expect(() => new TestLog(directory, { gateway: 'gw-2' })).toThrow('belongs to gateway "gw-1"');
  });

  it('gives the same records under any order of commits, acknowledgements and reopenings', async () => {
    const step = fc.oneof(
      fc.record({
        type: fc.constant('put' as const),
        records: fc.array(
          fc.record({
            lane: fc.constantFrom<Lane>('alarm', 'bulk'),
            text: fc.string({ maxLength: 300, unit: 'grapheme' }),
          }),
          { minLength: 1, maxLength: 40 },
        ),
      }),
      fc.record({
        type: fc.constant('acknowledge' as const),
        lane: fc.constantFrom<Lane>('alarm', 'bulk'),
        part: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      fc.constant({ type: 'reopen' as const }),
      fc.constant({ type: 'tidy' as const }),
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const own = join(directory, String(run++));
        let log = new TestLog(own);
        const put: Record<Lane, number[]> = { alarm: [], bulk: [] };
        const acknowledged: Record<Lane, number> = { alarm: 0, bulk: 0 };
        for (const entry of steps) {
          if (entry.type === 'put') {
            const { sequences } = log.put(entry.records);
            entry.records.forEach(({ lane }, index) => put[lane].push(sequences[index] ?? 0));
          } else if (entry.type === 'acknowledge') {
            const lane = put[entry.lane];
            const upTo = lane[Math.floor((lane.length - 1) * entry.part)] ?? 0;
            log.log.acknowledge(entry.lane, upTo);
            acknowledged[entry.lane] = Math.max(acknowledged[entry.lane], upTo);
          } else if (entry.type === 'tidy') await log.log.tidy();
          else {
            await log.log.close();
            log = new TestLog(own);
          }
          for (const lane of ['alarm', 'bulk'] as const) {
            const waiting = put[lane].filter((sequence) => sequence > acknowledged[lane]);
            expect(log.log.lanes[lane].waiting).toBe(waiting.length);
          }
        }
        for (const lane of ['alarm', 'bulk'] as const) {
          const chain =
            acknowledged[lane] === 0 ? undefined : log.log.lanes[lane].chainAt(acknowledged[lane]);
          const from = chain === undefined ? undefined : { sequence: acknowledged[lane], chain };
          const waiting = put[lane].filter((sequence) => sequence > acknowledged[lane]);
          expect(log.follow(lane, from).sequences).toEqual(waiting);
        }
        await log.log.close();
      }),
      { numRuns: 25 },
    );
  });
});

describe('damage', () => {
  it('to one commit costs that commit, and the gap is stated', async () => {
    const log = new TestLog(directory);
    log.put(bulk(3));
    log.put([{ lane: 'bulk', text: 'to-be-damaged' }, { lane: 'bulk' }]);
    log.put(bulk(2));
    const { path, at } = fileWith('to-be-damaged');
    flip(path, at);
    const followed = log.follow('bulk');
    expect(followed.sequences).toEqual([1, 2, 3, 6, 7]);
    expect(followed.losses).toMatchObject([{ from: 4, to: 5, count: 2, reason: 'unreadable' }]);
    await log.log.close();
    const again = new TestLog(directory);
    const later = again.follow('bulk');
    expect(later.sequences).toEqual([1, 2, 3, 6, 7]);
    expect(later.losses).toMatchObject([{ from: 4, to: 5, reason: 'unreadable' }]);
    await again.log.close();
  });

  it('at the end: numbers that may have been used are not used again', async () => {
    const first = new TestLog(directory);
    first.put(bulk(3));
    // Killed here: no frame stands behind the damaged one that would tell what it held.
    first.put([{ lane: 'bulk', text: 'sent-and-then-damaged' }]);
    const { path, at } = fileWith('sent-and-then-damaged');
    flip(path, at);
    const again = new TestLog(directory);
    const { sequences } = again.put(bulk(1));
    expect(sequences[0]).toBeGreaterThan(1_000_000);
    const followed = again.follow('bulk');
    expect(followed.sequences).toEqual([1, 2, 3, ...sequences]);
    expect(followed.losses).toHaveLength(1);
    expect(followed.losses[0]?.from).toBe(4);
    // Not again at the next start: the end is clean now.
    await again.log.close();
    const third = new TestLog(directory);
    expect(third.lost).toEqual([]);
    await third.log.close();
  });

  it('to everything: the files are kept, a new epoch begins and says so', async () => {
    const first = new TestLog(directory);
    first.put(bulk(3));
    await first.log.close();
    const names = segmentFiles().map((path) => basename(path));
    for (const path of segmentFiles()) {
      const size = statSync(path).size;
      writeFileSync(path, Buffer.alloc(size, 0xa5));
    }
    const again = new TestLog(directory);
    expect(again.log.epoch).not.toBe(first.log.epoch);
    expect(readdirSync(again.log.setAside ?? '').sort()).toEqual(names.sort());
    again.put([{ lane: 'alarm' }, { lane: 'bulk' }]);
    for (const lane of ['alarm', 'bulk'] as const) {
      const { sequences, losses } = again.follow(lane);
      expect(sequences).toHaveLength(1);
      expect(losses).toMatchObject([{ lane, reason: 'unreadable', count: 0 }]);
    }
    await again.log.close();
  });
});

describe('a log at its limit', () => {
  it('gives up the oldest bulk, never an alarm, and states what it gave up', async () => {
    const log = new TestLog(directory, { maxBytes: 4 * 1024 * 1024 });
    const alarms: number[] = [];
    const bulks: number[] = [];
    for (let round = 0; round < 120; round++) {
      const { sequences, refused } = log.put([...bulk(100, filler), { lane: 'alarm' }]);
      expect(refused).toBe(0);
      alarms.push(sequences.at(-1) ?? 0);
      bulks.push(...sequences.slice(0, -1));
    }
    expect(log.follow('alarm')).toMatchObject({ sequences: alarms, losses: [] });
    const { sequences, losses } = log.follow('bulk');
    expect(losses).toHaveLength(1);
    const [loss] = losses;
    expect(loss?.reason).toBe('disk-full');
    expect(loss?.from).toBe(1);
    expect(loss?.count).toBe(bulks.length - sequences.length);
    expect(sequences).toEqual(bulks.filter((sequence) => sequence > (loss?.to ?? 0)));
    expect(sequences.length).toBeGreaterThan(1_000);
    const size = segmentFiles().reduce((sum, path) => sum + statSync(path).size, 0);
    expect(size).toBeLessThanOrEqual(4 * 1024 * 1024);
    await log.log.close();
    const again = new TestLog(directory, { maxBytes: 4 * 1024 * 1024 });
    expect(again.follow('alarm').sequences).toEqual(alarms);
    expect(again.follow('bulk').sequences).toEqual(sequences);
    await again.log.close();
  });

  it('gives back what was acknowledged and loses nothing while somebody takes it', async () => {
    const log = new TestLog(directory, { maxBytes: 4 * 1024 * 1024 });
    for (let round = 0; round < 120; round++) {
      const { sequences } = log.put(bulk(100, filler));
      log.log.acknowledge('bulk', sequences.at(-1) ?? 0);
      if (round % 10 === 0) await log.log.tidy();
    }
    expect(log.lost).toEqual([]);
    expect(log.log.lanes.bulk.waiting).toBe(0);
    await log.log.close();
  });

  it('with nothing but alarms gives up the oldest of them, and new ones get in', async () => {
    const log = new TestLog(directory, { maxBytes: 4 * 1024 * 1024 });
    const alarms: number[] = [];
    for (let round = 0; round < 80; round++)
      alarms.push(
        ...log.put(Array.from({ length: 100 }, () => ({ lane: 'alarm' as const, text: filler }))).sequences,
      );
    const { sequences, losses } = log.follow('alarm');
    expect(sequences.at(-1)).toBe(alarms.at(-1));
    expect(losses).toHaveLength(1);
    expect(losses[0]?.count).toBe(alarms.length - sequences.length);
    await log.log.close();
  });
});

describe('a disk that refuses', () => {
  it('a full one: records in the spare, then refusal, then on again by itself with the loss stated', async () => {
    let full = false;
    const disk = {
      ...realDisk,
      write(file: number, pieces: readonly Uint8Array[], position: number) {
        if (full) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
        return realDisk.write(file, pieces, position);
      },
    };
    const log = new TestLog(directory, { disk });
    await log.log.tidy();
    log.put(bulk(5), [['mode', '"away"']]);
    full = true;
    expect(log.put([{ lane: 'bulk' }, { lane: 'alarm' }]).refused).toBe(2);
    full = false;
    const { sequences, refused } = log.put([{ lane: 'bulk' }, { lane: 'alarm' }]);
    expect(refused).toBe(0);
    expect(log.follow('bulk')).toMatchObject({
      sequences: [1, 2, 3, 4, 5, sequences[0]],
      losses: [{ from: 6, to: 6, count: 1 }],
    });
    expect(log.follow('alarm')).toMatchObject({
      sequences: [sequences[1]],
      losses: [{ from: 1, to: 7, count: 1 }],
    });
    await log.log.close();
    const again = new TestLog(directory);
    expect(again.follow('bulk').sequences).toEqual([1, 2, 3, 4, 5, sequences[0]]);
    expect(again.log.state.get('mode')).toBe('"away"');
    await again.log.close();
  });

  it('a failed fsync ends it: nothing is tried again as though it had worked', () => {
    let broken = false;
    const disk = {
      ...realDisk,
      sync(file: number) {
        if (broken) throw Object.assign(new Error('input/output error'), { code: 'EIO' });
        realDisk.sync(file);
      },
    };
    const log = new TestLog(directory, { disk });
    log.put(bulk(1));
    broken = true;
    expect(() => log.put(bulk(1))).toThrow('input/output error');
    broken = false;
    expect(() => log.put(bulk(1))).toThrow('input/output error');
  });
});
