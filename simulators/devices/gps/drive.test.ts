import { expect, onTestFinished, test } from 'vitest';
import { distanceM } from '../../../devices/model/geofence.ts';
import { Drive } from './drive.ts';
import { SimulatedReceiver } from './receiver.ts';

test('a van drives as fast as it is told, round its corners, and stops where it was sent', () => {
  const power = new AbortController();
  onTestFinished(() => power.abort());
  const [start, corner, end] = [
    { latitude: 53.54, longitude: 9.96 },
    { latitude: 53.54, longitude: 9.98 },
    { latitude: 53.55, longitude: 9.98 },
  ] as const;
  const receiver = new SimulatedReceiver(power.signal);
  const van = new Drive(receiver, start);
  van.go([corner, end], 36);
  van.step(100_000);
  expect(distanceM(start, receiver)).toBeCloseTo(1_000, -1);
  van.step(60_000);
  expect(distanceM(corner, receiver)).toBeCloseTo(1_600 - distanceM(start, corner), -1);
  expect(van.isMoving).toBe(true);
  van.step(600_000);
  expect(distanceM(end, receiver)).toBeLessThan(1);
  expect([van.isMoving, receiver.knots]).toEqual([false, 0]);
});
