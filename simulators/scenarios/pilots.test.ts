/** Two pilots at once, over real wires: each is one incident, of all of it and nothing else. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPilotStage, type PilotStage } from '../stage/pilot-stage.ts';
import { bank } from './bank.ts';
import { type Score, scoreText } from './score.ts';
import { shop } from './shop.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-pilots-'));
const ending = new AbortController();
/** A quarter of an hour in less than a minute. */
const SPEED = 20;
/** A forenoon, with everything open. */
const ORIGIN = Date.parse('2026-11-24T10:05:00+01:00');
const pilots = [shop, bank];

let stage: PilotStage | undefined;
const scores = new Map<string, Score>();

beforeAll(async () => {
  const opened = await openPilotStage(
    { pilots, folder: join(folder, 'run'), port: 0, speed: SPEED, originMs: ORIGIN, seed: 7, say: () => {} },
    ending.signal,
  );
  stage = opened;
  await Promise.all(
    pilots.map(async ({ id }) => {
      scores.set(id, await opened.tell(id));
    }),
  );
}, 300_000);

afterAll(async () => {
  await stage?.stop();
  ending.abort();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(pilots)('$id', ({ id, truth }) => {
  const score = (): Score => {
    const found = scores.get(id);
    if (found === undefined) throw new Error(`${id} was not told to its end`);
    return found;
  };

  test('every step stands in one incident, with nothing that is none of it, in time', () => {
    expect(score().shortfalls, scoreText(score())).toEqual([]);
    expect(score().incidents.map(({ purity }) => purity)).toEqual(truth.incidents.map(() => 1));
  });

  test('each step but the first says why it belongs', () => {
    for (const { steps } of score().incidents)
      for (const { id: step, because } of steps.slice(1))
        expect(because.length, `${step} says why`).toBeGreaterThan(0);
  });
});

test('what happened beside them is told, and apart from them', () => {
  // A door at Harbour, a guess at the outlet, scanners.
  expect(scores.get('bank')?.toldIncidents).toBeGreaterThanOrEqual(pilots.length + 2);
});
