/** A stage for stories that are disturbed, and what is looked at afterwards: at the desk, and in the cloud's store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { openStage, type Stage } from '../stage/stage.ts';
import { expectedOutline } from './break-in.ts';
import { DeskClient, outline } from './desk-client.ts';

/** An evening: closed, and armed by the schedule. */
const ORIGIN = Date.parse('2026-11-24T20:40:00+01:00');
/**
 * Longer than any story: these are not about silence, and how long a killed process is away is for the machine to say.
 * At ten times the speed an ordinary grace of a minute would be six seconds, three starts of a process.
 */
const OUTAGE_MS = 900_000;
/** How long it may take until everything has arrived and is judged: a gateway waits a minute between two attempts. */
const SETTLE_MS = 300_000;
const LOOK_AGAIN_MS = 1_000;
const ANSWER_WITHIN_MS = 10_000;

export interface DisturbedStage {
  readonly stage: Stage;
  /** What the stage has said of the story that is told. */
  readonly said: readonly string[];
  close(): Promise<void>;
}

/** @param speed how much faster than the world the story runs */
export async function openDisturbed(speed: number): Promise<DisturbedStage> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-disturbed-'));
  const ending = new AbortController();
  const said: string[] = [];
  const close = async (stage?: Stage) => {
    await stage?.stop();
    ending.abort();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const stage = await openStage(
      {
        folder: join(folder, 'run'),
        port: 0,
        speed,
        originMs: ORIGIN,
        seed: 7,
        withDay: false,
        outageMs: OUTAGE_MS,
        say: (text) => said.push(text),
      },
      ending.signal,
    );
    return { stage, said, close: () => close(stage) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What an undisturbed telling leads to, as `outlines` gives it. */
export const undisturbed: readonly (readonly string[])[] = [expectedOutline.linden, expectedOutline.north];

/** What every incident is about, as soon as it is what is expected, or what it was when patience ended. */
export async function outlines({ desk }: Stage): Promise<string[][]> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    let found: string[][] = [];
    try {
      const client = new DeskClient(desk.url);
      await client.signIn(desk.name, desk.password);
      found = (await client.pages()).map(outline).sort((a, b) => b.length - a.length);
    } catch {
      // The desk comes back in a moment.
    }
    if (JSON.stringify(found) === JSON.stringify(undisturbed) || Date.now() > deadline) return found;
    await delay(LOOK_AGAIN_MS);
  }
}

const sitePage = z.object({
  alarms: z.array(z.object({ rule: z.string() })),
  uplink: z.object({ connected: z.boolean(), waiting: z.object({ alarm: z.number(), bulk: z.number() }) }),
});
export type SitePage = z.infer<typeof sitePage>;

/** What the pharmacy's own page says. */
export async function readSitePage({ sitePage: { url } }: Stage): Promise<SitePage> {
  const answer = await fetch(`${url}/api/site`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  return sitePage.parse(await answer.json());
}

/**
 * Resolves once nothing waits at the pharmacy any more: the cloud has said of every record that it is stored.
 * @throws Error where that does not come
 */
export async function everythingSent(stage: Stage): Promise<void> {
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    const waiting = await readSitePage(stage).then(
      ({ uplink }) => uplink.waiting.alarm + uplink.waiting.bulk,
      () => undefined,
    );
    if (waiting === 0) return;
    if (Date.now() > deadline)
      throw new Error(`records still wait at the gateway: ${waiting ?? 'no answer'}`);
    await delay(LOOK_AGAIN_MS);
  }
}

/** The cloud's store, to be read while the cloud goes on. */
function withStore<Result>({ folder }: Stage, look: (store: DatabaseSync) => Result): Result {
  const store = new DatabaseSync(join(folder, 'cloud', 'store.sqlite'), { readOnly: true });
  try {
    return look(store);
  } finally {
    store.close();
  }
}

const chained = z.object({ after: z.number() });

/** Ids that the store holds more than once, and records whose predecessor in their lane is missing. */
export function faultsIn(stage: Stage): { lanes: number; faults: string[] } {
  return withStore(stage, (store) => {
    const faults = store
      .prepare('SELECT source, sequence FROM record GROUP BY source, sequence HAVING count(*) > 1')
      .all()
      .map((row) => `twice: ${JSON.stringify(row)}`);
    const last = new Map<string, number>();
    for (const row of store
      .prepare(
        'SELECT source, lane, sequence, json FROM record WHERE lane IS NOT NULL ORDER BY source, lane, sequence',
      )
      .iterate()) {
      const lane = `${row.source}/${row.lane}`;
      const { after } = chained.parse(JSON.parse(String(row.json)));
      if (after !== (last.get(lane) ?? 0)) faults.push(`gap: ${lane} ${row.sequence} follows ${after}`);
      last.set(lane, Number(row.sequence));
    }
    return { lanes: last.size, faults };
  });
}

/** Number of the last record that the store has taken. */
export const lastRecord = (stage: Stage): number =>
  withStore(stage, (store) =>
    Number(store.prepare('SELECT max(number) AS number FROM record').get()?.number ?? 0),
  );

/** Numbers under which the store took what had waited at the pharmacy, by lane. */
export function arrivals(
  stage: Stage,
  after: number,
  waiting: { alarm: number; bulk: number },
): { alarms: number[]; bulk: number[] } {
  const rows = withStore(stage, (store) =>
    store
      .prepare(
        `SELECT number, lane FROM record WHERE lane IS NOT NULL AND number > ?
         AND source = (SELECT number FROM name WHERE text LIKE 'linden-gateway/%') ORDER BY number`,
      )
      .all(after),
  );
  const [alarmLane, bulkLane] = [...new Set(rows.map(({ lane }) => Number(lane)))].sort((a, b) => a - b);
  const numbers = (lane: number | undefined, count: number) =>
    rows
      .filter((row) => Number(row.lane) === lane)
      .slice(0, count)
      .map(({ number }) => Number(number));
  return { alarms: numbers(alarmLane, waiting.alarm), bulk: numbers(bulkLane, waiting.bulk) };
}
