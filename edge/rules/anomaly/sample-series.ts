/** Made-up readings for the samples of rules: the same in every run. */
import type { RuleSample } from '../rule.ts';

type Readings = RuleSample['observations'];

/** So many readings of the office's thermometer, one every `everyMs`, each of the value that its number gives. */
export const officeReadings = (count: number, everyMs: number, value: (index: number) => number): Readings =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'temperature.measured',
    asset: 'sensor-office',
    observedAt: index * everyMs,
    value: value(index),
  }));

/** 20 to 22 °C and back within a day of five minutes, with a tenth of a degree of restlessness. */
export const quietDay = (index: number): number =>
  Math.round((21 - Math.cos((index / 288) * 2 * Math.PI) + ((index * 7) % 5) * 0.05 - 0.1) * 100) / 100;

export const FIVE_MINUTES = 300_000;
export const onOffice = { assets: ['sensor-office'] };
