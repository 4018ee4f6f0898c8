import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Reading } from '../../../devices/profiles/profile.ts';
import { BURST, MAX_WAITING, READINGS_PER_SECOND, StormLimit } from './storm.ts';

const motion = (value: 'active' | 'clear', part = 'motion'): Reading => ({
  type: 'state',
  part,
  property: 'motion',
  value,
});
const crossed: Reading = { type: 'moment', part: 'line-crossed:gate', moment: 'line-crossed' };

test('a calm camera is heard as it speaks', () => {
  const limit = new StormLimit(0);
  for (let at = 0; at < 600_000; at += 1_000) {
    expect(limit.take([motion(at % 2_000 === 0 ? 'active' : 'clear')], at)).toHaveLength(1);
  }
  expect(limit.isWaiting).toBe(false);
});

test('in a storm the newest state is told in the end, and moments are counted', () => {
  const limit = new StormLimit(0);
  let moments = 0;
  let last: Reading | undefined;
  const hear = (said: Reading[]) => {
    for (const reading of said) {
      if (reading.type === 'moment') moments += Number(reading.facts?.count ?? 1);
      else last = reading;
    }
    return said.length;
  };
  let said = 0;
  for (let index = 0; index < 10_000; index++)
    said += hear(limit.take([motion(index % 2 === 0 ? 'active' : 'clear'), crossed], index));
  said += hear(limit.take([motion('active')], 10_000));
  expect(said).toBeLessThanOrEqual(BURST + 10 * READINGS_PER_SECOND + 1);
  hear(limit.due(12_000));
  expect(last).toMatchObject({ value: 'active' });
  expect(moments).toBe(10_000);
});

test('what waits has a bound, and what is beyond it is counted', () => {
  const limit = new StormLimit(0);
  const many = Array.from({ length: BURST + MAX_WAITING + 7 }, (_, index) =>
    motion('active', `part ${index}`),
  );
  expect(limit.take(many, 0)).toHaveLength(BURST);
  expect(limit.leftOut).toBe(7);
});

test('every part ends with its newest word, whatever comes when', () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 300 }),
    part: fc.constantFrom('a', 'b', 'c'),
    active: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const limit = new StormLimit(0);
      const wanted = new Map<string, Reading>();
      const heard = new Map<string, Reading>();
      const hear = (said: Reading[]) => said.forEach((reading) => heard.set(reading.part, reading));
      let at = 0;
      for (const { afterMs, part, active } of steps) {
        at += afterMs;
        const reading = motion(active ? 'active' : 'clear', part);
        wanted.set(part, reading);
        hear(limit.take([reading], at));
      }
      hear(limit.due(at + 60_000));
      expect(heard).toEqual(wanted);
    }),
  );
});
