import { expect, test } from 'vitest';
import { shops } from './bench-worlds.ts';
import { Correlator } from './correlator.ts';

const DAY_MS = 24 * 3_600_000;

test('a full memory drops what has been quiet for longest, counts it, and has told it before', () => {
  const { registry, detections } = shops(3_000, 20);
  const correlator = new Correlator(registry, { mostHeld: 1_000 });
  const told = new Set<string>();
  for (let from = 0; from < detections.length; from += 50) {
    const { changed, gone } = correlator.revise(detections.slice(from, from + 50), [], from);
    for (const { id } of gone) told.delete(id);
    for (const { id } of changed) told.add(id);
    expect(correlator.size).toBeLessThanOrEqual(1_000);
  }
  const { crowdedOutDetections, crowdedOutIncidents, ...others } = correlator.dropped;
  expect(others).toEqual({ outdatedDetections: 0, outdatedIncidents: 0, forgottenHabits: 0 });
  expect(crowdedOutDetections).toBe(detections.length - correlator.size);
  const left = correlator.incidents();
  for (const { id } of left) expect(told).toContain(id);
  expect(crowdedOutIncidents).toBe(told.size - left.length);
  // What is left is what spoke last.
  const newest = detections.slice(-400).map(({ id }) => id);
  const held = new Set(left.flatMap((incident) => incident.detections));
  for (const id of newest) expect(held).toContain(id);
});

test('one incident that fills the memory stays whole', () => {
  const { registry, detections } = shops(10, 1);
  const first = detections[0];
  if (first === undefined) throw new Error('nothing to repeat');
  const correlator = new Correlator(registry, { mostHeld: 100 });
  for (let index = 0; index < 300; index++)
    correlator.revise([{ ...first, id: `r${index}`, at: first.at + index }]);
  expect(correlator.incidents().map((incident) => incident.detections.length)).toEqual([300]);
  expect(correlator.dropped.crowdedOutDetections).toBe(0);
});

test('what is too old to be joined is counted as such', () => {
  const { registry, detections } = shops(300, 5);
  const correlator = new Correlator(registry);
  correlator.add(detections);
  const { incidents, detections: left, kept } = correlator.forget(4 * DAY_MS);
  expect(left).toBeGreaterThan(0);
  expect(kept).toBe(correlator.size);
  expect(correlator.dropped).toMatchObject({ outdatedDetections: left, outdatedIncidents: incidents });
  expect(correlator.habits).toBeGreaterThan(0);
});
