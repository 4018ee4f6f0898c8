/**
 * How usual a kind of detection is: in how many of the hours watched so far a rule spoke, anywhere and of one asset.
 * What comes every hour says little when it comes again; what was never heard of in a week says much.
 *
 * Hours, not detections, are counted: a thousand alerts of one minute are one habit. Nothing but what happened before
 * counts, and what is going on without a break is not held against itself. So a judgement depends on the set of
 * detections alone and not on the order they came in; what arrives late makes those of its rule due to be judged anew.
 */

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

/** Pairs of a rule and an asset that are remembered, at most; the habits of more are not known, which is counted. */
export const MAX_HABITS = 1_000_000;

/** Judgements are this fine, so that alike detections stay alike. */
export const STEPS_A_BIT = 2;

const HOUR_MS = 3_600_000;

export const hourOf = (atMs: number): number => Math.floor(atMs / HOUR_MS);

/** In which hours something was seen, and how often in each. */
class SeenHours {
  /** Ascending. */
  #hours: number[] = [];
  #counts: number[] = [];
  /** The judgement asked for last: nearly always the one asked for next. */
  #askedHour = -1;
  #askedAt = -1;
  #bits = 0;

  get last(): number {
    return this.#hours[this.#hours.length - 1] ?? -1;
  }

  get isEmpty(): boolean {
    return this.#hours.length === 0;
  }

  /** The answer: this hour is new, and others are there behind it. */
  add(hour: number): boolean {
    const index = this.last < hour ? this.#hours.length : this.#from(hour);
    if (this.#hours[index] === hour) {
      this.#counts[index] = (this.#counts[index] ?? 0) + 1;
      return false;
    }
    this.#askedHour = -1;
    const isLate = index < this.#hours.length;
    if (!isLate) {
      this.#hours.push(hour);
      this.#counts.push(1);
      return false;
    }
    this.#hours.splice(index, 0, hour);
    this.#counts.splice(index, 0, 1);
    return true;
  }

  /** The answer: this hour is empty now, and others are there behind it. */
  remove(hour: number): boolean {
    const index = this.#from(hour);
    if (this.#hours[index] !== hour) return false;
    const left = (this.#counts[index] ?? 1) - 1;
    this.#counts[index] = left;
    if (left > 0) return false;
    this.#askedHour = -1;
    this.#hours.splice(index, 1);
    this.#counts.splice(index, 1);
    return index < this.#hours.length;
  }

  forgetBefore(hour: number): void {
    const index = this.#from(hour);
    this.#hours.splice(0, index);
    this.#counts.splice(0, index);
  }

  /** In how many hours from one and before another anything was seen. */
  countOf(from: number, before: number): number {
    return this.#from(before) - this.#from(from);
  }

  /**
   * −log2 of the part of the hours watched before this happening that had it.
   * @param version of `watched`: another one where it changed behind its end
   */
  bitsAt(hour: number, watched: SeenHours, version: number, rules: HabitRules): number {
    if (this.#askedHour === hour && this.#askedAt === version) return this.#bits;
    let start = hour;
    let index = this.#from(hour);
    while (index > 0 && this.#hours[index - 1] === start - 1 && hour - start + 1 < rules.boutHours) {
      start--;
      index--;
    }
    const from = start - rules.memoryHours;
    const seen = index - this.#from(from);
    this.#bits = Math.max(0, -Math.log2((seen + 0.5) / (watched.countOf(from, start) + 1)));
    this.#askedHour = hour;
    this.#askedAt = version;
    return this.#bits;
  }

  /** Index of the first hour that is not before this one. */
  #from(hour: number): number {
    let low = 0;
    let high = this.#hours.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#hours[middle] ?? 0) < hour) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

class RuleHabit {
  readonly anywhere = new SeenHours();
  readonly byAsset = new Map<string, SeenHours>();
}

/** What a habit is kept of. */
export interface Kind {
  readonly rule: string;
  /** Ids, each once. */
  readonly assets: readonly string[];
}

export class Habits {
  readonly #rules: HabitRules;
  readonly #byRule = new Map<string, RuleHabit>();
  /** Hours in which anything was seen at all. */
  readonly #watched = new SeenHours();
  #watchedVersion = 0;
  /** Whether enough was watched before an hour to judge: the one asked for last. */
  #learned = { hour: -1, version: -1, isEnough: false };
  #pairs = 0;
  /** From which hour on the detections of a rule are to be judged anew. */
  readonly #due = new Map<string, number>();
  #isAllDue = false;
  /** Kinds that found no room. */
  #unknown = 0;

  constructor(rules: HabitRules) {
    this.#rules = rules;
  }

  /** How often a habit was not kept, for there were `MAX_HABITS`. */
  get unknown(): number {
    return this.#unknown;
  }

  note({ rule, assets }: Kind, atMs: number): void {
    const hour = hourOf(atMs);
    if (this.#watched.add(hour)) this.#watchedChanged();
    let habit = this.#byRule.get(rule);
    if (habit === undefined) {
      habit = new RuleHabit();
      this.#byRule.set(rule, habit);
    }
    let isLate = habit.anywhere.add(hour);
    for (const asset of assets) {
      let seen = habit.byAsset.get(asset);
      if (seen === undefined) {
        if (this.#pairs >= MAX_HABITS) {
          this.#unknown++;
          continue;
        }
        seen = new SeenHours();
        habit.byAsset.set(asset, seen);
        this.#pairs++;
      }
      if (seen.add(hour)) isLate = true;
    }
    if (isLate) this.#makeDue(rule, hour);
  }

  /** Takes back what was noted. */
  withdraw({ rule, assets }: Kind, atMs: number): void {
    const hour = hourOf(atMs);
    if (this.#watched.remove(hour)) this.#watchedChanged();
    const habit = this.#byRule.get(rule);
    if (habit === undefined) return;
    let isEarly = habit.anywhere.remove(hour);
    for (const asset of assets) if (habit.byAsset.get(asset)?.remove(hour) === true) isEarly = true;
    if (isEarly) this.#makeDue(rule, hour);
  }

  #watchedChanged(): void {
    this.#watchedVersion++;
    this.#isAllDue = true;
  }

  #hasLearnedBefore(hour: number): boolean {
    const learned = this.#learned;
    if (learned.hour !== hour || learned.version !== this.#watchedVersion) {
      const { learningHours, memoryHours } = this.#rules;
      learned.hour = hour;
      learned.version = this.#watchedVersion;
      learned.isEnough = this.#watched.countOf(hour - memoryHours, hour) >= learningHours;
    }
    return learned.isEnough;
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
  bitsOf({ rule, assets }: Kind, atMs: number): number | undefined {
    const hour = hourOf(atMs);
    if (!this.#hasLearnedBefore(hour)) return undefined;
    const habit = this.#byRule.get(rule);
    if (habit === undefined) return undefined;
    const anywhere = habit.anywhere.bitsAt(hour, this.#watched, this.#watchedVersion, this.#rules);
    // Of several assets the one it is most usual of.
    let here = assets.length === 0 ? anywhere : Number.POSITIVE_INFINITY;
    for (const asset of assets) {
      const seen = habit.byAsset.get(asset);
      if (seen === undefined) return undefined;
      here = Math.min(here, seen.bitsAt(hour, this.#watched, this.#watchedVersion, this.#rules));
    }
    const { shareOfRule } = this.#rules;
    return Math.floor(STEPS_A_BIT * (shareOfRule * anywhere + (1 - shareOfRule) * here)) / STEPS_A_BIT;
  }

  /** Drops what no detection from `fromMs` on is judged by. */
  forget(fromMs: number): void {
    const { memoryHours, boutHours } = this.#rules;
    const from = hourOf(fromMs) - memoryHours - boutHours;
    this.#watched.forgetBefore(from);
    for (const [rule, { anywhere, byAsset }] of this.#byRule) {
      anywhere.forgetBefore(from);
      for (const [asset, seen] of byAsset) {
        seen.forgetBefore(from);
        if (!seen.isEmpty) continue;
        byAsset.delete(asset);
        this.#pairs--;
      }
      if (anywhere.isEmpty) this.#byRule.delete(rule);
    }
  }
}
