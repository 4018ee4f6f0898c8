import { expect, test } from 'vitest';
import { coldFridge, type Fridge, stepFridge } from './fridge.ts';

const MINUTE_MS = 60_000;
const course = (fridge: Fridge, minutes: number): number[] => {
  const curve: number[] = [];
  let now = fridge;
  for (let minute = 0; minute < minutes; minute++) {
    now = stepFridge(now, MINUTE_MS);
    curve.push(now.celsius);
  }
  return curve;
};

test('a shut fridge stays within 2 to 8 °C for days, its compressor going on and off', () => {
  const curve = course(coldFridge(), 3 * 24 * 60);
  expect(Math.min(...curve)).toBeGreaterThan(2);
  expect(Math.max(...curve)).toBeLessThan(8);
  const turns = curve.filter(
    (celsius, at) =>
      at > 1 &&
      Math.sign(celsius - (curve[at - 1] ?? 0)) !== Math.sign((curve[at - 1] ?? 0) - (curve[at - 2] ?? 0)),
  );
  expect(turns.length).toBeGreaterThan(20);
});

test('an open fridge leaves its band within a quarter of an hour, and comes back once shut', () => {
  const open = course({ ...coldFridge(), doorOpen: true }, 15);
  expect(open.at(-1)).toBeGreaterThan(8);
  const shut = course({ celsius: open.at(-1) ?? 0, compressorOn: true, doorOpen: false }, 120);
  expect(shut.at(-1)).toBeLessThan(8);
});
