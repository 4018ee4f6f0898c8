/** A disk that is really full, for those who may mount one; log.test.ts provokes the same by maxBytes for everybody. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../devices/model/clock.ts';
import type { Lane, LossNotice } from '../../devices/wire.ts';
import { type DurableOutbox, openOutbox } from './open.ts';
import { followLane, testKey, testObservation } from './testing.ts';

const directory = mkdtempSync(join(tmpdir(), 'outbox-full-'));
const mount = (...options: string[]): boolean => {
  try {
    execFileSync('mount', options, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const mounted = process.getuid?.() === 0 && mount('-t', 'tmpfs', '-o', 'size=8m', 'outbox-full', directory);

afterAll(() => {
  if (mounted) execFileSync('umount', [directory]);
  rmSync(directory, { recursive: true, force: true });
});

describe.runIf(mounted)('on a full disk', () => {
  let outbox: DurableOutbox;
  const losses: LossNotice[] = [];
  beforeAll(async () => {
    outbox = await openOutbox({
      directory: join(directory, 'log'),
      gateway: 'gw-1',
      signingKey: testKey,
      clock: systemClock,
      // The disk is smaller than what the log was allowed.
      maxBytes: 256 * 1024 * 1024,
      segmentBytes: 1024 * 1024,
      retainMs: 0,
      onFatal: (error) => {
        throw error;
      },
      onLoss: (notice) => losses.push(notice),
    });
  });
  afterAll(() => outbox.close());

  const put = async (lane: Lane, count: number) => {
    for (let index = 0; index < count; index++)
      outbox.stage(lane, Date.now(), (id) => testObservation(id, Date.now(), 'x'.repeat(400)));
    await outbox.committed();
  };
  const follow = async (lane: Lane) => {
    const parts: Uint8Array[] = [];
    for (let after = 0; ; ) {
      const read = await outbox.readLines(lane, after, { records: 500, bytes: 512 * 1024 });
      if (read.records === 0) return followLane(Buffer.concat(parts), 'gw-1', outbox.epoch);
      parts.push(read.lines);
      after = read.last;
    }
  };

  it('alarms still get in, the oldest bulk is given up and stated; when there is room again it uses it', async () => {
    await put('bulk', 500);
    // Somebody else's files take the rest of the disk, up to two segments.
    const { bavail, bsize } = statfsSync(directory);
    writeFileSync(join(directory, 'other'), Buffer.alloc(Math.max(0, bavail * bsize - 2 * 1024 * 1024)));
    let alarms = 0;
    for (let round = 0; round < 100; round++) {
      await put('bulk', 200);
      await put('alarm', 5);
      alarms += 5;
    }
    expect(outbox.metrics().full).toBe(true);
    expect((await follow('alarm')).sequences).toHaveLength(alarms);
    const bulk = await follow('bulk');
    expect(bulk.losses).toHaveLength(1);
    expect(bulk.losses[0]).toMatchObject({ reason: 'disk-full', count: 20_500 - bulk.sequences.length });
    expect(losses.length).toBeGreaterThan(0);

    rmSync(join(directory, 'other'));
    const whenFull = bulk.sequences.length;
    await expect.poll(() => outbox.metrics().full, { timeout: 10_000 }).toBe(false);
    const given = losses.length;
    for (let round = 0; round < 5; round++) await put('bulk', 200);
    expect((await follow('bulk')).sequences.length).toBe(whenFull + 1_000);
    expect(losses.length).toBe(given);
  }, 60_000);
});
