import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../devices/model/incident.ts';
import { Correlator, correlate } from './correlator.ts';
import { anyDetections, anyRegistry, shuffled } from './random-world.ts';
import { type Reference, reference } from './reference.ts';
import { detectionOf, MINUTE, NIGHT, noise, sampleRegistry, story } from './sample-site.ts';

const bones = (incidents: readonly Incident[]): Reference[] =>
  incidents.map(({ detections, links }) => ({
    detections,
    links: links.map(({ a, b, weight }) => ({ a, b, weight })),
  }));

const sorted = (parts: readonly Reference[]): Reference[] =>
  [...parts].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

describe('the incidents of a set of detections', () => {
  test('are the components and the strongest forest that asking every pair gives', () => {
    fc.assert(
      fc.property(anyRegistry, anyDetections(30), (registry, detections) => {
        const found = sorted(bones(correlate(detections, registry)));
        expect(found).toEqual(sorted(reference(detections, registry)));
      }),
      { numRuns: 250 },
    );
  });

  test('are the same in every order, byte for byte, one by one or all at once: 1,000 orders', () => {
    let orders = 0;
    fc.assert(
      fc.property(anyRegistry, anyDetections(25), fc.nat(), (registry, detections, seed) => {
        const expected = JSON.stringify(correlate(detections, registry));
        for (let order = 0; order < 10; order++) {
          const correlator = new Correlator(registry);
          for (const detection of shuffled(detections, seed + order)) correlator.absorb(detection);
          expect(JSON.stringify(correlator.incidents())).toBe(expected);
          orders++;
        }
      }),
      { numRuns: 100 },
    );
    expect(orders).toBeGreaterThanOrEqual(1_000);
  });

  test('stay the same in every order when one address is named by hundreds of different detections', () => {
    const crowd = Array.from({ length: 300 }, (_, index) =>
      detectionOf({
        id: `c${index}`,
        at: NIGHT + ((index * 37) % 300) * 10_000,
        rule: ['login-brute-force', 'web-scan', 'something-else'][index % 3] ?? '',
        observables: { ip: '203.0.113.9', account: `name-${index % 90}`, colour: `colour-${index}` },
        ...(index % 5 === 0 ? { assets: ['office-server'] } : {}),
      }),
    );
    const expected = correlate(crowd, sampleRegistry);
    expect(expected.map(({ detections }) => detections)).toEqual(
      reference(crowd, sampleRegistry).map(({ detections }) => detections),
    );
    expect(expected[0]?.links).toHaveLength(299);
    for (const seed of [1, 2, 3]) {
      const correlator = new Correlator(sampleRegistry);
      correlator.add(shuffled(crowd, seed));
      expect(JSON.stringify(correlator.incidents())).toBe(JSON.stringify(expected));
    }
  });

  test('hold each detection exactly once', () => {
    fc.assert(
      fc.property(anyRegistry, anyDetections(30), (registry, detections) => {
        const held = correlate(detections, registry).flatMap((incident) => incident.detections);
        expect(held.sort()).toEqual(detections.map(({ id }) => id).sort());
      }),
    );
  });

  test('come most urgent first', () => {
    const priorities = correlate([...noise, ...story], sampleRegistry).map(({ priority }) => priority);
    expect(priorities).toEqual([...priorities].sort((a, b) => b - a));
  });
});

describe('a correlator that detections come to bit by bit', () => {
  test('tells changes that, put together, are the incidents of the whole set at every point', () => {
    fc.assert(
      fc.property(
        anyRegistry,
        anyDetections(25),
        fc.nat(),
        fc.integer({ min: 1, max: 7 }),
        (registry, detections, seed, size) => {
          const correlator = new Correlator(registry);
          const desk = new Map<string, Incident>();
          const order = shuffled(detections, seed);
          for (let from = 0; from < order.length; from += size) {
            const { changed, gone } = correlator.add(order.slice(from, from + size));
            const ids = new Set(changed.map(({ id }) => id));
            for (const { id, into } of gone) {
              expect(desk.delete(id)).toBe(true);
              expect(ids).toContain(into);
            }
            for (const incident of changed) desk.set(incident.id, incident);
            const expected = correlate(order.slice(0, from + size), registry);
            expect(new Map(expected.map((incident) => [incident.id, incident]))).toEqual(desk);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  test('joins two incidents when a late detection closes the gap, and forwards the one that is gone', () => {
    const correlator = new Correlator(sampleRegistry);
    const at = (minutes: number, id: string) =>
      detectionOf({ id, at: NIGHT + minutes * MINUTE, rule: `${id}-rule`, assets: ['drugs-cabinet'] });
    const first = correlator.add([at(0, 'early'), at(50, 'late')]);
    expect(first.changed).toHaveLength(2);
    const second = correlator.add([at(25, 'between')]);
    expect(second.changed.map(({ detections }) => detections)).toEqual([['early', 'between', 'late']]);
    const lateId = first.changed.find(({ detections }) => detections[0] === 'late')?.id;
    expect(second.gone).toEqual([{ id: lateId, into: second.changed[0]?.id }]);
  });

  test('closes the gap between two bursts of a thing too slight to be joined to anything else', () => {
    const correlator = new Correlator(sampleRegistry);
    const at = (minutes: number) =>
      detectionOf({
        id: `m${minutes}`,
        at: NIGHT + minutes * MINUTE,
        severity: 'info',
        assets: ['motion-1'],
      });
    correlator.add([at(0)]);
    const second = correlator.add([at(8)]);
    const { changed, gone } = correlator.add([at(4)]);
    expect(changed.map(({ detections }) => detections)).toEqual([['m0', 'm4', 'm8']]);
    expect(gone).toEqual([{ id: second.changed[0]?.id, into: changed[0]?.id }]);
  });

  test('says nothing about a detection that comes again, and names one that comes again changed', () => {
    const correlator = new Correlator(sampleRegistry);
    correlator.add(story);
    const again = correlator.add([...story, detectionOf({ id: 's4', rule: 'something-else' })]);
    expect(again).toEqual({ changed: [], gone: [], duplicates: story.length, conflicting: ['s4'] });
  });

  test('takes ten thousand repeats of one thing as one incident', () => {
    const repeats = Array.from({ length: 10_000 }, (_, index) =>
      detectionOf({
        id: `r${index}`,
        at: NIGHT + index * 500,
        rule: 'login-brute-force',
        observables: { ip: '203.0.113.9' },
      }),
    );
    const [incident, ...others] = correlate(shuffled(repeats, 5), sampleRegistry);
    expect(others).toEqual([]);
    expect(incident?.detections).toHaveLength(10_000);
    expect(incident?.links).toHaveLength(9_999);
  });
});

describe('what a person decided', () => {
  const guard = { together: [], apart: [['s3', 's4']] } as const;

  test('keeps apart what was kept apart, whatever links them', () => {
    const [first, second] = correlate(story, sampleRegistry, { decisions: guard });
    expect(first?.detections).toEqual(['s4', 's5', 's6', 's7']);
    expect(second?.detections).toEqual(['s1', 's2', 's3']);
  });

  test('puts together what nothing links, and says that a person did', () => {
    const decisions = { together: [['s1', 'n3']], apart: [] } as const;
    const incidents = correlate([...story, ...noise], sampleRegistry, { decisions });
    const found = incidents.find(({ detections }) => detections.includes('n3'));
    expect(found?.detections).toEqual(expect.arrayContaining(['s1', 's7', 'n3']));
    const decided = found?.links.find(({ a, b }) => a === 's1' && b === 'n3');
    expect(decided?.evidence[0]).toMatchObject({ kind: 'decision', weight: 1 });
  });

  test('can be undone, which gives back what was there before', () => {
    const correlator = new Correlator(sampleRegistry);
    correlator.add([...story, ...noise]);
    const before = correlator.incidents();
    const split = correlator.decide(guard);
    expect(split.changed).toHaveLength(2);
    const undone = correlator.decide({ together: [], apart: [] });
    expect(correlator.incidents()).toEqual(before);
    expect(undone.gone).toHaveLength(1);
  });

  test('holds in every order and for every set', () => {
    fc.assert(
      fc.property(anyRegistry, anyDetections(15), fc.nat(), (registry, detections, seed) => {
        const ids = detections.map(({ id }) => id);
        const pair = (from: number): [string, string] => [
          ids[from % ids.length] ?? '',
          ids[(from * 7 + 1) % ids.length] ?? '',
        ];
        const apart = [pair(seed), pair(seed + 1)].filter(([a, b]) => a !== b);
        const together = [pair(seed + 2)].filter(([a, b]) => a !== b);
        const decisions = { together, apart };
        const expected = correlate(detections, registry, { decisions });
        for (const { detections: held } of expected)
          for (const [a, b] of apart) expect(held.includes(a) && held.includes(b)).toBe(false);
        const correlator = new Correlator(registry, { decisions });
        correlator.add(shuffled(detections, seed));
        expect(JSON.stringify(correlator.incidents())).toBe(JSON.stringify(expected));
      }),
    );
  });
});

describe('memory', () => {
  test('drops incidents that nothing can join any more, says how many, and keeps the rest as it was', () => {
    const correlator = new Correlator(sampleRegistry);
    const days = (count: number) => count * 24 * 60 * MINUTE;
    const later = story.map((entry) => ({ ...entry, id: `later-${entry.id}`, at: entry.at + days(3) }));
    correlator.add([...story, ...noise]);
    correlator.add(later);
    const kept = correlator.incidents().filter(({ first }) => first >= NIGHT + days(3));
    expect(correlator.forget(NIGHT + days(3))).toMatchObject({
      detections: story.length + noise.length,
      kept: later.length,
    });
    expect(correlator.size).toBe(later.length);
    expect(correlator.incidents()).toEqual(kept);

    const more = detectionOf({
      id: 'more',
      at: NIGHT + days(3) + 50 * MINUTE,
      rule: 'web-attack',
      observables: { ip: '203.0.113.7' },
    });
    const { changed, gone } = correlator.add([more]);
    expect(changed.map(({ id }) => id)).toEqual(kept.map(({ id }) => id));
    expect(changed[0]?.detections).toContain('more');
    expect(gone).toEqual([]);
  });
});
