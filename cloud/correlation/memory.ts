/**
 * What a correlator holds, and how its parts point at each other: a detection (item) stands in a run, a run has
 * traits, traits have places and marks, those have keys, and a key has the list of the runs that stand on it. Items,
 * runs and slots are numbers (see items.ts, runs.ts and timelines.ts); the rest is here.
 */
import type { Asset } from '../../devices/model/asset.ts';
import type { Severity } from '../../devices/model/detection.ts';
import type { Identity } from '../../devices/model/identity.ts';
import type { AssetHabit, RuleHabit } from './habits.ts';
import type { ObservableClass } from './link-rules.ts';
import { NONE } from './numbers.ts';
import type { Theme } from './theme.ts';
import type { Via } from './via.ts';

/**
 * Runs to compare with, where there are several. Those known to be in one component already are kept apart from the
 * rest, so that the thousandth run on a key is compared until it is linked once and not a thousand times.
 */
export interface Shelf {
  /** Runs of one and the same component. */
  joined: number[] | undefined;
  /** Runs of which that is not known. */
  rest: number[] | undefined;
}

/** Stands for the list of the runs that share one thing, by time (see timelines.ts). Compared by reference. */
export interface Key {
  /** How far apart in time two detections on the list can still be linked by what it stands for. */
  readonly windowMs: number;
  /** The slot of the latest moment; NONE while nobody stands here. */
  slot: number;
}

/** A list that nobody stands on yet. */
export const newKey = (windowMs: number): Key => ({ windowMs, slot: NONE });

/** Joins one run with the components of those that it is linked to. */
export interface Judge {
  readonly traits: Traits;
  /** The run that holds the items of this one now. */
  living(run: number): number;
  rootOf(run: number): number;
  /** Whether it is of the judged run's component already. */
  isJoined(other: number): boolean;
  /** Joins the two where they are linked and not of one component yet; the answer is whether it did. */
  join(other: number): boolean;
  /**
   * False only where no run with this one's head and places can be linked to the judged one, whatever marks it has.
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
  /** The list of this one alone, which all that name nothing else share; once it was asked for. */
  alone: readonly Mark[] | undefined;
}

/** What many detections have in common: the rule, how serious it was, and what follows from that. */
export interface Head {
  readonly number: number;
  readonly rule: string;
  readonly severity: Severity;
  /** Of the severity. */
  readonly rank: number;
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
  /** The latest run of these traits, and those before it in order of time. The correlator's alone. */
  latest = NONE;
  earlier: number[] | undefined = undefined;
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

/** An incident that somebody was told of, by the detection that it was named after. */
export interface Told {
  readonly id: string;
  readonly earliest: string;
}

/** A large component when it was told last. */
export interface Pace {
  readonly size: number;
  readonly worst: number;
  readonly atMs: number;
}

/** Equal detections in close succession, to be read (see runs.ts for how they are kept). */
export interface Run {
  readonly traits: Traits;
  /** In order of time, then id; never empty. */
  readonly items: readonly Placed[];
}
