import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { bruteForce } from './brute-force.ts';
import { logInsOf, SAME_LOG_IN_MS } from './log-ins.ts';
import { Monitors } from './monitors.ts';

const tellers = ['web-access:shop', 'shop-event:shop', 'syslog:server'] as const;
let sequence = 0;
const told = (source: string, at: number, account: string | undefined): Observation =>
  observation.parse({
    id: `cloud/e/${String(++sequence).padStart(6, '0')}`,
    kind: 'login.failed',
    site: 'online',
    asset: 'shop',
    source,
    observedAt: at,
    receivedAt: at,
    clock: 'foreign',
    observables: { ip: '203.0.113.7' },
    ...(account === undefined ? {} : { subjects: { account } }),
  });
const inOrder = (list: readonly Observation[]) =>
  [...list].sort((a, b) => a.observedAt - b.observedAt || (a.id < b.id ? -1 : 1));

/** Log-ins that all three tell, each a little later than it happened; the access log does not know whose they are. */
const attempts = fc.array(
  fc.record({
    at: fc.integer({ min: 0, max: 60_000 }),
    account: fc.constantFrom('a.weber', 'b.klein'),
    delays: fc.tuple(...tellers.map(() => fc.integer({ min: 0, max: SAME_LOG_IN_MS - 1 }))),
  }),
  { minLength: 1, maxLength: 25 },
);
type Attempt = { at: number; account: string; delays: readonly number[] };
const toldBy = (list: readonly Attempt[], sources: readonly string[], knows: (source: string) => boolean) =>
  list.flatMap(({ at, account, delays }) =>
    sources.map((source, index) =>
      told(source, at + (delays[index] ?? 0), knows(source) ? account : undefined),
    ),
  );

test('log-ins that everybody tells with the account are as many as they are', () => {
  fc.assert(
    fc.property(attempts, (list) => {
      const found = logInsOf(inOrder(toldBy(list, tellers, () => true)));
      expect(found).toHaveLength(list.length);
      for (const account of ['a.weber', 'b.klein'])
        expect(found.filter((one) => one.account === account)).toHaveLength(
          list.filter((one) => one.account === account).length,
        );
    }),
  );
});

test('whoever tells, and whatever is known of the account: never fewer than one of them tells, never twice by one', () => {
  fc.assert(
    fc.property(attempts, fc.subarray([...tellers], { minLength: 1 }), (list, sources) => {
      const all = inOrder(toldBy(list, sources, (source) => !source.startsWith('web')));
      const found = logInsOf(all);
      expect(found.length).toBeGreaterThanOrEqual(list.length);
      expect(found.flatMap(({ told: some }) => some.map(({ id }) => id)).sort()).toEqual(
        all.map(({ id }) => id).sort(),
      );
      for (const { told: some } of found)
        expect(new Set(some.map(({ source }) => source)).size).toBe(some.length);
    }),
  );
});

test('whatever order they come in, and in whatever batches, the same is counted, and all is evidence', () => {
  const registry = registryOf(registryDocument.parse({ sites: [{ id: 'online', name: 'Web shop' }] }));
  fc.assert(
    fc.property(
      attempts,
      fc.infiniteStream(fc.nat()),
      fc.integer({ min: 1, max: 9 }),
      (list, random, size) => {
        const all = toldBy(list, tellers, () => true);
        const weights = new Map(all.map((one) => [one, random.next().value ?? 0]));
        const order = [...all].sort((a, b) => (weights.get(a) ?? 0) - (weights.get(b) ?? 0));
        const standing = (batches: readonly (readonly Observation[])[]) => {
          const monitors = new Monitors(registry, { 'brute-force': { failures: 5 } }, [bruteForce]);
          const found = new Map();
          for (const batch of batches) {
            const { put, withdraw } = monitors.observe(batch);
            for (const id of withdraw) found.delete(id);
            for (const one of put) found.set(one.id, one);
          }
          return [...found.values()];
        };
        const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, index) =>
          order.slice(index * size, (index + 1) * size),
        );
        const found = standing(batches);
        expect(found).toEqual(standing([inOrder(all)]));
        // All fall within ten minutes.
        expect(found.map(({ count }) => count)).toEqual(list.length < 5 ? [] : [list.length]);
        for (const { evidence } of found) expect(evidence).toHaveLength(Math.min(16, all.length));
      },
    ),
    { numRuns: 50 },
  );
});

test('two servers of one shop, each with a log of its own, tell of different log-ins', () => {
  const all = [told('web-access:one', 0, 'a.weber'), told('web-access:two', 500, 'a.weber')];
  expect(logInsOf(all)).toHaveLength(2);
});
