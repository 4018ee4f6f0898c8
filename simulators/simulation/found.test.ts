/** What the simulation found in the outbox's log, each as the few steps that lead there. */
import { expect, test } from 'vitest';
import { manualClock } from '../../devices/model/clock.ts';
import { OutboxLog } from '../../edge/outbox/log.ts';
import { BufferPool, Staging } from '../../edge/outbox/staging.ts';
import { testKey } from '../../edge/outbox/testing.ts';
import { seededRandom } from '../random.ts';
import { SimulatedDisk } from './disk.ts';
import { BoardClock, Life } from './life.ts';
import { Timeline } from './timeline.ts';

const SEGMENT_BYTES = 16 * 1024;

class Bench {
  readonly disk = new SimulatedDisk(1024 * 1024, seededRandom(1));
  readonly #timeline = new Timeline();
  #sequence = 0;

  open(): { log: OutboxLog; life: Life } {
    const life = new Life(this.#timeline, new BoardClock(this.#timeline, 0, 0), seededRandom(2));
    const log = new OutboxLog({
      directory: '/data/outbox',
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

  /** Commits one record with a piece of state; the state is its number. */
  put(log: OutboxLog): number {
    const sequence = ++this.#sequence;
    const staging = new Staging(new BufferPool());
    const text = 'x'.repeat(500);
    staging.add('bulk', sequence, 1, `{"sequence":${sequence},"after":${sequence - 1},"text":"${text}"}`);
    const lines = staging.lines('bulk');
    const result = log.commit({
      lines: lines === undefined ? {} : { bulk: lines },
      state: [['last', String(sequence)]],
    });
    log.finish();
    expect(result.refused).toBe(0);
    return sequence;
  }

  /** A call of the disk is the last of this life; nothing is lost but what it was doing. */
  killAt(life: Life, call: number): void {
    this.disk.armed = { calls: call, crash: () => life.end() };
  }
}

test('a file that was made just before a kill, and used in the next life, survives a power cut', () => {
  // Wherever the kill falls while the log begins.
  for (let call = 1; call < 40; call++) {
    const bench = new Bench();
    const first = bench.open();
    bench.killAt(first.life, call);
    // Enough to begin other segments; it is killed on the way.
    expect(() => {
      for (let record = 0; record < 60; record++) bench.put(first.log);
    }).toThrow('killed');
    const second = bench.open();
    const last = Number(second.log.state.get('last') ?? 0);
    second.life.end();
    bench.disk.cutPower();
    expect(Number(bench.open().log.state.get('last') ?? 0)).toBe(last);
  }
});

test('frames of a former use of a file, back after zeros that never reached the disk, are passed over', () => {
  const bench = new Bench();
  const { log, life } = bench.open();
  let last = 0;
  // All segments have been in use, and are given back.
  for (let record = 0; record < 200; record++) last = bench.put(log);
  log.acknowledge('bulk', last);
  life.end();
  // Spares are filled anew, the disk fails to, and the process ends; what it sees is zeros.
  for (let round = 0; round < 12; round++) {
    const { log: next, life: nextLife } = bench.open();
    expect(Number(next.state.get('last'))).toBe(last);
    bench.disk.failingSyncs = round % 2;
    try {
      for (let record = 0; record < 20; record++) last = bench.put(next);
      next.acknowledge('bulk', last);
    } catch {
      // The disk refused: what it was given last may be there or not.
      nextLife.end();
      const { log: after, life: afterLife } = bench.open();
      last = Number(after.state.get('last'));
      afterLife.end();
    }
    nextLife.end();
    bench.disk.failingSyncs = 0;
    bench.disk.cutPower();
  }
});
