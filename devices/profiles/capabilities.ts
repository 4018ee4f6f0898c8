/**
 * What a device can do, to compose profiles from: a capability turns one value of a message into readings
 * of one part. Values that can't be are refused with what and where; `null` is a device's way to say that it
 * does not know, and is passed over.
 */
import { isDeviceName, type JsonObject, quote } from './payload.ts';
import {
  type Heard,
  type MeasurementReading,
  type ProfileResult,
  type Reading,
  type StateReading,
  stateValues,
} from './profile.ts';

/**
 * The device stays connected and the broker watches it: when it is gone, its last will says so. It may have
 * nothing to say for days, so its silence means nothing.
 */
export const WATCHED_BY_LAST_WILL = Number.POSITIVE_INFINITY;

/** Longest badge number: as long as the model allows. */
const MAX_BADGE_LENGTH = 64;

/**
 * What a sensor at a shop can measure at all, in the quantity's unit. Dry ice and deep freezers are within;
 * the extremes that broken sensors tell (−273.15, 6553.5, 1e38) are not.
 */
export const plausible: Record<MeasurementReading['quantity'], { min: number; max: number; unit: string }> = {
  temperature: { min: -200, max: 150, unit: '°C' },
  humidity: { min: 0, max: 100, unit: '%' },
  battery: { min: 0, max: 100, unit: '%' },
  // A shop's connection to the mains, fed into or drawn from.
  power: { min: -1_000_000, max: 1_000_000, unit: 'W' },
  energy: { min: 0, max: 100_000_000, unit: 'kWh' },
  voltage: { min: 0, max: 1_500, unit: 'V' },
  current: { min: -5_000, max: 5_000, unit: 'A' },
  frequency: { min: 0, max: 1_000, unit: 'Hz' },
  load: { min: 0, max: 300, unit: '%' },
  // Below zero: what stood on a tared scale was taken away.
  weight: { min: -60_000, max: 60_000, unit: 'kg' },
  setting: { min: -1e12, max: 1e12, unit: '' },
};

/** A 1-wire thermometer that has lost its connection is reported as exactly this by the usual libraries. */
export const DISCONNECTED_CELSIUS = -127;

/** Collects what a message says, good and bad. */
export class Findings {
  readonly readings: Reading[] = [];
  readonly problems: string[] = [];

  refuse(where: string, what: string): void {
    this.problems.push(`${where}: ${what}`);
  }

  /** The message's result for one device. Without anything readable, the problems are the answer. */
  result(device: string, extra: Pick<Heard, 'described' | 'deviceSequence' | 'seenAt'> = {}): ProfileResult {
    return resultOf([{ device, ...extra, readings: this.readings }], this.problems);
  }
}

/** A message's result where it may speak of several devices. */
export function resultOf(heard: Heard[], problems: readonly string[]): ProfileResult {
  const text = problems.slice(0, MAX_PROBLEMS_TOLD).join('; ');
  if (problems.length === 0) return { heard };
  const anything = heard.some((entry) => entry.readings.length > 0 || entry.described !== undefined);
  return anything ? { heard, partly: text } : { refused: text };
}

/** A hopeless message has hundreds; the first few are enough to mend it. */
const MAX_PROBLEMS_TOLD = 5;

/** `where` names the value in the message, for refusals. */
export type Capability = (value: unknown, part: string, where: string, into: Findings) => void;

export type Words = Partial<Record<StateReading['value'], readonly (string | number | boolean)[]>>;

/** A property that has one of a few states, each said with one of a few words (exactly, case included). */
export function stateOf(property: StateReading['property'], words: Words): Capability {
  const meaning = new Map<unknown, StateReading['value']>();
  for (const value of stateValues) for (const word of words[value] ?? []) meaning.set(word, value);
  const known = [...meaning.keys()].map(String).join(', ');
  return (value, part, where, into) => {
    if (value === null || value === undefined) return;
    const meant = meaning.get(value);
    if (meant === undefined) into.refuse(where, `${quote(value)} is none of ${known}`);
    else into.readings.push({ type: 'state', part, property, value: meant });
  };
}

export const contact = (words: Pick<Words, 'open' | 'closed'>): Capability => stateOf('contact', words);
export const motion = (words: Pick<Words, 'active' | 'clear'>): Capability => stateOf('motion', words);
export const tamper = (words: Pick<Words, 'active' | 'clear'>): Capability => stateOf('tamper', words);
export const lock = (words: Pick<Words, 'locked' | 'unlocked' | 'jammed'>): Capability =>
  stateOf('lock', words);
/** A siren or a plain relay; what a relay drives is said by its assignment. */
export const relay = (words: Pick<Words, 'on' | 'off'>): Capability => stateOf('siren', words);
export const batteryState = (words: Pick<Words, 'low' | 'normal'>): Capability => stateOf('battery', words);
/** The mains supply. */
export const power = (words: Pick<Words, 'present' | 'failed'>): Capability => stateOf('power', words);
/** A fault that the device reports of itself. */
export const fault = (words: Pick<Words, 'active' | 'clear'>): Capability => stateOf('fault', words);
export const online = (words: Pick<Words, 'online' | 'offline'>): Capability => stateOf('online', words);

/** A finite number, also where it is written as text. */
function numberOf(value: unknown): number | undefined {
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && value.trim() !== '' && value.length <= 32
        ? Number(value)
        : Number.NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** A number in the quantity's unit, or converted to it. */
export function measurement(
  quantity: MeasurementReading['quantity'],
  convert: (value: number) => number = (value) => value,
): Capability {
  const { min, max, unit } = plausible[quantity];
  return (value, part, where, into) => {
    if (value === null || value === undefined) return;
    const read = numberOf(value);
    if (read === undefined) {
      into.refuse(where, `${quote(value)} is not a finite number`);
      return;
    }
    const converted = convert(read);
    if (converted < min || converted > max) {
      into.refuse(where, `${converted} ${unit} can't be: ${quantity} is from ${min} to ${max} ${unit}`);
    } else if (quantity === 'temperature' && converted === DISCONNECTED_CELSIUS) {
      into.refuse(where, `${converted} ${unit} is what a disconnected sensor is reported as`);
    } else into.readings.push({ type: 'measurement', part, quantity, value: converted });
  };
}

/** °F to °C, rounded to what such sensors resolve: 39.2 °F is 4 °C, not 4.000000000000002. */
export const celsiusFromFahrenheit = (fahrenheit: number): number =>
  Math.round(((fahrenheit - 32) / 1.8) * 1_000) / 1_000;

export const temperature = (): Capability => measurement('temperature');
export const humidity = (): Capability => measurement('humidity');
export const batteryPercent = (): Capability => measurement('battery');

/** A badge's number as the reader wrote it. Empty means that the badge has left the reader. */
export const badge = (): Capability => (value, part, where, into) => {
  if (value === null || value === undefined) return;
  const number = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  const trimmed = typeof number === 'string' ? number.trim() : number;
  if (trimmed === '') return;
  if (!isDeviceName(trimmed) || trimmed.length > MAX_BADGE_LENGTH) {
    into.refuse(where, `${quote(value)} is not a badge number of 1 to ${MAX_BADGE_LENGTH} characters`);
  } else {
    into.readings.push({ type: 'moment', part, moment: 'badge-presented', subjects: { badge: trimmed } });
  }
};

/** A button: the request to exit where it is built as one, otherwise a press that the assignment gives a meaning. */
export const button =
  (moment: 'exit-requested' | 'button-pressed', words: readonly unknown[]): Capability =>
  (value, part, where, into) => {
    if (value === null || value === undefined) return;
    if (words.includes(value)) into.readings.push({ type: 'moment', part, moment });
    else into.refuse(where, `${quote(value)} is none of ${words.map(String).join(', ')}`);
  };

export interface FieldCapability {
  read: Capability;
  /** The part it speaks of; the field's own name where absent. */
  part?: string;
}

/** Reads the known fields of a flat document; unknown ones are other people's business. */
export function readFields(
  document: JsonObject,
  fields: Readonly<Record<string, FieldCapability>>,
  into: Findings,
  at = '',
): void {
  for (const [name, { read, part }] of Object.entries(fields)) {
    if (Object.hasOwn(document, name)) read(document[name], part ?? name, at + name, into);
  }
}
