import type { IncidentLink } from '../../../cloud/api/contract.ts';

/** A link that alone holds two parts of an incident together. */
export interface Split {
  link: IncidentLink;
  /** Detections on the side of the older end, and on the other, in the order given. */
  one: string[];
  other: string[];
}

/** More would not be read. */
export const MAX_SPLITS = 12;

interface Edge {
  link: IncidentLink;
  to: string;
  /** Place in the list of links: tells apart two links between the same two detections. */
  index: number;
}

/**
 * Bridges of the graph, in one walk (Tarjan 1974: a link is a bridge when nothing beyond it leads back to
 * before it). Without recursion, since a chain of detections may be long.
 */
function bridgesOf(
  detections: readonly string[],
  edges: ReadonlyMap<string, readonly Edge[]>,
): IncidentLink[] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const bridges: IncidentLink[] = [];
  for (const root of detections) {
    if (order.has(root)) continue;
    order.set(root, order.size);
    lowest.set(root, order.size - 1);
    const path: { at: string; by: Edge | undefined; next: number }[] = [{ at: root, by: undefined, next: 0 }];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const edge = edges.get(top.at)?.[top.next++];
      const here = lowest.get(top.at) ?? 0;
      if (edge === undefined) {
        path.pop();
        const parent = path.at(-1);
        if (parent === undefined || top.by === undefined) continue;
        lowest.set(parent.at, Math.min(lowest.get(parent.at) ?? 0, here));
        if (here > (order.get(parent.at) ?? 0)) bridges.push(top.by.link);
      } else if (edge.index !== top.by?.index) {
        const seen = order.get(edge.to);
        if (seen === undefined) {
          order.set(edge.to, order.size);
          lowest.set(edge.to, order.size - 1);
          path.push({ at: edge.to, by: edge, next: 0 });
        } else {
          lowest.set(top.at, Math.min(here, seen));
        }
      }
    }
  }
  return bridges;
}

/**
 * The links without which the incident would fall apart, the weakest first, at most MAX_SPLITS. With more than
 * one link between the same two detections neither is one of them.
 * @param detections ids, oldest first
 */
export function splitsOf(detections: readonly string[], links: readonly IncidentLink[]): Split[] {
  const edges = new Map<string, Edge[]>(detections.map((id) => [id, []]));
  links.forEach((link, index) => {
    const [from, to] = [edges.get(link.a), edges.get(link.b)];
    if (from === undefined || to === undefined || link.a === link.b) return;
    from.push({ link, to: link.b, index });
    to.push({ link, to: link.a, index });
  });
  const side = (from: string, without: IncidentLink): string[] => {
    const reached = new Set([from]);
    const open = [from];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      for (const { link, to } of edges.get(at) ?? []) {
        if (link === without || reached.has(to)) continue;
        reached.add(to);
        open.push(to);
      }
    }
    return detections.filter((id) => reached.has(id));
  };
  return bridgesOf(detections, edges)
    .toSorted((one, other) => one.weight - other.weight)
    .slice(0, MAX_SPLITS)
    .map((link) => ({ link, one: side(link.a, link), other: side(link.b, link) }));
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
