import { type Item, type ItemId, itemIds } from './items.ts';
import { seeded, shuffled } from './random.ts';

/** Cases of a round, and how many of them are genuine at least and at most: nobody may win by "always a trap". */
export const ROUND_LENGTH = 8;
export const GENUINE_RANGE = [2, 4] as const;

/** How often a case was shown to this person, and how often it was judged wrong. Kept on their device alone. */
export type Experience = Readonly<Partial<Record<ItemId, { shown: number; missed: number }>>>;

/** 0 to 1: how hard a case is for this person, a half where nothing is known. */
export function difficulty(id: ItemId, experience: Experience): number {
  const { shown, missed } = experience[id] ?? { shown: 0, missed: 0 };
  return (missed + 1) / (shown + 2);
}

export function learned(experience: Experience, id: ItemId, wasRight: boolean): Experience {
  const { shown, missed } = experience[id] ?? { shown: 0, missed: 0 };
  return { ...experience, [id]: { shown: shown + 1, missed: missed + (wasRight ? 0 : 1) } };
}

/**
 * The cases of a round: none twice, traps and genuine ones mixed, what was missed before more likely. Pure: the
 * same seed and experience give the same round.
 */
export function drawRound(items: readonly Item[], seed: number, experience: Experience = {}): Item[] {
  const random = seeded(seed);
  const [least, most] = GENUINE_RANGE;
  const genuineCount = least + Math.floor(random() * (most - least + 1));
  const genuine = items.filter(({ kind }) => kind === undefined);
  const traps = items.filter(({ kind }) => kind !== undefined);
  const drawn = [
    ...drawFrom(genuine, genuineCount, random, experience),
    ...drawFrom(traps, ROUND_LENGTH - genuineCount, random, experience),
  ];
  return shuffled(drawn, random);
}

function drawFrom(
  items: readonly Item[],
  count: number,
  random: () => number,
  experience: Experience,
): Item[] {
  const rest = [...items];
  const drawn: Item[] = [];
  while (drawn.length < count && rest.length > 0) {
    const weights = rest.map(({ id }) => difficulty(id, experience));
    let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
    const found = weights.findIndex((weight) => {
      left -= weight;
      return left < 0;
    });
    drawn.push(...rest.splice(found === -1 ? rest.length - 1 : found, 1));
  }
  return drawn;
}

const isItemId = (id: string): id is ItemId => itemIds.some((known) => known === id);

/** What a device remembered, as far as it can be read. */
export function experienceFrom(text: string | null): Experience {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '{}');
  } catch {
    return {};
  }
  if (typeof value !== 'object' || value === null) return {};
  const entries = Object.entries(value).flatMap(([id, one]: [string, unknown]) => {
    if (!isItemId(id) || typeof one !== 'object' || one === null) return [];
    const { shown, missed } = one as { shown?: unknown; missed?: unknown };
    const areCounts = [shown, missed].every(
      (count) => typeof count === 'number' && Number.isInteger(count) && count >= 0,
    );
    return areCounts && Number(missed) <= Number(shown)
      ? [[id, { shown: Number(shown), missed: Number(missed) }] as const]
      : [];
  });
  return Object.fromEntries(entries);
}
