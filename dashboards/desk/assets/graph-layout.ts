/** Where the assets of one site stand on the map: in the order of what is needed, left to right. Pure. */
import { Graph, layout } from '@dagrejs/dagre';
import type { AssetMap, MappedAsset, MappedDependency } from '../../../cloud/api/contract.ts';

export const NODE_WIDTH = 184;
export const NODE_HEIGHT = 56;
const ALONE_COLUMNS = 4;
const GAP = 28;

export interface PlacedAsset {
  asset: MappedAsset;
  x: number;
  y: number;
  /** Of another site: shown because something here needs it or is needed by it. */
  isElsewhere: boolean;
}
export interface PlacedNeed {
  from: string;
  to: string;
  needs: MappedDependency[];
  points: { x: number; y: number }[];
}
export interface Layout {
  nodes: PlacedAsset[];
  needs: PlacedNeed[];
  width: number;
  height: number;
  /** From where down those stand that have nothing to do with another; undefined where there are none. */
  aloneFrom: number | undefined;
}

export interface Asked {
  site: string | undefined;
  zone: string;
  kind: string;
  only: 'all' | 'threatened' | 'incidents' | 'critical';
}

/** Whether an asset is wanted on the map for itself. */
export const isWanted = (asset: MappedAsset, { site, zone, kind, only }: Asked): boolean =>
  (site === undefined || asset.site === site) &&
  (zone === '' || asset.zone === zone) &&
  (kind === '' || asset.kind === kind) &&
  (only === 'all' ||
    (only === 'threatened' && asset.threats.length > 0) ||
    (only === 'incidents' && asset.incidents.length > 0) ||
    (only === 'critical' && (asset.criticality ?? 0) >= 4));

export function layoutOf(map: Pick<AssetMap, 'assets' | 'dependencies'>, asked: Asked): Layout {
  const byId = new Map(map.assets.map((one) => [one.id, one]));
  const own = new Set(map.assets.filter((one) => isWanted(one, asked)).map(({ id }) => id));
  const pairs = new Map<string, { from: string; to: string; needs: MappedDependency[] }>();
  for (const need of map.dependencies)
    for (const { asset: from } of need.on) {
      const to = need.of;
      if (from === to || !byId.has(from) || !byId.has(to) || !(own.has(from) || own.has(to))) continue;
      // A neighbour of another kind or zone is left out: what was asked for is what is drawn.
      const [a, b] = [byId.get(from), byId.get(to)];
      const isFiltered = asked.zone !== '' || asked.kind !== '' || asked.only !== 'all';
      if (isFiltered && !(own.has(from) && own.has(to)) && a?.site === b?.site) continue;
      const key = `${from}>${to}`;
      const known = pairs.get(key);
      if (known === undefined) pairs.set(key, { from, to, needs: [need] });
      else known.needs.push(need);
    }
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 18, ranksep: 72, marginx: GAP, marginy: GAP });
  graph.setDefaultEdgeLabel(() => ({}));
  const joined = new Set([...pairs.values()].flatMap(({ from, to }) => [from, to]));
  for (const id of [...joined].sort()) graph.setNode(id, { width: NODE_WIDTH, height: NODE_HEIGHT });
  for (const { from, to } of pairs.values()) graph.setEdge(from, to);
  if (joined.size > 0) layout(graph);
  const nodes: PlacedAsset[] = [...joined].sort().flatMap((id) => {
    const asset = byId.get(id);
    const place = graph.node(id) as { x?: number; y?: number } | undefined;
    return asset === undefined
      ? []
      : [
          {
            asset,
            x: place?.x ?? 0,
            y: place?.y ?? 0,
            isElsewhere: asset.site !== asked.site && asset.site !== undefined,
          },
        ];
  });
  const needs = [...pairs.values()].map((one): PlacedNeed => {
    const edge = graph.edge(one.from, one.to) as { points?: { x: number; y: number }[] } | undefined;
    return { ...one, points: edge?.points ?? [] };
  });
  const bottom = Math.max(0, ...nodes.map(({ y }) => y + NODE_HEIGHT / 2));
  const right = Math.max(0, ...nodes.map(({ x }) => x + NODE_WIDTH / 2));
  const alone = map.assets.filter(({ id }) => own.has(id) && !joined.has(id));
  const aloneFrom = alone.length === 0 ? undefined : bottom === 0 ? GAP : bottom + GAP * 1.5;
  const columns = Math.max(ALONE_COLUMNS, Math.floor(right / (NODE_WIDTH + GAP)));
  alone.forEach((asset, index) => {
    nodes.push({
      asset,
      x: GAP + NODE_WIDTH / 2 + (index % columns) * (NODE_WIDTH + 20),
      y: (aloneFrom ?? 0) + GAP + NODE_HEIGHT / 2 + Math.floor(index / columns) * (NODE_HEIGHT + 18),
      isElsewhere: false,
    });
  });
  return {
    nodes,
    needs,
    width: Math.max(...nodes.map(({ x }) => x + NODE_WIDTH / 2), 1) + GAP,
    height: Math.max(...nodes.map(({ y }) => y + NODE_HEIGHT / 2), 1) + GAP,
    aloneFrom,
  };
}

/** The node that stands nearest in a direction; itself where there is none. Pure. */
export function neighbourOf(
  nodes: readonly Pick<PlacedAsset, 'asset' | 'x' | 'y'>[],
  from: string,
  direction: 'left' | 'right' | 'up' | 'down',
): string {
  const here = nodes.find(({ asset }) => asset.id === from);
  if (here === undefined) return nodes[0]?.asset.id ?? from;
  const isAcross = direction === 'left' || direction === 'right';
  const sign = direction === 'left' || direction === 'up' ? -1 : 1;
  let best: { id: string; distance: number } | undefined;
  for (const { asset, x, y } of nodes) {
    const along = sign * (isAcross ? x - here.x : y - here.y);
    if (along <= 1) continue;
    const aside = Math.abs(isAcross ? y - here.y : x - here.x);
    const distance = along + 2 * aside;
    if (distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { id: asset.id, distance };
  }
  return best?.id ?? from;
}
