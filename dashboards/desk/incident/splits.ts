import type { IncidentLink } from '../../../cloud/api/contract.ts';

/** A link that alone holds two parts of an incident together. */
export interface Split {
  link: IncidentLink;
  /** Detections on the side of the older end, and on the other, in the order given. */
  one: string[];
  other: string[];
}

/**
 * The links without which the incident would fall apart. With more than one link between the same two
 * detections neither is one of them.
 * @param detections ids, oldest first
 */
export function splitsOf(detections: readonly string[], links: readonly IncidentLink[]): Split[] {
  const known = new Set(detections);
  const used = links.filter(({ a, b }) => known.has(a) && known.has(b) && a !== b);
  const reach = (from: string, without: IncidentLink): Set<string> => {
    const reached = new Set([from]);
    const open = [from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const link of used) {
        if (link === without) continue;
        const next = link.a === at ? link.b : link.b === at ? link.a : undefined;
        if (next !== undefined && !reached.has(next)) {
          reached.add(next);
          open.push(next);
        }
      }
    }
    return reached;
  };
  return used.flatMap((link) => {
    const side = reach(link.a, link);
    if (side.has(link.b)) return [];
    const far = reach(link.b, link);
    return [
      { link, one: detections.filter((id) => side.has(id)), other: detections.filter((id) => far.has(id)) },
    ];
  });
}

/** `1–3, 5`: step numbers as a person writes them. */
export function numberRanges(numbers: readonly number[]): string {
  const sorted = numbers.toSorted((a, b) => a - b);
  const ranges: [number, number][] = [];
  for (const number of sorted) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}
