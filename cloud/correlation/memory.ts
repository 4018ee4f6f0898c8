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

/** Stands for one index list. Compared by reference. */
export interface Key {
  /** How far apart in time two detections on the list can still be linked by what it stands for. */
  readonly windowMs: number;
  /** The list itself, kept here because a million lists would make a slow map. The correlator's alone. */
  timeline: Timeline | undefined;
}

/** The runs that share one key, by time (see key-timeline.ts). */
export interface Timeline {
  slotNumber(atMs: number): number;
  /** Puts a run into the slot of that moment. The caller sees to it that it is not there yet. */
  note(run: Run, atMs: number): void;
  /** Drops the slots before that number. */
  forgetBefore(number: number): void;
  /** Takes runs out, wherever they are noted; whole components only. */
  drop(runs: ReadonlySet<Run>): void;
  /** Whether so many runs stand around that time that they are kept in groups. */
  isCrowded(fromMs: number, toMs: number): boolean;
  /** Unites a run with every component that it belongs to by what stands here, comparing as few as are needed. */
  join(run: Run, fromMs: number, toMs: number, judge: Judge): void;
}

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

/** How something was named: by a badge, by an account, in the list of identities, or by itself. */
export type Via = 'badge' | 'account' | 'identity' | 'itself';

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
    this.repeats = places.some(({ hub }) => !hub) || marks.some(({ hub }) => !hub);
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
