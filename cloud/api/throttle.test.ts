import { expect, test } from 'vitest';
import {
  ADDRESS_WINDOW_MS,
  FIRST_LOCK_MS,
  LONGEST_LOCK_MS,
  MAX_FAILURES_PER_ACCOUNT,
  MAX_FAILURES_PER_ADDRESS,
  SignInThrottle,
} from './throttle.ts';

function throttleAt(start: number) {
  const time = { now: start };
  return { time, throttle: new SignInThrottle(() => time.now) };
}

test('a name is locked after a few wrong passwords, from wherever they come, and each further one doubles it', () => {
  const { time, throttle } = throttleAt(1_000);
  for (let guess = 0; guess < MAX_FAILURES_PER_ACCOUNT; guess++)
    expect(throttle.begin('mia', `192.0.2.${guess}`)).toBe(0);
  expect(throttle.begin('mia', '198.51.100.1')).toBe(FIRST_LOCK_MS);
  expect(throttle.begin('leo', '198.51.100.1')).toBe(0);
  time.now += FIRST_LOCK_MS;
  expect(throttle.begin('mia', '198.51.100.1')).toBe(0);
  expect(throttle.begin('mia', '198.51.100.1')).toBe(2 * FIRST_LOCK_MS);
});

test('the lock has an upper bound, so that nobody is locked out for good', () => {
  const { time, throttle } = throttleAt(0);
  let longest = 0;
  for (let guess = 0; guess < 40; guess++) {
    const waitMs = throttle.begin('mia', `192.0.2.${guess}`);
    longest = Math.max(longest, waitMs);
    time.now += waitMs;
  }
  expect(longest).toBe(LONGEST_LOCK_MS);
});

test('the right password forgets the wrong ones before it', () => {
  const { throttle } = throttleAt(0);
  for (let round = 0; round < 20; round++) {
    for (let guess = 0; guess < MAX_FAILURES_PER_ACCOUNT - 1; guess++)
      expect(throttle.begin('mia', `192.0.2.${round}`)).toBe(0);
    expect(throttle.begin('mia', `192.0.2.${round}`)).toBe(0);
    throttle.proven('mia', `192.0.2.${round}`);
  }
});

test('an address that tries many names is turned away, until its window is over', () => {
  const { time, throttle } = throttleAt(0);
  for (let guess = 0; guess < MAX_FAILURES_PER_ADDRESS; guess++)
    expect(throttle.begin(`name-${guess}`, '192.0.2.1')).toBe(0);
  expect(throttle.begin('mia', '192.0.2.1')).toBe(ADDRESS_WINDOW_MS);
  expect(throttle.begin('mia', '192.0.2.2')).toBe(0);
  time.now += ADDRESS_WINDOW_MS + 1;
  expect(throttle.begin('leo', '192.0.2.1')).toBe(0);
});

test('a guess that was never looked at does not count', () => {
  const { throttle } = throttleAt(0);
  for (let guess = 0; guess < 100; guess++) {
    expect(throttle.begin('mia', '192.0.2.1')).toBe(0);
    throttle.undone('mia', '192.0.2.1');
  }
});
