import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Detection } from '../../devices/model/detection.ts';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { registryDocument, registryOf } from '../../devices/model/registry.ts';
import { catalog, standingCatalog } from './catalog.ts';
import { Monitors } from './monitors.ts';
import type { AnyStandingMonitor, StandingSample } from './standing.ts';

const kinds = {
  'shop-admin': 'shop',
  'web-shop': 'shop',
  'shop-server': 'host',
  'office-pc': 'host',
  'site-network': 'network',
  'store-room-camera': 'camera',
  'card-payments': 'payment-service',
  counter: 'sensor',
} as const;

const registry = registryOf(
  registryDocument.parse({
    sites: [{ id: 'online', name: 'Web shop' }],
    assets: Object.entries(kinds).map(([id, kind]) => ({ id, kind, name: id, site: 'online' })),
    identities: [{ id: 'anna', name: 'Anna Weber', accounts: ['a.weber'] }],
  }),
);

const whole = (partial: StandingSample['observations'][number], index: number): Observation =>
  observation.parse({
    id: `cloud-shop/epoch000/${String(index + 1).padStart(6, '0')}`,
    site: 'online',
    source: 'zeek:sensor',
    receivedAt: partial.observedAt,
    clock: 'foreign',
    ...partial,
  });

/** Everything put and not withdrawn, in order of time. */
function standing(
  monitor: AnyStandingMonitor,
  { configuration = {}, until }: StandingSample,
  batches: readonly (readonly Observation[])[],
): Detection[] {
  const monitors = new Monitors(registry, { [monitor.kind]: configuration }, [], undefined, [monitor]);
  const detections = new Map<string, Detection>();
  const take = (some: readonly Observation[]) => {
    const { put, withdraw } = monitors.observe(some);
    for (const id of withdraw) detections.delete(id);
    for (const one of put) detections.set(one.id, one);
  };
  for (const batch of batches) take(batch);
  if (until !== undefined) {
    monitors.pass(until);
    take([]);
  }
  return [...detections.values()].sort((a, b) => a.at - b.at || a.id.localeCompare(b.id));
}

describe.each(standingCatalog)('$kind', (monitor) => {
  test.each(monitor.samples)('$name', (sample) => {
    const detections = standing(monitor, sample, [sample.observations.map(whole)]);
    const told = detections.map(({ rule, at, severity, count }, index) => {
      const { at: expectsAt, count: expectsCount } = sample.expect[index] ?? {};
      return {
        rule,
        severity,
        ...(expectsAt === undefined ? {} : { at }),
        ...(expectsCount === undefined ? {} : { count }),
      };
    });
    expect(told, detections.map(({ summary }) => summary).join('\n')).toEqual(sample.expect);
    for (const { rule, evidence, tactic } of detections) {
      expect(monitor.rules).toContain(rule);
      expect(evidence.length).toBeGreaterThan(0);
      expect(tactic).toMatch(/^TA?\d{4}/);
    }
  });

  test.each(monitor.samples)('$name: in any order of arrival, with repeats', (sample) => {
    const observations = sample.observations.map(whole);
    const expected = standing(monitor, sample, [observations]);
    const length = observations.length + Math.min(3, observations.length);
    const shuffled = fc.shuffledSubarray([...observations, ...observations.slice(0, 3)], {
      minLength: length,
      maxLength: length,
    });
    fc.assert(
      fc.property(shuffled, fc.integer({ min: 1, max: 40 }), (order, size) => {
        const batches = Array.from({ length: Math.ceil(order.length / size) }, (_, at) =>
          order.slice(at * size, (at + 1) * size),
        );
        expect(standing(monitor, sample, batches)).toEqual(expected);
      }),
      { numRuns: 4 },
    );
  });
});

test('no two monitors have a rule of one name', () => {
  const names = [...catalog.map(({ kind }) => kind), ...standingCatalog.flatMap(({ rules }) => rules)];
  expect(names).toEqual([...new Set(names)]);
});
