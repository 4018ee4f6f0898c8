/** The break-in again, while processes are killed: it must come to the same. */
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { pick, type Random, seededRandom } from '../random.ts';
import type { House } from '../stage/process.ts';
import {
  type DisturbedStage,
  everythingSent,
  faultsIn,
  openDisturbed,
  outlines,
  undisturbed,
} from './disturbed-stage.ts';

/** Between two kills, real ms, more or less: about two seconds of start, and some of work. */
const BETWEEN_KILLS_MS = 3_000;
const MIN_KILLS = 20;

let disturbed: DisturbedStage | undefined;
afterEach(() => disturbed?.close());

/**
 * Kills one process after the other until the story is told, and gives their names. One may be killed while it
 * starts, and then starts undisturbed: otherwise a slow machine would never get through to the end.
 */
async function killAtRandom(
  houses: Readonly<Record<string, House>>,
  story: Promise<void>,
  random: Random,
): Promise<string[]> {
  let isTold = false;
  void story.then(() => {
    isTold = true;
  });
  const kills: string[] = [];
  const killedAtStart = new Set<string>();
  while (!isTold) {
    await delay(BETWEEN_KILLS_MS * (0.5 + random()));
    const mayBeKilled = Object.entries(houses).filter(
      ([name, { isReady }]) => isReady || !killedAtStart.has(name),
    );
    if (mayBeKilled.length === 0) continue;
    const [name, house] = pick(mayBeKilled, random);
    if (house.isReady) killedAtStart.delete(name);
    else killedAtStart.add(name);
    house.kill();
    kills.push(name);
  }
  return kills;
}

test('gateway, bridge and cloud killed again and again: the same incidents as undisturbed, nothing missing, nothing twice', async () => {
  // Ten times as fast.
  disturbed = await openDisturbed(10);
  const { stage, said } = disturbed;
  const { cloud, linden, bridge } = stage.houses;
  const story = stage.telling.begin('break-in');
  const kills = await killAtRandom({ cloud, linden, bridge }, story, seededRandom(11));
  await Promise.all(Object.values(stage.houses).map((house) => house.ready()));
  expect(said).toContain('the story is told');
  expect(new Set(kills)).toEqual(new Set(['cloud', 'linden', 'bridge']));
  expect(kills.length).toBeGreaterThanOrEqual(MIN_KILLS);
  expect(await outlines(stage)).toEqual(undisturbed);
  await everythingSent(stage);
  const { lanes, faults } = faultsIn(stage);
  expect(faults).toEqual([]);
  expect(lanes).toBeGreaterThanOrEqual(4);
}, 900_000);
