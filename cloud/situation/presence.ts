import type { Observation } from '../../devices/model/observation.ts';
import type { Registry } from '../../devices/model/registry.ts';

/** Where somebody was let in last. */
export interface Whereabouts {
  /** The person's id, or `badge:…` for a badge of nobody known. */
  person: string;
  site: string;
  zone: string;
  since: number;
}

/** People who are kept in mind at once: a reader gone wrong does not fill the memory. */
export const MAX_PEOPLE = 50_000;

/**
 * The zone that a reader's door leads into: of a door between two zones the one in which the reader is not. Pure.
 * @returns undefined where the registry does not tell
 */
export function zoneBehind(readerId: string, registry: Registry): string | undefined {
  const reader = registry.asset(readerId);
  if (reader === undefined) return undefined;
  const doors = [reader.hostedOn, ...reader.guards, reader.kind === 'door' ? reader.id : undefined];
  for (const id of doors) {
    const door = id === undefined ? undefined : registry.asset(id);
    if (door?.kind !== 'door') continue;
    if (door.connects === undefined) return door.zone ?? reader.zone;
    const [one, other] = door.connects;
    return reader.zone === other ? one : other;
  }
  return reader.zone;
}

/** Who is where, by the newest badge that was let in. The order in which badges are told does not matter. */
export class Presence {
  readonly #registry: Registry;
  readonly #of = new Map<string, Whereabouts>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  apply({ kind, asset, subjects, observedAt }: Observation): void {
    if (kind !== 'access.granted' || subjects === undefined) return;
    const person =
      this.#registry.resolve(subjects)?.id ??
      (subjects.badge === undefined ? undefined : `badge:${subjects.badge}`);
    const zone = zoneBehind(asset, this.#registry);
    const site = zone === undefined ? undefined : this.#registry.zone(zone)?.site;
    if (person === undefined || zone === undefined || site === undefined) return;
    const known = this.#of.get(person);
    if (known !== undefined && known.since >= observedAt) return;
    if (known === undefined && this.#of.size >= MAX_PEOPLE) return;
    this.#of.set(person, { person, site, zone, since: observedAt });
  }

  forgetAll(): void {
    this.#of.clear();
  }

  /** Who is at a site at a moment, as far as badges tell; nobody stays longer than `forMs`. */
  at(site: string, now: number, forMs: number): Whereabouts[] {
    return [...this.#of.values()].filter((one) => one.site === site && now - one.since <= forMs);
  }

  /** The same for all sites at once. */
  bySite(now: number, forMs: number): Map<string, Whereabouts[]> {
    return Map.groupBy(
      [...this.#of.values()].filter(({ since }) => now - since <= forMs),
      ({ site }) => site,
    );
  }

  copy(): Presence {
    const copy = new Presence(this.#registry);
    for (const [person, one] of this.#of) copy.#of.set(person, one);
    return copy;
  }
}

/** How many are in each zone, by zone. Pure. */
export function countsOf(people: readonly Whereabouts[]): { zone: string; count: number }[] {
  return [...Map.groupBy(people, ({ zone }) => zone)]
    .map(([zone, there]) => ({ zone, count: there.length }))
    .sort((a, b) => (a.zone < b.zone ? -1 : 1));
}
