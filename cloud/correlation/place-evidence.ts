/** What speaks for two detections belonging together by where they happened. */
import type { Evidence } from './evidence.ts';
import { type LinkRules, rounded, type Strength, weightAt } from './link-rules.ts';
import type { Place, Traits } from './memory.ts';
import type { Tie } from './tie.ts';

/** What two detections of little severity are worth to each other: a factor. */
export function fainter(
  early: Traits,
  late: Traits,
  kind: keyof LinkRules['faint'],
  rules: LinkRules,
): number {
  if (early.faintness === undefined && late.faintness === undefined) return 1;
  const factors = rules.faint[kind];
  return Math.min(
    early.faintness === undefined ? 1 : factors[early.faintness],
    late.faintness === undefined ? 1 : factors[late.faintness],
  );
}

/** What comes every day is no part of what never came before, only because both come to one place: a factor. */
export function besideRare(
  { bits: a }: Traits,
  { bits: b }: Traits,
  world: Place['world'],
  { habit, everydayBesideRare }: LinkRules,
): number {
  if (a === undefined || b === undefined) return 1;
  if (a < habit.rareBits === b < habit.rareBits) return 1;
  return world === 'physical' ? everydayBesideRare.physical : everydayBesideRare.cyber;
}

export function addPlaces(
  found: Evidence,
  early: Traits,
  late: Traits,
  apartMs: number,
  rules: LinkRules,
): void {
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
  found: Evidence,
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
  const shared = sharedOf(a.zones, b.zones);
  if (shared !== undefined) {
    const physical = a.world === 'physical' && b.world === 'physical';
    const strong = physical ? (slowEither ? strength.zoneSlow : strength.zone) : strength.zoneAcrossWorlds;
    const factor = fainter(early, late, 'place', rules) * besideRare(early, late, a.world, rules);
    const weight = rounded(weightAt(strong, apartMs) * factor);
    if (found.wants('place', weight, physical))
      found.take({
        kind: 'zone',
        group: 'place',
        weight,
        binding: physical,
        on: [shared],
        early: a,
        late: b,
      });
    return;
  }
  if (a.world !== 'physical' || b.world !== 'physical') return;
  const step = adjacent(a, b);
  if (step === undefined) return;
  const strong = slowEither ? strength.adjacentZoneSlow : strength.adjacentZone;
  const factor = fainter(early, late, 'place', rules) * besideRare(early, late, a.world, rules);
  const weight = rounded(weightAt(strong, apartMs) * factor);
  if (found.wants('place', weight, true))
    found.take({
      kind: 'adjacent-zone',
      group: 'place',
      weight,
      binding: true,
      on: step,
      early: a,
      late: b,
    });
}

/** The first of some that is one of the others. */
function sharedOf(zones: readonly string[], others: readonly string[]): string | undefined {
  for (const zone of zones) if (others.includes(zone)) return zone;
  return undefined;
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
  found: Evidence,
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
  found: Evidence,
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
  if (!found.wants(group, weight, true)) return;
  const on = a === b ? [a.id] : [a.id, b.id];
  found.take({ kind, group, weight, binding: true, on, early: a, late: b });
}
