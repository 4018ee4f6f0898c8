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
  /** When an observation last told it. */
  toldAt: number;
}

export type Known = KnownState | KnownMeasurement;

/** One current fact about an asset, with its age. */
export interface AssetFact {
  property: string;
  value: string | number;
  since: number;
  seenAt: number;
}

/** U+0000 is in no name: the wall refuses it. Made for every reading, so nothing dearer than joining. */
const keyOf = (type: Known['type'], device: string, part: string, property: string) =>
  `${type}\u0000${device}\u0000${part}\u0000${property}`;

export class Facts {
  readonly #known = new Map<string, Known>();
  readonly #byAsset = new Map<string, Set<Known>>();
  readonly #byDevice = new Map<string, Set<Known>>();

  state(device: string, part: string, property: Property): KnownState | undefined {
    const found = this.#known.get(keyOf('state', device, part, property));
    return found?.type === 'state' ? found : undefined;
  }

  measurement(device: string, part: string, quantity: string): KnownMeasurement | undefined {
    const found = this.#known.get(keyOf('measurement', device, part, quantity));
    return found?.type === 'measurement' ? found : undefined;
  }

  put(fact: Known): void {
    const key = keyOf(fact.type, fact.device, fact.part, fact.property);
    const before = this.#known.get(key);
    // A newer word about the same: the indexes hold it already.
    if (before?.asset === fact.asset) {
      Object.assign(before, fact);
      return;
    }
    if (before !== undefined) this.#unlink(before);
    this.#known.set(key, fact);
    for (const [index, name] of [
      [this.#byAsset, fact.asset],
      [this.#byDevice, fact.device],
    ] as const) {
      const there = index.get(name);
      if (there === undefined) index.set(name, new Set([fact]));
      else there.add(fact);
    }
  }

  ofDevice(device: string): readonly Known[] {
    return [...(this.#byDevice.get(device) ?? [])];
  }

  ofAsset(asset: string): readonly Known[] {
    return [...(this.#byAsset.get(asset) ?? [])];
  }

  forgetDevice(device: string): readonly Known[] {
    const gone = this.ofDevice(device);
    for (const fact of gone) {
      this.#unlink(fact);
      this.#known.delete(keyOf(fact.type, fact.device, fact.part, fact.property));
    }
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

  /** All that is known of an asset, one fact a property; of equal measurements the newest. */
  about(asset: string): AssetFact[] {
    const facts = new Map<string, AssetFact>();
    for (const fact of this.ofAsset(asset)) {
      if (fact.type === 'state') {
        const { property, value, since, seenAt } = this.merged(asset, fact.property) ?? fact;
        // The battery's level and its low mark are two facts.
        const name = property === 'battery' ? 'battery-state' : property;
        if (property !== 'exit') facts.set(name, { property: name, value, since, seenAt });
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

  #unlink(fact: Known): void {
    this.#byAsset.get(fact.asset)?.delete(fact);
    this.#byDevice.get(fact.device)?.delete(fact);
  }
}
