/** What is known of each asset: states and measurements, by device and part, added up by asset. */
import type { MeasurementReading } from '../../devices/profiles/profile.ts';
import { type Property, type PropertyValue, properties } from './properties.ts';

export interface KnownState {
  type: 'state';
  device: string;
  part: string;
  property: Property;
  value: PropertyValue;
  asset: string;
  since: number;
  /** When it was last confirmed. */
  seenAt: number;
}

export interface KnownMeasurement {
  type: 'measurement';
  device: string;
  part: string;
  property: MeasurementReading['quantity'];
  value: number;
  asset: string;
  since: number;
  seenAt: number;
  /** What that observation told. */
  toldValue: number;
  /** When an observation last told it; before all time where none has in this life of the gateway. */
  toldAt: number;
  /** When it was last written to disk. */
  keptAt: number;
}

export type Known = KnownState | KnownMeasurement;

/** One current fact about an asset, with its age. */
export interface AssetFact {
  property: string;
  value: string | number;
  since: number;
  seenAt: number;
}

/** Facts of one device; the busiest real one has a few dozen. Looked through one by one, so there must be an end. */
export const MAX_FACTS_PER_DEVICE = 256;

const none: readonly Known[] = [];

/** What a state is called beside a measurement of the same name. */
const stateNames: Readonly<Partial<Record<Property, string>>> = { battery: 'battery-state', power: 'mains' };

/** The battery's level and its low mark are two facts; so are the mains and the power that is drawn. */
const nameOfState = (property: Property): string | undefined =>
  property === 'exit' ? undefined : (stateNames[property] ?? property);

export class Facts {
  readonly #byDevice = new Map<string, Known[]>();
  readonly #byAsset = new Map<string, Set<Known>>();

  state(device: string, part: string, property: Property): KnownState | undefined {
    for (const fact of this.ofDevice(device))
      if (fact.property === property && fact.part === part && fact.type === 'state') return fact;
    return undefined;
  }

  measurement(device: string, part: string, quantity: string): KnownMeasurement | undefined {
    for (const fact of this.ofDevice(device))
      if (fact.property === quantity && fact.part === part && fact.type === 'measurement') return fact;
    return undefined;
  }

  /** Takes a new fact, or a newer word about one. @returns false when the device has told too many different ones */
  put(fact: Known): boolean {
    const { type, device, part, asset } = fact;
    const ofDevice = this.#byDevice.get(device) ?? [];
    const at = ofDevice.findIndex(
      (known) => known.property === fact.property && known.part === part && known.type === type,
    );
    const before = ofDevice[at];
    if (before !== undefined) {
      this.#byAsset.get(before.asset)?.delete(before);
      ofDevice[at] = fact;
    } else if (ofDevice.length >= MAX_FACTS_PER_DEVICE) return false;
    else if (ofDevice.push(fact) === 1) this.#byDevice.set(device, ofDevice);
    const ofAsset = this.#byAsset.get(asset);
    if (ofAsset === undefined) this.#byAsset.set(asset, new Set([fact]));
    else ofAsset.add(fact);
    return true;
  }

  ofDevice(device: string): readonly Known[] {
    return this.#byDevice.get(device) ?? none;
  }

  ofAsset(asset: string): readonly Known[] {
    return [...(this.#byAsset.get(asset) ?? none)];
  }

  /** @returns what was known of it */
  forgetDevice(device: string): readonly Known[] {
    const gone = this.ofDevice(device);
    this.#byDevice.delete(device);
    for (const fact of gone) this.#byAsset.get(fact.asset)?.delete(fact);
    return gone;
  }

  /** An asset's state where several devices may tell it: the strongest, since the first of those that tell it. */
  merged(asset: string, property: Property): KnownState | undefined {
    const told = this.ofAsset(asset).filter((fact) => fact.type === 'state' && fact.property === property);
    const states = told.filter((fact) => fact.type === 'state');
    const strongest = properties[property].strongest?.find((value) =>
      states.some((fact) => fact.value === value),
    );
    const [first, ...rest] = states.filter((fact) => strongest === undefined || fact.value === strongest);
    if (first === undefined) return undefined;
    const picked = { ...first };
    for (const fact of rest) {
      // Where nothing is strongest, the newest word counts; otherwise it has been so since the first to tell it.
      if (strongest === undefined && fact.since > picked.since) Object.assign(picked, fact);
      else if (strongest !== undefined) picked.since = Math.min(picked.since, fact.since);
      picked.seenAt = Math.max(picked.seenAt, fact.seenAt);
    }
    return picked;
  }

  /** One value of what `about` gives, without making all of it: doors ask for their lock at every badge. */
  value(asset: string, name: string): string | number | undefined {
    let newest: KnownMeasurement | undefined;
    for (const fact of this.#byAsset.get(asset) ?? none) {
      if (fact.type === 'measurement') {
        if (fact.property === name && (newest === undefined || newest.seenAt < fact.seenAt)) newest = fact;
      } else if (nameOfState(fact.property) === name) return this.merged(asset, fact.property)?.value;
    }
    return newest?.value;
  }

  /** All that is known of an asset, one fact a property; of equal measurements the newest. */
  about(asset: string): AssetFact[] {
    const facts = new Map<string, AssetFact>();
    for (const fact of this.ofAsset(asset)) {
      if (fact.type === 'state') {
        const { property, value, since, seenAt } = this.merged(asset, fact.property) ?? fact;
        const name = nameOfState(property);
        if (name !== undefined) facts.set(name, { property: name, value, since, seenAt });
      } else {
        const known = facts.get(fact.property);
        if (known === undefined || known.seenAt < fact.seenAt) {
          const { property, value, since, seenAt } = fact;
          facts.set(property, { property, value, since, seenAt });
        }
      }
    }
    return [...facts.values()];
  }
}
