import { expect, test } from 'vitest';
import type { Incident } from '../../devices/model/incident.ts';
import { oneAttacker } from './bench-worlds.ts';
import type { Changes } from './changes.ts';
import { Correlator, correlate } from './correlator.ts';
import { MAX_TOLD_LINKS } from './incident.ts';
import { ALWAYS_TOLD, GROWN_BY, isDue, PAUSE_PER_DETECTION_MS, paceOf } from './pace.ts';

const told = (desk: Map<string, Incident>, { changed, gone }: Changes): void => {
  for (const { id } of gone) desk.delete(id);
  for (const incident of changed) desk.set(incident.id, incident);
};

test('a large incident is told again when it has grown, when time has passed, and when it is graver', () => {
  expect(paceOf({ size: ALWAYS_TOLD, worst: 2 }, 0)).toBeUndefined();
  const size = ALWAYS_TOLD * 4;
  const pace = paceOf({ size, worst: 2 }, 1_000);
  const due = (over: { size?: number; worst?: number }, nowMs: number) =>
    isDue({ size: size + 1, worst: 2, pace, ...over }, nowMs);
  expect(due({}, 1_001)).toBe(false);
  expect(due({ size: size * (1 + GROWN_BY) }, 1_001)).toBe(true);
  expect(due({ worst: 3 }, 1_001)).toBe(true);
  expect(due({}, 1_000 + (size + 1) * PAUSE_PER_DETECTION_MS)).toBe(true);
});

test('an incident that grows one by one is told a number of times that hardly grows with it', () => {
  const { registry, detections } = oneAttacker(1_500);
  const correlator = new Correlator(registry);
  const desk = new Map<string, Incident>();
  let times = 0;
  for (const detection of detections) {
    const changes = correlator.add([detection], 0);
    times += changes.changed.length;
    told(desk, changes);
  }
  // Each of the first ones, and then only at every quarter more.
  expect(times).toBeGreaterThanOrEqual(ALWAYS_TOLD);
  const quarters = Math.log(detections.length / ALWAYS_TOLD) / Math.log(1 + GROWN_BY);
  expect(times).toBeLessThanOrEqual(ALWAYS_TOLD + Math.ceil(quarters));
  expect(correlator.hasChanges).toBe(true);
  told(desk, correlator.changes());
  expect(correlator.hasChanges).toBe(false);
  expect([...desk.values()]).toEqual(correlate(detections, registry));
});

test('what revises a large incident waits with it, the last word counts, and what is graver does not wait', () => {
  const { registry, detections } = oneAttacker(600);
  const correlator = new Correlator(registry);
  correlator.revise(detections, [], 0);
  const [, second, third] = detections;
  if (second === undefined || third === undefined) throw new Error('too few detections');
  const reworded = { ...second, rule: 'sql-injection' };
  expect(correlator.revise([{ ...second, rule: 'web-scan' }], [third.id], 1).changed).toEqual([]);
  expect(correlator.revise([reworded], [], 1).changed).toEqual([]);
  const graver = { ...third, severity: 'critical' as const };
  const { changed } = correlator.revise([graver], [], 1);
  expect(changed.map(({ severity }) => severity)).toEqual(['critical']);
  expect(correlator.hasChanges).toBe(true);
  const [settled] = correlator.revise([]).changed;
  const standing = detections.map((one) => (one === second ? reworded : one === third ? graver : one));
  expect([settled]).toEqual(correlate(standing, registry));
});

test('of many links, repeats are left out first', () => {
  const { registry, detections } = oneAttacker(MAX_TOLD_LINKS + 200);
  const repeats = detections
    .slice(0, 50)
    .map((detection) => ({ ...detection, id: `again-${detection.id}`, at: detection.at + 1 }));
  const correlator = new Correlator(registry);
  const { changed } = correlator.add([...detections, ...repeats]);
  expect(changed.map(({ detections: held, links }) => [held.length, links.length])).toEqual([
    [MAX_TOLD_LINKS + 250, MAX_TOLD_LINKS],
  ]);
  expect(changed[0]?.links.some(({ evidence }) => evidence[0]?.kind === 'repeat')).toBe(false);
});

test('a repeat of something that was there before the memory was tidied is told', () => {
  const { registry, detections } = oneAttacker(3);
  const old = detections.map((one) => ({ ...one, id: `old-${one.id}` }));
  const week = 7 * 24 * 3_600_000;
  const recent = detections.map((one) => ({ ...one, at: one.at + week }));
  const correlator = new Correlator(registry);
  correlator.add([...old, ...recent]);
  expect(correlator.forget(week).detections).toBe(3);
  expect(correlator.hasChanges).toBe(false);
  const [first] = recent;
  if (first === undefined) throw new Error('too few detections');
  const { changed } = correlator.add([{ ...first, id: 'again', at: first.at + 1_000 }]);
  expect(changed.map((incident) => incident.detections)).toEqual([['d0', 'again', 'd1', 'd2']]);
});
