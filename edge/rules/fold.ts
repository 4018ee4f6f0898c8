import { z } from 'zod';
import type { Detection, Severity } from '../../devices/model/detection.ts';
import { severityRank } from '../../devices/model/detection.ts';
import type { MoveInstants } from '../clock/move-instants.ts';
import { FOLD_PREFIX } from './kept.ts';

/**
 * While a device flaps, what other rules find about its asset is folded: the first detection of each rule goes
 * through, a more serious one than before goes through, a critical one always does; the rest is counted, and
 * the counts are told by the flapping rule's own next detection, after which the first goes through again. So
 * rattling at a contact hides nothing for long, and nobody is told the same thing two hundred times.
 */
const fold = z.object({
  /** Rule that asked for it. */
  by: z.string(),
  since: z.number(),
  rules: z.record(z.string(), z.object({ passedRank: z.number(), folded: z.number() })),
});
export type Fold = z.infer<typeof fold>;

const emptyFold = (by: string, since: number): Fold => ({ by, since, rules: {} });

/** Whether a detection goes through; either way the fold that follows. */
function throughFold(through: Fold, rule: string, severity: Severity): { passes: boolean; fold: Fold } {
  const rank = severityRank(severity);
  if (rule === through.by || severity === 'critical') return { passes: true, fold: through };
  const known = through.rules[rule] ?? { passedRank: -1, folded: 0 };
  const passes = rank > known.passedRank;
  const entry = passes ? { ...known, passedRank: rank } : { ...known, folded: known.folded + 1 };
  return { passes, fold: { ...through, rules: { ...through.rules, [rule]: entry } } };
}

/** Longest text in a fact. */
const MAX_FACT_LENGTH = 512;

/** What was folded, for the facts of a detection. */
export function foldedFacts(told: Fold): Detection['facts'] {
  const counts = Object.entries(told.rules).filter(([, { folded }]) => folded > 0);
  const total = counts.reduce((sum, [, { folded }]) => sum + folded, 0);
  return {
    folded: total,
    ...(total > 0 && {
      foldedRules: counts
        .map(([rule, { folded }]) => `${rule} ${folded}`)
        .join(', ')
        .slice(0, MAX_FACT_LENGTH),
    }),
  };
}

/** The folds of a site, by asset: one for each device that flaps. */
export class Folds {
  readonly #byAsset = new Map<string, Fold>();
  readonly #keep: (key: string, value: unknown) => void;
  readonly #forget: (key: string) => void;

  constructor(keep: (key: string, value: unknown) => void, forget: (key: string) => void) {
    this.#keep = keep;
    this.#forget = forget;
  }

  start(asset: string, by: string, at: number): void {
    this.#set(asset, emptyFold(by, at));
  }

  stop(asset: string): void {
    if (this.#byAsset.delete(asset)) this.#forget(FOLD_PREFIX + asset);
  }

  /** What was folded since the last report; counting begins anew, and the next one goes through. */
  report(asset: string): Fold | undefined {
    const told = this.#byAsset.get(asset);
    if (told !== undefined) this.#set(asset, emptyFold(told.by, told.since));
    return told;
  }

  /** Whether a detection goes through; one that does not is counted. */
  passes(made: Detection): boolean {
    const [asset] = made.assets;
    const known = asset === undefined ? undefined : this.#byAsset.get(asset);
    if (asset === undefined || known === undefined) return true;
    const result = throughFold(known, made.rule, made.severity);
    if (result.fold !== known) this.#set(asset, result.fold);
    return result.passes;
  }

  /** As they are kept. */
  *kept(): Generator<[string, Fold]> {
    for (const [asset, value] of this.#byAsset) yield [FOLD_PREFIX + asset, value];
  }

  /** Takes back what was kept, for the rules that still want it; in place of what is here. */
  restore(kept: ReadonlyMap<string, unknown>, isWanted: (by: string, asset: string) => boolean): void {
    this.#byAsset.clear();
    for (const [key, value] of kept) {
      if (!key.startsWith(FOLD_PREFIX)) continue;
      const parsed = fold.safeParse(value);
      const asset = key.slice(FOLD_PREFIX.length);
      if (parsed.success && isWanted(parsed.data.by, asset)) this.#byAsset.set(asset, parsed.data);
      else this.#forget(key);
    }
  }

  /** After a step of the clock. */
  moveInstants(move: MoveInstants): void {
    for (const [asset, value] of [...this.#byAsset]) {
      const over = fold.safeParse(move(value));
      if (over.success) this.#set(asset, over.data);
    }
  }

  #set(asset: string, value: Fold): void {
    this.#byAsset.set(asset, value);
    this.#keep(FOLD_PREFIX + asset, value);
  }
}
