import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Observation, observation } from '../../devices/model/observation.ts';
import { Situation } from './situation.ts';

const seen = (kind: Observation['kind'], observedAt: number, over: Partial<Observation> = {}): Observation =>
  observation.parse({
    id: `g/e/${observedAt}`,
    kind,
    site: 'linden',
    asset: 'back-door',
    source: 's',
    observedAt,
    receivedAt: observedAt,
    clock: 'set',
    ...over,
  });

test('a door that opens is open since then, and a repeat only confirms it', () => {
  const situation = new Situation();
  situation.apply(seen('door.opened', 10));
  situation.apply(seen('door.opened', 30));
  expect(situation.factsOf('back-door')).toEqual([
    { property: 'contact', value: 'open', since: 10, seenAt: 30 },
  ]);
});

test('what arrives late does not change the present', () => {
  const situation = new Situation();
  situation.apply(seen('door.closed', 50));
  expect(situation.apply(seen('door.opened', 40))).toBeUndefined();
  expect(situation.factsOf('back-door')).toMatchObject([{ value: 'closed' }]);
});

test('a measurement without a value and a log-in say nothing about the present', () => {
  const situation = new Situation();
  expect(situation.apply(seen('temperature.measured', 1))).toBeUndefined();
  expect(situation.apply(seen('login.failed', 1))).toBeUndefined();
  expect(situation.apply(seen('temperature.measured', 1, { value: 4.6 }))).toMatchObject({
    property: 'temperature',
    value: 4.6,
  });
});

test('the present values do not depend on the order of arrival', () => {
  const course = [
    seen('door.opened', 1),
    seen('door.closed', 2),
    seen('door.opened', 3),
    seen('tamper.started', 4),
    seen('tamper.stopped', 5),
  ];
  fc.assert(
    fc.property(fc.shuffledSubarray(course, { minLength: 5 }), (order) => {
      const situation = new Situation();
      for (const one of order) situation.apply(one);
      const values = situation
        .factsOf('back-door')
        .map(({ property, value, seenAt }) => `${property} ${value} ${seenAt}`);
      expect(values.sort()).toEqual(['contact open 3', 'tamper clear 5']);
    }),
  );
});

test('what a gateway reports counts where it is newer, whichever came first', () => {
  const reported = { property: 'contact', value: 'closed', since: 20, seenAt: 60 };
  const one = new Situation();
  one.apply(seen('door.opened', 50));
  expect(one.learn('back-door', reported)).toEqual(reported);
  expect(one.learn('back-door', { ...reported, value: 'open', seenAt: 40 })).toBeUndefined();
  const other = new Situation();
  other.learn('back-door', reported);
  other.apply(seen('door.opened', 50));
  expect(other.factsOf('back-door')).toEqual(one.factsOf('back-door'));
});

test('a state that a gateway only confirms keeps the earlier beginning', () => {
  const situation = new Situation();
  situation.apply(seen('door.opened', 50));
  situation.learn('back-door', { property: 'contact', value: 'open', since: 55, seenAt: 90 });
  expect(situation.factsOf('back-door')).toEqual([
    { property: 'contact', value: 'open', since: 50, seenAt: 90 },
  ]);
});

test('a battery that is low and a battery of 40 % are two facts', () => {
  const situation = new Situation();
  situation.apply(seen('battery.measured', 5, { value: 40 }));
  situation.learn('back-door', { property: 'battery', value: 'low', since: 1, seenAt: 9 });
  expect(situation.factsOf('back-door').map(({ property, value }) => [property, value])).toEqual([
    ['battery', 40],
    ['battery-state', 'low'],
  ]);
});
