import { expect, test } from 'vitest';
import { TokenBucket } from './token-bucket.ts';

test('a burst goes through, then no more than the rate', () => {
  let now = 0;
  const bucket = new TokenBucket(10, 5, () => now);
  expect(Array.from({ length: 6 }, () => bucket.tryTake(1))).toEqual([true, true, true, true, true, false]);
  now = 100;
  expect([bucket.tryTake(1), bucket.tryTake(1)]).toEqual([true, false]);
  now = 60_000;
  expect([bucket.tryTake(5), bucket.tryTake(1)]).toEqual([true, false]);
});

test('whoever borrows is told how long to wait, and the debt holds back the next', () => {
  let now = 0;
  const bucket = new TokenBucket(10, 5, () => now);
  expect(bucket.borrow(25)).toBe(2_000);
  expect(bucket.tryTake(1)).toBe(false);
  now = 2_100;
  expect(bucket.tryTake(1)).toBe(true);
});

test('more at once than it ever holds goes through when it is full, and is paid for afterwards', () => {
  let now = 0;
  const bucket = new TokenBucket(10, 5, () => now);
  expect([bucket.tryTake(1), bucket.tryTake(20)]).toEqual([true, false]);
  now = 100;
  expect([bucket.tryTake(20), bucket.tryTake(1)]).toEqual([true, false]);
  now = 1_600;
  expect(bucket.tryTake(1)).toBe(false);
  now = 1_800;
  expect(bucket.tryTake(1)).toBe(true);
});
