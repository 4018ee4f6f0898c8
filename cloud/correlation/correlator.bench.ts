/**
 * How many detections a second one core correlates: `node --expose-gc cloud/correlation/correlator.bench.ts [world] [detections]`.
 * Without a name all worlds are measured, those in which what takes more than twice as long for twice as many would
 * show at two sizes. One line of JSON each. Rates are by the processor's time of the thread that correlates; `…Wall` is
 * by the clock and `…AllThreads` with the collector's threads beside.
 *
 * The last four are given to a correlator in which 100,000 entities are open already; only what comes then is measured
 * (and `absorbPerSecondCold` is the opening). `absorb` finds the incidents; `stream` tells them as well, at the pace at
 * which the detector does (see untold.ts); `settled` is that with the time to tell in the end whatever still waited.
 */
import { burst, campaigns, entangled, smallIncidents } from './bench-loads.ts';
import { type BenchWorld, manyAttackers, oneAttacker, oneGotIn, scattered, shops } from './bench-worlds.ts';
import { Correlator } from './correlator.ts';

/** Detections that come together while others are judged. */
const BATCH = 100;
const SHOP_SITES = 200;
/** Goal of the last four: 200,000 a second with so many open. */
const OPEN_ENTITIES = 100_000;

const worlds: Readonly<
  Record<string, { make(count: number): BenchWorld & { opening?: number }; counts: readonly number[] }>
> = {
  scattered: { make: (count) => scattered(count, count / 2), counts: [100_000] },
  shops: { make: (count) => shops(count, SHOP_SITES), counts: [50_000] },
  'one-attacker': { make: oneAttacker, counts: [4_000, 8_000] },
  'many-attackers': { make: manyAttackers, counts: [10_000, 20_000] },
  'one-got-in': { make: oneGotIn, counts: [10_000, 20_000] },
  burst: { make: (count) => burst(count, OPEN_ENTITIES), counts: [200_000] },
  'small-incidents': { make: (count) => smallIncidents(count, OPEN_ENTITIES), counts: [100_000] },
  campaigns: { make: (count) => campaigns(count, OPEN_ENTITIES), counts: [100_000] },
  entangled: { make: (count) => entangled(count, OPEN_ENTITIES), counts: [50_000] },
};

interface Spent {
  readonly thread: number;
  readonly allThreads: number;
  readonly wall: number;
}

const milliseconds = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1_000;

/** So far; on a machine that is shared, the clock says as much about the others. */
const spent = (): Spent => ({
  thread: milliseconds(process.threadCpuUsage()),
  allThreads: milliseconds(process.cpuUsage()),
  wall: performance.now(),
});

function timed<Value>(task: () => Value): { value: Value; ms: Spent } {
  const before = spent();
  const value = task();
  const after = spent();
  return {
    value,
    ms: {
      thread: after.thread - before.thread,
      allThreads: after.allThreads - before.allThreads,
      wall: after.wall - before.wall,
    },
  };
}

function measure(
  world: string,
  { registry, detections, opening }: BenchWorld & { opening?: number },
): Record<string, string | number> {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const correlator = new Correlator(registry);
  const half = opening ?? detections.length >> 1;
  const cold = timed(() => {
    for (const detection of detections.slice(0, half)) correlator.absorb(detection);
  });
  // By now most assets have been met once and the code is warm.
  const warm = timed(() => {
    for (const detection of detections.slice(half)) correlator.absorb(detection);
  });
  globalThis.gc?.();
  const grown = process.memoryUsage().heapUsed - before;
  const outlined = timed(() => correlator.outlines());

  const streaming = new Correlator(registry);
  if (opening !== undefined) streaming.add(detections.slice(0, opening));
  const streamedFrom = opening ?? 0;
  // As the detector does: told as it goes, at the pace of a machine that takes them as fast as it can. By the thread's own
  // time, for a machine that stands still meanwhile would tell more for each detection than one that does not.
  const streamed = timed(() => {
    let told = 0;
    const started = spent().thread;
    for (let from = streamedFrom; from < detections.length; from += BATCH) {
      const nowMs = spent().thread - started;
      told += streaming.revise(detections.slice(from, from + BATCH), [], nowMs).changed.length;
    }
    return told;
  });
  const settled = timed(() => streaming.changes().changed.length);

  const perSecond = (count: number, ms: number) => Math.round(count / (ms / 1_000));
  const absorbed = detections.length - half;
  const taken = detections.length - streamedFrom;
  return {
    world,
    ...(opening === undefined ? {} : { openEntities: opening }),
    detections: taken,
    absorbPerSecondCold: perSecond(half, cold.ms.thread),
    absorbPerSecond: perSecond(absorbed, warm.ms.thread),
    absorbPerSecondAllThreads: perSecond(absorbed, warm.ms.allThreads),
    absorbPerSecondWall: perSecond(absorbed, warm.ms.wall),
    streamPerSecond: perSecond(taken, streamed.ms.thread),
    streamPerSecondAllThreads: perSecond(taken, streamed.ms.allThreads),
    streamPerSecondWall: perSecond(taken, streamed.ms.wall),
    settledPerSecond: perSecond(taken, streamed.ms.thread + settled.ms.thread),
    told: streamed.value,
    toldInTheEnd: settled.value,
    outlinesPerSecond: perSecond(detections.length, outlined.ms.thread),
    incidents: outlined.value.length,
    largest: outlined.value.reduce((most, { detections: held }) => Math.max(most, held.length), 0),
    grownMegabytes: Math.round(grown / 2 ** 20),
  };
}

const [wanted, size] = process.argv.slice(2);
if (wanted !== undefined && worlds[wanted] === undefined)
  throw new RangeError(`there is no world "${wanted}"; there are ${Object.keys(worlds).join(', ')}`);
for (const [name, { make, counts }] of Object.entries(worlds)) {
  if (wanted !== undefined && wanted !== name) continue;
  for (const count of size === undefined ? counts : [Number(size)])
    process.stdout.write(`${JSON.stringify(measure(name, make(count)))}\n`);
}
