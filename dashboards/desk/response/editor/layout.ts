/** Where the steps of a playbook are drawn. Pure. */
import { Graph, layout } from '@dagrejs/dagre';
import type { PlaybookDocument, PlaybookStep } from '../../../../cloud/api/contract.ts';
import { type Edge, edgesOf } from './draft.ts';

/** Of a step's box, in units of the drawing. */
export const STEP_WIDTH = 208;
export const STEP_HEIGHT = 58;
const SMALL_WIDTH = 92;
const SMALL_HEIGHT = 34;

export interface PlacedStep {
  id: string;
  step: PlaybookStep;
  x: number;
  y: number;
  width: number;
  height: number;
}
export interface PlacedEdge extends Edge {
  points: { x: number; y: number }[];
}
export interface Placed {
  width: number;
  height: number;
  steps: PlacedStep[];
  edges: PlacedEdge[];
}

/** Begins and ends are small; whatever leads to a step that is not there is left out. */
export function place(playbook: PlaybookDocument): Placed {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 26, ranksep: 44, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const [id, { type }] of Object.entries(playbook.workflow)) {
    const isSmall = type === 'start' || type === 'end';
    graph.setNode(id, {
      width: isSmall ? SMALL_WIDTH : STEP_WIDTH,
      height: isSmall ? SMALL_HEIGHT : STEP_HEIGHT,
    });
  }
  const edges = edgesOf(playbook).filter(({ to }) => playbook.workflow[to] !== undefined);
  for (const { from, to, by } of edges) graph.setEdge(from, to, {}, by);
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width: Math.max(width, STEP_WIDTH),
    height: Math.max(height, STEP_HEIGHT),
    steps: Object.entries(playbook.workflow).map(([id, step]) => {
      const at = graph.node(id);
      return { id, step, x: at.x ?? 0, y: at.y ?? 0, width: at.width, height: at.height };
    }),
    edges: edges.map((edge) => ({
      ...edge,
      points: graph.edge({ v: edge.from, w: edge.to, name: edge.by }).points ?? [],
    })),
  };
}

/** The step that an arrow key leads to: along connections down and up, else beside it. */
export function neighbour(placed: Placed, from: string, key: string): string | undefined {
  const at = placed.steps.find(({ id }) => id === from);
  if (at === undefined) return placed.steps[0]?.id;
  if (key === 'ArrowDown') return placed.edges.find((edge) => edge.from === from)?.to;
  if (key === 'ArrowUp') return placed.edges.find((edge) => edge.to === from)?.from;
  const side = key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0;
  if (side === 0) return undefined;
  return placed.steps
    .filter(({ id, x, y }) => id !== from && (x - at.x) * side > 0 && Math.abs(y - at.y) < STEP_HEIGHT)
    .sort((a, b) => Math.abs(a.x - at.x) - Math.abs(b.x - at.x))[0]?.id;
}
