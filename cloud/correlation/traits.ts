import type { Detection, Severity } from '../../devices/model/detection.ts';
import type { Identity } from '../../devices/model/identity.ts';
import type { ObservableClass } from './link-rules.ts';
import type { Key, Place } from './place.ts';
import type { Run } from './run.ts';
import type { Theme } from './theme.ts';

/** What the correlator reads of a detection. */
export type Correlated = Pick<
  Detection,
  'id' | 'at' | 'rule' | 'severity' | 'source' | 'assets' | 'identities' | 'observables'
> &
  Partial<Pick<Detection, 'site' | 'tactic'>>;

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
}

/** Of no rule at all. */
export const NO_HEAD: Head = {
  number: -1,
  rule: '',
  severity: 'info',
  tactic: undefined,
  site: undefined,
  theme: { name: 'other' },
  faintness: 'info',
  placed: false,
};

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
  /** The runs of these traits, in order of time; kept here as a key's timeline is. The correlator's alone. */
  runs: Run[] | undefined = undefined;

  constructor(head: Head, places: readonly Place[], marks: readonly Mark[], via: readonly Via[]) {
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
    return this.head.site ?? this.places.find(({ asset }) => asset !== undefined)?.asset?.site;
  }
}

/** An order of traits that does not depend on what came first. */
export function compareTraits(a: Traits, b: Traits): number {
  return a === b ? 0 : compareText(textOf(a), textOf(b));
}

const textOf = ({ head, places, marks, via }: Traits): string =>
  JSON.stringify([
    head.rule,
    head.severity,
    head.tactic ?? '',
    head.site ?? '',
    places.map(({ id }) => id),
    marks.map((mark) => [mark.class, mark.value]),
    via,
  ]);

export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
