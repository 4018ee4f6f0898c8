/**
 * How usual a kind of detection is: in how many of the hours watched so far a rule spoke, anywhere and of one asset.
 * What comes every hour says little when it comes again; what was never heard of in a week says much.
 *
 * Hours, not detections, are counted: a thousand alerts of one minute are one habit. Nothing but what happened before
 * counts, and what is going on without a break is not held against itself. So a judgement depends on the set of
 * detections alone and not on the order they came in; what arrives late makes those of its rule due to be judged anew.
 */
import { z } from 'zod';
import {
  addHour,
  countOf,
  forgetBefore,
  NEVER,
  noHours,
  removeHour,
  revivedHours,
  type SeenHours,
  savedHours,
  startOfBout,
} from './hours.ts';

const HOUR_MS = 3_600_000;

export interface HabitRules {
  /** Nothing is usual or unusual before anything was seen in so many hours: days have a rhythm, silence teaches nothing. */
  readonly learningHours: number;
  /** So far back counts. */
  readonly memoryHours: number;
  /** Hours without a break up to here are one happening, and not yet a habit. */
  readonly boutHours: number;
  /** How much of the surprise the rule has in it, wherever it speaks; the rest is its speaking of this asset. */
  readonly shareOfRule: number;
  /** From so many bits on (seen in fewer than one hour of 2^bits) something is rare; below it is everyday. */
  readonly rareBits: number;
}

export const habitRules: HabitRules = {
  learningHours: 24,
  memoryHours: 7 * 24,
  boutHours: 24,
  shareOfRule: 0.5,
  rareBits: 3,
};

/** No further back than this goes what a detection is judged by. */
export const habitsReachMs = ({ memoryHours, boutHours }: HabitRules): number =>
  (memoryHours + boutHours) * HOUR_MS;

/** Pairs of a rule and an asset that are remembered, at most; the habits of more are not known, which is counted. */
export const MAX_HABITS = 1_000_000;

/** Judgements are this fine, so that alike detections stay alike. */
export const STEPS_A_BIT = 2;

/** Assets whose habits are written down together. */
const SAVED_AT_ONCE = 1_000;

const hoursToSave = z.array(z.int());
export const savedHabit = z.strictObject({
  watched: hoursToSave,
  /** A rule, whether it is remembered, and from which hour on its detections are to be judged anew. */
  rules: z.array(z.tuple([z.string(), hoursToSave.nullable(), z.int().nullable()])),
  isAllDue: z.boolean(),
});
export const savedPairs = z.strictObject({
  /** An asset, and for each rule that spoke of it the rule's number and the hours. */
  assets: z.array(z.tuple([z.string(), z.array(z.tuple([z.int(), hoursToSave]))])),
});
export type SavedHabits = z.infer<typeof savedHabit> | z.infer<typeof savedPairs>;

export const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS);

/** When a rule spoke, of whatever. */
export interface RuleHabit {
  readonly rule: string;
  readonly hours: SeenHours;
  /** How surprising the rule is in an hour, as it was worked out last: the same for all that it says in that hour. */
  judgedHour: number;
  judgedBits: number;
  /** Forgotten: to be asked for again. */
  isGone: boolean;
}

/** When a rule spoke of one asset. */
interface PairHabit extends SeenHours {
  readonly rule: RuleHabit;
  /** Another rule that spoke of the asset. */
  next: PairHabit | undefined;
}

/** When which rule spoke of an asset: most assets hear few, which are looked through; of many there is an index. */
export interface AssetHabit {
  first: PairHabit | undefined;
  count: number;
  byRule: Map<RuleHabit, PairHabit> | undefined;
  isGone: boolean;
}

/** From so many rules on an asset has an index of them. */
const INDEXED = 8;

/** A rule and an asset as they are named; what habits are kept of them is noted there, so that it is found at once. */
export interface NamedRule {
  readonly rule: string;
  habit: RuleHabit | undefined;
}
export interface NamedAsset {
  readonly id: string;
  habit: AssetHabit | undefined;
}

export class Habits {
  readonly #rules: HabitRules;
  readonly #byRule = new Map<string, RuleHabit>();
  readonly #byAsset = new Map<string, AssetHabit>();
  /** Hours in which anything was seen at all. */
  readonly #watched: SeenHours = noHours();
  #pairs = 0;
  /** From which hour on the detections of a rule are to be judged anew. */
  readonly #due = new Map<string, number>();
  #isAllDue = false;
  /** What was asked for last: how many hours were watched before one. */
  #watchedBefore = { hour: NEVER, count: 0 };
  #unknown = 0;

  constructor(rules: HabitRules) {
    this.#rules = rules;
  }

  /** How often a habit was not kept, for there were `MAX_HABITS`. */
  get unknown(): number {
    return this.#unknown;
  }

  /** Pairs of a rule and an asset that are remembered. */
  get size(): number {
    return this.#pairs;
  }

  #ruleOf(named: NamedRule & { hours?: SeenHours }): RuleHabit {
    let { habit } = named;
    if (habit !== undefined && !habit.isGone) return habit;
    habit = this.#byRule.get(named.rule);
    if (habit === undefined) {
      habit = {
        rule: named.rule,
        hours: named.hours ?? noHours(),
        judgedHour: NEVER,
        judgedBits: 0,
        isGone: false,
      };
      this.#byRule.set(named.rule, habit);
    }
    named.habit = habit;
    return habit;
  }

  #assetOf(named: NamedAsset): AssetHabit {
    let { habit } = named;
    if (habit !== undefined && !habit.isGone) return habit;
    habit = this.#byAsset.get(named.id);
    if (habit === undefined) {
      habit = { first: undefined, count: 0, byRule: undefined, isGone: false };
      this.#byAsset.set(named.id, habit);
    }
    named.habit = habit;
    return habit;
  }

  note(named: NamedRule, assets: readonly NamedAsset[], atMs: number): void {
    const rule = this.#ruleOf(named);
    const hour = hourOf(atMs);
    const watched = addHour(this.#watched, hour);
    if (watched !== 'known') this.#watchedChanged(watched === 'new and late');
    const news = addHour(rule.hours, hour);
    if (news !== 'known') rule.judgedHour = NEVER;
    let isLate = news === 'new and late';
    for (const asset of assets) {
      const habit = this.#assetOf(asset);
      const pair = pairOf(habit, rule);
      if (pair !== undefined) {
        if (addHour(pair, hour) === 'new and late') isLate = true;
      } else if (this.#pairs >= MAX_HABITS) this.#unknown++;
      else {
        addPair(habit, rule, { latest: hour, count: 1, earlier: undefined });
        this.#pairs++;
      }
    }
    if (isLate) this.#makeDue(rule.rule, hour);
  }

  /** Takes back what was noted. */
  withdraw(named: NamedRule, assets: readonly NamedAsset[], atMs: number): void {
    const rule = this.#ruleOf(named);
    const hour = hourOf(atMs);
    const watched = removeHour(this.#watched, hour);
    if (watched !== 'seen') this.#watchedChanged(watched === 'empty and late');
    const news = removeHour(rule.hours, hour);
    if (news !== 'seen') rule.judgedHour = NEVER;
    let isEarly = news === 'empty and late';
    for (const asset of assets) {
      const pair = pairOf(this.#assetOf(asset), rule);
      if (pair !== undefined && removeHour(pair, hour) === 'empty and late') isEarly = true;
    }
    if (isEarly) this.#makeDue(rule.rule, hour);
  }

  /** @param isLate others stand behind it, which were judged by it */
  #watchedChanged(isLate: boolean): void {
    this.#watchedBefore.hour = NEVER;
    for (const rule of this.#byRule.values()) rule.judgedHour = NEVER;
    if (isLate) this.#isAllDue = true;
  }

  #makeDue(rule: string, hour: number): void {
    this.#due.set(rule, Math.min(hour, this.#due.get(rule) ?? hour));
  }

  get isAnyDue(): boolean {
    return this.#isAllDue || this.#due.size > 0;
  }

  /** Which detections are to be judged anew since this was last asked. */
  takeDue(): (rule: string, atMs: number) => boolean {
    const isAll = this.#isAllDue;
    const due = new Map(this.#due);
    this.#isAllDue = false;
    this.#due.clear();
    return (rule, atMs) => isAll || hourOf(atMs) > (due.get(rule) ?? Number.POSITIVE_INFINITY);
  }

  /** How surprising it is, in half bits rounded down; undefined where too little was watched to say. */
  bitsOf(named: NamedRule, assets: readonly NamedAsset[], atMs: number): number | undefined {
    const hour = hourOf(atMs);
    if (this.#countBefore(hour) < this.#rules.learningHours) return undefined;
    const rule = this.#ruleOf(named);
    if (rule.judgedHour !== hour) {
      rule.judgedBits = this.#bitsAt(rule.hours, hour);
      rule.judgedHour = hour;
    }
    const anywhere = rule.judgedBits;
    // Of several assets the one it is most usual of.
    let here = assets.length === 0 ? anywhere : Number.POSITIVE_INFINITY;
    for (const asset of assets) {
      const pair = pairOf(this.#assetOf(asset), rule);
      if (pair === undefined) return undefined;
      here = Math.min(here, this.#bitsAt(pair, hour));
    }
    const { shareOfRule } = this.#rules;
    return Math.floor(STEPS_A_BIT * (shareOfRule * anywhere + (1 - shareOfRule) * here)) / STEPS_A_BIT;
  }

  /** −log2 of the part of the hours watched, before this happening began, that had it. */
  #bitsAt(hours: SeenHours, hour: number): number {
    const start = startOfBout(hours, hour, this.#rules.boutHours);
    const seen = countOf(hours, start - this.#rules.memoryHours, start);
    const watched = this.#countBefore(start);
    return Math.max(0, -Math.log2((seen + 0.5) / (watched + 1)));
  }

  #countBefore(hour: number): number {
    const known = this.#watchedBefore;
    if (known.hour !== hour) {
      known.count = countOf(this.#watched, hour - this.#rules.memoryHours, hour);
      known.hour = hour;
    }
    return known.count;
  }

  /** All of it in parts, the rules first; nothing may be noted meanwhile. */
  *saved(): Generator<SavedHabits> {
    const numbers = new Map<RuleHabit, number>();
    for (const habit of this.#byRule.values()) numbers.set(habit, numbers.size);
    const due = new Map(this.#due);
    const rules: z.infer<typeof savedHabit>['rules'] = [];
    for (const [name, { hours }] of this.#byRule) {
      rules.push([name, savedHours(hours), due.get(name) ?? null]);
      due.delete(name);
    }
    for (const [name, hour] of due) rules.push([name, null, hour]);
    yield { watched: savedHours(this.#watched), rules, isAllDue: this.#isAllDue };
    let assets: z.infer<typeof savedPairs>['assets'] = [];
    for (const [id, habit] of this.#byAsset) {
      const pairs: [number, number[]][] = [];
      for (let pair = habit.first; pair !== undefined; pair = pair.next)
        pairs.push([numbers.get(pair.rule) ?? NEVER, savedHours(pair)]);
      assets.push([id, pairs]);
      if (assets.length < SAVED_AT_ONCE) continue;
      yield { assets };
      assets = [];
    }
    yield { assets };
  }

  /** Takes what was saved, in the order of the parts, where nothing is known yet. @throws RangeError */
  revive(part: SavedHabits): void {
    if ('rules' in part) {
      Object.assign(this.#watched, revivedHours(part.watched));
      for (const [rule, hours, due] of part.rules) {
        if (hours !== null) this.#ruleOf({ rule, habit: undefined, hours: revivedHours(hours) });
        if (due !== null) this.#due.set(rule, due);
      }
      this.#isAllDue = part.isAllDue;
      return;
    }
    const rules = [...this.#byRule.values()];
    for (const [id, pairs] of part.assets) {
      const habit = this.#assetOf({ id, habit: undefined });
      for (const [number, hours] of pairs) {
        const rule = rules[number];
        if (rule === undefined) throw new RangeError(`there is no rule ${number}`);
        addPair(habit, rule, revivedHours(hours));
        this.#pairs++;
      }
    }
  }

  /** Drops what no detection from `fromMs` on is judged by. */
  forget(fromMs: number): void {
    const from = hourOf(fromMs - habitsReachMs(this.#rules));
    forgetBefore(this.#watched, from);
    this.#watchedBefore.hour = NEVER;
    for (const [id, habit] of this.#byAsset) {
      this.#pairs -= forgetPairs(habit, from);
      if (habit.first !== undefined) continue;
      habit.isGone = true;
      this.#byAsset.delete(id);
    }
    for (const [name, habit] of this.#byRule) {
      forgetBefore(habit.hours, from);
      habit.judgedHour = NEVER;
      if (habit.hours.latest !== NEVER) continue;
      habit.isGone = true;
      this.#byRule.delete(name);
    }
  }
}

function pairOf(habit: AssetHabit, rule: RuleHabit): PairHabit | undefined {
  if (habit.byRule !== undefined) return habit.byRule.get(rule);
  let pair = habit.first;
  while (pair !== undefined && pair.rule !== rule) pair = pair.next;
  return pair;
}

function addPair(habit: AssetHabit, rule: RuleHabit, { latest, count, earlier }: SeenHours): void {
  const pair: PairHabit = { latest, count, earlier, rule, next: habit.first };
  habit.first = pair;
  habit.count++;
  if (habit.byRule !== undefined) habit.byRule.set(rule, pair);
  else if (habit.count >= INDEXED) {
    habit.byRule = new Map();
    for (let one: PairHabit | undefined = pair; one !== undefined; one = one.next)
      habit.byRule.set(one.rule, one);
  }
}

/** Drops the hours before one; the answer is how many rules are left with none and go. */
function forgetPairs(habit: AssetHabit, from: number): number {
  let gone = 0;
  let kept: PairHabit | undefined;
  for (let pair = habit.first; pair !== undefined; ) {
    const { next } = pair;
    forgetBefore(pair, from);
    if (pair.latest === NEVER) {
      gone++;
      habit.byRule?.delete(pair.rule);
    } else {
      pair.next = kept;
      kept = pair;
    }
    pair = next;
  }
  habit.first = kept;
  habit.count -= gone;
  return gone;
}
