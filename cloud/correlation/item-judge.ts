import { couldLink } from './crowd.ts';
import type { Items } from './items.ts';
import type { LinkRules } from './link-rules.ts';
import type { Judge, Key, Mark, Traits } from './memory.ts';
import { NONE } from './numbers.ts';
import type { Runs } from './runs.ts';
import type { Timelines } from './timelines.ts';
import { NO_TRAITS } from './traits.ts';
import { belong } from './weighing.ts';

/** Joins the components of all that is linked to one item, and then to the next. */
export class ItemJudge implements Judge {
  readonly #items: Items;
  readonly #runs: Runs;
  readonly #timelines: Timelines;
  readonly #rules: LinkRules;
  #item = NONE;
  #run = NONE;
  #atMs = 0;
  #windowMs = 0;
  #crowded: readonly Mark[] | undefined;
  traits: Traits = NO_TRAITS;

  constructor(items: Items, runs: Runs, timelines: Timelines, rules: LinkRules) {
    this.#items = items;
    this.#runs = runs;
    this.#timelines = timelines;
    this.#rules = rules;
  }

  /** From now on it is about this one, which stands in a run already. */
  take(item: number): void {
    this.#item = item;
    this.#run = this.#items.runOf(item);
    this.#atMs = this.#items.atOf(item);
    this.traits = this.#runs.traitsOf(this.#run);
    this.#crowded = undefined;
  }

  joinAllOnEach(keys: readonly Key[]): void {
    for (const key of keys) this.joinAllOn(key);
  }

  joinAllOn(key: Key): void {
    if (key.slot === NONE) return;
    this.#windowMs = key.windowMs;
    this.#timelines.join(key, this.#atMs, this.#atMs, this);
  }

  living(run: number): number {
    return this.#runs.living(run);
  }

  rootOf(run: number): number {
    return this.#runs.rootOf(run);
  }

  isJoined(other: number): boolean {
    return this.#runs.rootOf(other) === this.#runs.rootOf(this.#run);
  }

  join(other: number): boolean {
    if (other === this.#run || this.isJoined(other) || !this.#isLinked(other)) return false;
    this.#runs.unite(this.#run, other);
    return true;
  }

  /** Asked on a list of some window: what is further apart is linked by another list or not at all. */
  #isLinked(other: number): boolean {
    const runs = this.#runs;
    const items = this.#items;
    const traits = runs.traitsOf(other);
    const last = runs.lastOf(other);
    // Detections mostly come in order: then there is none behind.
    const isBehindAll = items.atOf(last) < this.#atMs;
    const before = isBehindAll ? last : runs.lastUpTo(other, this.#item);
    if (before !== NONE) {
      const sinceMs = this.#atMs - items.atOf(before);
      if (sinceMs <= this.#windowMs && belong(traits, this.traits, sinceMs, this.#rules)) return true;
    }
    const after = isBehindAll ? NONE : runs.firstAfter(other, this.#item);
    if (after === NONE) return false;
    const untilMs = items.atOf(after) - this.#atMs;
    return untilMs <= this.#windowMs && belong(this.traits, traits, untilMs, this.#rules);
  }

  /** Whoever shares a mark of which there is no crowd is compared with there, one by one. */
  mayLink(like: Traits, sharesHubs: boolean): boolean {
    this.#crowded ??= this.traits.marks.filter(
      (mark) => !mark.hub && this.#timelines.isCrowded(mark, this.#atMs, this.#atMs),
    );
    return couldLink(this.traits, like, this.#crowded, sharesHubs, this.#rules);
  }
}
