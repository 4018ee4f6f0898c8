/** Real processes, killed without a word (SIGKILL) at any moment: while they start, write, send, store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../random.ts';
import { Pair, type PairReport } from './pair.ts';

const WRITERS = 5;
/** Of work between two kills, at most. */
const WORK_MS = 500;
/** A part of the kills comes while the process is still starting: within so long. */
const START_MS = 900;
const KILLED_AT_START = 0.25;
const CLOUD_PART = 0.4;

export interface KillReport extends PairReport {
  gatewayKills: number;
  cloudKills: number;
}

/**
 * @param untilMs on this process's clock: no more kills are begun then
 * @param told after each kill
 */
export async function killAgainAndAgain(
  { kills, seed, untilMs = Number.POSITIVE_INFINITY }: { kills: number; seed: number; untilMs?: number },
  told: (kills: number) => void = () => undefined,
): Promise<KillReport> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-kill-'));
  const random = seededRandom(seed);
  const counts = { gatewayKills: 0, cloudKills: 0 };
  const pair = await Pair.open(folder, folder);
  try {
    await pair.warm();
    await Promise.all([pair.startCloud().ready(), pair.startGateway(WRITERS).ready()]);
    for (let kill = 1; kill <= kills && performance.now() < untilMs; kill++) {
      const isCloud = random() < CLOUD_PART;
      const isBoth = random() < 0.1 && kill < kills;
      const atStart = random() < KILLED_AT_START;
      const waitMs = random() * (atStart ? START_MS : WORK_MS);
      const victims = isBoth ? [pair.gateway, pair.cloud] : [isCloud ? pair.cloud : pair.gateway];
      if (!atStart) await Promise.all(victims.map((child) => child?.ready()));
      await sleep(waitMs);
      for (const child of victims) {
        if (child === undefined || child.hasEnded) throw new Error('a process has ended by itself');
        child.process.kill('SIGKILL');
      }
      await Promise.all(victims.map((child) => child?.ended));
      if (isBoth) kill++;
      if (isBoth || isCloud) {
        counts.cloudKills++;
        pair.startCloud();
      }
      if (isBoth || !isCloud) {
        counts.gatewayKills++;
        pair.startGateway(WRITERS);
      }
      told(counts.gatewayKills + counts.cloudKills);
    }
    await pair.gateway?.ready();
    await pair.gateway?.end('SIGKILL');
    counts.gatewayKills++;
    await pair.drain();
    return { ...counts, ...pair.report() };
  } finally {
    await pair.endBoth('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}
