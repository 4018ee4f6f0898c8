import type { Severity } from '../../devices/model/detection.ts';
import type { HabitRules } from './habits.ts';
import type { Placed, Traits } from './memory.ts';
import { at } from './run.ts';

/**
 * How urgent an incident is, 0 to 100.
 *
 *   points    = Σ pᵢ / i^1.5 over its different rules, each by its highest severity, the highest first:
 *               the second rule adds a third of itself, the tenth a thirtieth, so that noise cannot shout
 *   breadth   = 1 + 0.05 for each further step of an attack it shows, at most 1.25
 *   worlds    = 1.3 where it is physical and cyber both, else 1
 *   hurt      = 0.85 + 0.05 × criticality of its most critical asset (1 to 5; unknown counts as 2)
 *   rarity    = ½ × log2(1 + bits ÷ 16), where bits is the sum of what is rare about it, each rule of each asset
 *               counted once: never seen in a week is 8 bits
 *   priority  = 100 × (1 − e^(−points × breadth × worlds × hurt ÷ 60 − rarity))
 *
 * What is everyday there (see habits.ts) counts a fifth of its points: it was as urgent yesterday.
 *
 * Only what lies within WINDOW_MS counts together, the most urgent such window of the incident decides: a
 * chain of trifles that runs for weeks does not add up.
 */
export const PRIORITY_WINDOW_MS = 24 * 3_600_000;

const pointsOf: Readonly<Record<Severity, number>> = { info: 1, low: 5, medium: 18, high: 45, critical: 80 };
const SCALE = 60;
const MOST_BREADTH = 1.25;
const UNKNOWN_CRITICALITY = 2;
const EVERYDAY = 0.2;
const RARITY_SCALE_BITS = 16;

/** Where a detection happened: what its assets are, else what its rule is about, else what it names. */
export function worldOf({ places, theme, marks }: Traits): 'physical' | 'cyber' {
  const known = places.find(({ world }) => world !== undefined)?.world;
  if (known !== undefined) return known;
  if (theme.world !== undefined) return theme.world;
  return marks.some(({ class: of }) => of === 'badge' || of === 'plate') ? 'physical' : 'cyber';
}

/** `items` in order of time. */
export function priorityOf(items: readonly Placed[], { rareBits }: HabitRules): number {
  let best = 0;
  // Windows overlap by half, so that nothing that falls together is cut in every one of them.
  for (let start = 0; start < items.length; ) {
    const from = at(items, start).at;
    let next = start + 1;
    const traits = new Set<Traits>();
    for (let index = start; index < items.length; index++) {
      const item = at(items, index);
      if (item.at > from + PRIORITY_WINDOW_MS) break;
      if (item.at <= from + PRIORITY_WINDOW_MS / 2) next = index + 1;
      traits.add(item.traits);
    }
    best = Math.max(best, urgency(traits, rareBits));
    start = next;
  }
  return asPriority(best);
}

/** The same, where all are alike. */
export function priorityOfOne(traits: Traits, { rareBits }: HabitRules): number {
  const bits = traits.rarity === undefined ? 0 : (traits.bits ?? 0);
  return asPriority(urgencyOf(pointsFor(traits, rareBits), 0, 1, criticalityOf(traits), bits));
}

const asPriority = (urgency: number): number => Math.round(urgency * 10) / 10;

const isEveryday = ({ bits }: Traits, rareBits: number): boolean => bits !== undefined && bits < rareBits;

const pointsFor = (traits: Traits, rareBits: number): number =>
  pointsOf[traits.severity] * (isEveryday(traits, rareBits) ? EVERYDAY : 1);

/** Of the most critical asset; 0 where there is none. */
function criticalityOf({ places }: Traits): number {
  let most = 0;
  for (const { asset } of places) most = Math.max(most, asset?.criticality ?? UNKNOWN_CRITICALITY);
  return most;
}

function urgency(all: ReadonlySet<Traits>, rareBits: number): number {
  const rare = new Map<string, number>();
  const worst = new Map<string, number>();
  const stages = new Set<number>();
  const worlds = new Set<string>();
  let criticality = 0;
  for (const traits of all) {
    worst.set(traits.rule, Math.max(worst.get(traits.rule) ?? 0, pointsFor(traits, rareBits)));
    if (traits.rarity !== undefined) {
      const name = [traits.rule, ...traits.places.map(({ id }) => id)].join('\n');
      rare.set(name, Math.max(rare.get(name) ?? 0, traits.bits ?? 0));
    }
    // A trifle does not widen an attack.
    if (traits.head.rank >= 2 && !isEveryday(traits, rareBits)) {
      if (traits.theme.stage !== undefined) stages.add(traits.theme.stage);
      worlds.add(worldOf(traits));
    }
    criticality = Math.max(criticality, criticalityOf(traits));
  }
  const points = [...worst.values()]
    .sort((a, b) => b - a)
    .reduce((sum, value, index) => sum + value / (index + 1) ** 1.5, 0);
  const bits = [...rare.values()].reduce((sum, value) => sum + value, 0);
  return urgencyOf(points, stages.size, worlds.size, criticality, bits);
}

function urgencyOf(
  points: number,
  stages: number,
  worlds: number,
  criticality: number,
  bits: number,
): number {
  const breadth = Math.min(MOST_BREADTH, 1 + 0.05 * Math.max(0, stages - 1));
  const hurt = 0.85 + 0.05 * (criticality === 0 ? UNKNOWN_CRITICALITY : criticality);
  const rarity = Math.log2(1 + bits / RARITY_SCALE_BITS) / 2;
  return 100 * (1 - Math.exp((-points * breadth * (worlds > 1 ? 1.3 : 1) * hurt) / SCALE - rarity));
}
