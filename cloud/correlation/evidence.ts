/** What speaks for two detections belonging together: marks, rarity, order of steps; for places see place-evidence.ts. */
import { type LinkRules, type ObservableClass, rounded, weightAt } from './link-rules.ts';
import type { Mark, Traits } from './memory.ts';
import { addPlaces, besideRare, fainter } from './place-evidence.ts';
import type { Tie } from './tie.ts';
import { howNamed, trustIn } from './via.ts';

/** Who gathers evidence: of each group only the strongest counts. */
export interface Evidence {
  /** Whether there is any piece that joins by itself. */
  readonly isBinding: boolean;
  /** Counts a piece, where its weight is above 0. The answer: it is to be written out for `take`. */
  wants(group: Tie['group'], weight: number, binding: boolean): boolean;
  take(tie: Tie): void;
}

/** Gives all evidence between two detections `apartMs` apart; the answer is whether any piece joins by itself. */
export function addEvidence(
  found: Evidence,
  early: Traits,
  late: Traits,
  apartMs: number,
  rules: LinkRules,
): boolean {
  if (early.placed && late.placed) addPlaces(found, early, late, apartMs, rules);
  addMarks(found, early, late, apartMs, rules);
  if (early.rarity !== undefined && early.rarity === late.rarity)
    addRarity(found, early, late, apartMs, rules);
  if (!found.isBinding) return false;
  addHubs(found, early, late, apartMs, rules);
  addSequence(found, early, late, apartMs, rules);
  return true;
}

const HOUR_MS = 3_600_000;
/** Nearer than this is the same moment: alerts of one cause rarely come all at once. */
const NEAREST_MS = 60_000;
/** Chance never says it with certainty. */
const MOST_BY_RARITY = 0.95;

function addRarity(found: Evidence, early: Traits, late: Traits, apartMs: number, rules: LinkRules): void {
  const weight = rarityWeight(early, late, apartMs, rules);
  if (found.wants('rarity', weight, true))
    found.take({ kind: 'rarity', group: 'rarity', weight, binding: true, on: [early.rule, late.rule] });
}

/**
 * Of two rare things of one site. Things that are seen in one hour of 2^a and of 2^b come within an hour of each other by chance once in 2^(a + b)
 * hours. The rarer the two, the longer they wait for each other.
 */
export function rarityWeight(early: Traits, late: Traits, apartMs: number, rules: LinkRules): number {
  const { chanceHours, windowMs } = rules.rarity;
  if (apartMs > windowMs || early.bits === undefined || late.bits === undefined) return 0;
  const byChanceHours = 2 ** (early.bits + late.bits) * (HOUR_MS / Math.max(apartMs, NEAREST_MS));
  if (byChanceHours < chanceHours) return 0;
  return rounded(Math.min(MOST_BY_RARITY, 1 - (1 - rules.threshold) * (chanceHours / byChanceHours)));
}

function addMarks(found: Evidence, early: Traits, late: Traits, apartMs: number, rules: LinkRules): void {
  for (let i = 0; i < early.marks.length; i++) {
    const mark = early.marks[i];
    if (mark === undefined || mark.hub) continue;
    const j = late.marks.indexOf(mark);
    if (j < 0) continue;
    const weight = markWeight(mark, early, late, i, j, apartMs, rules);
    const { kind, class: group } = mark;
    if (found.wants(group, weight, true))
      found.take({ kind, group, weight, binding: true, on: [mark.value], marks: [i, j] });
  }
}

/** Of a mark that both have, no hub. */
export function markWeight(
  mark: Mark,
  early: Traits,
  late: Traits,
  i: number,
  j: number,
  apartMs: number,
  rules: LinkRules,
): number {
  if (mark.class === 'inside-ip' && !(early.placed && late.placed)) return 0;
  const isIdentity = mark.class === 'identity';
  const across = isIdentity && viaDiffers(early, late, i, j);
  const strong =
    mark.class === 'identity'
      ? across
        ? rules.strength.identityAcrossWorlds
        : rules.strength.identity
      : rules.observables[mark.class];
  let factor = fainter(early, late, isIdentity ? 'identity' : 'observable', rules);
  if (isIdentity) factor *= trustIn(early.via[i], late.via[j]);
  // Inside, an address is a machine, as an asset is.
  if (mark.class === 'inside-ip') factor *= besideRare(early, late, 'cyber', rules);
  if (namesAccount(mark.class) && attemptsFromElsewhere(early, late)) factor *= rules.attemptsFromElsewhere;
  return rounded(weightAt(strong, apartMs) * factor);
}

/** One was named by a badge, the other by an account. */
function viaDiffers(early: Traits, late: Traits, i: number, j: number): boolean {
  const [a, b] = [howNamed(early.via[i]), howNamed(late.via[j])];
  return (a === 'badge' && b === 'account') || (a === 'account' && b === 'badge');
}

const namesAccount = (of: ObservableClass | 'identity'): boolean =>
  of === 'identity' || of === 'account' || of === 'common-account';

/** Two attempts, each from an address of its own: everybody tries the same names. */
function attemptsFromElsewhere(early: Traits, late: Traits): boolean {
  if (early.theme.attempt !== true || late.theme.attempt !== true) return false;
  let [isFrom, isTo] = [false, false];
  for (const mark of early.marks) {
    if (mark.class !== 'ip') continue;
    isFrom = true;
    for (const other of late.marks) if (other.class === 'ip' && other.value === mark.value) return false;
  }
  for (const { class: of } of late.marks) isTo ||= of === 'ip';
  return isFrom && isTo;
}

/** What unrelated parties share as well: shown beside better evidence, with next to no weight. */
function addHubs(found: Evidence, early: Traits, late: Traits, apartMs: number, rules: LinkRules): void {
  const hubWeight = rounded(weightAt(rules.strength.hub, apartMs));
  for (const a of early.places) {
    if (!a.hub || !late.places.includes(a) || !found.wants('place', hubWeight, false)) continue;
    const on = [a.id];
    const both = { early: a, late: a, isHub: true };
    found.take({ kind: 'asset', group: 'place', weight: hubWeight, binding: false, on, ...both });
  }
  for (let i = 0; i < early.marks.length; i++) {
    const mark = early.marks[i];
    if (mark?.hub !== true) continue;
    const j = late.marks.indexOf(mark);
    if (j < 0) continue;
    const { kind, class: group, value } = mark;
    const isOther = group === 'other';
    const weight = isOther ? rounded(weightAt(rules.observables.other, apartMs)) : hubWeight;
    if (found.wants(group, weight, false))
      found.take({
        kind,
        group,
        weight,
        binding: false,
        on: [value],
        marks: [i, j],
        isHub: !isOther,
      });
  }
}

function addSequence(found: Evidence, early: Traits, late: Traits, apartMs: number, rules: LinkRules): void {
  const [from, to] = [early.theme.stage, late.theme.stage];
  if (from === undefined || to === undefined) return;
  if (from === to || (from > to && apartMs > 0)) return;
  const weight = rounded(weightAt(rules.strength.sequence, apartMs));
  if (found.wants('sequence', weight, false))
    found.take({ kind: 'sequence', group: 'sequence', weight, binding: false, on: [early.rule, late.rule] });
}
