import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manyAttackers, oneGotIn } from './bench-worlds.ts';
import { catalogueOf } from './catalogue.ts';
import { Correlator, correlate } from './correlator.ts';
import { couldLink } from './crowd.ts';
import { linkRules } from './link-rules.ts';
import { anyDetections, anyRegistry, shuffled } from './random-world.ts';
import { reference } from './reference.ts';
import { detectionOf, NIGHT, sampleRegistry } from './sample-site.ts';
import { CROWDED } from './timelines.ts';
import { weigh } from './weighing.ts';

const HOUR_MS = 3_600_000;

test('nothing that is linked is ever left out for what could be linked at most', () => {
  let linked = 0;
  fc.assert(
    fc.property(anyRegistry, anyDetections(12), fc.nat(24 * 60), (registry, detections, minutes) => {
      const catalogue = catalogueOf(registry, linkRules);
      const all = detections.map((detection) => catalogue.traitsOf(detection));
      for (const early of all)
        for (const late of all) {
          if (early === late || weigh(early, late, minutes * 60_000, linkRules) === 0) continue;
          linked++;
          const shared = early.marks.filter((mark) => !mark.hub && late.marks.includes(mark));
          const sharesHubs = early.marks.some((mark) => mark.hub && late.marks.includes(mark));
          expect(couldLink(early, late, shared, sharesHubs, linkRules)).toBe(true);
          expect(couldLink(late, early, shared, sharesHubs, linkRules)).toBe(true);
        }
    }),
    { numRuns: 500 },
  );
  expect(linked).toBeGreaterThan(1_000);
});

test('a crowd gives the components and the links that asking every pair gives, in any order', () => {
  fc.assert(
    fc.property(anyRegistry, anyDetections(240, 150), fc.nat(), (registry, detections, seed) => {
      expect(detections.length).toBeGreaterThan(CROWDED * 2);
      const expected = correlate(detections, registry);
      const parts = reference(detections, registry).map(({ detections: held }) => held.join());
      expect(expected.map(({ detections: held }) => held.join()).sort()).toEqual(parts.sort());
      const correlator = new Correlator(registry);
      correlator.add(shuffled(detections, seed));
      expect(JSON.stringify(correlator.incidents())).toBe(JSON.stringify(expected));
    }),
    { numRuns: 12 },
  );
}, 60_000);

test('attempts on one account are links only where the attempts have more in common than that', () => {
  const attempts = Array.from({ length: 400 }, (_, index) =>
    detectionOf({
      id: `a${index}`,
      at: NIGHT + index * 30_000,
      rule: index % 9 === 0 ? 'web-scan' : 'login-failed',
      severity: index % 5 === 0 ? 'low' : 'medium',
      assets: ['web-shop'],
      observables: {
        ip: `203.0.${index % 7}.${index % 97}`,
        account: ['a.weber', 'admin', 'someone'][index % 3] ?? '',
        colour: `colour-${index % 40}`,
      },
    }),
  );
  const expected = correlate(attempts, sampleRegistry);
  const parts = reference(attempts, sampleRegistry).map(({ detections }) => detections.join());
  expect(expected.map(({ detections }) => detections.join()).sort()).toEqual(parts.sort());
  expect(expected.length).toBeGreaterThan(1);
  for (const seed of [1, 2, 3])
    expect(JSON.stringify(correlate(shuffled(attempts, seed), sampleRegistry))).toBe(
      JSON.stringify(expected),
    );
});

test('thousands of addresses that try one account stay apart until somebody gets in', () => {
  const apart = manyAttackers(3_000);
  expect(correlate(apart.detections, apart.registry)).toHaveLength(3_000);
  const { registry, detections } = oneGotIn(3_000);
  const correlator = new Correlator(registry);
  correlator.add(detections.slice(0, -1));
  const { changed, gone } = correlator.add(detections.slice(-1));
  expect(changed.map((incident) => incident.detections.length)).toEqual([3_000]);
  expect(gone).toHaveLength(2_998);
  expect(JSON.stringify(correlator.incidents())).toBe(JSON.stringify(correlate(detections, registry)));
});

test('what is taken back leaves a crowd as well', () => {
  const { registry, detections } = oneGotIn(200);
  const correlator = new Correlator(registry);
  correlator.revise(detections);
  correlator.revise([], ['got-in']);
  expect(correlator.incidents()).toHaveLength(199);
  correlator.forget(detections[0]?.at ?? 0);
  const again = { ...(detections.at(-1) ?? detectionOf({ id: 'x' })), at: 3 * HOUR_MS };
  correlator.revise([again]);
  expect(correlator.incidents().map((incident) => incident.detections.length)).toEqual([200]);
});
