/** Units that people and devices write, and how a number in one becomes one in the model's unit of the quantity. */
import type { Quantity } from './profile.ts';

/** value in the model's unit = number × factor + shift */
interface Conversion {
  factor: number;
  shift?: number;
}

const fahrenheit: Conversion = { factor: 5 / 9, shift: -160 / 9 };
const one: Conversion = { factor: 1 };

/** The first of each is the model's own. */
export const units: Readonly<Record<Quantity, Readonly<Record<string, Conversion>>>> = {
  temperature: {
    '°C': one,
    C: one,
    '°F': fahrenheit,
    F: fahrenheit,
    K: { factor: 1, shift: -273.15 },
  },
  humidity: { '%': one },
  battery: { '%': one },
  power: { W: one, kW: { factor: 1_000 }, mW: { factor: 0.001 }, MW: { factor: 1_000_000 } },
  energy: {
    kWh: one,
    Wh: { factor: 0.001 },
    MWh: { factor: 1_000 },
    kJ: { factor: 1 / 3_600 },
    MJ: { factor: 1 / 3.6 },
  },
  voltage: { V: one, mV: { factor: 0.001 }, kV: { factor: 1_000 } },
  current: { A: one, mA: { factor: 0.001 }, kA: { factor: 1_000 } },
  frequency: { Hz: one, mHz: { factor: 0.001 } },
  load: { '%': one },
  weight: {
    kg: one,
    g: { factor: 0.001 },
    mg: { factor: 0.000_001 },
    t: { factor: 1_000 },
    lb: { factor: 0.453_592_37 },
    oz: { factor: 0.028_349_523_125 },
  },
  // A limit in °C and a time in minutes are both settings: compared with what they were, and never converted.
  setting: {},
};

/** Digits that a sensor can mean; more come from counting in twos: 46 × 0.1 is 4.6, not 4.6000000000000005. */
const SIGNIFICANT_DIGITS = 12;
export const rounded = (value: number): number => Number(value.toPrecision(SIGNIFICANT_DIGITS));

/** From a number in `unit` to the quantity's own unit; undefined where the quantity is not measured in it. */
export function converter(quantity: Quantity, unit: string): ((value: number) => number) | undefined {
  const known = units[quantity];
  const conversion = Object.hasOwn(known, unit) ? known[unit] : undefined;
  return conversion && ((value) => rounded(value * conversion.factor + (conversion.shift ?? 0)));
}
