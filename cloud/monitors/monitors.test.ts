import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Detection } from '../../devices/model/detection.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { catalog } from './catalog.ts';
import type { MonitorSample } from './monitor.ts';
import { MAX_OBSERVATIONS_PER_KEY, Monitors } from './monitors.ts';

const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'online', name: 'Web shop' }],
    assets: ['shop-admin', 'web-shop', 'shop-server'].map((id) => ({
      id,
      kind: 'shop',
      name: id,
      site: 'online',
    })),
    identities: [{ id: 'anna', name: 'Anna Weber', accounts: ['a.weber'] }],
  }),
);

const whole = (partial: MonitorSample['observations'][number], index: number): Observation =>
  observation.parse({
    id: `cloud-shop/epoch000/${index + 1}`,
    site: 'online',
    source: 'web-access:shop',
    receivedAt: partial.observedAt,
    clock: 'foreign',
    ...partial,
  });

/** Everything put and not withdrawn, in order of time. */
function standing(monitors: Monitors, batches: readonly (readonly Observation[])[]): Detection[] {
  const detections = new Map<string, Detection>();
  for (const batch of batches) {
    const { put, withdraw } = monitors.observe(batch);
    for (const id of withdraw) detections.delete(id);
    for (const one of put) detections.set(one.id, one);
  }
  return [...detections.values()].sort((a, b) => a.at - b.at || a.id.localeCompare(b.id));
}

describe.each(catalog)('$kind', (monitor) => {
  test.each(monitor.samples)('$name', (sample) => {
    const monitors = new Monitors(registry, { [monitor.kind]: sample.configuration ?? {} }, [monitor]);
    const detections = standing(monitors, [sample.observations.map(whole)]);
    expect(
      detections.map(({ at, severity, count }, index) =>
        sample.expect[index]?.count === undefined ? { at, severity } : { at, severity, count },
      ),
    ).toEqual(sample.expect);
  });

  test('any order of arrival, in any batches, with repeats, gives the same detections', () => {
    const all = monitor.samples
      .flatMap(({ observations: some }, block) =>
        some.map((one) => ({ ...one, observedAt: one.observedAt + block * 400_000 })),
      )
      .map(whole);
    // What is older than the monitor remembers is later than any lateness allows.
    const newest = Math.max(...all.map(({ observedAt }) => observedAt));
    const remembered = newest - new Monitors(registry, {}, [monitor]).rememberMs;
    const observations = all.filter(({ observedAt }) => observedAt >= remembered);
    const expected = standing(new Monitors(registry, {}, [monitor]), [observations]);
    const shuffled = fc.shuffledSubarray([...observations, ...observations.slice(0, 5)], {
      minLength: observations.length + Math.min(5, observations.length),
      maxLength: observations.length + Math.min(5, observations.length),
    });
    fc.assert(
      fc.property(shuffled, fc.integer({ min: 1, max: 7 }), (order, size) => {
        const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, at) =>
          order.slice(at * size, (at + 1) * size),
        );
        expect(standing(new Monitors(registry, {}, [monitor]), batches)).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

test('a late observation revises the detection that it belongs to, under the same id where its beginning stays', () => {
  const monitors = new Monitors(registry);
  const failures = Array.from({ length: 12 }, (_, index) =>
    whole(
      {
        kind: 'login.failed',
        asset: 'shop-admin',
        observedAt: index * 1_000,
        subjects: { account: 'a.weber' },
        observables: { ip: '203.0.113.7' },
      },
      index,
    ),
  );
  const first = monitors.observe(failures.filter((_, index) => index !== 6));
  const revised = monitors.observe(failures.filter((_, index) => index === 6));
  expect(first.put.map(({ count }) => count)).toEqual([11]);
  expect(revised.put.map(({ id, count }) => ({ id, count }))).toEqual([{ id: first.put[0]?.id, count: 12 }]);
  expect(revised.withdraw).toEqual([]);
});

test('an attack of any length keeps its one id and its count in bounded memory', () => {
  const monitors = new Monitors(registry);
  const total = MAX_OBSERVATIONS_PER_KEY * 3;
  const ids = new Set<string>();
  let count = 0;
  for (let start = 0; start < total; start += 500) {
    const batch = Array.from({ length: 500 }, (_, index) => {
      const observedAt = (start + index) * 100;
      const id = `cloud-shop/epoch000/${String(start + index).padStart(8, '0')}`;
      return {
        ...whole(
          {
            kind: 'login.failed',
            asset: 'shop-admin',
            observedAt,
            subjects: { account: 'a.weber' },
            observables: { ip: '203.0.113.7' },
          },
          0,
        ),
        id,
      };
    });
    for (const detection of monitors.observe(batch).put) {
      ids.add(detection.id);
      count = detection.count;
    }
  }
  expect(ids.size).toBe(1);
  expect(count).toBe(total);
});

test('a wrong configuration is refused by name', () => {
  expect(() => new Monitors(registry, { 'brute-force': { failures: 'many' } })).toThrow(/failures/);
});
