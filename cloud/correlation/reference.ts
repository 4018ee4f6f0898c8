/** For tests: the correlator's answer in the plainest way. */
import type { Registry } from '../../devices/model/registry.ts';
import { catalogueOf } from './catalogue.ts';
import { Habits } from './habits.ts';
import { linkOf } from './link.ts';
import { linkRules } from './link-rules.ts';
import type { Head, Place, Placed } from './memory.ts';
import { inOrder } from './order.ts';
import type { Correlated } from './traits.ts';

export interface Reference {
  detections: string[];
  links: { a: string; b: string; weight: number }[];
}

/**
 * What the correlator must come to, in the plainest way: every pair is asked, pairs that link make the
 * components, and Kruskal over all of them the strongest spanning forest.
 */
export function reference(detections: readonly Correlated[], registry: Registry): Reference[] {
  const catalogue = catalogueOf(registry, linkRules);
  const habits = new Habits(linkRules.habit);
  for (const detection of detections) {
    const { head, places } = catalogue.traitsOf(detection);
    habits.note(head, places, detection.at);
  }
  const all = detections
    .map((detection): Placed => {
      const { id, at } = detection;
      const rarity = { bitsOf: (head: Head, places: readonly Place[]) => habits.bitsOf(head, places, at) };
      return { id, at, traits: catalogue.traitsOf(detection, rarity) };
    })
    .sort(inOrder);
  const edges = all.flatMap((late, index) =>
    all.slice(0, index).flatMap((early) => {
      const found = linkOf(early, late, registry, linkRules);
      return found === undefined ? [] : [{ early, late, weight: found.weight }];
    }),
  );
  edges.sort(
    (a, b) =>
      b.weight - a.weight ||
      a.late.at - a.early.at - (b.late.at - b.early.at) ||
      inOrder(a.late, b.late) ||
      inOrder(b.early, a.early),
  );
  const group = new Map(all.map(({ id }) => [id, new Set([id])]));
  const chosen: typeof edges = [];
  for (const edge of edges) {
    const [one, other] = [group.get(edge.early.id), group.get(edge.late.id)];
    if (one === undefined || other === undefined || one === other) continue;
    for (const id of other) {
      one.add(id);
      group.set(id, one);
    }
    chosen.push(edge);
  }
  chosen.sort((a, b) => inOrder(a.late, b.late) || inOrder(a.early, b.early));
  return [...new Set(group.values())].map((members) => ({
    detections: all.filter(({ id }) => members.has(id)).map(({ id }) => id),
    links: chosen
      .filter(({ early }) => members.has(early.id))
      .map(({ early, late, weight }) => ({ a: early.id, b: late.id, weight })),
  }));
}
