/** Which playbooks an incident calls for, and why. Pure. */
import { z } from 'zod';
import { type Detection, severityRank } from '../../devices/model/detection.ts';
import { ruleWords, themeOf } from '../correlation/theme.ts';
import type { Playbook } from './cacao.ts';

/** Our own part of a playbook, as CACAO's section 8 provides: which incidents it is for. */
export const EXTENSION = 'extension-definition--5d0c1c1e-2f4b-4b55-9d5e-0f7a52c1b3a4';

const matching = z.object({
  /** Themes of rules (correlation/theme.ts). */
  themes: z.array(z.string().max(64)).max(40).default([]),
  /** Words of rules' names: each is looked for as it stands, lower case, with single spaces. */
  rules: z.array(z.string().min(2).max(64)).max(40).default([]),
  /** For incidents of several halves: of each list one rule must have been seen, or it is not suggested. */
  together: z
    .array(z.array(z.string().min(2).max(64)).min(1).max(40))
    .max(8)
    .default([]),
});
export type Matching = z.infer<typeof matching>;

/** Which incidents a playbook says that it is for. */
export function matchingOf(playbook: Playbook): Matching {
  const extensions = z
    .looseObject({ playbook_extensions: z.exactOptional(z.record(z.string(), z.unknown())) })
    .safeParse(playbook);
  const own = matching.safeParse(extensions.data?.playbook_extensions?.[EXTENSION]);
  return own.success ? own.data : { themes: [], rules: [], together: [] };
}

export interface Suggested {
  playbook: string;
  /** Higher fits better. */
  score: number;
  because: string[];
}

/** A rule that a playbook names fits better than one that is merely of its kind. */
const NAMED = 3;
const OF_THEME = 1;
const MAX_REASONS = 3;

/** The best first; those that nothing speaks for are left out. */
export function suggest(
  playbooks: readonly Playbook[],
  detections: readonly Pick<Detection, 'rule' | 'tactic' | 'severity' | 'summary'>[],
): Suggested[] {
  const seen = detections.map((detection) => ({
    ...detection,
    words: ruleWords(detection.rule),
    theme: themeOf({
      rule: detection.rule,
      ...(detection.tactic === undefined ? {} : { tactic: detection.tactic }),
    }).name,
  }));
  return playbooks
    .map((playbook) => {
      const { themes, rules, together } = matchingOf(playbook);
      const has = (names: readonly string[], words: string) =>
        names.some((name) => words.includes(ruleWords(name)));
      const isWhole = together.every((names) => seen.some(({ words }) => has(names, words)));
      if (!isWhole) return { playbook: playbook.id, score: 0, because: [] };
      const named = [...rules, ...together.flat()];
      const reasons = new Map<string, { weight: number; summary: string }>();
      for (const { rule, words, theme, severity, summary } of seen) {
        const isNamed = has(named, words);
        if (!isNamed && !themes.includes(theme)) continue;
        const weight = (isNamed ? NAMED : OF_THEME) * (1 + severityRank(severity));
        // The same rule ten times is one reason.
        if ((reasons.get(rule)?.weight ?? 0) < weight) reasons.set(rule, { weight, summary });
      }
      const ranked = [...reasons.values()].sort((a, b) => b.weight - a.weight);
      return {
        playbook: playbook.id,
        score: ranked.reduce((sum, { weight }) => sum + weight, 0),
        because: ranked.slice(0, MAX_REASONS).map(({ summary }) => summary),
      };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.playbook < b.playbook ? -1 : 1));
}
