/** The short way of what `npm run chaos` does for long. */
import { expect, test } from 'vitest';
import { killAgainAndAgain } from './kill.ts';
import { cutAgainAndAgain, whyNoPowerCuts } from './power.ts';

const reason = whyNoPowerCuts();

test('killed at any moment, gateway and cloud lose nothing that was acknowledged', async () => {
  const { gatewayKills, cloudKills, acknowledged, violations } = await killAgainAndAgain({
    kills: 5,
    seed: 2,
  });
  expect(violations).toEqual([]);
  expect(gatewayKills + cloudKills).toBeGreaterThanOrEqual(6);
  expect(acknowledged).toBeGreaterThan(0);
}, 600_000);

test.skipIf(reason !== undefined)(
  `the power goes, and what was acknowledged is there${reason === undefined ? '' : `: skipped, ${reason}`}`,
  async () => {
    const { cuts, acknowledged, violations } = await cutAgainAndAgain({ cuts: 2, seed: 2 });
    expect(violations).toEqual([]);
    expect(cuts).toBe(2);
    expect(acknowledged).toBeGreaterThan(0);
  },
  600_000,
);
