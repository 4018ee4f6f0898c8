import { addEvidence, type Evidence, markWeight, rarityWeight } from './evidence.ts';
import { type LinkRules, rounded } from './link-rules.ts';
import type { Traits } from './memory.ts';
import type { Tie } from './tie.ts';

/** Only a repeat and a person's decision are certain. */
const MOST_CERTAIN = 0.9999;

/** 1 − ∏(1 − w), below certainty unless one of the weights is certain. */
export function noisyOr(weights: readonly number[], count = weights.length): number {
  let doubt = 1;
  for (let index = 0; index < count; index++) doubt *= 1 - (weights[index] ?? 0);
  return doubt === 0 ? 1 : Math.min(MOST_CERTAIN, rounded(1 - doubt));
}

/** Combined weight of two detections; 0 where they do not belong together. */
export function weigh(early: Traits, late: Traits, apartMs: number, rules: LinkRules): number {
  if (early === late && early.repeats && apartMs <= rules.repeatMs) return 1;
  weights.clear();
  if (!addEvidence(weights, early, late, apartMs, rules)) return 0;
  const weight = weights.together();
  return weight >= rules.threshold ? weight : 0;
}

/** The same, where only that matters: whether they belong together. */
export const belong = (early: Traits, late: Traits, apartMs: number, rules: LinkRules): boolean =>
  isTiedByOne(early, late, apartMs, rules) || weigh(early, late, apartMs, rules) > 0;

/**
 * Whether one piece of evidence alone joins the two. Where it does not, several together still may: this only saves
 * writing out ties where nobody asks what they are.
 */
function isTiedByOne(early: Traits, late: Traits, apartMs: number, rules: LinkRules): boolean {
  if (early === late && early.repeats && apartMs <= rules.repeatMs) return true;
  const { threshold } = rules;
  for (let i = 0; i < early.marks.length; i++) {
    const mark = early.marks[i];
    if (mark === undefined || mark.hub) continue;
    const j = late.marks.indexOf(mark);
    if (j >= 0 && markWeight(mark, early, late, i, j, apartMs, rules) >= threshold) return true;
  }
  return (
    early.rarity !== undefined &&
    early.rarity === late.rarity &&
    rarityWeight(early, late, apartMs, rules) >= threshold
  );
}

/** The weight of the strongest of each group, and nothing else of it: most pairs are weighed and never told. */
class Weights implements Evidence {
  /** Only the first `count` are of this pair. */
  readonly #groups: Tie['group'][] = [];
  readonly #weights: number[] = [];
  readonly #binding: boolean[] = [];
  #count = 0;
  isBinding = false;

  clear(): void {
    this.#count = 0;
    this.isBinding = false;
  }

  wants(group: Tie['group'], weight: number, binding: boolean): false {
    if (weight <= 0) return false;
    if (binding) this.isBinding = true;
    let index = 0;
    while (index < this.#count && this.#groups[index] !== group) index++;
    if (index === this.#count) this.#count++;
    else if (!this.#isStronger(index, weight, binding)) return false;
    this.#groups[index] = group;
    this.#weights[index] = weight;
    this.#binding[index] = binding;
    return false;
  }

  #isStronger(index: number, weight: number, binding: boolean): boolean {
    if (binding !== this.#binding[index]) return binding;
    return weight > (this.#weights[index] ?? 0);
  }

  /** Never called: nothing is wanted in words. */
  take(): void {}

  together(): number {
    return noisyOr(this.#weights, this.#count);
  }
}

/** One for all pairs, one after the other. */
const weights = new Weights();
