import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Incident } from '../../devices/model/incident.ts';
import type { Changes } from './changes.ts';
import { Correlator, correlate } from './correlator.ts';
import type { Decision } from './decisions.ts';
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
  const apart = (one: string[], other: string[], id = 'd'): Decision => ({ id, kind: 'apart', one, other });
  const together = (one: string[], other: string[], id = 'd'): Decision => ({
    id,
    kind: 'together',
    one,
    other,
    because: 'joined by Mara at 14:05: same van',
  });
  const groups = (incidents: readonly Incident[]) => incidents.map(({ detections }) => detections);

  test('keeps apart what was kept apart, whatever links them', () => {
    const found = groups(
      correlate(story, sampleRegistry, { decisions: [apart(['s1', 's2', 's3'], ['s4', 's5', 's6', 's7'])] }),
    );
    expect(found.sort()).toEqual([
      ['s1', 's2', 's3'],
      ['s4', 's5', 's6', 's7'],
    ]);
  });

  test('takes some out of the middle of an incident, as one, and leaves the rest to its evidence', () => {
    const rest = ['s1', 's2', 's4', 's5', 's7'];
    const decisions = [apart(['s3', 's6'], rest)];
    const found = correlate(story, sampleRegistry, { decisions });
    const taken = found.find(({ detections }) => detections.includes('s3'));
    expect(taken?.detections).toEqual(['s3', 's6']);
    for (const { detections } of found)
      expect(detections.some((id) => rest.includes(id)) && detections.includes('s3')).toBe(false);
  });

  test('puts together what nothing links, by one link that says who did, and keeps the other reasons', () => {
    const ids = story.map(({ id }) => id);
    const incidents = correlate([...story, ...noise], sampleRegistry, { decisions: [together(ids, ['n3'])] });
    const found = incidents.find(({ detections }) => detections.includes('n3'));
    expect(found?.detections).toEqual(expect.arrayContaining(['s1', 's7', 'n3']));
    const decided = found?.links.filter(({ evidence }) => evidence[0]?.kind === 'decision');
    expect(decided).toHaveLength(1);
    expect(decided?.[0]?.evidence[0]?.because).toBe('joined by Mara at 14:05: same van');
  });

  test('counts by the later word where two say different things', () => {
    const ids = story.map(({ id }) => id);
    const split = apart(['s3'], ['s1', 's2', 's4', 's5', 's6', 's7'], 'first');
    const joined = together(['s3'], ['s1', 's2', 's4', 's5', 's6', 's7'], 'second');
    const of = (decisions: Decision[]) => groups(correlate(story, sampleRegistry, { decisions }));
    expect(of([split, joined])).toEqual([ids]);
    expect(of([joined, split])).toContainEqual(['s3']);
    // Only those that were joined again may meet.
    const part = of([apart(['s1', 's2'], ['s3', 's4', 's5', 's6', 's7']), together(['s1'], ['s3', 's4'])]);
    expect(part.find((group) => group.includes('s1'))).toEqual(expect.arrayContaining(['s3', 's4']));
    expect(part.find((group) => group.includes('s3'))).not.toContain('s2');
  });

  test('holds for what comes later, which goes where it belongs more', () => {
    const ids = story.map(({ id }) => id);
    const correlator = new Correlator(sampleRegistry);
    correlator.add(story);
    correlator.decide([apart(['s1', 's2', 's3'], ids.slice(3))]);
    const like = story.find(({ id }) => id === 's6');
    correlator.add([detectionOf({ ...like, id: 'late', at: (like?.at ?? 0) + 1 })]);
    const found = groups(correlator.incidents());
    expect(found.find((group) => group.includes('late'))).toContain('s6');
    expect(found.find((group) => group.includes('s3'))).toEqual(['s1', 's2', 's3']);
  });

  test('can be undone, which gives back what was there before', () => {
    const correlator = new Correlator(sampleRegistry);
    correlator.add([...story, ...noise]);
    const before = correlator.incidents();
    const split = correlator.decide([apart(['s1', 's2', 's3'], ['s4', 's5', 's6', 's7'])]);
    expect(split.changed).toHaveLength(2);
    const undone = correlator.decide([]);
    expect(correlator.incidents()).toEqual(before);
    expect(undone.gone).toHaveLength(1);
    const joined = correlator.decide([together(['s1'], ['n3'])]);
    expect(joined.gone).toHaveLength(1);
    expect(correlator.decide([]).gone).toEqual([]);
    expect(correlator.incidents()).toEqual(before);
  });

  test('holds in every order, for every set, whenever it was said', () => {
    fc.assert(
      fc.property(anyRegistry, anyDetections(15), fc.nat(), (registry, detections, seed) => {
        const ids = detections.map(({ id }) => id);
        const some = (from: number) => [ids[from % ids.length] ?? '', ids[(from * 5 + 3) % ids.length] ?? ''];
        const sides = (from: number) => {
          const one = [...new Set(some(from))];
          return [one, some(from * 7 + 1).filter((id) => !one.includes(id))] as const;
        };
        const decisions = [
          together(...sides(seed + 2), 'd1'),
          apart(...sides(seed + 1), 'd2'),
          together(...sides(seed + 5), 'd3'),
          apart(...sides(seed), 'd4'),
        ];
        const expected = correlate(detections, registry, { decisions });
        const [one, other] = sides(seed);
        for (const { detections: held } of expected)
          expect(held.some((id) => one.includes(id)) && held.some((id) => other.includes(id))).toBe(false);
        for (const joined of [true, false]) {
          const correlator = new Correlator(registry, joined ? { decisions } : {});
          const order = shuffled(detections, seed);
          correlator.add(order.slice(0, 7));
          if (!joined) correlator.decide(decisions.slice(0, 2));
          correlator.add(order.slice(7));
          if (!joined) correlator.decide(decisions);
          expect(JSON.stringify(correlator.incidents())).toBe(JSON.stringify(expected));
        }
      }),
    );
  });

  test('is told so that a desk which follows has the incidents of now', () => {
    fc.assert(
      fc.property(anyRegistry, anyDetections(15), fc.nat(), (registry, detections, seed) => {
        const correlator = new Correlator(registry);
        const desk = new Map<string, Incident>();
        const take = ({ changed, gone }: Changes) => {
          for (const { id } of gone) desk.delete(id);
          for (const incident of changed) desk.set(incident.id, incident);
        };
        take(correlator.add(detections));
        const ids = detections.map(({ id }) => id);
        const one = ids.filter((_, index) => (index + seed) % 3 === 0);
        const other = ids.filter((_, index) => (index + seed) % 3 === 1);
        for (const decisions of [[together(one, other)], [apart(one, other, 'e')], []]) {
          take(correlator.decide(decisions));
          expect(desk).toEqual(new Map(correlator.incidents().map((incident) => [incident.id, incident])));
        }
      }),
      { numRuns: 50 },
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
