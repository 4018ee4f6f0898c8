import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../devices/model/clock.ts';
import type { Lane } from '../../devices/wire.ts';
import { openOutbox } from './open.ts';
import { followLane, testKey } from './testing.ts';

let directory: string;
let keyFile: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'outbox-kill-'));
  keyFile = join(directory, 'key.pem');
  writeFileSync(keyFile, testKey.export({ type: 'pkcs8', format: 'pem' }));
});
afterEach(() => rm(directory, { recursive: true }));

const writer = join(import.meta.dirname, 'testing-writer.ts');

interface Written {
  /** Lane, id, worker, number: as told before the end. */
  acknowledged: { lane: Lane; sequence: number; worker: string; number: number }[];
  fatal?: string;
  code: number | null;
}

/** Runs the writer until it is killed after `lines` lines, or ends by itself. */
function write(
  log: string,
  { lines, through = [] }: { lines: number; through?: string[] },
): Promise<Written> {
  const [command = process.execPath, ...before] = [...through, process.execPath];
  const child = spawn(command, [...before, writer, log, keyFile], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  let seen = 0;
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    text += chunk;
    seen += chunk.split('\n').length - 1;
    if (seen >= lines) child.kill('SIGKILL');
  });
  return new Promise((resolve) =>
    child.on('close', (code) => {
      const written: Written = { acknowledged: [], code };
      for (const line of text.split('\n').slice(0, -1)) {
        const [lane = '', id = '', worker = '', number = ''] = line.split(' ');
        if (lane === 'fatal') written.fatal = line;
        else if (lane === 'alarm' || lane === 'bulk')
          written.acknowledged.push({
            lane,
            sequence: Number(id.split('/').at(-1)),
            worker,
            number: Number(number),
          });
      }
      resolve(written);
    }),
  );
}

async function stored(log: string) {
  const outbox = await openOutbox({
    directory: log,
    gateway: 'gw-1',
    signingKey: testKey,
    clock: systemClock,
    maxBytes: 67_108_864,
    segmentBytes: 1024 * 1024,
    onFatal: () => undefined,
  });
  const followed = async (lane: Lane) => {
    const parts: Uint8Array[] = [];
    for (let after = 0; ; ) {
      const read = await outbox.readLines(lane, after, { records: 500, bytes: 512 * 1024 });
      if (read.records === 0) return followLane(Buffer.concat(parts), 'gw-1', outbox.epoch);
      parts.push(read.lines);
      after = read.last;
    }
  };
  const lanes = { alarm: await followed('alarm'), bulk: await followed('bulk') };
  const state = outbox.kept('worker/');
  await outbox.close();
  return { lanes, state };
}

it('what was acknowledged survives kill -9 at any moment, in order, once, with its state', async () => {
  const log = join(directory, 'log');
  const all: Written['acknowledged'] = [];
  for (const lines of [1, 40, 333, 1_500, 4_000, 9_001]) {
    const { acknowledged } = await write(log, { lines });
    all.push(...acknowledged);
    const { lanes, state } = await stored(log);
    for (const lane of ['alarm', 'bulk'] as const) {
      const there = new Set(lanes[lane].sequences);
      const missing = all.filter((entry) => entry.lane === lane && !there.has(entry.sequence));
      expect(missing).toEqual([]);
      expect(there.size).toBe(lanes[lane].sequences.length);
      for (const loss of lanes[lane].losses) expect(loss.count).toBe(0);
    }
    for (const { worker, number } of acknowledged)
      expect(state.get(`worker/${worker}`)).toBeGreaterThanOrEqual(number);
  }
  expect(all.length).toBeGreaterThan(10_000);
}, 120_000);

const straceThere = (() => {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

it.runIf(straceThere)(
  'a failed fsync ends the process; only what was acknowledged before counts',
  async () => {
    const log = join(directory, 'log');
    const through = [
      'strace',
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      'trace=fdatasync',
      '-e',
      'inject=fdatasync:error=EIO:when=30',
    ];
    const { acknowledged, fatal, code } = await write(log, { lines: 1_000_000, through });
    expect(code).toBe(70);
    expect(fatal).toContain('EIO');
    expect(acknowledged.length).toBeGreaterThan(0);
    const { lanes } = await stored(log);
    const there = { alarm: new Set(lanes.alarm.sequences), bulk: new Set(lanes.bulk.sequences) };
    expect(acknowledged.filter(({ lane, sequence }) => !there[lane].has(sequence))).toEqual([]);
  },
  60_000,
);

it('two processes never write to one log', async () => {
  const options = {
    directory: join(directory, 'log'),
    gateway: 'gw-1',
    signingKey: testKey,
    clock: systemClock,
    onFatal: () => undefined,
  };
  const first = await openOutbox(options);
  await expect(openOutbox(options)).rejects.toThrow('already open');
  await first.close();
  const second = await openOutbox(options);
  await second.close();
});
