/**
 * What a correlator holds, and how its parts point at each other: a detection (item) stands in a run, a run has
 * traits, traits have places and marks, those have keys, and a key has the list of the runs that stand on it. That
 * is a ring, so its types are together in one file, which imports nothing of the rest.
 */
import type { Asset } from '../../devices/model/asset.ts';
import type { Severity } from '../../devices/model/detection.ts';
import type { Identity } from '../../devices/model/identity.ts';
import type { AssetHabit, RuleHabit } from './habits.ts';
import type { ObservableClass } from './link-rules.ts';
import type { Theme } from './theme.ts';
import type { Via } from './via.ts';

/**
 * Runs to compare with. Those known to be in one component already are kept apart from the rest, so that the
 * thousandth run on a key is compared until it is linked once and not a thousand times.
 */
export interface Shelf {
  /** The one run on it, while there is but one: most shelves never hold another, and there are millions of them. */
  only: Run | undefined;
  /** Runs of one and the same component. */
  joined: Run[] | undefined;
  /** Runs of which that is not known. */
  rest: Run[] | undefined;
}

/** What stands on a key within one window of it. */
export interface Slot extends Shelf {
  readonly number: number;
  /** Takes the place of the shelf once there are many. */
  crowd: Gathering | undefined;
}

/** Many runs that share a key (see crowd.ts). */
export interface Gathering {
  note(run: Run): void;
  join(run: Run, judge: Judge): void;
  /** Takes runs off; whole components only. The answer: nobody is left. */
  drop(runs: ReadonlySet<Run>): boolean;
}

/** The runs that share one thing, by time (see key-timeline.ts). There may be a million, most with one run. */
export interface Timeline {
  /** How far apart in time two detections on the list can still be linked by what it stands for. */
  readonly windowMs: number;
  /** The slot of the latest moment. */
  last: Slot | undefined;
  /** Those before, ascending; never empty. */
  earlier: Slot[] | undefined;
}

/** Stands for one index list, and holds it. Compared by reference. */
export interface Key extends Timeline {}

/** Says what is linked to a run that is being joined. */
export interface Judge {
  isLinked(other: Run): boolean;
  unite(other: Run): void;
  /**
   * False only where no run with this one's head and places can be linked to it, whatever marks it has.
   * @param sharesHubs whether it may share meeting places with it
   */
  mayLink(like: Traits, sharesHubs: boolean): boolean;
}

/** An asset as correlation sees it. One object for each asset, so that it can be compared by reference. */
export interface Place {
  readonly number: number;
  readonly id: string;
  readonly asset: Asset | undefined;
  readonly name: string;
  readonly world: 'physical' | 'cyber' | undefined;
  /** Public: everybody meets here. */
  readonly hub: boolean;
  readonly zones: readonly string[];
  /** Zones one step away, but for corridors that touch everything → which of `zones` they touch. */
  readonly beside: ReadonlyMap<string, string>;
  readonly guards: ReadonlySet<string>;
  readonly dependsOn: ReadonlySet<string>;
  /** The host it runs on or is, where that is no meeting place. */
  readonly host: string | undefined;
  /** Keeps a temperature: what happens to it shows late. */
  readonly slow: boolean;
  /** In which index lists it stands, and which it must be compared with (see components.ts). */
  readonly own: readonly Key[];
  readonly probes: readonly Key[];
  /** What habits are kept of it. */
  habit: AssetHabit | undefined;
}

/** Somebody or something that detections may name alike: a person, an address, an account, a hash. */
export interface Mark extends Key {
  readonly number: number;
  readonly kind: 'identity' | 'observable';
  readonly class: ObservableClass | 'identity';
  readonly value: string;
  readonly person: Identity | undefined;
  /** Shared by unrelated parties: supports, never joins alone. */
  readonly hub: boolean;
}

/** What many detections have in common: the rule, how serious it was, and what follows from that. */
export interface Head {
  readonly number: number;
  readonly rule: string;
  readonly severity: Severity;
  readonly tactic: string | undefined;
  readonly site: string | undefined;
  readonly theme: Theme;
  /** Which factor of faintness applies. */
  readonly faintness: 'info' | 'low' | undefined;
  /** False: too ordinary or too slight to be joined by the place it happened in. */
  readonly placed: boolean;
  /** What habits are kept of the rule. */
  habit: RuleHabit | undefined;
}

/** The site that was named, else that of the first known asset. */
export const siteOf = (named: string | undefined, places: readonly Place[]): string | undefined =>
  named ?? places.find(({ asset }) => asset !== undefined)?.asset?.site;

function isAnyNoHub(things: readonly { readonly hub: boolean }[]): boolean {
  for (const { hub } of things) if (!hub) return true;
  return false;
}

/**
 * All of a detection that linking depends on, but its time. Detections with the same traits have the same
 * object, as long as they come from one catalogue.
 */
export class Traits {
  readonly head: Head;
  readonly places: readonly Place[];
  readonly marks: readonly Mark[];
  /** Same order as `marks`. */
  readonly via: readonly Via[];
  /** Whether it has anything but hubs, so that the same again is the same happening. */
  readonly repeats: boolean;
  /** How rare it was when it was seen (see habits.ts), in bits; undefined: not known. */
  readonly bits: number | undefined;
  /** The list of all rare things of the site, where this is one. */
  readonly rarity: Key | undefined;
  /** The runs of these traits, in order of time; kept here as a key's timeline is. The correlator's alone. */
  runs: Run[] | undefined = undefined;
  /** Of all but the bits; the catalogue's alone (see traits-table.ts). */
  hash = 0;

  constructor(
    head: Head,
    places: readonly Place[],
    marks: readonly Mark[],
    via: readonly Via[],
    bits?: number,
    rarity?: Key,
  ) {
    this.bits = bits;
    this.rarity = rarity;
    this.head = head;
    this.places = places;
    this.marks = marks;
    this.via = via;
    this.repeats = isAnyNoHub(places) || isAnyNoHub(marks);
  }

  get rule(): string {
    return this.head.rule;
  }
  get severity(): Severity {
    return this.head.severity;
  }
  get theme(): Theme {
    return this.head.theme;
  }
  get faintness(): 'info' | 'low' | undefined {
    return this.head.faintness;
  }
  get placed(): boolean {
    return this.head.placed;
  }
  /** The site it names, else that of its first known asset. */
  get site(): string | undefined {
    return siteOf(this.head.site, this.places);
  }
}

/** A time and the traits: all that linking looks at. `id` decides which of two simultaneous ones is the first. */
export interface Placed {
  readonly id: string;
  readonly at: number;
  readonly traits: Traits;
}

/** One detection in memory. A folded run holds any number of them, so they are as small as they can be. */
export interface Item extends Placed {
  traits: Traits;
  run: Run;
}

/** An incident that somebody was told of, by the detection that it was named after. */
export interface Told {
  readonly id: string;
  readonly earliest: Item;
}

/** A large component when it was told last. */
export interface Pace {
  readonly size: number;
  readonly worst: number;
  readonly atMs: number;
}

/**
 * Detections of equal traits, each within the repeat time of the next: one happening, linked to itself with
 * certainty. Whatever else links to a run links to its nearest detection, so that a thousand repeats cost one
 * comparison and not a thousand.
 */
export class Run {
  readonly traits: Traits;
  /** In order of time, then id; never empty once the run is in use. */
  items: Item[] = [];
  /** Towards the root of its component (union-find); itself at the root. */
  parent: Run;
  /** At the root: the component's other runs. */
  others: Run[] | undefined = undefined;
  /** At the root: how many detections the component holds. */
  size = 0;
  /** At the root: rank of its highest severity. */
  worst = 0;
  /** At the root: what was told of this component last. */
  told: Told[] | undefined = undefined;
  /** At the root of a large component: how it was when it was told last. */
  pace: Pace | undefined = undefined;
  /** Whether it is on the list of what changed. */
  isChanged = false;
  /** Set when another run took its items over. */
  into: Run | undefined = undefined;

  constructor(traits: Traits) {
    this.traits = traits;
    this.parent = this;
  }
}
