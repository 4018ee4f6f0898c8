import type { Asset } from '../../devices/model/asset.ts';
import type { Registry } from '../../devices/model/registry.ts';
import type { Surroundings } from '../assets/surroundings.ts';
import type { LinkRules } from './link-rules.ts';
import type { Key } from './memory.ts';
import type { KeyMaker } from './shared-keys.ts';

/** Where something stands: the same for all that stands there. */
export interface Neighbourhood {
  readonly zones: readonly string[];
  /** Zones one step away, but for corridors that touch everything → which of `zones` they touch. */
  readonly beside: ReadonlyMap<string, string>;
  /** The lists of the zones, and those of the zones beside them. */
  readonly own: readonly Key[];
  readonly touching: readonly Key[];
}

const NOWHERE: Neighbourhood = { zones: [], beside: new Map(), own: [], touching: [] };

/** Works each out once: there are many assets to a zone. */
export class Neighbourhoods {
  readonly #registry: Registry;
  readonly #surroundings: Surroundings;
  readonly #mostTouching: number;
  readonly #windowMs: number;
  readonly #keyOf: KeyMaker;
  readonly #known = new Map<string, Neighbourhood>();

  constructor(registry: Registry, surroundings: Surroundings, rules: LinkRules, keyOf: KeyMaker) {
    const { zone, zoneSlow, adjacentZoneSlow } = rules.strength;
    this.#registry = registry;
    this.#surroundings = surroundings;
    this.#mostTouching = rules.hubDegree.touchingZones;
    this.#windowMs = Math.max(zone.windowMs, zoneSlow.windowMs, adjacentZoneSlow.windowMs);
    this.#keyOf = keyOf;
  }

  /** Of what everybody meets at: nowhere. */
  of(asset: Asset): Neighbourhood {
    if (asset.public) return NOWHERE;
    const name = asset.connects === undefined ? asset.zone : [asset.zone, ...asset.connects].join('\n');
    if (name === undefined) return NOWHERE;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const made = this.#made(this.#surroundings.zonesOf(asset));
    this.#known.set(name, made);
    return made;
  }

  #made(zones: readonly string[]): Neighbourhood {
    const beside = new Map<string, string>();
    for (const zone of zones) {
      const touching = this.#registry.touching(zone);
      if (touching.size > this.#mostTouching) continue;
      for (const other of touching)
        if (!zones.includes(other) && this.#registry.touching(other).size <= this.#mostTouching)
          beside.set(other, beside.get(other) ?? zone);
    }
    const keyOf = (zone: string) => this.#keyOf('zone', zone, this.#windowMs);
    return { zones, beside, own: zones.map(keyOf), touching: [...beside.keys()].map(keyOf) };
  }
}
