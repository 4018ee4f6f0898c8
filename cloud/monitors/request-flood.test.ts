import { expect, test } from 'vitest';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { requestFlood } from './request-flood.ts';

const HOUR_MS = 3_600_000;
const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'online', name: 'Web shop' }],
    assets: [{ id: 'web-shop', kind: 'shop', name: 'Web shop', site: 'online' }],
  }),
);
let number = 0;
const ask = (at: number, ip: string): Observation =>
  observation.parse({
    id: `cloud-shop/epoch000/${++number}`,
    kind: 'web.requested',
    asset: 'web-shop',
    site: 'online',
    source: 'web-access:shop',
    observedAt: at,
    receivedAt: at,
    clock: 'foreign',
    observables: { ip, path: '/' },
    facts: { status: 200 },
  });

test('a flood of the day before is neither taken back nor told again, and the next one is another', () => {
  const floods = requestFlood.open(
    requestFlood.configuration.parse({ perSecond: 5, learningMs: 60_000 }),
    registry,
  );
  const told = new Set<string>();
  const withdrawn: string[] = [];
  const take = (observations: readonly Observation[]) => {
    const { put, withdraw } = floods.observe(observations);
    for (const { id } of put) told.add(id);
    withdrawn.push(...withdraw);
  };
  for (let at = 0; at < 52 * HOUR_MS; at += 60_000) {
    take([ask(at, '198.51.100.7')]);
    // A flood that spans three slots, on the first, the second and the third day.
    if (at % (25 * HOUR_MS) === HOUR_MS)
      take(
        Array.from({ length: 250 }, (_, index) => ask(at + 1_000 + index * 100, `203.0.113.${index % 9}`)),
      );
  }
  expect(told.size).toBe(3);
  expect(withdrawn).toEqual([]);
  expect(floods.forgotten).toBe(0);
});
