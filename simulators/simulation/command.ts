/**
 * npm run chaos -- simulate --seeds N --from S: that many runs of the whole chain, and what they came to.
 * npm run chaos -- simulate --seed X: one of them again, with everything that happened.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type Outcome, runSeed } from './run.ts';

const DEFAULT_SEEDS = 20;
/** Seeds are told of as they come in, so often. */
const TELL_EVERY = 100;
/** Violations of one seed that are printed; the rest is in its trace. */
const MAX_PRINTED = 5;

const number = new Intl.NumberFormat('en');

function tell({ seed, violations }: Outcome): void {
  if (violations.length === 0) return;
  console.log(
    `seed ${seed}: ${violations.length} violations; again with: npm run chaos -- simulate --seed ${seed}`,
  );
  for (const what of violations.slice(0, MAX_PRINTED)) console.log(`  ${what}`);
}

async function replay(seed: number): Promise<number> {
  const outcome = await runSeed(seed, { traced: true });
  console.log(outcome.trace.join('\n'));
  tell(outcome);
  console.log(
    `seed ${seed}: ${outcome.crashPoints} crash points, ${outcome.records} records, ${outcome.violations.length} violations`,
  );
  return outcome.violations.length === 0 ? 0 : 1;
}

async function runMany(from: number, seeds: number): Promise<number> {
  const startedMs = performance.now();
  const sum = { seeds: 0, points: 0, disturbances: 0, simulatedMs: 0, records: 0, losses: 0, violations: 0 };
  const crashes = new Map<string, number>();
  const take = (outcome: Outcome) => {
    sum.seeds++;
    sum.points += outcome.crashPoints;
    sum.disturbances += outcome.disturbances;
    sum.simulatedMs += outcome.simulatedMs;
    sum.records += outcome.records;
    sum.losses += outcome.losses;
    sum.violations += outcome.violations.length;
    for (const [kind, count] of Object.entries(outcome.crashes))
      crashes.set(kind, (crashes.get(kind) ?? 0) + count);
    tell(outcome);
    if (sum.seeds % TELL_EVERY === 0)
      console.log(
        `${sum.seeds} of ${seeds} seeds, ${number.format(sum.points)} crash points, ${sum.violations} violations`,
      );
  };
  const threads = Math.min(seeds, availableParallelism());
  await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const workerData = { from: from + thread, step: threads, until: from + seeds };
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
      worker.on('message', take);
      return new Promise<void>((resolve, reject) => {
        worker.on('error', reject);
        worker.on('exit', () => resolve());
      });
    }),
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1_000_000;
  const simulatedSeconds = sum.simulatedMs / 1_000;
  console.log(
    [
      `seeds                ${from} to ${from + seeds - 1}`,
      `crash points         ${number.format(sum.points)} (${[...crashes].map(([kind, count]) => `${kind} ${number.format(count)}`).join(', ')})`,
      `other disturbances   ${number.format(sum.disturbances)}`,
      `records stored       ${number.format(sum.records)}, losses stated for want of room ${number.format(sum.losses)}`,
      `simulated            ${number.format(Math.round(simulatedSeconds))} s`,
      `took                 ${seconds.toFixed(1)} s on ${threads} threads, ${cpuSeconds.toFixed(1)} s of processor time`,
      `speed                ${number.format(Math.round(simulatedSeconds / seconds))} times real time, ${number.format(Math.round(simulatedSeconds / cpuSeconds))} per second of one processor`,
      `violations           ${sum.violations}`,
    ].join('\n'),
  );
  return sum.violations === 0 ? 0 : 1;
}

const { values } = parseArgs({
  options: { seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' } },
});
const whole = (text: string | undefined, fallback: number, name: string): number => {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`--${name}: expected a whole number, got "${text}"`);
  return value;
};
process.exitCode =
  values.seed === undefined
    ? await runMany(whole(values.from, 1, 'from'), whole(values.seeds, DEFAULT_SEEDS, 'seeds'))
    : await replay(whole(values.seed, 1, 'seed'));
