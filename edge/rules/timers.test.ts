import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Timed, TimerQueue } from './timers.ts';

class Alarm implements Timed {
  wakeAt = Number.POSITIVE_INFINITY;
  queuedAt = Number.POSITIVE_INFINITY;
  readonly name: number;
  constructor(name: number) {
    this.name = name;
  }
  precedes(other: Timed): boolean {
    return other instanceof Alarm && this.name < other.name;
  }
}

const drain = (queue: TimerQueue<Alarm>, untilMs: number): [number, number][] => {
  const taken: [number, number][] = [];
  for (let item = queue.take(untilMs); item !== undefined; item = queue.take(untilMs)) {
    taken.push([item.wakeAt, item.name]);
    item.wakeAt = Number.POSITIVE_INFINITY;
  }
  return taken;
};

test('gives back in order of time, and of precedence within one millisecond, whatever was moved or cancelled', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ do: fc.constant('set'), name: fc.nat(9), at: fc.nat(50) }),
      fc.record({ do: fc.constant('cancel'), name: fc.nat(9), at: fc.constant(0) }),
      fc.record({ do: fc.constant('take'), name: fc.constant(0), at: fc.nat(50) }),
    ),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(steps, (list) => {
      const queue = new TimerQueue<Alarm>();
      const alarms = Array.from({ length: 10 }, (_, name) => new Alarm(name));
      const expected = new Map<number, number>();
      for (const step of [...list, { do: 'take', name: 0, at: 100 }]) {
        const alarm = alarms[step.name];
        if (alarm === undefined) continue;
        if (step.do === 'set') {
          queue.schedule(alarm, step.at);
          expected.set(step.name, step.at);
        } else if (step.do === 'cancel') {
          queue.schedule(alarm, Number.POSITIVE_INFINITY);
          expected.delete(step.name);
        } else {
          const due = [...expected]
            .filter(([, at]) => at <= step.at)
            .map(([name, at]): [number, number] => [at, name])
            .sort(([atA, a], [atB, b]) => atA - atB || a - b);
          expect(drain(queue, step.at)).toEqual(due);
          for (const [, name] of due) expected.delete(name);
        }
        expect(queue.next()).toBe(expected.size === 0 ? undefined : Math.min(...expected.values()));
      }
    }),
    { numRuns: 500 },
  );
});

test('abandoned entries do not pile up', () => {
  const queue = new TimerQueue<Alarm>();
  for (let round = 0; round < 50_000; round++) {
    const alarm = new Alarm(round);
    queue.schedule(alarm, 1_000_000 - round);
    queue.schedule(alarm, Number.POSITIVE_INFINITY);
  }
  expect(queue.size).toBeLessThanOrEqual(2_048);
  expect(queue.next()).toBeUndefined();
});

test('a deadline that moves away again and again takes one entry', () => {
  const queue = new TimerQueue<Alarm>();
  const alarm = new Alarm(1);
  for (let at = 1; at <= 10_000; at++) queue.schedule(alarm, at);
  expect(queue.size).toBe(1);
  expect(queue.take(9_999)).toBeUndefined();
  expect(queue.take(10_000)).toBe(alarm);
});
