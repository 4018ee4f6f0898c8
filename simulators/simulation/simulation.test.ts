import { expect, test } from 'vitest';
import { runSeed } from './run.ts';

test('whatever goes wrong, what was acknowledged is stored, once and in order, and the incidents are the same', async () => {
  let points = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const { crashPoints, records, violations } = await runSeed(seed);
    expect(violations, `npm run chaos -- simulate --seed ${seed}`).toEqual([]);
    expect(records).toBeGreaterThan(100);
    points += crashPoints;
  }
  expect(points).toBeGreaterThan(100);
});

test('the same seed gives the same run, to the last event', async () => {
  const [first, second] = [await runSeed(7, { traced: true }), await runSeed(7, { traced: true })];
  expect(first.trace.length).toBeGreaterThan(100);
  expect(second).toEqual(first);
});

test('a disk that only pretends to synchronise is found out', async () => {
  const { violations } = await runSeed(3, { diskLies: true });
  expect(violations.join('\n')).toMatch(/was acknowledged/);
});
