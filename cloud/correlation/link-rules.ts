/**
 * What ties two detections together, how strongly and for how long: the one table to change when incidents
 * come out too large or too small. A weight fades in a straight line from `near` (at the same moment) to
 * `far` (at the end of the window); behind the window there is nothing. All weights that hold at a distance
 * in time combine by noisy-or, 1 − ∏(1 − w).
 *
 * A weight must never grow with the distance in time: the index and the folding of repeats rest on it.
 */

import { type HabitRules, habitRules } from './habits.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** One kind of evidence. */
export interface Strength {
  readonly near: number;
  readonly far: number;
  readonly windowMs: number;
}

/** What a detection of little severity is worth as a partner, by kind of evidence: a factor on the weight. */
export interface Faintness {
  readonly info: number;
  readonly low: number;
}

export interface LinkRules {
  /** Two detections are linked from this combined weight on. */
  readonly threshold: number;
  /** The same rule about the same things within this time is the same happening: weight 1, folded. */
  readonly repeatMs: number;
  readonly strength: Readonly<Record<StrengthName, Strength>>;
  readonly observables: Readonly<Record<ObservableClass, Strength>>;
  readonly faint: {
    readonly place: Faintness;
    readonly relation: Faintness;
    readonly identity: Faintness;
    readonly observable: Faintness;
  };
  /** From how many partners on a thing is a meeting place that joins nobody. */
  readonly hubDegree: {
    readonly touchingZones: number;
    readonly hosted: number;
    readonly dependents: number;
    readonly guarded: number;
  };
  /** How usual and rare are told apart (see habits.ts). */
  readonly habit: HabitRules;
  readonly rarity: {
    /**
     * Two rare things of one site belong together by their rarity alone where two such would come that near each
     * other by chance only once in so many hours.
     */
    readonly chanceHours: number;
    readonly windowMs: number;
  };
  /** What is everyday and what is rare at one place do not explain each other: a factor on places and relations. */
  readonly everydayBesideRare: { readonly physical: number; readonly cyber: number };
  /** Two attempts on one account from two addresses are two attackers more often than one: a factor. */
  readonly attemptsFromElsewhere: number;
  /** A guarded door held open or a badge refused there is mostly a mishap: a factor on `guards`. */
  readonly mishapsOfGuarded: number;
}

export type StrengthName =
  | 'identity'
  | 'identityAcrossWorlds'
  | 'physicalAsset'
  | 'cyberAsset'
  | 'unknownAsset'
  | 'hostedOn'
  | 'besideOnHost'
  | 'guardsBefore'
  | 'guardsAfter'
  | 'dependsOn'
  | 'zone'
  | 'zoneSlow'
  | 'zoneAcrossWorlds'
  | 'adjacentZone'
  | 'adjacentZoneSlow'
  | 'sequence'
  | 'hub';

/** Kinds of observables that name one party or thing closely enough to join by. */
export const observableClasses = [
  'ip',
  'inside-ip',
  'account',
  'common-account',
  'badge',
  'hash',
  'domain',
  'device',
  'session',
  'email',
  'phone',
  'order',
  'payment',
  'card',
  'plate',
  'other',
] as const;
export type ObservableClass = (typeof observableClasses)[number];

export const linkRules: LinkRules = {
  threshold: 0.5,
  repeatMs: 5 * MINUTE_MS,
  strength: {
    identity: { near: 0.85, far: 0.5, windowMs: 12 * HOUR_MS },
    // A badge here and an account there of one person: rarer than two log-ins, and tells more.
    identityAcrossWorlds: { near: 0.9, far: 0.55, windowMs: 12 * HOUR_MS },
    physicalAsset: { near: 0.85, far: 0.5, windowMs: 30 * MINUTE_MS },
    // A server has detections every hour of every day: only a burst joins.
    cyberAsset: { near: 0.75, far: 0.5, windowMs: 15 * MINUTE_MS },
    // Nothing is known of it, so it may be a meeting place: a short burst only.
    unknownAsset: { near: 0.7, far: 0.5, windowMs: 5 * MINUTE_MS },
    hostedOn: { near: 0.65, far: 0.5, windowMs: 30 * MINUTE_MS },
    besideOnHost: { near: 0.55, far: 0.5, windowMs: 10 * MINUTE_MS },
    // Who blinds a guard may wait for the night.
    guardsBefore: { near: 0.8, far: 0.55, windowMs: 12 * HOUR_MS },
    guardsAfter: { near: 0.7, far: 0.5, windowMs: HOUR_MS },
    dependsOn: { near: 0.6, far: 0.5, windowMs: 30 * MINUTE_MS },
    zone: { near: 0.75, far: 0.5, windowMs: 30 * MINUTE_MS },
    // Goods warm up slowly: the excursion comes long after the hand that caused it.
    zoneSlow: { near: 0.75, far: 0.5, windowMs: HOUR_MS },
    // Somebody at a server's keyboard in a room that was broken into: supports, does not join alone.
    zoneAcrossWorlds: { near: 0.4, far: 0.25, windowMs: 30 * MINUTE_MS },
    adjacentZone: { near: 0.65, far: 0.5, windowMs: 10 * MINUTE_MS },
    adjacentZoneSlow: { near: 0.65, far: 0.5, windowMs: 30 * MINUTE_MS },
    // A later step of an attack behind an earlier one: supports only.
    sequence: { near: 0.2, far: 0.1, windowMs: 2 * HOUR_MS },
    hub: { near: 0.1, far: 0.05, windowMs: 30 * MINUTE_MS },
  },
  observables: {
    ip: { near: 0.9, far: 0.55, windowMs: 24 * HOUR_MS },
    // An address of the inside stands for a machine, like an asset, and is given to another tomorrow.
    'inside-ip': { near: 0.6, far: 0.5, windowMs: 10 * MINUTE_MS },
    account: { near: 0.85, far: 0.5, windowMs: 12 * HOUR_MS },
    // `admin` and `root` exist everywhere and everybody tries them.
    'common-account': { near: 0.55, far: 0.5, windowMs: HOUR_MS },
    badge: { near: 0.85, far: 0.5, windowMs: 12 * HOUR_MS },
    hash: { near: 0.9, far: 0.6, windowMs: 24 * HOUR_MS },
    domain: { near: 0.75, far: 0.5, windowMs: 24 * HOUR_MS },
    device: { near: 0.9, far: 0.55, windowMs: 24 * HOUR_MS },
    session: { near: 0.95, far: 0.8, windowMs: 24 * HOUR_MS },
    email: { near: 0.8, far: 0.5, windowMs: 24 * HOUR_MS },
    phone: { near: 0.8, far: 0.5, windowMs: 24 * HOUR_MS },
    order: { near: 0.85, far: 0.6, windowMs: 24 * HOUR_MS },
    payment: { near: 0.85, far: 0.6, windowMs: 24 * HOUR_MS },
    card: { near: 0.85, far: 0.5, windowMs: 24 * HOUR_MS },
    plate: { near: 0.9, far: 0.55, windowMs: 24 * HOUR_MS },
    // A field that nobody has described: supports, never joins alone.
    other: { near: 0.3, far: 0.1, windowMs: HOUR_MS },
  },
  faint: {
    place: { info: 0, low: 0.7 },
    relation: { info: 0, low: 0.6 },
    identity: { info: 0.6, low: 0.9 },
    observable: { info: 0.8, low: 0.95 },
  },
  hubDegree: { touchingZones: 12, hosted: 12, dependents: 12, guarded: 64 },
  habit: habitRules,
  // A month: what happens by chance more often than that is no evidence.
  rarity: { chanceHours: 30 * 24, windowMs: 12 * HOUR_MS },
  // Not at one server; but a sensor that speaks every night still joins the door beside it.
  everydayBesideRare: { physical: 0.65, cyber: 0 },
  attemptsFromElsewhere: 0.5,
  mishapsOfGuarded: 0.6,
};

/** Two detections further apart than this are never linked directly, whatever they share. */
export const largestWindowMs = (rules: LinkRules): number =>
  Math.max(
    rules.repeatMs,
    rules.rarity.windowMs,
    ...Object.values(rules.strength).map(({ windowMs }) => windowMs),
    ...Object.values(rules.observables).map(({ windowMs }) => windowMs),
  );

/** Weight at a distance in time; 0 behind the window. */
export function weightAt(strength: Strength, apartMs: number): number {
  if (apartMs > strength.windowMs) return 0;
  return strength.near + (strength.far - strength.near) * (apartMs / strength.windowMs);
}

/** Weights are compared and printed with this precision; rounding makes sums the same on every machine. */
export const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;
