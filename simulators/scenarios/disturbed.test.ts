/** The break-in again, while processes are killed and cables pulled: it must come to the same. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { pick, seededRandom } from '../random.ts';
import { openStage, type Stage } from '../stage/stage.ts';
import { expectedOutline } from './break-in.ts';
import { DeskClient, outline } from './desk-client.ts';

const ORIGIN = Date.parse('2026-11-24T20:40:00+01:00');
/** Processes that live between two kills of the same one, real ms: about two seconds of start, and some of work. */
const BETWEEN_KILLS_MS = 3_000;
const SETTLE_MS = 60_000;

let ending = new AbortController();
let stage: Stage | undefined;
const folders: string[] = [];

afterEach(async () => {
  await stage?.stop();
  ending.abort();
  ending = new AbortController();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function open(speed: number): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-disturbed-'));
  folders.push(folder);
  stage = await openStage(
    { folder: join(folder, 'run'), port: 0, speed, originMs: ORIGIN, seed: 7, withDay: false, say: () => {} },
    ending.signal,
  );
  return stage;
}

/** What every incident is about, as soon as it is what is expected, or what it was when patience ended. */
async function outlines(of: Stage): Promise<string[][]> {
  const expected = JSON.stringify([expectedOutline.linden, expectedOutline.north]);
  const deadline = Date.now() + SETTLE_MS;
  for (;;) {
    let found: string[][] = [];
    try {
      const client = new DeskClient(of.desk.url);
      await client.signIn(of.desk.name, of.desk.password);
      found = (await client.pages()).map(outline).sort((a, b) => b.length - a.length);
    } catch {
      // The desk comes back in a moment.
    }
    if (JSON.stringify(found) === expected || Date.now() > deadline) return found;
    await delay(1_000);
  }
}

/** Ids that the store holds more than once, and records whose predecessor in their lane is missing. */
function faultsIn(of: Stage): string[] {
  const database = new DatabaseSync(join(of.folder, 'cloud', 'store.sqlite'), { readOnly: true });
  const twice = database
    .prepare('SELECT source, sequence FROM record GROUP BY source, sequence HAVING count(*) > 1')
    .all()
    .map((row) => `twice: ${JSON.stringify(row)}`);
  const gaps: string[] = [];
  const last = new Map<string, number>();
  for (const row of database
    .prepare(
      'SELECT source, lane, sequence, json FROM record WHERE lane IS NOT NULL ORDER BY source, lane, sequence',
    )
    .iterate()) {
    const lane = `${row.source}/${row.lane}`;
    const { after } = JSON.parse(String(row.json)) as { after: number };
    if (after !== (last.get(lane) ?? 0)) gaps.push(`gap: ${lane} ${row.sequence} follows ${after}`);
    last.set(lane, Number(row.sequence));
  }
  database.close();
  expect(last.size).toBeGreaterThanOrEqual(4);
  return [...twice, ...gaps];
}

test('gateway, bridge and cloud killed again and again: the same incidents as undisturbed, nothing missing, nothing twice', async () => {
  // Ten times as fast: an outage of three seconds is half a minute, less than the silence that is news.
  const running = await open(10);
  const random = seededRandom(11);
  const { cloud, linden, bridge } = running.houses;
  const story = running.telling.begin('break-in');
  let told = false;
  void story.then(() => {
    told = true;
  });
  const kills: string[] = [];
  while (!told) {
    await delay(BETWEEN_KILLS_MS * (0.5 + random()));
    const [name, house] = pick(Object.entries({ cloud, linden, bridge }), random);
    house.kill();
    kills.push(name);
  }
  await Promise.all(Object.values(running.houses).map((house) => house.ready()));
  expect(new Set(kills)).toEqual(new Set(['cloud', 'linden', 'bridge']));
  expect(kills.length).toBeGreaterThanOrEqual(20);
  expect(await outlines(running)).toEqual([expectedOutline.linden, expectedOutline.north]);
  expect(faultsIn(running)).toEqual([]);
}, 420_000);

test('the uplink pulled for the length of the story: the site is not helpless, and then alarms arrive first and nothing is missing', async () => {
  const running = await open(20);
  const client = new DeskClient(running.desk.url);
  await client.signIn(running.desk.name, running.desk.password);
  running.uplink.cut();
  await running.telling.begin('break-in');

  // Nobody outside knows, and everything at the site works.
  const rulesAtTheDesk = (await client.pages()).flatMap(({ story }) =>
    story.map(({ detection }) => detection.rule),
  );
  expect(rulesAtTheDesk).not.toContain('forced-open');
  expect(running.world.pharmacy.siren.switched).toBeGreaterThan(0);
  const page = (await (await fetch(`${running.sitePage.url}/api/site`)).json()) as {
    alarms: { rule: string }[];
    uplink: { connected: boolean; waiting: { alarm: number; bulk: number } };
  };
  expect(page.alarms.map(({ rule }) => rule)).toContain('forced-open');
  expect(page.uplink.connected).toBe(false);
  expect(page.uplink.waiting.alarm).toBeGreaterThan(5);
  expect(page.uplink.waiting.bulk).toBeGreaterThan(page.uplink.waiting.alarm);

  const before = lastRecord(running);
  running.uplink.restore();
  expect(await outlines(running)).toEqual([expectedOutline.linden, expectedOutline.north]);
  expect(faultsIn(running)).toEqual([]);
  // Of what had waited, every alarm was stored before half of the bulk was.
  const { alarms, bulk } = arrivals(running, before, page.uplink.waiting);
  expect(alarms.length).toBe(page.uplink.waiting.alarm);
  expect(Math.max(...alarms)).toBeLessThan(bulk[Math.floor(bulk.length / 2)] ?? 0);
}, 300_000);

const storeOf = (of: Stage) => new DatabaseSync(join(of.folder, 'cloud', 'store.sqlite'), { readOnly: true });

function lastRecord(of: Stage): number {
  const database = storeOf(of);
  const row = database.prepare('SELECT max(number) AS number FROM record').get();
  database.close();
  return Number(row?.number ?? 0);
}

/** Numbers in which the store took what had waited at the pharmacy, by lane. */
function arrivals(of: Stage, after: number, waiting: { alarm: number; bulk: number }) {
  const database = storeOf(of);
  const rows = database
    .prepare(
      `SELECT number, lane, json FROM record WHERE lane IS NOT NULL AND number > ?
       AND source = (SELECT number FROM name WHERE text LIKE 'linden-gateway/%') ORDER BY number`,
    )
    .all(after);
  database.close();
  const lanes = new Map(rows.map(({ lane }) => [Number(lane), true]));
  const [alarmLane, bulkLane] = [...lanes.keys()].sort((a, b) => a - b);
  const numbers = (lane: number | undefined, count: number) =>
    rows
      .filter((row) => Number(row.lane) === lane)
      .slice(0, count)
      .map(({ number }) => Number(number));
  return { alarms: numbers(alarmLane, waiting.alarm), bulk: numbers(bulkLane, waiting.bulk) };
}
