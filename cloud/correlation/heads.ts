import { severityRank } from '../../devices/model/detection.ts';
import type { Head } from './memory.ts';
import { themeOf } from './theme.ts';
import type { Correlated } from './traits.ts';

/** What many detections have in common, each one object. */
export class Heads {
  readonly #numberOfNext: () => number;
  /** By rule and site: of severities and tactics there are few. */
  readonly #byRule = new Map<string, Map<string | undefined, Head[]>>();

  constructor(numberOfNext: () => number) {
    this.#numberOfNext = numberOfNext;
  }

  headOf({ rule, severity, tactic, site }: Pick<Correlated, 'rule' | 'severity' | 'tactic' | 'site'>): Head {
    const list = this.#of(rule, site);
    for (const head of list) if (head.severity === severity && head.tactic === tactic) return head;
    const theme = themeOf(tactic === undefined ? { rule } : { rule, tactic });
    const rank = severityRank(severity);
    const made: Head = {
      number: this.#numberOfNext(),
      rule,
      severity,
      rank,
      tactic,
      site,
      theme,
      faintness: rank >= 2 ? undefined : rank === 1 ? 'low' : 'info',
      placed: theme.ordinary !== true && rank > 0,
      habit: undefined,
    };
    list.push(made);
    return made;
  }

  #of(rule: string, site: string | undefined): Head[] {
    let bySite = this.#byRule.get(rule);
    if (bySite === undefined) {
      bySite = new Map();
      this.#byRule.set(rule, bySite);
    }
    let list = bySite.get(site);
    if (list === undefined) {
      list = [];
      bySite.set(site, list);
    }
    return list;
  }

  /** Forgets all but these, each of which comes once. */
  retain(kept: Iterable<Head>): void {
    this.#byRule.clear();
    for (const head of kept) this.#of(head.rule, head.site).push(head);
  }
}
