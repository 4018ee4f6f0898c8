import { expect, test } from 'vitest';
import type { Incident } from '../../devices/model/incident.ts';
import { detectionOf, shops } from './bench-worlds.ts';
import { Correlator, correlate } from './correlator.ts';
import { Items } from './items.ts';
import { Runs } from './runs.ts';
import { NO_TRAITS } from './traits.ts';
import { RESTING_MS, TOLD_AT_ONCE, TOLD_PER_SECOND, Untold } from './untold.ts';

const COUNT = TOLD_AT_ONCE * 3;

/** No two of them belong together. */
const detections = Array.from({ length: COUNT }, (_, index) =>
  detectionOf({
    id: `d${index}`,
    at: index,
    rule: 'web-scan',
    severity: 'low',
    assets: [`machine-${index}`],
  }),
);
const { registry } = shops(1, 1);

test('under load no more is told than the pace allows, and in the end everything is', () => {
  const correlator = new Correlator(registry);
  const desk = new Map<string, Incident>();
  const tell = (nowMs?: number) => {
    const { changed, gone } = correlator.changes(nowMs);
    for (const { id } of gone) desk.delete(id);
    for (const incident of changed) desk.set(incident.id, incident);
    return changed.reduce((sum, { detections: held }) => sum + held.length, 0);
  };
  for (const detection of detections) correlator.absorb(detection);
  const [atOnce, none, inHalfASecond] = [tell(0), tell(0), tell(500)];
  expect(atOnce).toBe(TOLD_AT_ONCE);
  expect(none).toBe(0);
  expect(inHalfASecond).toBe(TOLD_PER_SECOND / 2);
  expect(correlator.hasChanges).toBe(true);
  for (let nowMs = 1_000; correlator.hasChanges; nowMs += RESTING_MS) {
    tell(nowMs);
    expect(nowMs).toBeLessThan(60_000);
  }
  expect([...desk.values()].sort(byId)).toEqual([...correlate(detections, registry)].sort(byId));
});

test('the gravest news does not wait behind what came before it', () => {
  const correlator = new Correlator(registry);
  for (const detection of detections) correlator.absorb(detection);
  correlator.changes(0);
  correlator.absorb(
    detectionOf({
      id: 'grave',
      at: COUNT,
      rule: 'malware-found',
      severity: 'critical',
      assets: ['elsewhere'],
    }),
  );
  const [first] = correlator.changes(1).changed;
  expect(first?.detections).toEqual(['grave']);
});

test('what was told in the meantime is not told again when its turn comes', () => {
  const items = new Items();
  const runs = new Runs(items);
  const untold = new Untold(runs);
  const [root, child, other] = ['a', 'b', 'c'].map((id) => runs.begin(NO_TRAITS, items.add(id, 0)));
  if (root === undefined || child === undefined || other === undefined) throw new Error('three are needed');
  runs.unite(root, child);
  for (let round = 0; round < 10; round++) {
    untold.note(child);
    untold.note(root);
    untold.note(root);
    expect(untold.takeDue(round)).toEqual([runs.rootOf(root)]);
    expect(untold.isEmpty).toBe(true);
    expect(untold.takeDue(round)).toEqual([]);
  }
  untold.note(other);
  untold.drop(other);
  expect(untold.takeAll()).toEqual(new Set());
  expect(untold.isEmpty).toBe(true);
});

const byId = (a: Incident, b: Incident): number => (a.id < b.id ? -1 : 1);
