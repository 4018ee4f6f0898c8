import { z } from 'zod';
import type { Detection, Severity } from '../../devices/model/detection.ts';
import { severityRank } from '../../devices/model/detection.ts';

/**
 * While a device flaps, what other rules find about its asset is folded: the first detection of each rule goes
 * through, a more serious one than before goes through, a critical one always does; the rest is counted, and
 * the counts are told by the flapping rule's own next detection, after which the first goes through again. So
 * rattling at a contact hides nothing for long, and nobody is told the same thing two hundred times.
 */
export const fold = z.object({
  /** Rule that asked for it. */
  by: z.string(),
  since: z.number(),
  rules: z.record(z.string(), z.object({ passedRank: z.number(), folded: z.number() })),
});
export type Fold = z.infer<typeof fold>;

export const emptyFold = (by: string, since: number): Fold => ({ by, since, rules: {} });

/** Whether a detection goes through; either way the fold that follows. */
export function throughFold(
  through: Fold,
  rule: string,
  severity: Severity,
): { passes: boolean; fold: Fold } {
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
