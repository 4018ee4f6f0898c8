import type { Observation, ObservationKind } from '../../devices/model/observation.ts';

/** One current fact about an asset. */
export interface Fact {
  property: string;
  value: string | number;
  since: number;
  seenAt: number;
}

type Reading = readonly [property: string, value: string];

/** What an observation says about the present. A kind that says nothing lasting is not here. */
const lasting: Partial<Record<ObservationKind, Reading>> = {
  'door.opened': ['contact', 'open'],
  'door.closed': ['contact', 'closed'],
  'lock.locked': ['lock', 'locked'],
  'lock.unlocked': ['lock', 'unlocked'],
  'lock.jammed': ['lock', 'jammed'],
  'motion.started': ['motion', 'active'],
  'motion.stopped': ['motion', 'clear'],
  'tamper.started': ['tamper', 'active'],
  'tamper.stopped': ['tamper', 'clear'],
  'siren.started': ['siren', 'on'],
  'siren.stopped': ['siren', 'off'],
  'battery.low': ['battery-state', 'low'],
  'battery.normal': ['battery-state', 'normal'],
  'camera.obscured': ['picture', 'obscured'],
  'camera.restored': ['picture', 'visible'],
  'power.failed': ['mains', 'failed'],
  'power.restored': ['mains', 'present'],
  'fault.started': ['fault', 'active'],
  'fault.stopped': ['fault', 'clear'],
  'zone.left': ['geofence', 'outside'],
  'zone.entered': ['geofence', 'inside'],
  'signal.lost': ['signal', 'lost'],
  'signal.restored': ['signal', 'present'],
  'transmission.failed': ['transmission', 'failed'],
  'transmission.restored': ['transmission', 'present'],
  'device.online': ['online', 'online'],
  'device.offline': ['online', 'offline'],
};

const measured: Partial<Record<ObservationKind, string>> = {
  'temperature.measured': 'temperature',
  'humidity.measured': 'humidity',
  'battery.measured': 'battery',
  'power.measured': 'power',
  'energy.measured': 'energy',
  'voltage.measured': 'voltage',
  'current.measured': 'current',
  'load.measured': 'load',
  'weight.measured': 'weight',
};

/** Kinds that the situation is made of: what to read again after a start. */
export const situationKinds: readonly ObservationKind[] = [
  ...(Object.keys(lasting) as ObservationKind[]),
  ...(Object.keys(measured) as ObservationKind[]),
  'access.granted',
  'access.denied',
];

/** Facts of one asset, at most: a device gone wrong does not fill memory. */
const MAX_FACTS_PER_ASSET = 24;

/** What is so now, at every asset, by the newest observation of each property. Late ones change nothing. */
export class Situation {
  readonly #facts = new Map<string, Map<string, Fact>>();

  /** Takes an observation; gives the fact that it changed or confirmed, nothing where it is older than what is known. */
  apply(observation: Observation): Fact | undefined {
    const read = factOf(observation);
    if (read === undefined) return undefined;
    const [property, value] = read;
    const known = this.#facts.get(observation.asset)?.get(property);
    const at = observation.observedAt;
    if (known !== undefined && at < known.seenAt) return undefined;
    const since = known?.value === value ? known.since : at;
    return this.#put(observation.asset, { property, value, seenAt: at, since });
  }

  #put(asset: string, fact: Fact): Fact | undefined {
    let facts = this.#facts.get(asset);
    if (facts === undefined) {
      facts = new Map();
      this.#facts.set(asset, facts);
    }
    if (!facts.has(fact.property) && facts.size >= MAX_FACTS_PER_ASSET) return undefined;
    facts.set(fact.property, fact);
    return fact;
  }

  /** Takes what a gateway says is so at an asset, where that is newer than what is known. */
  learn(asset: string, { property, value, since, seenAt }: Fact): Fact | undefined {
    // A device's word on its battery is not the percentage that others measure.
    const name = property === 'battery' && typeof value === 'string' ? 'battery-state' : property;
    const known = this.#facts.get(asset)?.get(name);
    if (known !== undefined && seenAt <= known.seenAt) return undefined;
    const isSame = known?.value === value;
    return this.#put(asset, {
      property: name,
      value,
      seenAt,
      since: isSame ? Math.min(known.since, since) : since,
    });
  }

  factsOf(asset: string): Fact[] {
    return [...(this.#facts.get(asset)?.values() ?? [])];
  }

  /** The same, to go on from without changing this one. */
  copy(): Situation {
    const copy = new Situation();
    for (const [asset, facts] of this.#facts) copy.#facts.set(asset, new Map(facts));
    return copy;
  }
}

/** Who came last is for those who may know where people are: to all others a badge is a badge. */
export const withoutPerson = (fact: Fact): Fact =>
  fact.property === 'badge'
    ? { ...fact, value: 'granted' }
    : fact.property === 'refused'
      ? { ...fact, value: 'refused' }
      : fact;

function factOf({ kind, value, subjects }: Observation): readonly [string, string | number] | undefined {
  const quantity = measured[kind];
  if (quantity !== undefined) return value === undefined ? undefined : [quantity, value];
  // Who came last, as far as the gateway knows them.
  if (kind === 'access.granted') return ['badge', subjects?.identity ?? subjects?.badge ?? 'granted'];
  if (kind === 'access.denied') return ['refused', subjects?.identity ?? subjects?.badge ?? 'refused'];
  return lasting[kind];
}
