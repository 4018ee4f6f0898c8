import { addEvidence, type Evidence } from './evidence.ts';
import type { LinkRules, ObservableClass } from './link-rules.ts';
import type { Place, Traits } from './memory.ts';
import { compareText } from './order.ts';

export type EvidenceKind =
  | 'repeat'
  | 'identity'
  | 'asset'
  | 'hosted-on'
  | 'guards'
  | 'depends-on'
  | 'zone'
  | 'adjacent-zone'
  | 'observable'
  | 'sequence'
  | 'rarity'
  | 'decision';

/** One piece of evidence before it is put into words. */
export interface Tie {
  readonly kind: EvidenceKind;
  /** Of each group only the strongest counts: two views of one fact are not two facts. */
  readonly group: 'place' | 'identity' | EvidenceKind | ObservableClass;
  readonly weight: number;
  /** False: supports others, never joins alone (a hub, a mere order of steps). */
  readonly binding: boolean;
  /** The shared thing, or the pair, the earlier detection's first. */
  readonly on: readonly string[];
  readonly early?: Place;
  readonly late?: Place;
  /** Which mark of the earlier and of the later detection. */
  readonly marks?: readonly [number, number];
  readonly isHub?: boolean;
}

/**
 * All evidence between two detections `apartMs` apart, at most one of each group; empty unless at least one
 * piece joins by itself. Never grows when only the distance in time grows.
 */
export function tiesBetween(early: Traits, late: Traits, apartMs: number, rules: LinkRules): Tie[] {
  if (early === late && early.repeats && apartMs <= rules.repeatMs)
    return [{ kind: 'repeat', group: 'repeat', weight: 1, binding: true, on: thingsOf(early) }];
  const ties = new Ties();
  return addEvidence(ties, early, late, apartMs, rules) ? ties.found : [];
}

const thingsOf = ({ places, marks }: Traits): string[] => [
  ...places.filter(({ hub }) => !hub).map(({ id }) => id),
  ...marks.filter(({ hub }) => !hub).map(({ value }) => value),
];

/** The strongest of each group, written out. */
class Ties implements Evidence {
  readonly found: Tie[] = [];
  isBinding = false;

  wants(group: Tie['group'], weight: number, binding: boolean): boolean {
    if (weight <= 0) return false;
    if (binding) this.isBinding = true;
    const other = this.found.find((tie) => tie.group === group);
    return other === undefined || binding !== other.binding || weight >= other.weight;
  }

  take(tie: Tie): void {
    const index = this.found.findIndex(({ group }) => group === tie.group);
    const other = this.found[index];
    if (other === undefined) this.found.push(tie);
    else if (isStronger(tie, other)) this.found[index] = tie;
  }
}

/** What binds before what supports, then weight, then name. */
function isStronger(tie: Tie, other: Tie): boolean {
  if (tie.binding !== other.binding) return tie.binding;
  if (tie.weight !== other.weight) return tie.weight > other.weight;
  return compareText(tie.kind + tie.on.join(' '), other.kind + other.on.join(' ')) < 0;
}
