/** What metrics mean. Sparkplug names none: their unit says it, and where there is none, the words people name them by. */
import { type Capability, contact, fault, measurement, motion, power, tamper } from './capabilities.ts';
import type { Quantity } from './profile.ts';
import { converter, units } from './units.ts';

/** Quantities that a unit stands for alone; `%` stands for several, and `C` or `F` for other things as well. */
const byUnit = new Map<string, Quantity>();
for (const quantity of [
  'temperature',
  'power',
  'energy',
  'voltage',
  'current',
  'frequency',
  'weight',
] as const)
  for (const unit of Object.keys(units[quantity])) byUnit.set(unit, quantity);

const byWord: readonly [RegExp, Quantity][] = [
  [/temp(?:erature)?\b/i, 'temperature'],
  [/humid(?:ity)?\b/i, 'humidity'],
  [/battery\b/i, 'battery'],
  [/\b(?:active )?power\b/i, 'power'],
  [/energy\b/i, 'energy'],
  [/voltage\b/i, 'voltage'],
  [/current\b/i, 'current'],
  [/frequency\b/i, 'frequency'],
  [/\bload\b/i, 'load'],
  [/weight\b/i, 'weight'],
];

const yes = [true];
const no = [false];
const switches: readonly [RegExp, Capability][] = [
  [/\b(?:door|gate|lid|contact)\b(?!.*\block)/i, contact({ open: yes, closed: no })],
  [/\b(?:motion|occupancy|presence)\b/i, motion({ active: yes, clear: no })],
  [/\btamper/i, tamper({ active: yes, clear: no })],
  [/\b(?:mains|grid|line)\b.*\b(?:ok|present|good|healthy)\b/i, power({ present: yes, failed: no })],
  [/\b(?:mains|grid|power)\b.*\bfail/i, power({ failed: yes, present: no })],
  [/\b(?:fault|alarm|error)\b/i, fault({ active: yes, clear: no })],
];

/** `Fridge 1/Air_Temperature` → `Fridge 1/Air Temperature` */
const words = (name: string): string => name.replaceAll('_', ' ').replace(/([a-z])([A-Z])/g, '$1 $2');

/** How a metric's value is read; undefined where it says nothing to a shop. */
export function capabilityOf(
  name: string,
  unit: string | undefined,
  value: number | boolean | string,
): Capability | undefined {
  // Of the node itself, and what it can be told.
  if (/^(?:Node (?:Control|Info)|Device Control|Properties)\//.test(name) || name === 'bdSeq')
    return undefined;
  const said = words(name);
  if (typeof value === 'boolean') return switches.find(([word]) => word.test(said))?.[1];
  if (typeof value !== 'number') return undefined;
  const named = byWord.find(([word]) => word.test(said))?.[1];
  if (unit === undefined) return named && measurement(named);
  // Where both speak, they must agree; a set point in % is no humidity.
  const quantity = named !== undefined && Object.hasOwn(units[named], unit) ? named : byUnit.get(unit);
  const convert = quantity && converter(quantity, unit);
  return quantity && convert && measurement(quantity, convert);
}
