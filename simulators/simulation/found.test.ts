/** What the simulation found in the outbox's log, each as the few steps that lead there. */
import { expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { type Lane, lanes } from '../../devices/wire.ts';
import { OutboxLog } from '../../edge/outbox/log.ts';
import { BufferPool, Staging } from '../../edge/outbox/staging.ts';
import { testKey } from '../../edge/outbox/testing.ts';
import { seededRandom } from '../random.ts';
import { SimulatedDisk } from './disk.ts';
import { BoardClock, Life } from './life.ts';
import { Timeline } from './timeline.ts';

const SEGMENT_BYTES = 16 * 1024;

const FOLDER = '/data/outbox';

class Bench {
  readonly disk: SimulatedDisk;
  readonly #timeline = new Timeline();
  #sequence = 0;

  constructor(seed = 1) {
    this.disk = new SimulatedDisk(1024 * 1024, seededRandom(seed));
  }

  life(): Life {
    return new Life(this.#timeline, new BoardClock(this.#timeline, 0, 0), seededRandom(2));
  }

  open(life = this.life()): { log: OutboxLog; life: Life } {
    const log = new OutboxLog({
      directory: FOLDER,
      gateway: 'gw-1',
      signingKey: testKey,
      maxBytes: 4 * SEGMENT_BYTES,
      segmentBytes: SEGMENT_BYTES,
      retainMs: 0,
      now: manualClock(1_000).now,
      disk: this.disk.of(life),
      machine: life.machine,
    });
    return { log, life };
  }

  /** Commits one record with a piece of state, its number; false where there is no room. */
  put(log: OutboxLog, lane: Lane = 'bulk'): boolean {
    // Slowly: in a burst, files grow as they are written.
    this.#timeline.nowMs += 1_000;
    const sequence = Math.max(++this.#sequence, log.nextSequence);
    this.#sequence = sequence;
    const staging = new Staging(new BufferPool());
    const { last: after } = log.lanes[lane];
    const text = 'x'.repeat(500);
    staging.add(lane, sequence, 1, `{"sequence":${sequence},"after":${after},"text":"${text}"}`);
    const lines = staging.lines(lane);
    const { refused } = log.commit({
      lines: lines === undefined ? {} : { [lane]: lines },
      state: [['last', String(sequence)]],
    });
    log.finish();
    return refused === 0;
  }

  /** So many records, or until the life ends. Answers how many are on disk. */
  putMany(log: OutboxLog, records: number): number {
    let done = 0;
    try {
      while (done < records && this.put(log)) done++;
    } catch {
      // It was killed, or its disk has failed.
    }
    return done;
  }

  /** Somebody else takes it, with that of the files that are not in use. */
  takeAllRoom(): void {
    const disk = this.disk.of(this.life());
    for (const name of disk.names(FOLDER)) {
      const head = Buffer.alloc(64);
      disk.read(disk.open(`${FOLDER}/${name}`), head, 0, 0);
      if (head.every((byte) => byte === 0)) disk.remove(`${FOLDER}/${name}`);
    }
    this.disk.takenBytes = this.disk.freeBytes;
  }

  /** A call of the disk is the last of this life; nothing is lost but what it was doing. */
  killAt(life: Life, call: number): void {
    this.disk.armed = { calls: call, crash: () => life.end() };
  }
}

const stateOf = (log: OutboxLog): number => Number(log.state.get('last') ?? 0);

test('a file that was made just before a kill, and used in the next life, survives a power cut', () => {
  for (let seed = 1; seed <= 3; seed++)
    for (let call = 1; call < 130; call++) {
      const bench = new Bench(seed);
      const first = bench.life();
      bench.killAt(first, call);
      try {
        bench.putMany(bench.open(first).log, 100);
      } catch {
        // Killed while it opened its log.
      }
      first.end();
      bench.disk.armed = undefined;
      const { log, life } = bench.open();
      bench.putMany(log, 25);
      const last = stateOf(log);
      life.end();
      bench.disk.cutPower();
      expect(stateOf(bench.open().log)).toBe(last);
    }
});

test('frames of a former use of a file, back after zeros that never reached the disk, are passed over', () => {
  for (let seed = 1; seed <= 3; seed++)
    for (let sync = 1; sync < 60; sync++) {
      const bench = new Bench(seed);
      const { log, life } = bench.open();
      // All files have been in use; from here on one is emptied whenever another is full.
      bench.putMany(log, 150);
      bench.disk.failingSync = sync;
      bench.putMany(log, 100);
      life.end();
      bench.disk.failingSync = 0;
      const next = bench.open();
      bench.putMany(next.log, 20);
      const last = stateOf(next.log);
      next.life.end();
      bench.disk.cutPower();
      expect(stateOf(bench.open().log)).toBe(last);
    }
});

test('what is given up is stated before its segment is emptied, wherever a kill falls', () => {
  // The second of two segments is in use, both of them filled ahead of time, and there is no spare.
  for (let records = 22; records <= 34; records += 2)
    for (let call = 1; call < 100; call += 3) {
      const bench = new Bench();
      const first = bench.open();
      let onDisk = bench.putMany(first.log, records);
      first.life.end();
      // Somebody else takes all room.
      bench.disk.takenBytes = bench.disk.freeBytes;
      const second = bench.life();
      bench.killAt(second, call);
      try {
        onDisk += bench.putMany(bench.open(second).log, 60);
      } catch {
        // Killed while it opened its log.
      }
      second.end();
      bench.disk.armed = undefined;
      const { log } = bench.open();
      const { lines } = log.read('bulk', 0, { records: 1_000, bytes: 1_000_000 });
      const readable = lines.filter((line) => !Buffer.from(line).includes('"loss"')).length;
      const stated = log.lanes.bulk.losses.reduce((sum, { count }) => sum + count, 0);
      expect(readable + stated).toBeGreaterThanOrEqual(onDisk);
    }
});

test('a log opens on a disk that is full to the last byte, and what it can not take it refuses', () => {
  for (let records = 30; records < 80; records += 5) {
    const bench = new Bench();
    const first = bench.open();
    bench.putMany(first.log, records);
    const last = stateOf(first.log);
    first.life.end();
    bench.takeAllRoom();
    const { log } = bench.open();
    expect(stateOf(log)).toBe(last);
    bench.putMany(log, 60);
    bench.disk.takenBytes = 0;
    expect(bench.put(log)).toBe(true);
  }
});

test('a loss goes out only once the disk states it, so that after a power cut no number is given twice', () => {
  const everything = { records: 10_000, bytes: 1_000_000 };
  const told = (log: OutboxLog) => lanes.map((lane) => log.read(lane, 0, everything).last);
  let waited = 0;
  for (let records = 30; records < 80; records++) {
    const bench = new Bench(records);
    const first = bench.open();
    // Alarms are most of what is there: too many to be carried over into what room is left.
    for (let record = 0; record < records; record++) bench.put(first.log, record % 5 < 2 ? 'alarm' : 'bulk');
    first.life.end();
    bench.takeAllRoom();
    const { log, life } = bench.open();
    for (let tries = 0; tries < 40; tries++) {
      bench.put(log, tries % 2 === 0 ? 'alarm' : 'bulk');
      if (log.lanes.statementDue) waited++;
    }
    const last = Math.max(...told(log));
    life.end();
    bench.disk.cutPower();
    const next = bench.open().log;
    expect(next.nextSequence).toBeGreaterThan(last);
    // Where there is room again, everything that was refused since is told.
    bench.disk.takenBytes = 0;
    for (const lane of lanes) expect(bench.put(next, lane)).toBe(true);
    expect(told(next)).toEqual(lanes.map((lane) => next.lanes[lane].last));
  }
  expect(waited).toBeGreaterThan(0);
});
