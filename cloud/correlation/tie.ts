import { type LinkRules, type ObservableClass, type Strength, weightAt } from './link-rules.ts';
import type { Mark, Place, Traits } from './memory.ts';
import { compareText } from './order.ts';
import { howNamed, trustIn } from './via.ts';

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

/** Weights are compared and printed with this precision; rounding makes sums the same on every machine. */
export const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/**
 * All evidence between two detections `apartMs` apart, at most one of each group; empty unless at least one
 * piece joins by itself. Never grows when only the distance in time grows.
 */
export function tiesBetween(early: Traits, late: Traits, apartMs: number, rules: LinkRules): Tie[] {
  if (early === late && early.repeats && apartMs <= rules.repeatMs)
    return [{ kind: 'repeat', group: 'repeat', weight: 1, binding: true, on: thingsOf(early) }];
  const found: Tie[] = [];
  if (early.placed && late.placed) addPlaces(found, early, late, apartMs, rules);
  addMarks(found, early, late, apartMs, rules);
  if (early.rarity !== undefined && early.rarity === late.rarity)
    addRarity(found, early, late, apartMs, rules);
  if (!found.some(({ binding }) => binding)) return [];
  addHubs(found, early, late, apartMs, rules);
  addSequence(found, early, late, apartMs, rules);
  return found;
}

/**
 * Whether one piece of evidence alone joins the two. Where it does not, several together still may: this only saves
 * writing out ties where nobody asks what they are.
 */
export function isTiedByOne(early: Traits, late: Traits, apartMs: number, rules: LinkRules): boolean {
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

const thingsOf = ({ places, marks }: Traits): string[] => [
  ...places.filter(({ hub }) => !hub).map(({ id }) => id),
  ...marks.filter(({ hub }) => !hub).map(({ value }) => value),
];

/** Keeps the stronger of a group: what binds before what supports, then weight, then name. */
function offer(found: Tie[], tie: Tie): void {
  if (tie.weight <= 0) return;
  const index = found.findIndex(({ group }) => group === tie.group);
  const other = found[index];
  if (other === undefined) found.push(tie);
  else if (isStronger(tie, other)) found[index] = tie;
}

function isStronger(tie: Tie, other: Tie): boolean {
  if (tie.binding !== other.binding) return tie.binding;
  if (tie.weight !== other.weight) return tie.weight > other.weight;
  return compareText(tie.kind + tie.on.join(' '), other.kind + other.on.join(' ')) < 0;
}

function fainter(early: Traits, late: Traits, kind: keyof LinkRules['faint'], rules: LinkRules): number {
  if (early.faintness === undefined && late.faintness === undefined) return 1;
  const factors = rules.faint[kind];
  return Math.min(
    early.faintness === undefined ? 1 : factors[early.faintness],
    late.faintness === undefined ? 1 : factors[late.faintness],
  );
}

const HOUR_MS = 3_600_000;
/** Nearer than this is the same moment: alerts of one cause rarely come all at once. */
const NEAREST_MS = 60_000;
/** Chance never says it with certainty. */
const MOST_BY_RARITY = 0.95;

/**
 * Things that are seen in one hour of 2^a and of 2^b come within an hour of each other by chance once in 2^(a + b)
 * hours. The rarer the two, the longer they wait for each other.
 */
function addRarity(found: Tie[], early: Traits, late: Traits, apartMs: number, rules: LinkRules): void {
  const weight = rarityWeight(early, late, apartMs, rules);
  if (weight === 0) return;
  const on = [early.rule, late.rule];
  offer(found, { kind: 'rarity', group: 'rarity', weight, binding: true, on });
}

/** Of two rare things of one site. */
function rarityWeight(early: Traits, late: Traits, apartMs: number, rules: LinkRules): number {
  const { chanceHours, windowMs } = rules.rarity;
  if (apartMs > windowMs || early.bits === undefined || late.bits === undefined) return 0;
  const byChanceHours = 2 ** (early.bits + late.bits) * (HOUR_MS / Math.max(apartMs, NEAREST_MS));
  if (byChanceHours < chanceHours) return 0;
  return rounded(Math.min(MOST_BY_RARITY, 1 - (1 - rules.threshold) * (chanceHours / byChanceHours)));
}

/** What comes every day is no part of what never came before, only because both come to one place: a factor. */
function besideRare(
  { bits: a }: Traits,
  { bits: b }: Traits,
  world: Place['world'],
  { habit, everydayBesideRare }: LinkRules,
): number {
  if (a === undefined || b === undefined) return 1;
  if (a < habit.rareBits === b < habit.rareBits) return 1;
  return world === 'physical' ? everydayBesideRare.physical : everydayBesideRare.cyber;
}

function addPlaces(found: Tie[], early: Traits, late: Traits, apartMs: number, rules: LinkRules): void {
  for (const a of early.places) {
    for (const b of late.places) {
      if (a === b) {
        if (!a.hub)
          offerTie(found, 'asset', 'place', a, b, assetStrength(a, rules), early, late, apartMs, rules);
        continue;
      }
      addZones(found, early, late, a, b, apartMs, rules);
      addRelations(found, early, late, a, b, apartMs, rules);
    }
  }
}

function assetStrength({ world }: Place, { strength }: LinkRules): Strength {
  if (world === undefined) return strength.unknownAsset;
  return world === 'physical' ? strength.physicalAsset : strength.cyberAsset;
}

/** What was changed from afar says nothing about the room it stands in. */
const isLocal = ({ theme }: Traits): boolean => theme.name !== 'alarm-change';

function addZones(
  found: Tie[],
  early: Traits,
  late: Traits,
  a: Place,
  b: Place,
  apartMs: number,
  rules: LinkRules,
): void {
  if (a.zones.length === 0 || b.zones.length === 0 || !isLocal(early) || !isLocal(late)) return;
  const { strength } = rules;
  const slow = b.slow && late.theme.name === 'excursion';
  const slowEither = slow || (apartMs === 0 && a.slow && early.theme.name === 'excursion');
  const shared = a.zones.find((zone) => b.zones.includes(zone));
  if (shared !== undefined) {
    const physical = a.world === 'physical' && b.world === 'physical';
    const strong = physical ? (slowEither ? strength.zoneSlow : strength.zone) : strength.zoneAcrossWorlds;
    const factor = fainter(early, late, 'place', rules) * besideRare(early, late, a.world, rules);
    const weight = rounded(weightAt(strong, apartMs) * factor);
    const on = [shared];
    offer(found, { kind: 'zone', group: 'place', weight, binding: physical, on, early: a, late: b });
    return;
  }
  if (a.world !== 'physical' || b.world !== 'physical') return;
  const step = adjacent(a, b);
  if (step === undefined) return;
  const strong = slowEither ? strength.adjacentZoneSlow : strength.adjacentZone;
  const factor = fainter(early, late, 'place', rules) * besideRare(early, late, a.world, rules);
  const weight = rounded(weightAt(strong, apartMs) * factor);
  offer(found, { kind: 'adjacent-zone', group: 'place', weight, binding: true, on: step, early: a, late: b });
}

/** A zone of the first and one of the second that touch. */
function adjacent(a: Place, b: Place): readonly [string, string] | undefined {
  for (const zone of b.zones) {
    const from = a.beside.get(zone);
    if (from !== undefined) return [from, zone];
  }
  return undefined;
}

function addRelations(
  found: Tie[],
  early: Traits,
  late: Traits,
  a: Place,
  b: Place,
  apartMs: number,
  rules: LinkRules,
): void {
  const { strength } = rules;
  if (a.guards.has(b.id)) {
    offerTie(found, 'guards', 'guards', a, b, strength.guardsBefore, early, late, apartMs, rules);
  } else if (b.guards.has(a.id)) {
    // At the same moment neither came first, and the order of names must not matter.
    const strong = apartMs === 0 ? strength.guardsBefore : strength.guardsAfter;
    offerTie(found, 'guards', 'guards', a, b, strong, early, late, apartMs, rules);
  }
  if (a.host !== undefined && a.host === b.host) {
    const direct = a.id === a.host || b.id === a.host;
    const strong = direct ? strength.hostedOn : strength.besideOnHost;
    offerTie(found, 'hosted-on', 'hosted-on', a, b, strong, early, late, apartMs, rules);
  }
  if ((a.dependsOn.has(b.id) && !b.hub) || (b.dependsOn.has(a.id) && !a.hub))
    offerTie(found, 'depends-on', 'depends-on', a, b, strength.dependsOn, early, late, apartMs, rules);
}

function offerTie(
  found: Tie[],
  kind: 'asset' | 'guards' | 'hosted-on' | 'depends-on',
  group: Tie['group'],
  a: Place,
  b: Place,
  strong: Strength,
  early: Traits,
  late: Traits,
  apartMs: number,
  rules: LinkRules,
): void {
  let factor =
    fainter(early, late, kind === 'asset' ? 'place' : 'relation', rules) *
    besideRare(early, late, a.world, rules);
  if (kind === 'guards' && (early.theme.mishap === true || late.theme.mishap === true))
    factor *= rules.mishapsOfGuarded;
  const weight = rounded(weightAt(strong, apartMs) * factor);
  offer(found, {
    kind,
    group,
    weight,
    binding: true,
    on: a === b ? [a.id] : [a.id, b.id],
    early: a,
    late: b,
  });
}

function addMarks(found: Tie[], early: Traits, late: Traits, apartMs: number, rules: LinkRules): void {
  for (let i = 0; i < early.marks.length; i++) {
    const mark = early.marks[i];
    if (mark === undefined) continue;
    for (let j = 0; j < late.marks.length; j++) {
      if (late.marks[j] !== mark || mark.hub) continue;
      const weight = markWeight(mark, early, late, i, j, apartMs, rules);
      offer(found, {
        kind: mark.kind,
        group: mark.class,
        weight,
        binding: true,
        on: [mark.value],
        marks: [i, j],
      });
    }
  }
}

/** Of a mark that both have, no hub. */
function markWeight(
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
  const from = early.marks.filter(({ class: of }) => of === 'ip');
  const to = late.marks.filter(({ class: of }) => of === 'ip');
  return (
    from.length > 0 && to.length > 0 && !from.some(({ value }) => to.some((mark) => mark.value === value))
  );
}

/** What unrelated parties share as well: shown beside better evidence, with next to no weight. */
function addHubs(found: Tie[], early: Traits, late: Traits, apartMs: number, rules: LinkRules): void {
  const weight = rounded(weightAt(rules.strength.hub, apartMs));
  for (const a of early.places) {
    if (a.hub && late.places.includes(a))
      offer(found, {
        kind: 'asset',
        group: 'place',
        weight,
        binding: false,
        on: [a.id],
        early: a,
        late: a,
        isHub: true,
      });
  }
  for (let i = 0; i < early.marks.length; i++) {
    const mark = early.marks[i];
    if (mark?.hub !== true) continue;
    const j = late.marks.indexOf(mark);
    if (j < 0) continue;
    const other = mark.class === 'other';
    offer(found, {
      kind: mark.kind,
      group: mark.class,
      weight: other ? rounded(weightAt(rules.observables.other, apartMs)) : weight,
      binding: false,
      on: [mark.value],
      marks: [i, j],
      isHub: !other,
    });
  }
}

function addSequence(found: Tie[], early: Traits, late: Traits, apartMs: number, rules: LinkRules): void {
  const [from, to] = [early.theme.stage, late.theme.stage];
  if (from === undefined || to === undefined) return;
  if (from === to || (from > to && apartMs > 0)) return;
  const weight = rounded(weightAt(rules.strength.sequence, apartMs));
  const on = [early.rule, late.rule];
  offer(found, { kind: 'sequence', group: 'sequence', weight, binding: false, on });
}
