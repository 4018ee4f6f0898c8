import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Incident } from '../../devices/model/incident.ts';
import type { Registry } from '../../devices/model/registry.ts';
import { Correlator } from './correlator.ts';
import type { Decision } from './decisions.ts';
import { anyDetections, anyRegistry, shuffled } from './random-world.ts';
import { detectionOf, MINUTE, NIGHT, sampleRegistry } from './sample-site.ts';
import { savedPart } from './saved.ts';
import type { Correlated } from './traits.ts';

/** Another one that knows what this one has written down. */
function revived(
  correlator: Correlator,
  registry: Registry,
  decisions: readonly Decision[] = [],
): Correlator {
  const lines = [...correlator.saved()].map((part) => JSON.stringify(part));
  const other = new Correlator(registry, { decisions });
  const reviving = other.revive();
  for (const line of lines) reviving.take(savedPart.parse(JSON.parse(line)));
  expect([...other.saved()].map((part) => JSON.stringify(part)).length).toBe(lines.length);
  return other;
}

test('a correlator that was written down anywhere on the way tells what one without a break tells, byte for byte', () => {
  fc.assert(
    fc.property(
      anyRegistry,
      anyDetections(30, 4),
      fc.nat(),
      fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      (registry, detections, seed, cuts, isTold) => {
        const order = shuffled(detections, seed);
        const ids = order.map(({ id }) => id);
        const decisions: Decision[] = [
          { id: 'one', kind: 'apart', one: ids.slice(0, 1), other: ids.slice(1, 3) },
          { id: 'two', kind: 'together', one: ids.slice(3, 4), other: ids.slice(0, 1) },
        ];
        const whole = new Correlator(registry, { decisions });
        let broken = new Correlator(registry, { decisions });
        const news = (told: { changed: readonly Incident[]; gone: readonly object[] }) =>
          JSON.stringify({
            ...told,
            gone: told.gone.map((one) => JSON.stringify(one)).sort(),
          });
        for (const [index, detection] of order.entries()) {
          if (cuts.includes(index)) broken = revived(broken, registry, decisions);
          whole.absorb(detection);
          broken.absorb(detection);
          if (isTold && index % 3 === 0) expect(news(broken.changes())).toBe(news(whole.changes()));
          if (index % 7 === 6) {
            const withdrawn = [ids[index >> 1] ?? ''];
            expect(news(broken.revise([], withdrawn))).toBe(news(whole.revise([], withdrawn)));
          }
        }
        expect(news(broken.changes())).toBe(news(whole.changes()));
        expect(JSON.stringify(broken.incidents())).toBe(JSON.stringify(whole.incidents()));
      },
    ),
    { numRuns: 150 },
  );
});

test('what was learned of habits goes on: what is rare and what is everyday stays so', () => {
  const HOUR = 60 * MINUTE;
  const said = (id: string, at: number, rule: string): Correlated =>
    detectionOf({ id, at, rule, assets: ['office-server'], observables: { account: `a-${id}` } });
  const nightly = Array.from({ length: 60 }, (_, hour) => said(`n${hour}`, NIGHT + hour * HOUR, 'web-scan'));
  const late = [
    said('rare', NIGHT + 61 * HOUR, 'privilege-escalation'),
    said('rare-too', NIGHT + 61 * HOUR + MINUTE, 'malware-found'),
    said('late', NIGHT - 30 * HOUR, 'privilege-escalation'),
  ];
  const whole = new Correlator(sampleRegistry);
  for (const one of [...nightly, ...late]) whole.absorb(one);
  const first = new Correlator(sampleRegistry);
  for (const one of nightly) first.absorb(one);
  const second = revived(first, sampleRegistry);
  expect(second.habits).toBe(first.habits);
  for (const one of late) second.absorb(one);
  expect(JSON.stringify(second.incidents())).toBe(JSON.stringify(whole.incidents()));
});

test('parts that do not fit together are refused', () => {
  const correlator = new Correlator(sampleRegistry);
  correlator.absorb(detectionOf({ id: 'd', at: NIGHT, rule: 'web-scan', assets: ['office-server'] }));
  const parts = [...correlator.saved()];
  const other = new Correlator(sampleRegistry).revive();
  for (const part of parts) other.take(part);
  expect(() => {
    for (const part of parts) other.take(part);
  }).toThrow('there twice');
});
