import { expect, test } from 'vitest';
import { clockFromText, manualClock, scaledClock } from './clock.ts';

test('a scaled clock agrees between processes that are given the same three numbers', () => {
  const startedAt = Date.now() - 10_000;
  const one = scaledClock(0, startedAt, 60);
  const other = clockFromText(`0,${startedAt},60`);
  expect(Math.abs(one.now() - 600_000)).toBeLessThan(60_000);
  expect(Math.abs(one.now() - other.now())).toBeLessThan(6_000);
});

test('text that is not three usable numbers is refused by name', () => {
  for (const text of ['1', '1,2', '1,2,0', '1,2,x', '1,2,3,4']) {
    expect(() => clockFromText(text)).toThrow(/GATEHOUSE_CLOCK/);
  }
  expect(clockFromText(undefined).rate).toBe(1);
});

test('a manual clock runs what falls due in order of time, and nothing that was cancelled', () => {
  const clock = manualClock(1_000);
  const ran: string[] = [];
  clock.schedule(20, () => ran.push(`late ${clock.now()}`));
  clock.schedule(10, () => {
    ran.push(`early ${clock.now()}`);
    clock.schedule(5, () => ran.push(`within ${clock.now()}`));
  });
  const cancel = clock.schedule(15, () => ran.push('cancelled'));
  cancel();
  clock.advance(30);
  expect(ran).toEqual(['early 1010', 'within 1015', 'late 1020']);
  expect(clock.now()).toBe(1_030);
});
