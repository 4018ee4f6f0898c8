import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Incident } from '../../devices/model/incident.ts';
import type { Changes } from './changes.ts';
import { Correlator, correlate } from './correlator.ts';
import { anyDetections, anyRegistry } from './random-world.ts';
import { detectionOf, MINUTE, NIGHT, sampleRegistry } from './sample-site.ts';
import type { Correlated } from './traits.ts';

/** What somebody who only hears the changes believes. */
function tell(desk: Map<string, Incident>, { changed, gone }: Changes): void {
  const ids = new Set(changed.map(({ id }) => id));
  for (const { id, into } of gone) {
    expect(desk.delete(id)).toBe(true);
    if (into !== undefined) expect(ids).toContain(into);
  }
  for (const incident of changed) desk.set(incident.id, incident);
}

const at = (minutes: number, id: string, over: Partial<Correlated> = {}): Correlated =>
  detectionOf({ id, at: NIGHT + minutes * MINUTE, rule: `${id}-rule`, assets: ['drugs-cabinet'], ...over });

test('revisions and withdrawals leave the incidents of what stands, and are told one by one', () => {
  fc.assert(
    fc.property(
      anyRegistry,
      anyDetections(30),
      fc.array(
        fc.record({
          put: fc.array(fc.tuple(fc.nat(), fc.nat(11)), { maxLength: 6 }),
          withdraw: fc.array(fc.nat(11), { maxLength: 3 }),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      (registry, detections, steps) => {
        fc.pre(detections.length > 0);
        const correlator = new Correlator(registry);
        const standing = new Map<string, Correlated>();
        const desk = new Map<string, Incident>();
        for (const { put, withdraw } of steps) {
          // Few names for many detections: most puts say something else of a name that stands already.
          const said = put.flatMap(([pick, name]) => {
            const one = detections[pick % detections.length];
            return one === undefined ? [] : [{ ...one, id: `n${name}` }];
          });
          const taken = withdraw.map((name) => `n${name}`).filter((id) => !said.some((one) => one.id === id));
          tell(desk, correlator.revise(said, taken));
          for (const id of taken) standing.delete(id);
          for (const one of said) standing.set(one.id, one);
          const expected = correlate([...standing.values()], registry);
          expect(desk).toEqual(new Map(expected.map((incident) => [incident.id, incident])));
          expect(correlator.size).toBe(standing.size);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test('an incident that held its parts together by one detection falls apart when that is taken back', () => {
  const correlator = new Correlator(sampleRegistry);
  const whole = correlator.revise([at(0, 'early'), at(25, 'between'), at(50, 'late')]);
  expect(whole.changed).toHaveLength(1);
  const { changed, gone } = correlator.revise([], ['between']);
  expect(changed.map(({ detections }) => detections).sort()).toEqual([['early'], ['late']]);
  expect(gone).toEqual([]);
});

test('an incident named after what was taken back leads to the one with the rest, or to nothing', () => {
  const correlator = new Correlator(sampleRegistry);
  const [incident] = correlator.revise([at(0, 'early'), at(10, 'late')]).changed;
  const first = correlator.revise([], ['early']);
  expect(first.gone).toEqual([{ id: incident?.id, into: first.changed[0]?.id }]);
  const second = correlator.revise([], ['late']);
  expect(second).toEqual({ changed: [], gone: [{ id: first.changed[0]?.id }] });
  expect(correlator.incidents()).toEqual([]);
});

test('a detection that says the same again, or is not known, changes nothing', () => {
  const correlator = new Correlator(sampleRegistry);
  correlator.revise([at(0, 'early')]);
  expect(correlator.revise([at(0, 'early')], ['unknown'])).toMatchObject({ changed: [], gone: [] });
});
