/** What was seen of whom on which day: all that the learning goes by. Any order of the same sightings gives the same. */

/** Somebody or something seen at a moment, by a name of its own. */
export interface Sighting {
  readonly name: string;
  readonly site: string;
  readonly at: number;
  /** The observation. */
  readonly id: string;
}

/** The first sighting of a day. */
export interface First {
  readonly at: number;
  readonly id: string;
}

/** Names kept of one kind; beyond it those that sort last are left out, and counted. */
export const MAX_NAMES = 20_000;

/** First sightings by site, then name, then day. */
export class Diary {
  readonly #sites = new Map<string, Map<string, Map<number, First>>>();
  #names = 0;
  /** Sightings of names for which there was no room. */
  leftOut = 0;

  note({ name, site, at, id }: Sighting, day: number): void {
    let names = this.#sites.get(site);
    if (names === undefined) {
      names = new Map();
      this.#sites.set(site, names);
    }
    let days = names.get(name);
    if (days === undefined) {
      if (this.#names >= MAX_NAMES) {
        this.leftOut++;
        return;
      }
      this.#names++;
      days = new Map();
      names.set(name, days);
    }
    const first = days.get(day);
    if (first === undefined || at < first.at || (at === first.at && id < first.id)) days.set(day, { at, id });
  }

  get sites(): readonly string[] {
    return [...this.#sites.keys()].sort();
  }

  /** Names seen at a site, each with its days, in the order of names. */
  of(site: string): [name: string, days: ReadonlyMap<number, First>][] {
    return [...(this.#sites.get(site) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
