import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually, type Rig, rigUp } from '../rig.ts';

let rig: Rig;
let log: string;
let written: number;

beforeEach(async () => {
  rig = await rigUp();
  log = join(rig.folder, 'log');
  written = 0;
});
afterEach(() => rig.stop());

const lineOf = (account: string): string =>
  `${JSON.stringify({ time: '2026-11-23T07:00:01Z', event: 'login.failed', account, ip: '203.0.113.7' })}\n`;

/** Appends lines that are all different, and in order. */
function write(count: number, path = log): void {
  let text = '';
  for (let index = 0; index < count; index++) text += lineOf(`u${++written}`);
  appendFileSync(path, text);
}

/** On a busy machine, a follower may see nothing for several lives: what it has to find must be there still. */
const MOST_PIECES = 40;

/** As logrotate does: `.1` becomes `.2`, the log becomes `.1`, and its writer begins a new one. */
function rotateByName(): void {
  for (let number = MOST_PIECES; number >= 1; number--)
    if (existsSync(`${log}.${number}`)) renameSync(`${log}.${number}`, `${log}.${number + 1}`);
  renameSync(log, `${log}.1`);
  writeFileSync(log, '');
}

/** As logrotate does with `copytruncate`. */
function rotateByCopy(): void {
  for (let number = MOST_PIECES; number >= 1; number--)
    if (existsSync(`${log}.${number}`)) renameSync(`${log}.${number}`, `${log}.${number + 1}`);
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
}

const entry = (transport: Record<string, unknown> = {}, over: Record<string, unknown> = {}) => ({
  name: 'accounts',
  format: 'account-log',
  asset: 'web-shop',
  transport: { type: 'followed-file', path: log, ...transport },
  ...over,
});
const seen = (): number[] =>
  rig
    .observations()
    .map(({ subjects }) => Number(subjects?.account?.slice(1)))
    .sort((a, b) => a - b);
const all = () => Array.from({ length: written }, (_, index) => index + 1);
const allSeen = () =>
  eventually(`${written} lines`, () => rig.store.observations({ limit: 100_000 }).length >= written);

test('lines are taken as they are written, half a line only once it is whole', async () => {
  const { sources } = rig.start([entry()]);
  await eventually('the missing file is told', () => sources.health()[0]?.problem?.includes('no such file'));
  write(3);
  await allSeen();
  const half = lineOf('u4');
  appendFileSync(log, half.slice(0, 20));
  await wait(500);
  expect(seen()).toEqual([1, 2, 3]);
  appendFileSync(log, half.slice(20));
  written = 4;
  await allSeen();
  expect(seen()).toEqual(all());
  const [health] = sources.health();
  expect(health).toMatchObject({ records: 4, refused: 0 });
  expect(health).not.toHaveProperty('problem');
});

test('an id is the recorder, the piece of the log and the offset of the line', async () => {
  write(2);
  rig.start([entry()]);
  await allSeen();
  const ids = rig.observations().map(({ id }) => id);
  const [recorder, epoch] = ids[0]?.split('/') ?? [];
  expect(recorder).toBe('cloud-accounts');
  expect(epoch).toMatch(/^[0-9a-f]{12}g1$/);
  expect(ids.map((id) => Number(id.split('/')[2])).sort((a, b) => a - b)).toEqual([0, lineOf('u1').length]);
});

test('a log that is renamed and begun anew is followed, with what its writer still adds to the old one', async () => {
  rig.start([entry()]);
  write(100);
  await eventually('something', () => seen().length > 0);
  rotateByName();
  write(50);
  write(10, `${log}.1`);
  await allSeen();
  // Later still: the writer has not noticed.
  write(10, `${log}.1`);
  await allSeen();
  rotateByName();
  write(20);
  await allSeen();
  expect(seen()).toEqual(all());
});

test('a log that is copied and cut is followed, with what stood unread in it', async () => {
  rig.start([entry()]);
  write(1_000);
  await eventually('something', () => seen().length > 0);
  write(1_000);
  rotateByCopy();
  write(3);
  await allSeen();
  // Equal lines at equal places are other lines.
  const before = written;
  truncateSync(log);
  await wait(500);
  appendFileSync(log, lineOf('u1') + lineOf('u2'));
  await eventually('two more', () => rig.observations().length >= before + 2);
  await wait(500);
  expect(rig.observations()).toHaveLength(before + 2);
});

test('a log that is cut and at once longer than before is not mistaken for the old one', async () => {
  rig.start([entry()]);
  write(10);
  await allSeen();
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
  write(500);
  await allSeen();
  expect(seen()).toEqual(all());
});

test('rotations while nobody followed are caught up with, as far as the pieces exist', async () => {
  const first = rig.start([entry()]);
  write(100);
  await allSeen();
  await first.stop();
  write(50);
  rotateByName();
  write(40);
  rotateByCopy();
  write(30);
  rotateByName();
  write(20);
  const second = rig.start([entry()]);
  await allSeen();
  expect(seen()).toEqual(all());
  await second.stop();
  // And again, with nothing new: nothing is read twice.
  const third = rig.start([entry()]);
  await wait(600);
  expect(third.sources.health()[0]?.records).toBe(0);
});

test('dated pieces are found as well, what only looks like a piece is not', async () => {
  const first = rig.start([entry()]);
  write(10);
  await allSeen();
  await first.stop();
  write(10);
  renameSync(log, `${log}-20261122`);
  write(10);
  renameSync(log, `${log}-20261123`);
  write(10);
  writeFileSync(`${log}.backup`, lineOf('u900'));
  writeFileSync(`${log}.2.gz`, 'not for reading');
  rig.start([entry()]);
  await allSeen();
  await wait(500);
  expect(seen()).toEqual(all());
});

test('when the piece read last is gone, what is newer is read and the gap is told', async () => {
  const first = rig.start([entry()]);
  write(10);
  await allSeen();
  await first.stop();
  rmSync(log);
  await wait(20);
  written = 0;
  writeFileSync(`${log}.1`, lineOf('u501'));
  writeFileSync(log, lineOf('u502'));
  rig.start([entry()]);
  await eventually('both', () => seen().includes(501) && seen().includes(502));
  await eventually('a note', () => rig.store.quarantined(5).newest[0]?.reason.includes('is missed'));
});

test('an old piece beside a log that is new to us is not read, nor is the log where only news are wanted', async () => {
  writeFileSync(`${log}.1`, lineOf('u900'));
  appendFileSync(log, `${lineOf('u901')}{"half`);
  rig.start([entry({ startAt: 'end' })]);
  await eventually('its end is found', () =>
    rig.store.cursor(`followed-file accounts ${log}`)?.includes('"head"'),
  );
  appendFileSync(log, '":1}\n');
  write(5);
  await allSeen();
  expect(seen()).toEqual(all());
});

test('a line that is too long is quarantined at its head and the next is read; so is nonsense', async () => {
  const { sources } = rig.start([entry()]);
  appendFileSync(log, `${'x'.repeat(300_000)}\n\nnonsense \x01\r\n`);
  write(1);
  await allSeen();
  expect(sources.health()[0]).toMatchObject({ records: 1, refused: 2 });
  await eventually('two put aside', () => rig.store.quarantined(10).newest.length === 2);
  const { newest } = rig.store.quarantined(10);
  expect(newest.map(({ reason }) => reason).sort()).toEqual(['a line longer than 8192 bytes', 'not JSON']);
  const nonsense = newest.find(({ reason }) => reason === 'not JSON');
  expect(Buffer.from(nonsense?.raw ?? []).toString()).toBe('nonsense \x01');
});

test('zeros that a careless writer leaves behind a cut are passed over', async () => {
  rig.start([entry()]);
  write(20);
  await allSeen();
  const size = statSync(log).size;
  copyFileSync(log, `${log}.1`);
  truncateSync(log);
  // A writer that does not append goes on where it was: before it lies a hole.
  truncateSync(log, size);
  write(5);
  await allSeen();
  expect(seen()).toEqual(all());
});

test('the unfinished last line of a piece counts once nobody writes to it any more', async () => {
  rig.start([entry({ lateWritersMs: 300 })]);
  write(2);
  appendFileSync(log, lineOf('u3').trimEnd());
  await allSeen();
  rotateByName();
  written = 3;
  write(1);
  await eventually('four lines', () => seen().length >= 4);
  expect(seen()).toEqual(all());
});

test('a deleted log is read to its end', async () => {
  rig.start([entry()]);
  write(10);
  await allSeen();
  // Keeps the writer's hand on it.
  linkSync(log, join(rig.folder, 'other-name'));
  rmSync(log);
  write(5, join(rig.folder, 'other-name'));
  rmSync(join(rig.folder, 'other-name'));
  write(5);
  await allSeen();
  expect(seen()).toEqual(all());
});

test('while the store fails nothing is lost, and health says what is the matter', async () => {
  let isBroken = true;
  const { sources } = rig.start([entry()], {
    commit: (observations, detections) =>
      isBroken ? Promise.reject(new Error('disk full')) : rig.store.append(observations, detections),
  });
  write(700);
  await eventually('trouble', () => sources.health()[0]?.problem === 'cannot store: disk full');
  expect(seen()).toEqual([]);
  isBroken = false;
  await allSeen();
  expect(seen()).toEqual(all());
  expect(sources.health()[0]).not.toHaveProperty('problem');
});

test('a quota slows a source down and loses nothing', async () => {
  write(600);
  const begun = performance.now();
  rig.start([entry({}, { quota: { perSecond: 1_000, burst: 100 } })]);
  await allSeen();
  expect(seen()).toEqual(all());
  expect(performance.now() - begun).toBeGreaterThan(300);
});

test('a folder in the place of the log is told, and the other sources work on', async () => {
  mkdirSync(log);
  const other = join(rig.folder, 'other');
  const { sources } = rig.start([entry(), entry({ path: other }, { name: 'others', title: 'Other shop' })]);
  write(3, other);
  await allSeen();
  await eventually('trouble', () => sources.health()[0]?.problem?.includes('not a file'));
  expect(sources.health()[1]).toMatchObject({ name: 'others', title: 'Other shop', records: 3 });
});

test('kill -9 at any moment, with rotations in between, neither loses nor doubles a line', async () => {
  const child = fileURLToPath(new URL('./followed-file.child.ts', import.meta.url));
  let follower: ChildProcess | undefined;
  const start = async () => {
    follower = spawn(process.execPath, [child, rig.folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (follower.stdout !== null) await once(follower.stdout, 'data');
  };
  const kill = async () => {
    if (follower === undefined) return;
    const exited = once(follower, 'exit');
    follower.kill('SIGKILL');
    await exited;
  };
  try {
    // What was rotated away before it ever found the log is none of its business: it is to find it once.
    write(1);
    await start();
    await allSeen();
    await kill();
    for (let life = 0; life < 8; life++) {
      await start();
      for (let step = 0; step < 6; step++) {
        write(400);
        if (step === 2) rotateByName();
        if (step === 4) rotateByCopy();
        // Moments of the kill differ from life to life.
        await wait(20 + life * 13);
      }
      await kill();
      write(150);
      if (life % 2 === 0) rotateByName();
      else rotateByCopy();
    }
    await start();
    await allSeen();
    await wait(500);
    await kill();
    expect(written).toBe(1 + 8 * (6 * 400 + 150));
    expect(seen()).toEqual(all());
    expect(new Set(rig.observations().map(({ id }) => id)).size).toBe(written);
  } finally {
    if (follower?.exitCode === null && follower.signalCode === null) await kill();
  }
}, 120_000);
