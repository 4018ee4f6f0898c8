/** The break-in again, with the cable to the cloud pulled: it must come to the same, and the site must do without. */
import { afterEach, expect, test } from 'vitest';
import { DeskClient } from './desk-client.ts';
import {
  arrivals,
  type DisturbedStage,
  everythingSent,
  faultsIn,
  lastRecord,
  openDisturbed,
  outlines,
  readSitePage,
  undisturbed,
} from './disturbed-stage.ts';

let disturbed: DisturbedStage | undefined;
afterEach(() => disturbed?.close());

test('the uplink pulled for the length of the story: the site is not helpless, and then alarms arrive first and nothing is missing', async () => {
  disturbed = await openDisturbed(20);
  const { stage, said } = disturbed;
  const client = new DeskClient(stage.desk.url);
  await client.signIn(stage.desk.name, stage.desk.password);
  stage.uplink.cut();
  await stage.telling.begin('break-in');
  expect(said).toContain('the story is told');

  // Nobody outside knows, and everything at the site works.
  const rulesAtTheDesk = (await client.pages()).flatMap(({ story }) =>
    story.map(({ detection }) => detection.rule),
  );
  expect(rulesAtTheDesk).not.toContain('forced-open');
  expect(stage.world.pharmacy.siren.switched).toBeGreaterThan(0);
  const { alarms: raised, uplink } = await readSitePage(stage);
  expect(raised.map(({ rule }) => rule)).toContain('forced-open');
  expect(uplink.connected).toBe(false);
  expect(uplink.waiting.alarm).toBeGreaterThan(5);
  expect(uplink.waiting.bulk).toBeGreaterThan(uplink.waiting.alarm);

  const before = lastRecord(stage);
  stage.uplink.restore();
  expect(await outlines(stage)).toEqual(undisturbed);
  await everythingSent(stage);
  const { lanes, faults } = faultsIn(stage);
  expect(faults).toEqual([]);
  expect(lanes).toBeGreaterThanOrEqual(4);
  // Of what had waited, every alarm was stored before half of the bulk was.
  const { alarms, bulk } = arrivals(stage, before, uplink.waiting);
  expect(alarms).toHaveLength(uplink.waiting.alarm);
  expect(bulk).toHaveLength(uplink.waiting.bulk);
  expect(Math.max(...alarms)).toBeLessThan(bulk[Math.floor(bulk.length / 2)] ?? 0);
}, 900_000);
