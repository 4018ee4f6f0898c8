/** A thread that runs seeds: each is told of as soon as it is done. */
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { runSeed } from './run.ts';

const { from, step, until } = z
  .strictObject({ from: z.number(), step: z.number(), until: z.number() })
  .parse(workerData);
for (let seed = from; seed < until; seed += step) parentPort?.postMessage(await runSeed(seed));
