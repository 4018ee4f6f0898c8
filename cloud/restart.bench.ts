/**
 * What a start costs: `node --expose-gc cloud/restart.bench.ts [detections]`. A detector has judged a week of detections of
 * gateways; then it starts anew, once without the snapshot and once with it, each in a process of its own. Seconds of the
 * processor by all threads, from where the store is opened to where the detector is ready; and the longest that anything
 * else had to wait meanwhile.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manualClock } from '../devices/model/clock.ts';
import { scattered } from './correlation/bench-worlds.ts';
import { Detector } from './detector.ts';
import { openSqliteStore } from './store/sqlite.ts';

const DAY_MS = 24 * 3_600_000;
const NOW = Date.parse('2026-11-23T08:00:00Z');
const STORED_AT_ONCE = 5_000;

const { registry, detections } = scattered(Number(process.argv[2] ?? 100_000), 50_000);
const clock = manualClock(NOW);

async function life(
  folder: string,
  deed: (detector: Detector, store: ReturnType<typeof openSqliteStore>) => Promise<void>,
) {
  const store = openSqliteStore({ file: join(folder, 'store.sqlite'), clock, sitesOf: () => [] });
  const ended = new AbortController();
  const detector = new Detector({
    store,
    registry,
    clock,
    monitors: {},
    snapshot: {
      file: join(folder, 'judged.snapshot'),
      documents: () => [registry.document],
      say: (message) => console.log(`  ${message}`),
    },
    onDetected: () => {},
    onFailed: (error) => console.error(error),
    signal: ended.signal,
  });
  await detector.restore();
  await deed(detector, store);
  ended.abort();
  await store.close();
}

/**
 * The most that this thread did without letting anybody else go on, in ms of the processor: on a machine that others use
 * as well, the clock says more about them.
 */
function longestTurn(): () => number {
  let [longest, last] = [0, process.threadCpuUsage()];
  const look = () => {
    const { user, system } = process.threadCpuUsage(last);
    longest = Math.max(longest, (user + system) / 1_000);
    last = process.threadCpuUsage();
  };
  const timer = setInterval(look, 1);
  return () => {
    look();
    clearInterval(timer);
    return Math.round(longest);
  };
}

/** In a process of its own: what it cost to be ready. */
async function started(folder: string): Promise<void> {
  const before = process.cpuUsage();
  const longest = longestTurn();
  await life(folder, async (detector) => {
    const { user, system } = process.cpuUsage(before);
    console.log(
      `  ready with ${detector.size} detections after ${((user + system) / 1e6).toFixed(2)} s of the processor, the longest turn took ${longest()} ms`,
    );
  });
}

async function bench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-restart-'));
  try {
    const whole = detections.map((one, index) => ({
      ...one,
      at: Math.floor(NOW - 6 * DAY_MS + (index / detections.length) * 6 * DAY_MS),
      summary: 'Something that a gateway has found',
      facts: {},
      evidence: [],
      count: 1,
    }));
    const filled = openSqliteStore({ file: join(folder, 'store.sqlite'), clock, sitesOf: () => [] });
    for (let from = 0; from < whole.length; from += STORED_AT_ONCE)
      await filled.append([], whole.slice(from, from + STORED_AT_ONCE));
    await filled.close();
    await life(folder, async (detector) => {
      // Once an hour, and first of all, it forgets what is too old: that is not part of this.
      detector.wake();
      await detector.settled();
      const longest = longestTurn();
      const before = performance.now();
      await detector.writeSnapshot();
      const ms = performance.now() - before;
      const megabytes = statSync(join(folder, 'judged.snapshot')).size / 2 ** 20;
      console.log(
        `  snapshot of ${megabytes.toFixed(1)} MB written in ${Math.round(ms)} ms, the longest turn took ${longest()} ms`,
      );
    });
    const start = (name: string) => {
      console.log(`  ${name}`);
      spawnSync(process.execPath, [import.meta.filename, String(detections.length), folder], {
        stdio: 'inherit',
      });
    };
    start('with the snapshot:');
    rmSync(join(folder, 'judged.snapshot'));
    start('without:');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await (process.argv[3] === undefined ? bench() : started(process.argv[3]));
